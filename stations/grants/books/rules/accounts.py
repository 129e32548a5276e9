"""When the books of a grant may be written, and what an entry may be. Pure."""

from datetime import date
from enum import StrEnum

from stations.core import clock, money
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.rules import Status

# Receipts and incomes are entered while the project runs, and again when the report came back to be corrected.
BOOKS_OPEN = frozenset(
    {
        Status.ACTIVE,
        Status.CHANGE_REQUESTED,
        Status.REPORT_RETURNED,
        Status.DISCONTINUED,
        Status.PARTLY_CANCELLED,
    }
)


# More digits than any receipt or income of the programme has: a slip of the keys (programme rule).
MAX_ENTRY_YEN: Yen = 9_999_999


class ReceiptAct(StrEnum):
    ENTER = "enter_receipt"
    CORRECT = "correct_receipt"
    CANCEL = "cancel_receipt"
    TICK = "tick"
    FIND = "find"
    ANSWER = "answer"
    DISALLOW = "disallow"
    ALLOW_AGAIN = "allow_again"
    CONFIRM = "confirm"


def check_books_open(status: Status) -> None:
    """`Conflict` when receipts, incomes and the report can no longer (or not yet) be changed."""
    if status not in BOOKS_OPEN:
        raise Conflict(None, N_("いまの状態（%(state)s）では、出納の記録を変えられません。"), state=status)


def check_income_date(fiscal_year: int, happened_on: date, *, today: date) -> None:
    """Cash of the year moves until 5-31 of the next, and never tomorrow. `RuleBroken` on "happened_on"."""
    first, last = clock.cash_period(fiscal_year)
    if not first <= happened_on <= last:
        raise RuleBroken(
            "happened_on",
            N_("入金の日は、%(year)s年4月1日から翌年5月31日までの日にしてください。"),
            year=fiscal_year,
        )
    if happened_on > today:
        raise RuleBroken("happened_on", N_("入金の日が、今日より後になっています。"))


def check_income_amount(amount: Yen) -> None:
    """An income has no more digits than a receipt may have. `RuleBroken` on "amount_yen"."""
    if amount > MAX_ENTRY_YEN:
        raise RuleBroken(
            "amount_yen",
            N_("金額は%(most)sまでです。けた数を確かめてください。"),
            most=money.format_yen(MAX_ENTRY_YEN),
        )
