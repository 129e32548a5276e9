"""Reading the books: postings and the four figures that are always in sight."""

from collections.abc import Collection
from functools import cache

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.rules import CostCategory, IncomeKind
from stations.core.database import db
from stations.core.money import Yen
from stations.grants.awards.queries.decisions import decided_award
from stations.grants.books.models import LedgerPosting, LedgerTransaction, Receipt, ReceiptSplit
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.bookkeeping import Account, GrantBalance, Posting
from stations.grants.models import Grant
from stations.grants.payments.models import Payment, Repayment
from stations.grants.settlement.models import GrantRecovery
from stations.grants.settlement.rules.recovering import OPEN


def posting(row: LedgerPosting) -> Posting:
    """A stored posting as the pure rules take it."""
    return Posting(
        Account(row.account),
        row.amount_yen,
        category=CostCategory(row.category) if row.category else None,
        income_kind=IncomeKind(row.income_kind) if row.income_kind else None,
    )


def postings_of(grant: Grant) -> list[Posting]:
    """Every posting of a grant, oldest first; they sum to zero."""
    return [one for _entry, one in entries_of(grant)]


def entries_of(grant: Grant) -> list[tuple[int, Posting]]:
    """(id of its transaction, posting), oldest first: those up to `last_entry` are the books as they were then."""
    rows = db.session.scalars(
        sa.select(LedgerPosting)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(LedgerTransaction.grant_id == grant.id)
        .order_by(LedgerTransaction.happened_on, LedgerTransaction.id, LedgerPosting.id)
    )
    return [(row.transaction_id, posting(row)) for row in rows]


def last_entry(grant: Grant) -> int:
    """The id of the newest line of the books, 0 without any; the caller holds the grant, so that ids only rise."""
    find = sa.select(sa.func.max(LedgerTransaction.id)).where(LedgerTransaction.grant_id == grant.id)
    return db.session.scalar(find) or 0


def entries_after(grant: Grant, entry: int) -> list[LedgerTransaction]:
    """The lines of the books that were written after an entry, in that order."""
    later = (
        sa.select(LedgerTransaction)
        .where(LedgerTransaction.grant_id == grant.id, LedgerTransaction.id > entry)
        .order_by(LedgerTransaction.id)
    )
    rows = db.session.scalars(later.options(orm.joinedload(LedgerTransaction.postings)))
    return list(rows.unique())


def balance(grant: Grant) -> GrantBalance:
    """決定額・支払済・支出済・残額 of one grant, read off the books."""
    return bookkeeping.grant_balance(decided_award(grant) or 0, postings_of(grant))


def balances(
    grant_ids: Collection[int], *, award: sa.ColumnElement[Yen] | None = None
) -> dict[int, GrantBalance]:
    """`balance` of many grants in one query; a grant that does not exist has none.

    What was paid back after 完結 is taken off `paid`, although no closed book has a line of it: the totals of grant
    years and of budget years (`budget_flows`) speak of the same yen.

    ``award``: what counts as 決定額 instead of `decided_award`, as what is published to the committee (`disclosure.published_award`).
    """
    if not grant_ids:
        return {}
    rows = db.session.execute(_balances(award), {"grant_ids": list(grant_ids)})
    return {
        grant_id: GrantBalance(
            awarded=int(awarded or 0), paid=-int(city) - int(recovered), spent=int(spent), cash=int(cash)
        )
        for grant_id, awarded, city, spent, cash, recovered in rows
    }


@cache  # built once: writing down such a statement takes longer than asking it
def _balances(award: sa.ColumnElement[Yen] | None) -> sa.Select[int, int, int, int, int, int]:
    def on(account: Account) -> sa.ColumnElement[int]:
        return sa.func.coalesce(
            sa.func.sum(sa.case((LedgerPosting.account == account, LedgerPosting.amount_yen), else_=0)), 0
        )

    decided = sa.and_(Grant.decision_approved_by_id.is_not(None), Grant.refusal_reason.is_(None))
    if award is None:
        award = sa.func.coalesce(Grant.kept_yen, Grant.awarded_yen)
    return (
        sa.select(
            Grant.id,
            sa.case((decided, award), else_=0),
            on(Account.CITY_CASH),
            on(Account.EXPENSE),
            on(Account.COMMITTEE_CASH),
            _recovered().where(GrantRecovery.grant_id == Grant.id).correlate(Grant).scalar_subquery(),
        )
        .outerjoin(LedgerTransaction, LedgerTransaction.grant_id == Grant.id)
        .outerjoin(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .where(Grant.id.in_(sa.bindparam("grant_ids", expanding=True)))
        .group_by(Grant.id)
    )


def recovered(grant: Grant) -> Yen:
    """What the committee of a closed grant has paid back since (返還 after 完結)."""
    return sum(one.amount_yen for one in grant.recoveries if one.received_on is not None)


def is_recovering(grant: Grant) -> bool:
    """Whether a finding about the closed grant is open: there is one at a time."""
    return any(one.status in OPEN for one in grant.recoveries)


def _recovered() -> sa.Select[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(GrantRecovery.amount_yen), 0)).where(
        GrantRecovery.received_on.is_not(None)
    )


def booking_of_payment(payment: Payment) -> LedgerTransaction:
    """The line of the books that a payment was booked as; every payment has one."""
    find = sa.select(LedgerTransaction).where(LedgerTransaction.payment_id == payment.id)
    return db.session.scalars(find).one()


def booking_of_repayment(repayment: Repayment) -> LedgerTransaction:
    """The line of the books that a repayment was booked as; every repayment has one."""
    find = sa.select(LedgerTransaction).where(LedgerTransaction.repayment_id == repayment.id)
    return db.session.scalars(find).one()


def spent_by_line(grant: Grant) -> dict[int, Yen]:
    """Line id → spent, from receipts that stand (cancelled ones are reversed in the books)."""
    rows = db.session.execute(
        sa.select(ReceiptSplit.line_id, sa.func.sum(ReceiptSplit.amount_yen))
        .join(Receipt, Receipt.id == ReceiptSplit.receipt_id)
        .where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
        .group_by(ReceiptSplit.line_id)
    )
    return {line_id: int(amount) for line_id, amount in rows}
