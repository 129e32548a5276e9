"""Taking a step: the one place where an object of a workflow changes its state."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from stations.core import audit
from stations.core.access import Actor, demand_apart, demand_role
from stations.core.database import Model, lock
from stations.core.workflow import Step, Workflow

S = TypeVar("S", bound=StrEnum)


@dataclass
class Taking(Generic[S]):
    """A step while it is taken. ``detail`` goes into the history."""

    workflow: Workflow[S]
    step: Step[S]
    before: S
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def target(self) -> S:
        """The state to come."""
        return self.step.after(self.before)

    def becomes(self, act: StrEnum) -> None:
        """What was asked for turns out to be another act, of the same permission; `Conflict` if the state has no such."""
        step = self.workflow.step(self.before, act)
        if (step.permissions, step.needs_reason) != (self.step.permissions, self.step.needs_reason):
            raise ValueError(f"{act} asks for more than {self.step.act}")
        self.step = step


Notifier = Callable[[Any, Step[Any], Actor | None], object]


@contextmanager
def taking(
    workflow: Workflow[S],
    obj: Any,
    act: StrEnum,
    *,
    by: Actor | None,
    reason: str = "",
    under: Collection[Model] = (),
    follows: bool = False,
    notify: Notifier | None = None,
) -> Iterator[Taking[S]]:
    """Take a step; what it changes beside the state is done inside the ``with``.

    Always in this order: lock (what it stands ``under`` first, then the row itself) → who may → the state → the reason →
    four eyes and recusal → the caller's change → the new state → its event → the mails (``notify``). Raises
    `NotAllowed`, `Conflict` or `RuleBroken` on "reason" before anything has changed. ``by`` None: the system itself.
    ``follows``: it follows from an act on another object, of which it has been asked who may.
    """
    for row in under:
        lock(row)
    lock(obj)
    permission = None
    if by is not None and not follows:
        permission = demand_role(by, workflow.row(act).permissions, obj)
    before: S = obj.status
    step = workflow.step(before, act)
    step.check_reason(reason)
    if by is not None and permission is not None:
        demand_apart(by, permission, obj)
    taken = Taking(workflow, step, before)
    yield taken
    moves = taken.step.target is not None
    if (
        obj.status != taken.target
    ):  # where it follows from other columns, the caller's change has moved it already
        obj.status = taken.target
    audit.record(
        obj,
        act=taken.step.act,
        by=by,
        from_status=before if moves else None,
        to_status=taken.target if moves else None,
        reason=reason.strip() or None,
        detail=taken.detail,
    )
    if notify is not None:
        notify(obj, taken.step, by)
