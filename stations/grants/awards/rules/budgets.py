"""Budgets of a grant's lines: what an award gives each line, and what may stand in a change. Pure."""

from collections.abc import Iterable, Mapping

from stations.applications.rules import CostCategory
from stations.core import money
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen


def proportional(planned: Mapping[int, Yen], total: Yen, unit: Yen) -> dict[int, Yen]:
    """Line id → budget: the plan's lines cut in proportion, so that they sum to ``total`` (≤ Σ planned).

    Budgets are whole units (端数処理の単位): each share is rounded down, and what that leaves goes unit by unit to
    the lines that lost most. What is no whole unit (an odd income, an odd line of the plan) stands in one line, or
    completes lines to their plan.
    """
    whole = sum(planned.values())
    cut = {line: money.floor_unit(amount * total // whole, unit) for line, amount in planned.items()}
    by_loss = sorted(planned, key=lambda line: (cut[line] * whole - planned[line] * total, line))
    rest = total - sum(cut.values())
    while rest >= unit and (roomy := [line for line in by_loss if planned[line] - cut[line] >= unit]):
        for line in roomy[: rest // unit]:
            cut[line] += unit
        rest = total - sum(cut.values())
    for line in sorted(planned, key=lambda line: (cut[line] - planned[line], line)):
        part = min(rest, planned[line] - cut[line])
        cut[line] += part
        rest -= part
    return cut


def check_unit(awarded: Yen, unit: Yen) -> None:
    """An award is whole units of the year's rounding (端数処理の単位). `RuleBroken` on "awarded_yen"."""
    if awarded % unit:
        raise RuleBroken(
            "awarded_yen", N_("交付決定額は%(unit)s単位で入力してください。"), unit=money.format_yen(unit)
        )


def check_award(budgets: Mapping[int, Yen], planned: Mapping[int, Yen], needed: Yen) -> None:
    """The award's lines are the plan's, none above it, and together they need the whole award.

    ``needed``: the costs behind the award (`granting.costs_behind`) and those that the planned income pays.
    """
    if budgets.keys() != planned.keys():
        raise RuleBroken(None, N_("明細の予算は、0円以上、計画の金額以下で入力してください。"))
    for line_id, most in planned.items():
        if not 0 <= budgets[line_id] <= most:
            raise RuleBroken(
                row_of(line_id),
                N_("予算は、0円以上、計画の金額（%(most)s）以下で入力してください。"),
                most=money.format_yen(most),
            )
    if sum(budgets.values()) < needed:
        raise RuleBroken(
            "awarded_yen",
            N_("明細の予算が少なすぎて、交付決定額を使い切れません。予算の合計は%(yen)s以上にしてください。"),
            yen=money.format_yen(needed),
        )


def check_change(budgets: Mapping[int, Yen], now: Mapping[int, Yen], spent: Mapping[int, Yen]) -> None:
    """A change keeps the lines and their sum, moves something, and takes nothing back that is spent already."""
    if budgets.keys() != now.keys():
        raise RuleBroken(None, N_("明細の予算は0円以上で入力してください。"))
    for line_id, amount in budgets.items():
        if amount < 0:
            raise RuleBroken(row_of(line_id), N_("明細の予算は0円以上で入力してください。"))
    if budgets == now:
        raise RuleBroken(None, N_("変える金額がありません。"))
    if gap := sum(budgets.values()) - sum(now.values()):
        raise RuleBroken(
            None,
            N_("予算の合計は、変更の前と同じ%(yen)sにしてください。いまは、%(gap)s多くなっています。")
            if gap > 0
            else N_("予算の合計は、変更の前と同じ%(yen)sにしてください。いまは、%(gap)s足りません。"),
            yen=money.format_yen(sum(now.values())),
            gap=money.format_yen(abs(gap)),
        )
    for line_id, amount in budgets.items():
        if amount < (least := min(spent.get(line_id, 0), now[line_id])):
            raise RuleBroken(
                row_of(line_id),
                N_("すでに支出した額（%(least)s）より少ない予算にはできません。"),
                least=money.format_yen(least),
            )


def row_of(line_id: int) -> str:
    """How a broken rule names the budget of one line; `awards.forms.Budgets.show` finds its box."""
    return f"lines-{line_id}"


def by_category(lines: Iterable[tuple[CostCategory, Yen]]) -> dict[CostCategory, Yen]:
    """Sums of lines per category; categories without a line are absent."""
    sums: dict[CostCategory, Yen] = {}
    for category, amount in lines:
        sums[category] = sums.get(category, 0) + amount
    return sums


def check_categories(before: Mapping[CostCategory, Yen], after: Mapping[CostCategory, Yen]) -> None:
    """A category absent from the award is never added, not even by an approved change (programme rule)."""
    if any(amount and not before.get(category) for category, amount in after.items()):
        raise RuleBroken(None, N_("交付決定にない費目は、加えることができません。"))
