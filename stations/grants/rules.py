"""What all nouns of grants share: the states and acts that their tables of steps name, and the dates of a year. Pure."""

from datetime import date
from enum import StrEnum

from stations.core import clock
from stations.core.messages import N_, RuleBroken


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


class InPlaceAct(StrEnum):
    """What is done to a grant without moving it to another state."""

    APPLY = "apply"
    REALLOCATE = "reallocate"
    ISSUE_LETTER = "issue_letter"
    DRAFT_CANCELLATION = "draft_cancellation"
    RETURN_CANCELLATION = "return_cancellation"
    DRAFT_REFUND = "draft_refund"
    RETURN_REFUND = "return_refund"
    REMIND_REPORT = "remind_report"


class AccountsAct(StrEnum):
    """What is done to a grant's accounts without moving the grant to another state."""

    SAVE_REPORT = "save_report"
    AUDIT = "audit_accounts"
    QUESTION = "question_accounts"
    VOID_AUDIT = "void_audit"
    RECORD_INCOME = "record_income"
    CORRECT_INCOME = "correct_income"
    CANCEL_INCOME = "cancel_income"


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


# What the city still has to do here answers nothing of the committee's: it counts from when the grant came to the state.
AWAITS_CLOSING = frozenset({Status.CANCELLED, Status.REFUNDED, Status.BALANCE_PAID})


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


class PaymentStart(StrEnum):
    """How a payment begins."""

    REQUEST = "request"
    RECORD_AGAIN = "record_anew"
    PAY_AGAIN = "pay_again"


# Money that has been asked for or ordered but has not left yet.
PENDING = frozenset({PaymentStatus.REQUESTED, PaymentStatus.DRAFTED, PaymentStatus.ORDERED})


class RecoveryStatus(StrEnum):
    """起案 → 決裁 → 返還命令書の施行 → 入金; a draft that was sent back is answered by a new one."""

    DRAFTED = "drafted"
    RETURNED = "returned"
    DECIDED = "decided"
    ORDERED = "ordered"
    REPAID = "repaid"


class RecoveryAct(StrEnum):
    APPROVE = "approve"
    SEND_BACK = "send_back"
    ISSUE = "issue"
    RECORD = "record"
    REVERSE = "reverse"


class RecoveryStart(StrEnum):
    """How a 返還 after 完結 begins."""

    DRAFT_RECOVERY = "draft_recovery"


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


def project_period(fiscal_year: int) -> tuple[date, date]:
    """First and last day of the 補助事業: the whole fiscal year of the plan, 4-1 … 3-31 (programme rule).

    What the draft and the 交付決定通知書 promise, what receipts are held against, where the report begins. The
    plan that the meeting approved covers the year: what a station cost before its award was signed counts too.
    """
    return clock.fiscal_year_period(fiscal_year)


def retention_end(fiscal_year: int, years: int) -> date:
    """The last day on which evidence is kept: so many years from the 4-1 after the fiscal year."""
    return clock.fiscal_year_period(fiscal_year + years)[1]
