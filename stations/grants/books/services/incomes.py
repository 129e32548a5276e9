"""Recording what a committee takes in besides the grant: 参加費, 寄附金, 自己資金 …"""

import datetime as dt

from stations.applications.rules import IncomeKind
from stations.core import audit, clock
from stations.core.access import Actor
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.grants.books.models import LedgerTransaction
from stations.grants.books.queries import cash_book
from stations.grants.books.queries.ledger import posting
from stations.grants.books.rules import accounts as account_rules
from stations.grants.books.rules import bookkeeping
from stations.grants.books.services import accounts, ledger
from stations.grants.models import Grant
from stations.grants.rules import AccountsAct


def record_income(
    *,
    grant: Grant,
    kind: IncomeKind,
    amount_yen: Yen,
    happened_on: dt.date,
    description: str,
    by: Actor,
    client_event_id: str | None = None,
) -> LedgerTransaction:
    """Book one income (自己資金 included) while the books are open.

    ``client_event_id``: made with the page. The same sending twice is booked once and answered alike.
    `RuleBroken` on "amount_yen", "happened_on" or "description"; `Conflict` when the books are closed.
    """
    accounts.begin_change(grant, by=by)
    _check_entry(grant, amount_yen, happened_on, description)
    postings = bookkeeping.income(kind, amount_yen)
    earlier = cash_book.sent_before(client_event_id) if client_event_id else None
    if earlier is not None:
        _check_same(earlier, grant, postings, happened_on, description)
        return earlier
    transaction = ledger.book(
        grant=grant,
        postings=postings,
        happened_on=happened_on,
        description=description,
        by=by,
        client_event_id=client_event_id,
    )
    audit.record(grant, act=AccountsAct.RECORD_INCOME, by=by, detail={"transaction_id": transaction.id})
    accounts.void_audit(grant, by=by)
    return transaction


def _check_same(
    earlier: LedgerTransaction,
    grant: Grant,
    postings: bookkeeping.Transaction,
    happened_on: dt.date,
    description: str,
) -> None:
    """A page sent again with other words is another income, and wants a page of its own."""
    if earlier.grant_id != grant.id or not _is_same(earlier, postings, happened_on, description):
        raise RuleBroken(
            None,
            N_(
                "この画面の収入は、すでに記録されています。別の収入は、出納帳から開き直して記録してください。"
            ),
        )


def _is_same(
    booked: LedgerTransaction, postings: bookkeeping.Transaction, happened_on: dt.date, description: str
) -> bool:
    amounts = tuple(posting(row) for row in booked.postings)
    return (booked.happened_on, booked.description, amounts) == (happened_on, description, postings)


def correct_income(
    *,
    grant: Grant,
    transaction: LedgerTransaction,
    kind: IncomeKind,
    amount_yen: Yen,
    happened_on: dt.date,
    description: str,
    reason: str,
    by: Actor,
) -> LedgerTransaction:
    """訂正 of an income in one step: the old one is reversed, the right one stands in its place.

    `RuleBroken` as `record_income`, on "reason" without one, and when nothing differs; `Conflict` when it was
    corrected or taken back already, or the books are closed.
    """
    accounts.begin_change(grant, by=by)
    _check_own(grant, transaction)
    _check_entry(grant, amount_yen, happened_on, description)
    postings = bookkeeping.income(kind, amount_yen)
    if _is_same(transaction, postings, happened_on, description):
        raise RuleBroken(None, N_("変わったところがありません。訂正するところを直してください。"))
    new = ledger.correct(
        grant=grant,
        transaction=transaction,
        postings=postings,
        happened_on=happened_on,
        description=description,
        reason=reason,
        by=by,
    )
    detail = {"transaction_id": new.id, "instead_of": transaction.id}
    audit.record(grant, act=AccountsAct.CORRECT_INCOME, by=by, reason=reason, detail=detail)
    accounts.void_audit(grant, by=by)
    return new


def _check_own(grant: Grant, transaction: LedgerTransaction) -> None:
    if transaction.grant_id != grant.id or not cash_book.is_income(transaction):
        raise RuleBroken(None, N_("ここで直せるのは、実行委員会が記録した収入だけです。"))


def _check_entry(grant: Grant, amount_yen: Yen, happened_on: dt.date, description: str) -> None:
    if not description.strip():
        raise RuleBroken("description", N_("何の収入かを入力してください。"))
    account_rules.check_income_amount(amount_yen)
    account_rules.check_income_date(grant.fiscal_year, happened_on, today=clock.today())


def cancel_income(
    *, grant: Grant, transaction: LedgerTransaction, reason: str, by: Actor
) -> LedgerTransaction:
    """Reverse an income that was recorded by mistake; the reason is compulsory.

    Only an income is undone here: receipts have `cancel_receipt`, the city's payments are the cashier's.
    """
    accounts.begin_change(grant, by=by)
    _check_own(grant, transaction)
    answer = ledger.reverse(
        grant=grant, transaction=transaction, reason=reason, happened_on=clock.today(), by=by
    )
    audit.record(
        grant,
        act=AccountsAct.CANCEL_INCOME,
        by=by,
        reason=reason,
        detail={"transaction_id": transaction.id},
    )
    accounts.void_audit(grant, by=by)
    return answer
