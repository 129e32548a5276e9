"""Pages that show plans: the list, one plan, its versions, what changed between them, the print."""

from collections import Counter
from typing import TYPE_CHECKING

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.applications import columns, content, forms, printing, queries, rules
from stations.applications.labels import SECTIONS, STATUSES, TONES
from stations.applications.rules import Status
from stations.applications.views import blueprint
from stations.applications.views.parts import task_rows, texts, to_plan, trail
from stations.applications.views.unfinished import kept_forms, lacking
from stations.applications.workflow import PLAN
from stations.core import audit, clock, formatting, list_files, lists
from stations.core.access import Permission, can, committee_ids
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_

if TYPE_CHECKING:
    from stations.applications.models import Plan, SectionComment


@blueprint.get("/plans")
@requires(Permission.PLAN_READ)
def index() -> ResponseReturnValue:
    district_id = request.args.get("district", type=int)
    year = request.args.get("year", type=int)
    wanted = request.args.get("status", "")
    status = Status(wanted) if wanted in Status._value2member_map_ else None
    chosen = lists.chosen("q", "district", "status", "year")
    everywhere = committee_ids(current_user, Permission.PLAN_READ) is None
    tallies = queries.tallies(current_user)
    plans = queries.plans_for(
        current_user, district_id=district_id, statuses=[status] if status else [], fiscal_year=year
    )
    words = chosen.get("q", "")
    plans = lists.holding(
        plans, words, lambda plan: (plan.title, plan.station, plan.district, plan.committee)
    )
    names = [(one.id, one.name) for one in queries.districts()]
    years = [
        (one, formatting.fiscal_year(one))
        for one in sorted({one.fiscal_year for one in tallies}, reverse=True)
    ]
    return list_files.saved(
        columns.PLANS,
        plans,
        _("計画の一覧"),
        words,
        dict(names).get(district_id or 0),
        label(status),
        dict(years).get(year or 0),
    ) or render_template(
        "applications/index.html",
        found=lists.page_of(plans, lists.asked_page()),
        counts=_by_status(tallies),
        tones=TONES,
        status_names=[
            (one.value, name) for one, name in STATUSES.items() if not (everywhere and one is Status.DRAFT)
        ],
        years=years,
        district_names=names,
        chosen=chosen,
        everywhere=everywhere,
        today=clock.today(),
        breadcrumb=[(_("計画"), None)],
    )


def _by_status(tallies: list[queries.Tally]) -> Counter[Status]:
    counts: Counter[Status] = Counter()
    for one in tallies:
        counts[one.status] += one.plans
    return counts


@blueprint.get("/plans/<int:plan_id>")
@requires(Permission.PLAN_READ, of=queries.plan)
def plan(plan: "Plan") -> ResponseReturnValue:
    if rules.may_edit(plan.status) and can(current_user, Permission.PLAN_DRAFT, plan):
        return render_template(
            "applications/plan.html",
            plan=plan,
            rows=task_rows(plan),
            totals=queries.plan_totals(plan),
            lacking=lacking(plan, kept_forms(plan)),
            comments=queries.open_comments(plan),
            events=_events(plan),
            due_on=queries.due_on(plan),
            today=clock.today(),
            tones=TONES,
            breadcrumb=trail(plan),
        )
    version = queries.current_version(plan)
    document = version.content if version is not None else content.document(plan)
    return render_template(
        "applications/read.html",
        plan=plan,
        version=version,
        true_to_itself=version is not None and queries.is_true_to_itself(version),
        content=document,
        files=queries.files_of(version) if version is not None else [],
        sections=[(part, texts(part, document)) for part in SECTIONS],
        comments=_comments(plan),
        comment_forms=_comment_forms(plan),
        own_comments=[one.id for one in plan.comments if queries.may_change(one, current_user)],
        events=(events := _events(plan)),
        resolutions=[entry for entry in events if entry.act in rules.RESOLUTIONS],
        tabled=next((one.detail for one in events if one.act == rules.Act.TABLE), {})
        if plan.status is Status.TABLED
        else {},
        due_on=queries.due_on(plan),
        today=clock.today(),
        acts={step.act for step in PLAN.steps_from(plan.status)},
        tones=TONES,
        breadcrumb=trail(plan),
    )


def _events(plan: "Plan") -> list[audit.Entry]:
    """The timeline without the many single saves of a section."""
    return [entry for entry in audit.timeline(plan) if "section" not in entry.detail]


def _comments(plan: "Plan") -> dict[str, list["SectionComment"]]:
    """Section → comments; the committee does not see those of a review that is still going on."""
    reviewer = bool(can(current_user, Permission.PLAN_REVIEW, plan))
    shown = [one for one in plan.comments if reviewer or one.revision < plan.revision]
    return {part.value: [one for one in shown if one.section is part] for part in SECTIONS}


def _comment_forms(plan: "Plan") -> dict[str, forms.CommentForm]:
    """Section → an empty comment form, for those who may comment now."""
    if not (can(current_user, Permission.PLAN_REVIEW, plan) and plan.status in rules.COMMENTABLE):
        return {}
    return {part.value: forms.comment_form(part) for part in SECTIONS}


@blueprint.get("/plans/<int:plan_id>/versions/<int:revision>")
@requires(Permission.PLAN_READ, of=queries.plan)
def version(plan: "Plan", revision: int) -> ResponseReturnValue:
    kept = queries.version(plan, revision)
    if kept is None:
        # The revision that is still being written is not frozen yet: the plan's own page shows it.
        return to_plan(plan) if revision == plan.revision else abort(404)
    older = queries.version(plan, revision - 1)
    changed = content.changed_sections(older.content, kept.content) if older is not None else []
    return render_template(
        "applications/version.html",
        plan=plan,
        version=kept,
        older=older,
        changed=changed,
        true_to_itself=queries.is_true_to_itself(kept),
        sections=[(part, texts(part, kept.content)) for part in SECTIONS],
        before={part: texts(part, older.content) for part in changed} if older is not None else {},
        breadcrumb=trail(plan, (_("第%(n)s版", n=revision), None)),
    )


@blueprint.get("/plans/<int:plan_id>/print.pdf")
@requires(Permission.PLAN_READ, of=queries.plan, personal=N_("計画書（代表者の氏名）"))
def print_pdf(plan: "Plan") -> Response:
    pdf = printing.plan_pdf(plan, queries.current_version(plan))
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    name = f"plan-{plan.fiscal_year}-{plan.id}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
