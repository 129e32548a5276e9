"""Budgets of a grant's lines: what an award gives each line, and what may stand in a change. Pure."""

from collections.abc import Iterable, Mapping

from stations.applications.rules import CostCategory
from stations.core import money
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen


def proportional(planned: Mapping[int, Yen], total: Yen) -> dict[int, Yen]:
    """Line id → budget: the plan's lines cut in proportion, so that they sum to ``total`` (≤ Σ planned).

    Each budget is rounded down; the yen lost by rounding go to the lines that lost most.
    """
    whole = sum(planned.values())
    cut = {line_id: amount * total // whole for line_id, amount in planned.items()}
    rest = total - sum(cut.values())
    for line_id in sorted(planned, key=lambda i: (-(planned[i] * total % whole), i))[:rest]:
        cut[line_id] += 1
    return cut


def check_award(budgets: Mapping[int, Yen], planned: Mapping[int, Yen], needed: Yen) -> None:
    """The award's lines are the plan's, none above it, and together they need the whole award.

    ``needed``: the costs behind the award (`settlement.costs_behind`) and those that the planned income pays.
    """
    if budgets.keys() != planned.keys() or any(
        not 0 <= budgets[line_id] <= planned[line_id] for line_id in planned
    ):
        raise RuleBroken(None, N_("明細の予算は、0円以上、計画の金額以下で入力してください。"))
    if sum(budgets.values()) < needed:
        raise RuleBroken(
            "awarded_yen",
            N_("明細の予算が少なすぎて、交付決定額を使い切れません。予算の合計は%(yen)s以上にしてください。"),
            yen=money.format_yen(needed),
        )


def check_change(budgets: Mapping[int, Yen], now: Mapping[int, Yen], spent: Mapping[int, Yen]) -> None:
    """A change keeps the lines and their sum, moves something, and takes nothing back that is spent already."""
    if budgets.keys() != now.keys() or any(amount < 0 for amount in budgets.values()):
        raise RuleBroken(None, N_("明細の予算は0円以上で入力してください。"))
    if budgets == now:
        raise RuleBroken(None, N_("変える金額がありません。"))
    if sum(budgets.values()) != sum(now.values()):
        raise RuleBroken(None, N_("予算の合計は、変更の前と同じにしてください。"))
    if any(budgets[line_id] < min(spent.get(line_id, 0), now[line_id]) for line_id in budgets):
        raise RuleBroken(None, N_("すでに支出した額より少ない予算にはできません。"))


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
