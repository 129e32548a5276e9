"""What a grant comes to: award, advances, the fixed amount, refund or balance, reallocation. Pure.

Worked example: rate 9/10, unit 1,000円, awarded 100,000円, advances 100,000円. Eligible costs
112,345円 and fees 6,000円 leave 106,345円; nine tenths are 95,710円, floored 95,000円; fixed is
95,000円, so 5,000円 are refunded.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from stations.applications.rules import CostCategory, IncomeKind
from stations.core import clock, money
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.grants.rules import Act, Status

# 自己資金 fills what nothing else covers; only the other kinds lower the grant (programme rule).
DEDUCTED = frozenset(IncomeKind) - {IncomeKind.OWN_FUNDS}


class ReallocationRule(StrEnum):
    """How far the committee may move money between categories (流用) without asking."""

    SMALLER20 = "smaller20"
    ANY20 = "any20"


@dataclass(frozen=True, kw_only=True)
class FiscalTerms:
    """The settings of one fiscal year (制度設定). The defaults are fictional until the city gives its own."""

    fiscal_year: int
    rate_numerator: int = 1
    rate_denominator: int = 1
    cap_yen: Yen | None = None
    unit_yen: Yen = 1_000
    report_days: int = 30
    report_latest: tuple[int, int] = (4, 10)
    refund_days: int = 20
    processing_days: int = 30
    resubmit_days: int = 14
    reminder_days: tuple[int, ...] = (-7, 0, 7, 14)
    reallocation_rule: ReallocationRule = ReallocationRule.SMALLER20
    document_prefix: str = ""
    retention_years: int = 5


# Days and years beyond these are typing errors, and dates counted with them would not exist.
_BOUNDS = {
    "report_days": (0, 366),
    "refund_days": (1, 366),
    "processing_days": (1, 366),
    "resubmit_days": (1, 366),
    "retention_years": (1, 100),
}


def check_terms(terms: FiscalTerms) -> None:
    """`RuleBroken` on the setting that could not work: a rate above 1, a unit or cap below 1, no such day."""
    if not 1 <= terms.rate_numerator <= terms.rate_denominator:
        raise RuleBroken("rate_numerator", N_("補助率は、0より大きく1以下の分数で入力してください。"))
    if terms.unit_yen < 1:
        raise RuleBroken("unit_yen", N_("端数処理の単位は1円以上で入力してください。"))
    if terms.cap_yen is not None and terms.cap_yen < 1:
        raise RuleBroken("cap_yen", N_("上限額は1円以上で入力するか、空欄にしてください。"))
    if terms.cap_yen is not None and terms.cap_yen % terms.unit_yen:
        raise RuleBroken("cap_yen", N_("上限額は、端数処理の単位で割り切れる額にしてください。"))
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(terms, name) <= most:
            raise RuleBroken(
                name, N_("%(least)sから%(most)sまでの数で入力してください。"), least=least, most=most
            )
    try:
        date(terms.fiscal_year + 1, *terms.report_latest)
    except ValueError:
        raise RuleBroken("report_latest", N_("実績報告の最終期限は、ある日付にしてください。")) from None


@lru_cache(maxsize=64)  # a page of reports reads the days of each grant's year
def parse_reminder_days(text: str) -> tuple[int, ...]:
    """Read 「-7, 0, 7、14」: days beside the deadline, those before it with a minus. `RuleBroken` on "reminder_days"."""
    plain = re.sub(r"[−–—ー‐△▲]", "-", unicodedata.normalize("NFKC", text)).replace("、", ",")
    pieces = [piece for piece in re.split(r"[,\s]+", plain) if piece]
    if not all(re.fullmatch(r"[+-]?[0-9]{1,3}", piece) for piece in pieces):
        raise RuleBroken(
            "reminder_days", N_("日数は「-7, 0, 7, 14」のように、読点か空白で区切って入力してください。")
        )
    days = tuple(sorted(int(piece) for piece in pieces))
    if len(set(days)) < len(days) or len(days) > 10 or any(abs(day) > 366 for day in days):
        raise RuleBroken(
            "reminder_days", N_("同じ日は1回だけ、期限の前後366日以内で、10回までにしてください。")
        )
    return days


def format_reminder_days(days: Iterable[int]) -> str:
    """「-7, 0, 7, 14」, as `parse_reminder_days` reads it."""
    return ", ".join(str(day) for day in days)


def deducted_income(incomes: Iterable[tuple[IncomeKind, Yen]]) -> Yen:
    """The income that lowers the grant: 参加費, 寄附金, 他補助金, その他, but not 自己資金."""
    return sum(amount for kind, amount in incomes if kind in DEDUCTED)


def award_amount(requested: Yen, terms: FiscalTerms) -> Yen:
    """The most that can be awarded on a request, in whole units: floor_unit(min(requested × rate, cap))."""
    rounded = money.apply_rate(
        max(0, requested), terms.rate_numerator, terms.rate_denominator, terms.unit_yen
    )
    return rounded if terms.cap_yen is None else min(rounded, money.floor_unit(terms.cap_yen, terms.unit_yen))


def costs_behind(awarded: Yen, terms: FiscalTerms) -> Yen:
    """The least costs, after income, of which the year's rate gives the award: ⌈awarded ÷ rate⌉."""
    return -(-awarded * terms.rate_denominator // terms.rate_numerator)


def fixed_amount(eligible: Yen, income: Yen, terms: FiscalTerms, awarded: Yen) -> Yen:
    """額の確定: min(floor_unit((eligible − income) × rate), cap, awarded), never below zero.

    It is a multiple of the unit unless the award, taken as it stands, is smaller.
    `income`: from `deducted_income`. Rounding happens here, once.
    """
    return min(award_amount(eligible - income, terms), awarded)


@dataclass(frozen=True)
class Settlement:
    """The fixed amount against what was paid; at most one of `refund` and `balance` is not zero."""

    fixed: Yen
    paid: Yen

    @property
    def refund(self) -> Yen:
        return max(0, self.paid - self.fixed)

    @property
    def balance(self) -> Yen:
        return max(0, self.fixed - self.paid)

    @property
    def next_act(self) -> Act:
        """返還命令, 精算払, or 完結 when nothing is left between city and committee."""
        if self.refund:
            return Act.ORDER_REFUND
        return Act.ORDER_BALANCE if self.balance else Act.CLOSE


def settle(fixed: Yen, paid: Yen) -> Settlement:
    """Compare the fixed amount (0 after a full 取消し) with what has been paid, refunds taken off."""
    return Settlement(fixed=fixed, paid=paid)


def check_next_act(settlement: Settlement, act: Act) -> None:
    """`RuleBroken` when `act` is not what the settlement calls for, as closing with a refund open."""
    if act is not settlement.next_act:
        raise RuleBroken(
            None,
            N_("差引は、返還%(refund)s・精算払%(balance)sです。これに合う手続きを選んでください。"),
            refund=money.format_yen(settlement.refund),
            balance=money.format_yen(settlement.balance),
        )


def check_kept(kept: Yen, *, decided: Yen, carried: Yen, paid: Yen) -> None:
    """What a 取消し leaves with the committee; `RuleBroken` on "kept_yen" when it is too much.

    ``decided``: the award, or what was fixed, before it. ``carried``: what `fixed_amount` gives on the receipts,
    inspected ones as soon as there has been an inspection. ``paid``: a cancelled grant is paid no more.
    """
    if kept == 0:
        return
    limit = min(carried, paid)
    if kept > limit:
        raise RuleBroken(
            "kept_yen",
            N_(
                "残せる額は%(limit)sまでです（領収書から計算した額%(carried)s、支払済%(paid)sの小さいほう）。"
            ),
            limit=money.format_yen(limit),
            carried=money.format_yen(carried),
            paid=money.format_yen(paid),
        )
    if kept >= decided:
        raise RuleBroken(
            "kept_yen",
            N_("残す額は、いまの額%(decided)sより少ない額で入力してください。"),
            decided=money.format_yen(decided),
        )


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


class ReportTerms(Protocol):
    """What of a year's settings the deadline of a report rests on: `FiscalTerms`, or the year's row itself."""

    @property
    def fiscal_year(self) -> int: ...
    @property
    def report_days(self) -> int: ...
    @property
    def report_latest(self) -> tuple[int, int]: ...


def report_deadline(completed_on: date, terms: ReportTerms) -> date:
    """実績報告 is due so many days after completion, at the latest on the fixed day after the year."""
    latest = date(terms.fiscal_year + 1, *terms.report_latest)
    return min(completed_on + timedelta(days=terms.report_days), latest)


def processing_deadline(received_on: date, days: int) -> date:
    """The end of the 標準処理期間 (行政手続法 6条): until when the city deals with what a committee handed in.

    On a day on which city hall is open.
    """
    return clock.open_day(received_on + timedelta(days=days))


@dataclass(frozen=True)
class StatementLine:
    """One 費目 of the 収支決算書: 予算額, 決算額, 増減."""

    category: CostCategory
    planned: Yen
    spent: Yen

    @property
    def difference(self) -> Yen:
        return self.spent - self.planned


def statement(planned: Mapping[CostCategory, Yen], spent: Mapping[CostCategory, Yen]) -> list[StatementLine]:
    """One line for each category that was planned or spent on, in the order of the categories."""
    return [
        StatementLine(category, planned.get(category, 0), spent.get(category, 0))
        for category in CostCategory
        if category in planned or category in spent
    ]


def check_reallocation(
    before: Mapping[CostCategory, Yen], after: Mapping[CostCategory, Yen], rule: ReallocationRule
) -> None:
    """Whether money may move from `before` to `after` (流用) without a change request; else `RuleBroken`.

    The sum stays, and a category absent from the award is never added. SMALLER20: what moves is at
    most 20 % of the smallest award among the categories touched. ANY20: no category moves by more than
    20 % of its own award. Exactly 20 % is free in both.
    """
    moves = {c: after.get(c, 0) - before.get(c, 0) for c in CostCategory}
    touched = [category for category, move in moves.items() if move]
    if any(not before.get(category) for category in touched):
        raise RuleBroken(None, N_("交付決定にない費目は、流用で加えることができません。"))
    if sum(moves.values()):
        raise RuleBroken(None, N_("流用では合計額を変えられません。変更承認を申請してください。"))
    if not touched:
        return
    if beyond_free(before, after, rule):
        raise RuleBroken(None, N_("2割を超える流用には、変更承認の申請が必要です。"))


@dataclass(frozen=True)
class Excess:
    """A category whose award lets no more than ``most`` be moved without approval, and what is moved."""

    category: CostCategory
    moved: Yen
    most: Yen


def beyond_free(
    before: Mapping[CostCategory, Yen], after: Mapping[CostCategory, Yen], rule: ReallocationRule
) -> list[Excess]:
    """Where a move of money is beyond the free 流用 (rule as in `check_reallocation`); empty when it is free.

    Categories absent from the award are no matter of 流用 and left out.
    """
    moves = {c: after.get(c, 0) - before.get(c, 0) for c in CostCategory if before.get(c)}
    touched = [category for category, move in moves.items() if move]
    if not touched:
        return []
    moved = sum(move for move in moves.values() if move > 0)
    smallest = min(touched, key=lambda category: before[category])
    amounts = {
        ReallocationRule.SMALLER20: {smallest: moved},
        ReallocationRule.ANY20: {category: abs(moves[category]) for category in touched},
    }[rule]
    return [
        Excess(category, amount, before[category] // 5)
        for category, amount in amounts.items()
        if amount * 5 > before[category]
    ]


def check_spending(
    decided: Mapping[CostCategory, Yen], spent: Mapping[CostCategory, Yen], rule: ReallocationRule
) -> None:
    """Whether what was spent keeps within the decided budgets and the free 流用; `RuleBroken` when it does not.

    What a category spent above its budget was moved there from what others left, taken from the largest
    first: no other choice leaves more room. Above the whole budget nothing is moved: that is the committee's own money.
    """
    over = {c: amount - decided.get(c, 0) for c, amount in spent.items() if amount > decided.get(c, 0)}
    spare = {c: amount - spent.get(c, 0) for c, amount in decided.items() if amount > spent.get(c, 0)}
    moved = min(sum(over.values()), sum(spare.values()))
    if rule is ReallocationRule.ANY20:
        spare = {c: min(left, decided[c] // 5) for c, left in spare.items()}
    if moved > sum(spare.values()):
        raise RuleBroken(None, N_("2割を超える流用には、変更承認の申請が必要です。"))
    after = dict(decided)
    for amounts, sign in ((over, 1), (spare, -1)):
        left = moved
        for category in sorted(amounts, key=lambda c: -decided.get(c, 0)):
            part = min(amounts[category], left)
            after[category] = after.get(category, 0) + sign * part
            left -= part
    check_reallocation(decided, after, rule)


def spending_allowed(
    decided: Mapping[CostCategory, Yen], spent: Mapping[CostCategory, Yen], rule: ReallocationRule
) -> bool:
    """`check_spending` as a yes or no."""
    try:
        check_spending(decided, spent, rule)
    except RuleBroken:
        return False
    return True


def reallocation_allowed(
    before: Mapping[CostCategory, Yen], after: Mapping[CostCategory, Yen], rule: ReallocationRule
) -> bool:
    """`check_reallocation` as a yes or no."""
    try:
        check_reallocation(before, after, rule)
    except RuleBroken:
        return False
    return True
