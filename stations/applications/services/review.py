"""What the secretariat (地域共生課) does to a plan before it goes to the general meeting."""

from stations.applications import queries, rules
from stations.applications.models import Plan, SectionComment
from stations.applications.rules import Act, History, Section
from stations.applications.services.steps import begin, move, notify
from stations.core import audit, clock
from stations.core.access import Permission
from stations.core.database import add
from stations.core.messages import N_, Conflict, RuleBroken
from stations.people.models import Person


def receive(*, plan: Plan, by: Person) -> None:
    """受付: an official begins to look at what was submitted."""
    begin(plan, Permission.PLAN_REVIEW, by=by)
    move(plan, Act.RECEIVE, by=by)


def comment(*, plan: Plan, section: Section, text: str, by: Person, field: str = "") -> SectionComment:
    """Ask the committee to mend something in a section (``field``: in one input); seen by it once returned."""
    begin(plan, Permission.PLAN_REVIEW, by=by)
    if plan.status not in rules.COMMENTABLE:
        raise Conflict(None, N_("この計画はいま「%(state)s」なので、コメントできません。"), state=plan.status)
    if not text.strip():
        raise RuleBroken("text", N_("コメントを入力してください。"))
    written = add(
        SectionComment(
            plan_id=plan.id,
            revision=plan.revision,
            section=section,
            field=field,
            text=text.strip(),
            by=by,
            at=clock.now(),
        )
    )
    audit.record(plan, act=History.COMMENT, by=by, detail={"section": section.value})
    return written


def return_for_correction(*, plan: Plan, reason: str, by: Person) -> None:
    """差戻し: the committee may write again. The number stays, the next submission is revision + 1."""
    begin(plan, Permission.PLAN_REVIEW, by=by)
    move(plan, Act.RETURN, by=by, reason=reason)
    plan.revision += 1
    notify(queries.people_of(plan), plan, Act.RETURN)


def confirm(*, plan: Plan, by: Person) -> None:
    """事務局確認済: nothing is left to ask; the plan may be tabled."""
    begin(plan, Permission.PLAN_REVIEW, by=by)
    move(plan, Act.CONFIRM, by=by)
    notify(queries.people_of(plan), plan, Act.CONFIRM)
