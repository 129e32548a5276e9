"""Rules of a grant (交付): the states of the grant and of its payments."""

from datetime import date
from enum import StrEnum

from stations.core import clock
from stations.core.messages import N_, Conflict, RuleBroken


class Status(StrEnum):
    """交付申請 → 交付決定 → 実施中 → 実績報告 → 検査 → 額の確定 → 完結 (programme rule)."""

    APPLIED = "applied"
    REVIEWING = "reviewing"
    DECIDING = "deciding"
    AWARDED = "awarded"
    REFUSED = "refused"
    ACTIVE = "active"
    CHANGE_REQUESTED = "change_requested"
    REPORTED = "reported"
    REPORT_RETURNED = "report_returned"
    INSPECTED = "inspected"
    DETERMINING = "determining"
    DETERMINED = "determined"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"
    BALANCE_DUE = "balance_due"
    BALANCE_PAID = "balance_paid"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DISCONTINUED = "discontinued"
    PARTLY_CANCELLED = "partly_cancelled"
    CANCELLED = "cancelled"


class Act(StrEnum):
    BEGIN_REVIEW = "begin_review"
    DRAFT_AWARD = "draft_award"
    DRAFT_REFUSAL = "draft_refusal"
    SEND_BACK = "send_back"
    APPROVE_AWARD = "approve_award"
    APPROVE_REFUSAL = "approve_refusal"
    ISSUE_AWARD = "issue_award"
    REQUEST_CHANGE = "request_change"
    APPROVE_CHANGE = "approve_change"
    REFUSE_CHANGE = "refuse_change"
    WITHDRAW_CHANGE = "withdraw_change"
    REPORT = "report"
    RETURN_REPORT = "return_report"
    INSPECT = "inspect"
    DRAFT_DETERMINATION = "draft_determination"
    DETERMINE = "determine"
    ORDER_REFUND = "order_refund"
    RECORD_REFUND = "record_refund"
    ORDER_BALANCE = "order_balance"
    REVERSE_REFUND = "reverse_refund"
    PAY_BALANCE = "pay_balance"
    REVERSE_BALANCE = "reverse_balance"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    DISCONTINUE = "discontinue"
    CANCEL = "cancel"
    CANCEL_PART = "cancel_part"


class Deed(StrEnum):
    """What is done to a grant without moving it to another state."""

    APPLY = "apply"
    REALLOCATE = "reallocate"
    ISSUE_LETTER = "issue_letter"
    DRAFT_CANCELLATION = "draft_cancellation"
    RETURN_CANCELLATION = "return_cancellation"
    DRAFT_REFUND = "draft_refund"
    RETURN_REFUND = "return_refund"
    REMIND_REPORT = "remind_report"


FINAL = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.CLOSED})
# The project runs: what is left of the award may be spent. After it ends, what is left comes back or is never paid.
SPENDABLE = frozenset({Status.AWARDED, Status.ACTIVE, Status.CHANGE_REQUESTED})
# Nothing of the award can be used any more, though money may still move between city and committee.
OVER = FINAL | {
    Status.CANCELLED,
    Status.DETERMINED,
    Status.REFUND_DUE,
    Status.REFUNDED,
    Status.BALANCE_DUE,
    Status.BALANCE_PAID,
}
# The project is over, the amount is not fixed yet: what is at hand is settled by the report.
SETTLING = frozenset(Status) - SPENDABLE - OVER - {Status.APPLIED, Status.REVIEWING, Status.DECIDING}


# The inspection has said which receipts count.
AFTER_INSPECTION = frozenset(
    {
        Status.INSPECTED,
        Status.DETERMINED,
        Status.REFUND_DUE,
        Status.REFUNDED,
        Status.BALANCE_DUE,
        Status.BALANCE_PAID,
    }
)


def cancelling_act(status: Status, kept_yen: int) -> Act:
    """The act that a 取消し is: of all, or of a part, which ends at once after the inspection and else waits for it."""
    return Act.CANCEL if kept_yen == 0 or status in AFTER_INSPECTION else Act.CANCEL_PART


class PaymentStatus(StrEnum):
    """請求 → 支出命令の起案 → 支出命令 → 支払済. A returned or failed one, or a mistaken record, is answered by a new one."""

    REQUESTED = "requested"
    DRAFTED = "drafted"
    ORDERED = "ordered"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class PaymentAct(StrEnum):
    DRAFT = "draft"
    ORDER = "order"
    SEND_BACK = "send_back_order"
    PAY = "pay"
    WITHDRAW_ORDER = "withdraw_order"
    WITHDRAW = "withdraw_request"
    RETURN = "return"
    CANCEL = "cancel"
    REVERSE = "reverse"
    FAIL = "fail"


class PaymentDeed(StrEnum):
    """How a payment begins."""

    REQUEST = "request"
    RECORD_AGAIN = "record_anew"
    PAY_AGAIN = "pay_again"


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

# Money that has been asked for or ordered but has not left yet.
PENDING = frozenset({PaymentStatus.REQUESTED, PaymentStatus.DRAFTED, PaymentStatus.ORDERED})


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


# Working days in which a committee is asked to apply once its plan is approved: custom, not law.
APPLY_WITHIN = 20


def apply_by(approved_on: date, fiscal_year: int) -> date:
    """Until when to apply with an approved plan: soon, and while the year can still decide on it."""
    return min(clock.add_business_days(approved_on, APPLY_WITHIN), clock.fiscal_year_period(fiscal_year)[1])


def check_decision_date(fiscal_year: int, on: date, *, field: str | None = "decided_on") -> None:
    """Decisions and changes are dated inside the fiscal year (programme rule). `RuleBroken` on `field`."""
    if clock.fiscal_year(on) != fiscal_year:
        raise RuleBroken(
            field,
            N_("決定の日付は%(year)s年度（4月1日から3月31日まで）の日にしてください。"),
            year=fiscal_year,
        )


def year_over(fiscal_year: int, on: date) -> bool:
    """Whether nothing binds the year's budget any more (会計年度独立の原則, 地方自治法208条2項)."""
    return on > clock.fiscal_year_period(fiscal_year)[1]


def check_year_open(fiscal_year: int, on: date, otherwise: str) -> None:
    """`RuleBroken` once the year is over; ``otherwise`` (marked with `N_`) says what may still be done."""
    if year_over(fiscal_year, on):
        raise RuleBroken(None, otherwise, year=fiscal_year)


def check_issue_date(on: date, *, today: date) -> None:
    """A letter is dated today, or on the next day on which city hall is open. `RuleBroken` on "issued_on"."""
    if on not in {today, clock.open_day(today)}:
        raise RuleBroken(
            "issued_on",
            N_("施行日は、今日か、次の開庁日（%(next)s）にしてください。"),
            next=clock.open_day(today),
        )


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


def project_period(fiscal_year: int) -> tuple[date, date]:
    """First and last day of the 補助事業: the whole fiscal year of the plan, 4-1 … 3-31 (programme rule).

    What the draft and the 交付決定通知書 promise, what receipts are held against, where the report begins. The
    plan that the meeting approved covers the year: what a station cost before its award was signed counts too.
    """
    return clock.fiscal_year_period(fiscal_year)


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


def retention_end(fiscal_year: int, years: int) -> date:
    """The last day on which evidence is kept: so many years from the 4-1 after the fiscal year."""
    return clock.fiscal_year_period(fiscal_year + years)[1]
