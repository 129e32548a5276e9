"""What the general meeting does to a plan; called by `meetings.services` only."""

from collections.abc import Mapping

from stations.applications import queries
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import RESOLUTIONS, Act, Status
from stations.applications.services.steps import taking
from stations.core.messages import N_, RuleBroken
from stations.people.models import Person


def table(*, plan: Plan, where: Mapping[str, int | str] | None = None, by: Person) -> PlanVersion:
    """付議: returns the frozen version that the meeting will decide on. Raises Conflict. ``where``: as in `resolve`."""
    with taking(plan, Act.TABLE, by=by) as taken:
        taken.detail = dict(where or {})
        version = queries.current_version(plan)
        if version is None or not queries.is_true_to_itself(version):
            raise RuleBroken(None, N_("提出された版の照合値が合いません。地域共生課に連絡してください。"))
    return version


def untable(*, plan: Plan, by: Person, reason: str = "") -> None:
    """Take a plan off the agenda again; it waits for a later meeting in the state from which it was tabled."""
    deferred = queries.tabled_from(plan) is Status.DEFERRED
    with taking(plan, Act.UNTABLE_DEFERRED if deferred else Act.UNTABLE, by=by, reason=reason):
        pass


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
    with taking(plan, act, by=by, reason=reason) as taken:
        said = {"conditions": conditions.strip()} if conditions.strip() else {}
        taken.detail = {**said, **(where or {})}
