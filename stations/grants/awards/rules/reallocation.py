"""流用: how far money moves between categories without asking. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from stations.applications.rules import CostCategory
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.grants.settings.rules import ReallocationRule


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
