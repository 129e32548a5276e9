"""概算払 and 精算払: how much, on which day, out of which budget, and what may be corrected. Pure."""

from datetime import date

from stations.core import clock, money
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.rules import Status

# Nothing has been computed yet from what was paid: 額の確定 and 取消し are.
_BEFORE_SETTLEMENT = frozenset(
    {
        Status.ACTIVE,
        Status.CHANGE_REQUESTED,
        Status.DISCONTINUED,
        Status.PARTLY_CANCELLED,
        Status.REPORTED,
        Status.REPORT_RETURNED,
        Status.INSPECTED,
    }
)


def may_reverse(kind: str, status: Status) -> bool:
    """Whether a recorded payment may still be corrected.

    An advance until an amount rests on what was paid, a balance until the grant is closed.
    """
    return status in _BEFORE_SETTLEMENT if kind == "advance" else status is Status.BALANCE_PAID


def check_reversible(kind: str, status: Status) -> None:
    """`Conflict` when something has followed from the payment already (`may_reverse`)."""
    if not may_reverse(kind, status):
        raise Conflict(
            None,
            N_("概算払の記録は額の確定の起案まで、精算払の記録は完結まで訂正できます（いまは%(state)s）。"),
            state=status,
        )


def check_bank_day(on: date, *, field: str) -> None:
    """A transfer moves on a bank business day (全銀協 総合振込). `RuleBroken` on `field`, offering the next one."""
    if not clock.is_bank_day(on):
        raise RuleBroken(
            field,
            N_("%(day)sは銀行の休業日です。営業日の日付にしてください（次の営業日は%(next)sです）。"),
            day=on,
            next=clock.bank_day(on),
        )


def check_came_back(returned_on: date, *, paid_on: date, today: date) -> None:
    """The day on which a failed transfer came back (組戻し). `RuleBroken` on "returned_on"."""
    if not paid_on <= returned_on <= today:
        raise RuleBroken("returned_on", N_("お金が戻った日は、支払日から今日までの日にしてください。"))
    check_bank_day(returned_on, field="returned_on")


def cash_date_ok(fiscal_year: int, on: date) -> bool:
    """Whether cash of the fiscal year may move on a day: 4-1 … 5-31 of the next (地方自治法235条の5)."""
    first, last = clock.cash_period(fiscal_year)
    return first <= on <= last


def check_payment_date(fiscal_year: int, on: date, *, field: str | None = "paid_on") -> None:
    """`RuleBroken` on `field` when the city may no longer, or not yet, pay out of this year's budget."""
    if not cash_date_ok(fiscal_year, on):
        raise RuleBroken(
            field,
            N_(
                "%(year)s年度の支払いは、4月1日から翌年5月31日（出納整理期間の終わり）までの日にしてください。"
            ),
            year=fiscal_year,
        )


def budget_year(kind: str, fiscal_year: int, on: date) -> int:
    """The budget that a payment of a grant ordered on a day burdens.

    An advance: that of the grant's own year. A balance: the same until its 出納整理期間 is over (5-31), then the budget
    of the day, as 過年度支出 (地方自治法施行令165条の8): what is owed is still paid, however late the report came.
    """
    if kind == "advance" or on <= clock.cash_period(fiscal_year)[1]:
        return fiscal_year
    return clock.fiscal_year(on)


def check_order_date(kind: str, grant_year: int, budget: int, on: date) -> None:
    """Whether a payment out of ``budget`` may be ordered on a day. `RuleBroken` says what to do instead.

    Cash of a year moves until 5-31 of the next (地方自治法235条の5).
    """
    if budget != budget_year(kind, grant_year, on):
        raise RuleBroken(
            None,
            N_(
                "起案の後に%(year)s年度の出納整理期間が終わりました。起案を差し戻し、新しい年度の予算で起案し直してください。"
            ),
            year=budget,
        )
    if not cash_date_ok(budget, on):
        raise RuleBroken(
            None,
            N_(
                "%(year)s年度の出納整理期間（翌年5月31日まで）が終わったため、概算払の支出命令はできません。"
                "請求を差し戻してください。不足する額は、額の確定の後に精算払で支払います。"
            ),
            year=budget,
        )


def is_prior_year_income(fiscal_year: int, repaid_on: date) -> bool:
    """Whether a repayment is too late for 戻入 and becomes 過年度収入 (地方自治法施行令160条)."""
    return repaid_on > clock.cash_period(fiscal_year)[1]


def receiving_year(fiscal_year: int, repaid_on: date) -> int:
    """The budget that money which came back belongs to: the one it was paid from (戻入), or that of the day (過年度収入)."""
    return clock.fiscal_year(repaid_on) if is_prior_year_income(fiscal_year, repaid_on) else fiscal_year


def advance_limit(awarded: Yen, paid: Yen, ordered: Yen) -> Yen:
    """What can still be asked for as 概算払. `ordered`: asked for or ordered, but not yet paid."""
    return max(0, awarded - paid - ordered)


def check_advance(status: Status, amount: Yen, *, awarded: Yen, paid: Yen, ordered: Yen) -> None:
    """No payment before an award, none above it (programme rule). `RuleBroken` on "amount_yen"."""
    if status is not Status.ACTIVE:
        raise RuleBroken(None, N_("概算払は、交付決定を受けて実施中の間に請求してください。"))
    if amount < 1:
        raise RuleBroken("amount_yen", N_("金額は1円以上で入力してください。"))
    limit = advance_limit(awarded, paid, ordered)
    if amount > limit:
        raise RuleBroken("amount_yen", N_("請求できる額は%(limit)sまでです。"), limit=money.format_yen(limit))
