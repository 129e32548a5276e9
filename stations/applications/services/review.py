"""What the secretariat (地域共生課) does to a plan before it goes to the general meeting."""

from stations.applications import queries, rules
from stations.applications.models import Plan, SectionComment
from stations.applications.rules import Act, History, Section
from stations.applications.services.steps import begin, taking
from stations.core import audit, clock
from stations.core.access import Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict, NotAllowed, RuleBroken
from stations.people.models import Person


def receive(*, plan: Plan, by: Person) -> None:
    """受付: an official begins to look at what was submitted."""
    with taking(plan, Act.RECEIVE, by=by):
        pass


def comment(*, plan: Plan, section: Section, text: str, by: Person, field: str = "") -> SectionComment:
    """Ask the committee to correct something in a section (``field``: in one input); seen by it once returned."""
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


def change_comment(comment: SectionComment, *, text: str, field: str = "", by: Person) -> None:
    """Its writer says it better, as long as the committee has not seen it."""
    _begin_own(comment, by=by)
    if not text.strip():
        raise RuleBroken("text", N_("コメントを入力してください。"))
    comment.text, comment.field = text.strip(), field
    audit.record(comment.plan, act=History.CHANGE_COMMENT, by=by, detail={"section": comment.section.value})


def remove_comment(comment: SectionComment, *, by: Person) -> None:
    """Its writer takes it back, as long as the committee has not seen it."""
    _begin_own(comment, by=by)
    plan, section = comment.plan, comment.section
    db.session.delete(comment)
    audit.record(plan, act=History.REMOVE_COMMENT, by=by, detail={"section": section.value})
    db.session.expire(plan, ["comments"])


def _begin_own(comment: SectionComment, *, by: Person) -> None:
    begin(comment.plan, Permission.PLAN_REVIEW, by=by)
    lock(comment)
    if comment.by_id != by.id:
        raise NotAllowed(None, N_("ほかの人が書いたコメントは変えられません。"))
    if not queries.may_change(comment, by):
        raise Conflict(None, N_("実行委員会に見えるようになったコメントは変えられません。"))


def return_for_correction(*, plan: Plan, reason: str, by: Person) -> None:
    """差戻し: the committee may write again. The number stays, the next submission is revision + 1."""
    with taking(plan, Act.RETURN, by=by, reason=reason):
        plan.revision += 1


def confirm(*, plan: Plan, by: Person) -> None:
    """事務局確認済: nothing is left to ask; the plan may be tabled."""
    with taking(plan, Act.CONFIRM, by=by):
        pass
