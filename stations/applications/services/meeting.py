"""What the general meeting does to a plan; called by `meetings.services` only."""

from collections.abc import Mapping

from stations.applications import queries
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import RESOLUTIONS, Act, Status
from stations.applications.services.steps import begin, move, notify
from stations.core.access import Permission
from stations.core.messages import N_, RuleBroken
from stations.people.models import Person


def table(*, plan: Plan, where: Mapping[str, int | str] | None = None, by: Person) -> PlanVersion:
    """付議: returns the frozen version that the meeting will decide on. Raises Conflict. ``where``: as in `resolve`."""
    begin(plan, Permission.MEETING_MANAGE, by=by)
    version = queries.current_version(plan)
    move(plan, Act.TABLE, by=by, detail=dict(where or {}))
    if version is None or not queries.is_true_to_itself(version):
        raise RuleBroken(None, N_("提出された版の照合値が合いません。地域共生課に連絡してください。"))
    notify(queries.people_of(plan), plan, Act.TABLE)
    return version


def untable(*, plan: Plan, by: Person, reason: str = "") -> None:
    """Take a plan off the agenda again; it waits for a later meeting in the state from which it was tabled."""
    begin(plan, Permission.MEETING_MANAGE, by=by)
    act = Act.UNTABLE_DEFERRED if queries.tabled_from(plan) is Status.DEFERRED else Act.UNTABLE
    move(plan, act, by=by, reason=reason)
    notify(queries.people_of(plan), plan, act)


def resolve(
    *,
    plan: Plan,
    act: Act,
    reason: str = "",
    conditions: str = "",
    where: Mapping[str, int | str] | None = None,
    by: Person,
) -> None:
    """議決: ``act`` is one of `rules.RESOLUTIONS`. Raises Conflict once it happened, RuleBroken without a reason.

    ``where``: "meeting_id" and "meeting" (its title) for the plan's own page, which knows of no meetings.
    """
    if act not in RESOLUTIONS:
        raise ValueError(f"{act} is no resolution")
    begin(plan, Permission.MEETING_RESOLVE, by=by)
    said = {"conditions": conditions.strip()} if conditions.strip() else {}
    move(plan, act, by=by, reason=reason, detail={**said, **(where or {})})
    notify(queries.people_of(plan), plan, act)
