"""One step through a table of states, and the reason some steps need; each package keeps its own table."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from stations.core.messages import N_, Conflict, RuleBroken

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


def step(transitions: Mapping[S, Mapping[A, S]], status: S, act: A) -> S:
    """The state that follows `act`; `Conflict` (params: state, act) when the table has no such step."""
    try:
        return transitions[status][act]
    except KeyError:
        raise Conflict(
            None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=status, act=act
        ) from None


def require_reason(act: A, reason: str, compulsory: Collection[A]) -> None:
    """`RuleBroken` on field "reason" when `act` is one of the `compulsory` ones and the reason is blank."""
    if act in compulsory and not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
