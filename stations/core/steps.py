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
    """A step while it is taken. ``detail`` goes into the history; ``target`` is the state to come."""

    step: Step[S]
    before: S
    target: S
    detail: dict[str, Any] = field(default_factory=dict)


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
    notify: Notifier | None = None,
) -> Iterator[Taking[S]]:
    """Take a step; what it changes beside the state is done inside the ``with``.

    Always in this order: lock (what it stands ``under`` first, then the row itself) → who may → the state → the reason →
    four eyes and recusal → the caller's change → the new state → its event → the mails (``notify``). Raises
    `NotAllowed`, `Conflict` or `RuleBroken` on "reason" before anything has changed. ``by`` None: the system itself.
    """
    for row in under:
        lock(row)
    lock(obj)
    permission = None if by is None else demand_role(by, workflow.row(act).permissions, obj)
    before: S = obj.status
    step = workflow.step(before, act)
    step.check_reason(reason)
    if by is not None and permission is not None:
        demand_apart(by, permission, obj)
    taken = Taking(step, before, step.after(before))
    yield taken
    obj.status = taken.target
    audit.record(
        obj,
        act=act,
        by=by,
        from_status=before,
        to_status=taken.target,
        reason=reason.strip() or None,
        detail=taken.detail,
    )
    if notify is not None:
        notify(obj, step, by)
