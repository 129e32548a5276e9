"""Reading the books: postings and the four figures that are always in sight."""

from collections.abc import Collection

import sqlalchemy as sa

from stations.applications.rules import CostCategory, IncomeKind
from stations.core.database import db
from stations.core.money import Yen
from stations.grants import bookkeeping
from stations.grants.bookkeeping import Account, Posting, Standing
from stations.grants.models import Grant, LedgerPosting, LedgerTransaction, Receipt, ReceiptSplit


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
    rows = db.session.scalars(
        sa.select(LedgerPosting)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(LedgerTransaction.grant_id == grant.id)
        .order_by(LedgerTransaction.happened_on, LedgerTransaction.id, LedgerPosting.id)
    )
    return [posting(row) for row in rows]


def decided_award(grant: Grant) -> Yen | None:
    """決定額: None until the award is approved, and for a refusal."""
    return grant.awarded_yen if grant.decision_approved_by_id and grant.refusal_reason is None else None


def standing(grant: Grant) -> Standing:
    """決定額・支払済・支出済・残額 of one grant, read off the books."""
    return bookkeeping.standing(decided_award(grant) or 0, postings_of(grant))


def standings(grant_ids: Collection[int], *, of: sa.ColumnElement[bool] | None = None) -> dict[int, Standing]:
    """`standing` of many grants in one query; a grant that does not exist has none.

    ``of``: only the awards of such grants count, as those that are told (`disclosure.told`).
    """
    if not grant_ids:
        return {}

    def on(account: Account) -> sa.ColumnElement[int]:
        return sa.func.coalesce(
            sa.func.sum(sa.case((LedgerPosting.account == account, LedgerPosting.amount_yen), else_=0)), 0
        )

    decided = sa.and_(Grant.decision_approved_by_id.is_not(None), Grant.refusal_reason.is_(None))
    if of is not None:
        decided = sa.and_(decided, of)
    rows = db.session.execute(
        sa.select(
            Grant.id,
            sa.case((decided, Grant.awarded_yen), else_=0),
            on(Account.CITY_CASH),
            on(Account.EXPENSE),
            on(Account.COMMITTEE_CASH),
        )
        .outerjoin(LedgerTransaction, LedgerTransaction.grant_id == Grant.id)
        .outerjoin(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .where(Grant.id.in_(grant_ids))
        .group_by(Grant.id)
    )
    return {
        grant_id: Standing(awarded=int(awarded or 0), paid=-int(city), spent=int(spent), cash=int(cash))
        for grant_id, awarded, city, spent, cash in rows
    }


def books_sum(grant: Grant) -> Yen:
    """What all postings of a grant sum to: zero, or the books are wrong."""
    total = db.session.scalar(
        sa.select(sa.func.sum(LedgerPosting.amount_yen))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(LedgerTransaction.grant_id == grant.id)
    )
    return int(total or 0)


def spent_by_line(grant: Grant) -> dict[int, Yen]:
    """Line id → spent, from receipts that stand (cancelled ones are reversed in the books)."""
    rows = db.session.execute(
        sa.select(ReceiptSplit.line_id, sa.func.sum(ReceiptSplit.amount_yen))
        .join(Receipt, Receipt.id == ReceiptSplit.receipt_id)
        .where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
        .group_by(ReceiptSplit.line_id)
    )
    return {line_id: int(amount) for line_id, amount in rows}
