"""Recording what a committee takes in besides the grant: 参加費, 寄附金, 自己資金 …"""

import datetime as dt

from stations.applications.rules import IncomeKind
from stations.core import audit, clock
from stations.core.access import Actor
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.grants import bookkeeping, reporting
from stations.grants.models import Grant, LedgerTransaction
from stations.grants.queries import books
from stations.grants.reporting import AccountsAct
from stations.grants.services import accounts, ledger


def record_income(
    *,
    grant: Grant,
    kind: IncomeKind,
    amount_yen: Yen,
    happened_on: dt.date,
    description: str,
    by: Actor,
) -> LedgerTransaction:
    """Book one income (自己資金 included) while the books are open.

    `RuleBroken` on "amount_yen", "happened_on" or "description"; `Conflict` when the books are closed.
    """
    accounts.begin_change(grant, by=by)
    if not description.strip():
        raise RuleBroken("description", N_("何の収入かを入力してください。"))
    reporting.check_income_date(grant.fiscal_year, happened_on, today=clock.today())
    transaction = ledger.book(
        grant=grant,
        postings=bookkeeping.income(kind, amount_yen),
        happened_on=happened_on,
        description=description,
        by=by,
    )
    audit.record(grant, act=AccountsAct.RECORD_INCOME, by=by, detail={"transaction_id": transaction.id})
    accounts.void_audit(grant, by=by)
    return transaction


def cancel_income(
    *, grant: Grant, transaction: LedgerTransaction, reason: str, by: Actor
) -> LedgerTransaction:
    """Reverse an income that was recorded by mistake; the reason is compulsory.

    Only an income is undone here: receipts have `cancel_receipt`, the city's payments are the cashier's.
    """
    accounts.begin_change(grant, by=by)
    if transaction.grant_id != grant.id or not books.is_income(transaction):
        raise RuleBroken(None, N_("ここで取り消せるのは、実行委員会が記録した収入だけです。"))
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
