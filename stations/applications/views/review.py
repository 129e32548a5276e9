"""The secretariat's acts on a submitted plan: 受付, comments, 差戻し, 確認済. Each is a page that asks once more."""

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from stations.applications import forms, queries, rules
from stations.applications.labels import SECTIONS
from stations.applications.rules import Act, Section
from stations.applications.services import review
from stations.applications.views import blueprint
from stations.applications.views.parts import already_moved, section_of, texts, to_plan, trail
from stations.applications.workflow import PLAN
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.forms import Form, succeeds
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from stations.applications.models import Plan, SectionComment


@blueprint.route("/plans/<int:plan_id>/receive", methods=["GET", "POST"])
@requires(PLAN.permission(Act.RECEIVE), of=queries.plan)
@writes
def receive(plan: "Plan") -> ResponseReturnValue:
    if not PLAN.allows(plan.status, Act.RECEIVE):
        return already_moved(plan)
    form = Form()
    if form.validate_on_submit():
        review.receive(plan=plan, by=current_user)
        return to_plan(plan, _("計画を受け付けました。内容を確認してください。"))
    return render_template(
        "applications/receive.html", plan=plan, form=form, breadcrumb=trail(plan, (_("受付"), None))
    )


@blueprint.route("/plans/<int:plan_id>/sections/<section>/comment", methods=["GET", "POST"])
@requires(Permission.PLAN_REVIEW, of=queries.plan)
@creates
def comment(plan: "Plan", section: str) -> ResponseReturnValue:
    part = section_of(section) or abort(404)
    if plan.status not in rules.COMMENTABLE:
        return already_moved(plan)
    form = forms.comment_form(part)
    said = {"text": form.text.data or "", "field": form.field.data or "", "by": current_user}
    if form.validate_on_submit() and succeeds(form, lambda: review.comment(plan=plan, section=part, **said)):
        return _to_section(plan, part)
    return _comment_page(plan, part, form, _("%(name)sにコメントを書く", name=label(part)))


@blueprint.route("/plans/comments/<int:section_comment_id>", methods=["GET", "POST"])
@requires(Permission.PLAN_REVIEW, of=queries.section_comment)
@writes
def edit_comment(comment: "SectionComment") -> ResponseReturnValue:
    """Its writer corrects a comment that the committee has not seen yet."""
    plan, part = comment.plan, comment.section
    if not queries.may_change(comment, current_user):
        return already_moved(plan)
    form = forms.comment_form(part, comment)
    said = {"text": form.text.data or "", "field": form.field.data or "", "by": current_user}
    if form.validate_on_submit() and succeeds(form, lambda: review.change_comment(comment, **said)):
        return _to_section(plan, part)
    return _comment_page(plan, part, form, _("%(name)sへのコメントを直す", name=label(part)))


@blueprint.route("/plans/comments/<int:section_comment_id>/remove", methods=["GET", "POST"])
@requires(Permission.PLAN_REVIEW, of=queries.section_comment)
@writes
def remove_comment(comment: "SectionComment") -> ResponseReturnValue:
    """Its writer takes back a comment that the committee has not seen yet; asked once more."""
    plan, part = comment.plan, comment.section
    if not queries.may_change(comment, current_user):
        return already_moved(plan)
    if Form().validate_on_submit():
        review.remove_comment(comment, by=current_user)
        return _to_section(plan, part)
    return render_template(
        "applications/remove_comment.html",
        plan=plan,
        comment=comment,
        breadcrumb=trail(plan, (SECTIONS[part], None)),
    )


def _to_section(plan: "Plan", part: Section) -> Response:
    return redirect(url_for(".plan", plan_id=plan.id, _anchor=f"section-{part.value}"))


def _comment_page(plan: "Plan", part: Section, form: forms.CommentForm, heading: str) -> str:
    version = queries.current_version(plan)
    return render_template(
        "applications/comment.html",
        plan=plan,
        section=part,
        form=form,
        heading=heading,
        content=version.content if version is not None else {},
        rows=texts(part, version.content) if version is not None else [],
        breadcrumb=trail(plan, (SECTIONS[part], None)),
    )


@blueprint.route("/plans/<int:plan_id>/return", methods=["GET", "POST"])
@requires(PLAN.permission(Act.RETURN), of=queries.plan)
@writes
def return_(plan: "Plan") -> ResponseReturnValue:
    if not PLAN.allows(plan.status, Act.RETURN):
        return already_moved(plan)
    form = forms.ReasonForm()
    if form.validate_on_submit():
        review.return_for_correction(plan=plan, reason=form.reason.data or "", by=current_user)
        return to_plan(plan, _("計画を差し戻しました。実行委員会に知らせました。"))
    return render_template(
        "applications/return.html",
        plan=plan,
        form=form,
        comments=[one for one in plan.comments if one.revision == plan.revision],
        breadcrumb=trail(plan, (_("差戻し"), None)),
    )


@blueprint.route("/plans/<int:plan_id>/confirm", methods=["GET", "POST"])
@requires(PLAN.permission(Act.CONFIRM), of=queries.plan)
@writes
def confirm(plan: "Plan") -> ResponseReturnValue:
    if not PLAN.allows(plan.status, Act.CONFIRM):
        return already_moved(plan)
    form = Form()
    if form.validate_on_submit():
        review.confirm(plan=plan, by=current_user)
        return to_plan(plan, _("確認済みにしました。全体会議の議題にできます。"))
    return render_template(
        "applications/confirm.html",
        plan=plan,
        form=form,
        comments=[one for one in plan.comments if one.revision == plan.revision],
        breadcrumb=trail(plan, (_("確認済"), None)),
    )
