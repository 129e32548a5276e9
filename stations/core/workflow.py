"""What may be done next: the table of steps of each aggregate. Pure data.

A row says of one act from which states it leads where, who may, whether it needs a reason, which page does it, and who
is notified. Services take steps by it (`core.steps`), pages draw their buttons and the home page its tasks from it,
``make docs`` draws its diagram, and the tests walk it. What an act is called stands in the package's ``labels``.
"""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from stations.core.access import FOUR_EYES, RECUSED, Permission, Role
from stations.core.messages import N_, Conflict, RuleBroken

S = TypeVar("S", bound=StrEnum)


def require_reason(reason: str) -> None:
    """`RuleBroken` on "reason" when it is blank."""
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))


@dataclass(frozen=True, eq=False)  # each row is one of its kind: looked up by identity
class Step(Generic[S]):
    """One row: ``act`` leads from ``source``, one or several states, to ``target``; None: the state stays as it is.

    permission: who may; of several one is enough; none: only the system itself does it.
    needs_reason: a reason is compulsory (programme rule).
    endpoint: the page that does it; empty where it follows from another act.
    kind: how its button looks; "primary": somebody waits for it, so that it is a task of those who may do it.
    notifies: the roles, in the bodies that the object belongs to, whose holders get a mail about it.
    """

    act: StrEnum
    source: S | tuple[S, ...]
    target: S | None
    permission: Permission | tuple[Permission, ...]
    _: KW_ONLY
    needs_reason: bool = False
    endpoint: str = ""
    kind: Literal["primary", "secondary", "danger"] = "primary"
    notifies: tuple[Role, ...] = ()

    @property
    def sources(self) -> tuple[S, ...]:
        return self.source if isinstance(self.source, tuple) else (self.source,)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return self.permission if isinstance(self.permission, tuple) else (self.permission,)

    @property
    def four_eyes(self) -> bool:
        """Whether nobody does it to what they drafted, submitted or ordered themselves."""
        return not FOUR_EYES.isdisjoint(self.permissions)

    @property
    def recused(self) -> bool:
        """Whether nobody does it to a committee they sit on (除斥)."""
        return not RECUSED.isdisjoint(self.permissions)

    def after(self, status: S) -> S:
        """The state after the step from ``status``."""
        return status if self.target is None else self.target

    def check_reason(self, reason: str) -> None:
        """`RuleBroken` on "reason" when the step needs one and it is blank."""
        if self.needs_reason:
            require_reason(reason)


class Workflow(Generic[S]):
    """All steps of one kind of object, in the order in which they are offered.

    An act may stand in several rows, with other sources and another target, but with the same permission.
    """

    def __init__(self, states: type[S], *steps: Step[S]) -> None:
        self.states = states
        self.steps = steps
        self._rows: dict[S, dict[StrEnum, Step[S]]] = {state: {} for state in states}
        for step in steps:
            for source in step.sources:
                if step.act in self._rows[source]:
                    raise ValueError(f"{step.act} stands twice from {source}")
                self._rows[source][step.act] = step
        self._from = {state: tuple(rows.values()) for state, rows in self._rows.items()}
        for act in {step.act for step in steps}:
            if len({(step.permissions, step.needs_reason) for step in self.rows(act)}) > 1:
                raise ValueError(f"{act} has more than one permission, or needs a reason in some rows only")

    def rows(self, act: StrEnum) -> Iterator[Step[S]]:
        """The rows of one act."""
        return (step for step in self.steps if step.act == act)

    def row(self, act: StrEnum) -> Step[S]:
        """The first row of an act: who may and whether it needs a reason are the same in all; KeyError for none."""
        for step in self.rows(act):
            return step
        raise KeyError(act)

    def permission(self, act: StrEnum) -> Permission:
        """Who may do an act, for the mark of its view; ValueError unless it is exactly one permission."""
        (only,) = self.row(act).permissions
        return only

    def step(self, status: S, act: StrEnum) -> Step[S]:
        """The row of ``act`` from ``status``; `Conflict` (params: state, act) when there is none."""
        try:
            return self._rows[status][act]
        except KeyError:
            raise Conflict(
                None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=status, act=act
            ) from None

    def next_status(self, status: S, act: StrEnum) -> S:
        """The state after ``act``; `Conflict` when the present one does not allow it."""
        return self.step(status, act).after(status)

    def allows(self, status: S, act: StrEnum) -> bool:
        return act in self._rows[status]

    def steps_from(self, status: S) -> tuple[Step[S], ...]:
        """What a state allows, in the order of the table."""
        return self._from[status]

    def sources(self, act: StrEnum) -> frozenset[S]:
        """The states in which an act may be done."""
        return frozenset(source for step in self.rows(act) for source in step.sources)

    @property
    def final(self) -> frozenset[S]:
        """States that no step leaves."""
        left = {source for step in self.steps if step.target is not None for source in step.sources}
        return frozenset(set(self.states) - left)
