"""The committee's pages: a new plan, its sections, attachments, check, submission, withdrawal."""

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from stations.applications import content, forms, queries, rules
from stations.applications.labels import FIELDS, SECTIONS
from stations.applications.rules import Act, Section, Status
from stations.applications.services import drafting, submission
from stations.applications.views import blueprint
from stations.applications.views.parts import (
    already_moved,
    current_files,
    next_year_choices,
    section_of,
    texts,
    to_plan,
    trail,
)
from stations.applications.views.unfinished import kept_form, kept_forms, lacking, typed_lines, typed_texts
from stations.applications.workflow import PLAN
from stations.core import files
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.forms import Form
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, EditConflict, RuleBroken

if TYPE_CHECKING:
    from stations.applications.models import Plan, PlanAttachment

ORDER = tuple(SECTIONS)
TEMPLATES = {
    Section.COSTS: "applications/sections/costs.html",
    Section.ATTACHMENTS: "applications/sections/attachments.html",
}


@blueprint.route("/plans/new", methods=["GET", "POST"])
@requires(Permission.PLAN_DRAFT)
@creates
def new() -> ResponseReturnValue:
    form = forms.NewPlanForm(data={"station_id": request.args.get("station", type=int)})
    earlier = queries.plans_to_copy(current_user)
    years = next_year_choices()
    form.offer(queries.stations_to_plan(current_user), earlier, years)
    approved: list[Plan] = []
    if form.validate_on_submit():
        station = queries.station(form.station_id.data) or abort(404)
        found = queries.approved_already(current_user, [form.fiscal_year.data])
        approved = [plan for plan in found if plan.station_id == station.id]
    if approved and not form.another.data:
        form.ask_again()
    elif form.is_submitted() and not form.errors:
        try:
            plan = drafting.create_plan(
                station=station,
                fiscal_year=form.fiscal_year.data,
                title=form.title.data or "",
                copy_of=next((one for one in earlier if one.id == form.copy_of.data), None),
                by=current_user,
            )
        except RuleBroken as broken:
            form.show(broken)
        else:
            return to_plan(plan, _("計画をつくりました。どの項目からでも書き始められます。"))
    trail_here = [
        (_("計画"), url_for(".index")),
        (_("新しい計画"), None),
    ]
    return render_template(
        "applications/new.html",
        form=form,
        approved=approved,
        own_committees=queries.committees_to_build_in(current_user),
        breadcrumb=trail_here,
    )


@blueprint.route("/plans/<int:plan_id>/sections/<section>", methods=["GET", "POST"])
@requires(Permission.PLAN_DRAFT, of=queries.plan)
@writes
def section(plan: "Plan", section: str) -> ResponseReturnValue:
    part = section_of(section) or abort(404)
    if not rules.may_edit(plan.status):
        return already_moved(plan)
    form = forms.section_form(part, plan, queries.venues_to_use(plan))
    if request.method == "POST" and not form.change_rows(request.form):
        if request.form.get("act") == "pause" and not form.validate():
            return _keep_for_later(plan, part, form)
        if form.validate():
            try:
                _save(plan, part, form)
            except (RuleBroken, EditConflict) as refusal:
                form.show(refusal)
            else:
                return _after(plan, part)
    return _section_page(plan, part, form)


def _section_page(plan: "Plan", part: Section, form: forms.SectionForm, **more: object) -> str:
    document = content.document(plan)
    comments = [one for one in queries.open_comments(plan) if one.section is part]
    kept = kept_form(plan, part) if form.saved_first else None
    return render_template(
        TEMPLATES.get(part, "applications/section.html"),
        plan=plan,
        section=part,
        form=form,
        place=(ORDER.index(part) + 1, len(ORDER)),
        comments=comments,
        saved_texts=typed_texts(kept) if kept else texts(part, document),
        saved_lines=typed_lines(kept) if kept and part is Section.COSTS else None,
        comments_of={name: [one for one in comments if one.field == name] for name in FIELDS},
        planned_openings=queries.openings_in_calendar(plan) if part is Section.OPENINGS else None,
        totals=queries.plan_totals(plan),
        content=document,
        breadcrumb=trail(plan, (SECTIONS[part], None)),
        **({"attach_form": forms.AttachForm()} | more),
    )


def _save(plan: "Plan", part: Section, form: forms.SectionForm) -> None:
    loaded = form.loaded.data
    if isinstance(form, forms.CostsForm):
        drafting.save_costs(
            plan=plan,
            lines=form.cost_inputs(),
            incomes=form.income_inputs(),
            loaded=loaded,
            by=current_user,
        )
    else:
        drafting.save_section(plan=plan, section=part, values=form.values(), loaded=loaded, by=current_user)
    if form.corrected.data:
        drafting.mark_corrected(plan=plan, section=part, by=current_user)


def _keep_for_later(plan: "Plan", part: Section, form: forms.SectionForm) -> ResponseReturnValue:
    """「保存して中断する」 with something that cannot be read yet: keep it as it was typed."""
    try:
        drafting.keep_typed(
            plan=plan,
            section=part,
            typed=forms.typed_in(request.form),
            loaded=form.loaded.data,
            by=current_user,
        )
    except EditConflict as conflict:
        form.show(conflict)
        return _section_page(plan, part, form)
    return to_plan(plan, _("途中まで保存しました。続きは、この画面からいつでも書けます。"))


def _after(plan: "Plan", part: Section) -> Response:
    if request.form.get("act") == "pause":
        return to_plan(plan, _("保存しました。続きは、この画面からいつでも書けます。"))
    if request.form.get("act") == "stay":
        flash(_("保存しました。"), "success")
        return redirect(url_for(".section", plan_id=plan.id, section=part.value))
    if request.form.get("act") == "check" or part is ORDER[-1]:
        return redirect(url_for(".check", plan_id=plan.id))
    following = ORDER[ORDER.index(part) + 1]
    return redirect(url_for(".section", plan_id=plan.id, section=following.value))


@blueprint.post("/plans/<int:plan_id>/attachments")
@requires(Permission.PLAN_DRAFT, of=queries.plan)
@files.takes_file
@creates
def attach(plan: "Plan") -> ResponseReturnValue:
    form = forms.AttachForm()
    if form.validate_on_submit():
        try:
            drafting.attach(
                plan=plan, upload=form.file.data, caption=form.caption.data or "", by=current_user
            )
        except RuleBroken as broken:
            form.show(broken)
        else:
            flash(_("ファイルを添付しました。"), "success")
            return redirect(url_for(".section", plan_id=plan.id, section=Section.ATTACHMENTS.value))
    section_form = forms.section_form(Section.ATTACHMENTS, plan, ())
    return _section_page(plan, Section.ATTACHMENTS, section_form, attach_form=form)


@blueprint.post("/plan-attachments/<int:plan_attachment_id>/remove")
@requires(Permission.PLAN_DRAFT, of=queries.attachment)
@writes
def remove_attachment(attachment: "PlanAttachment") -> ResponseReturnValue:
    drafting.remove_attachment(attachment=attachment, by=current_user)
    flash(_("ファイルを外しました。"), "success")
    return redirect(url_for(".section", plan_id=attachment.plan_id, section=Section.ATTACHMENTS.value))


@blueprint.get("/plan-attachments/<int:plan_attachment_id>")
@requires(Permission.PLAN_READ, of=queries.attachment, personal=N_("計画の添付ファイル"))
def attachment(attachment: "PlanAttachment") -> ResponseReturnValue:
    return files.send(attachment.file)


@blueprint.get("/plans/<int:plan_id>/check")
@requires(Permission.PLAN_DRAFT, of=queries.plan)
def check(plan: "Plan") -> ResponseReturnValue:
    if not rules.may_edit(plan.status):
        return already_moved(plan)
    return _check_page(plan, Form())


def _check_page(plan: "Plan", form: Form) -> str:
    document = content.document(plan)
    kept = kept_forms(plan)
    return render_template(
        "applications/check.html",
        plan=plan,
        form=form,
        content=document,
        sections=[
            (part, typed_texts(kept[part]) if part in kept else texts(part, document)) for part in ORDER
        ],
        typed_lines=typed_lines(kept[Section.COSTS]) if Section.COSTS in kept else None,
        files=current_files(plan),
        lacking=lacking(plan, kept),
        open_comments=queries.open_comments(plan),
        breadcrumb=trail(plan, (_("確認"), None)),
    )


@blueprint.post("/plans/<int:plan_id>/submit")
@requires(PLAN.permission(Act.SUBMIT), of=queries.plan)
@creates
def submit(plan: "Plan") -> ResponseReturnValue:
    form = Form()
    try:
        submission.submit(plan=plan, by=current_user)
    except Conflict:
        if plan.submitted_at is None or plan.status in (Status.RETURNED, Status.WITHDRAWN):
            raise
        return _submitted_before(plan)
    except RuleBroken as broken:
        form.show(RuleBroken(None, broken.message, **broken.params))
        return _check_page(plan, form)
    return redirect(url_for(".submitted", plan_id=plan.id))


def _submitted_before(plan: "Plan") -> Response:
    """Pressed twice, or Back and pressed again: the number of what was handed in, not a quarrel with somebody."""
    number = f"{plan.fiscal_year}-{plan.number}"
    flash(_("この計画は、もう提出されています。受付番号は %(number)s です。", number=number), "info")
    return redirect(url_for(".submitted", plan_id=plan.id))


@blueprint.get("/plans/<int:plan_id>/submitted")
@requires(Permission.PLAN_READ, of=queries.plan)
def submitted(plan: "Plan") -> ResponseReturnValue:
    version = queries.current_version(plan)
    if version is None:
        return to_plan(plan)
    return render_template(
        "applications/submitted.html",
        plan=plan,
        version=version,
        due_on=queries.due_on(plan),
        breadcrumb=trail(plan, (_("提出の控え"), None)),
    )


@blueprint.route("/plans/<int:plan_id>/recall", methods=["GET", "POST"])
@requires(PLAN.permission(Act.RECALL), of=queries.plan)
@writes
def recall(plan: "Plan") -> ResponseReturnValue:
    """The chair takes back what was handed in, until the officials have received it."""
    if not PLAN.allows(plan.status, Act.RECALL):
        return already_moved(plan)
    form = forms.OptionalReasonForm()
    if form.validate_on_submit():
        submission.recall(plan=plan, reason=form.reason.data or "", by=current_user)
        return to_plan(plan, _("提出を取り消しました。直してから、もう一度提出してください。"))
    return render_template(
        "applications/recall.html", plan=plan, form=form, breadcrumb=trail(plan, (_("提出の取消し"), None))
    )


@blueprint.route("/plans/<int:plan_id>/withdraw", methods=["GET", "POST"])
@requires(PLAN.permission(Act.WITHDRAW), of=queries.plan)
@writes
def withdraw(plan: "Plan") -> ResponseReturnValue:
    if not PLAN.allows(plan.status, Act.WITHDRAW):
        return already_moved(plan)
    form = forms.OptionalReasonForm()
    if form.validate_on_submit():
        submission.withdraw(plan=plan, reason=form.reason.data or "", by=current_user)
        return to_plan(plan, _("計画を取り下げました。"))
    return render_template(
        "applications/withdraw.html", plan=plan, form=form, breadcrumb=trail(plan, (_("取下げ"), None))
    )
