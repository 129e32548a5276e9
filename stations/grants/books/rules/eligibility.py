"""対象経費: what of a receipt counts for the grant, and which receipt takes two officials. Pure."""

from collections.abc import Iterable

from stations.core import money
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.rules import Status

# The report is with the city, and nothing rests on the eligible costs yet.
OPEN = frozenset({Status.REPORTED, Status.INSPECTED})


def eligible(paid: Yen, disallowed: Iterable[Yen]) -> Yen:
    """What counts of a receipt (or of its part on one line): what was paid less what was disallowed (対象外).

    ``disallowed``: its entries; one that was taken back is answered by the same amount below zero.
    """
    return paid - sum(disallowed)


def check_open(status: Status) -> None:
    """`Conflict` unless parts may be disallowed, or allowed again: from the report until the 額の確定 is drafted."""
    if status not in OPEN:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=status)


def check_disallowed(amount: Yen, *, paid: Yen, already: Yen, reason: str) -> None:
    """A part is at least one yen and at most what still counts of ``paid``, and has a reason.

    `RuleBroken` on "amount_yen" or "reason".
    """
    if amount < 1:
        raise RuleBroken("amount_yen", N_("金額は1円以上で入力してください。"))
    if amount > paid - already:
        raise RuleBroken(
            "amount_yen", N_("対象外にできる額は%(most)sまでです。"), most=money.format_yen(paid - already)
        )
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))


def needs_second_look(amount: Yen, awarded: Yen | None) -> bool:
    """Whether a receipt is above the whole award: a slip of the keys, or a cost that two officials answer for."""
    return awarded is not None and amount > awarded
