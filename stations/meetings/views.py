"""Pages of the general meeting: the secretariat's cockpit, and the agenda that members read."""

import itertools
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from stations.applications import queries as plan_queries
from stations.applications.labels import TONES as PLAN_TONES
from stations.core import audit, clock, edit_conflicts, formatting, list_files, lists, once
from stations.core.access import Answer, Permission, can
from stations.core.database import SAFE_METHODS, creates, writes
from stations.core.errors import back_with
from stations.core.forms import Form, fields_sent, succeeds
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, RuleBroken
from stations.meetings import columns, forms, queries, rules, services
from stations.meetings import minutes as minute_book
from stations.meetings.labels import RESOLUTION_TONES, TONES
from stations.meetings.rules import Attendance, MeetingAct, MeetingStatus, Resolution
from stations.meetings.workflow import MEETING

if TYPE_CHECKING:
    from stations.applications.models import Plan
    from stations.applications.rules import Totals
    from stations.meetings.models import AgendaItem, Meeting

blueprint = Blueprint("meetings", __name__)

PRESENCE = N_("全体会議の構成員と出席")
MINUTES = N_("全体会議の議事録")


def _trail(meeting: "Meeting | None" = None, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    start = [
        (_("全体会議"), url_for(".index") if meeting is not None or more else None),
    ]
    if meeting is None:
        return [*start, *more]
    return [*start, (meeting.title, url_for(".meeting", meeting_id=meeting.id) if more else None), *more]


def _to(meeting: "Meeting", message: str = "", kind: str = "success") -> Response:
    if message:
        flash(message, kind)
    return redirect(url_for(".meeting", meeting_id=meeting.id))


def _already(meeting: "Meeting") -> Response:
    """The meeting tells how things stand; `Conflict` for a form that was sent: valid or not, it comes too late."""
    if request.method not in SAFE_METHODS:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=meeting.status)
    return _to(meeting, _("この会議はいま「%(state)s」です。", state=label(meeting.status)), "info")


@blueprint.get("/meetings")
@requires(Permission.MEETING_READ)
def index() -> ResponseReturnValue:
    chosen = lists.chosen("q", "year")
    meetings = queries.meetings()
    years = [
        (str(one), formatting.fiscal_year(one))
        for one in sorted({one.fiscal_year for one in meetings}, reverse=True)
    ]
    year = chosen.get("year")
    fitting = [one for one in meetings if year in (None, str(one.fiscal_year))]
    fitting = lists.holding(fitting, chosen.get("q", ""), lambda one: (one.title, one.place))
    candidates = lists.page_of(queries.candidates(), lists.asked_page("plans"))
    totals = {plan.id: plan_queries.plan_totals(plan) for plan in candidates.rows}
    saved: Response | None = list_files.saved(
        columns.MEETINGS,
        fitting,
        _("会議の一覧"),
        dict(years).get(year or ""),
        chosen.get("q"),
    )
    saved = saved or _candidates(candidates.rows, totals, may=can(current_user, Permission.MEETING_MANAGE))
    return saved or render_template(
        "meetings/index.html",
        found=lists.page_of(fitting, lists.asked_page()),
        chosen=chosen,
        years=years,
        candidates=candidates,
        totals=totals,
        tones=TONES,
        plan_tones=PLAN_TONES,
        breadcrumb=_trail(),
    )


def _candidates(plans: "list[Plan]", totals: "dict[int, Totals]", *, may: Answer) -> Response | None:
    """The plans that may be tabled, as a file for whom they are shown to."""
    if not may:
        return None
    return list_files.saved(columns.candidates(totals), plans, _("議題にできる計画"), part="plans")


@blueprint.route("/meetings/new", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE)
@creates
def new() -> ResponseReturnValue:
    form = forms.MeetingForm()
    if form.validate_on_submit():
        try:
            meeting = services.plan_meeting(by=current_user, **form.facts)
        except RuleBroken as broken:
            form.show(broken)
        else:
            return _to(meeting, _("会議を計画しました。議題を選んでください。"))
    return render_template(
        "meetings/edit.html", form=form, meeting=None, breadcrumb=_trail(None, (_("新しい会議"), None))
    )


@blueprint.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@writes
def edit(meeting: "Meeting") -> ResponseReturnValue:
    if meeting.status is not MeetingStatus.PLANNED:
        return _already(meeting)
    form = forms.MeetingForm(obj=meeting)
    form.share(lambda: edit_conflicts.stored(meeting, form.own))
    if form.validate_on_submit() and succeeds(
        form, lambda: services.edit(meeting=meeting, loaded=form.loaded.data, by=current_user, **form.facts)
    ):
        return _to(meeting, _("会議の予定を保存しました。"))
    return render_template(
        "meetings/edit.html", form=form, meeting=meeting, breadcrumb=_trail(meeting, (_("予定の変更"), None))
    )


@blueprint.get("/meetings/<int:meeting_id>")
@requires(Permission.MEETING_READ, of=queries.meeting)
def meeting(meeting: "Meeting") -> ResponseReturnValue:
    everything = bool(can(current_user, Permission.MINUTES_READ, meeting))
    if everything:  # committees are not shown who came
        exported = lists.asked_file("members") is not None
        audit.log_view(meeting, by=current_user, purpose=PRESENCE, exported=exported)
    agenda = queries.agenda(meeting)
    members, taking_part = queries.members(meeting.held_on), queries.attendance(meeting)
    over = meeting.status in MEETING.final
    candidates = lists.page_of([] if over else queries.candidates(), lists.asked_page("plans"))
    numbered = list(zip(itertools.count(1), agenda, _running_totals(agenda)))
    totals = {plan.id: plan_queries.plan_totals(plan) for plan in candidates.rows}
    unrecorded = not taking_part and meeting.status in {MeetingStatus.PLANNED, MeetingStatus.CANCELLED}
    items = columns.items(everything=everything)
    saved: Response | None = list_files.saved(items, numbered, _("議案の一覧"), meeting.title, part="items")
    if everything and not unrecorded:
        who = columns.members(taking_part)
        saved = saved or list_files.saved(who, members, _("構成員の出席"), meeting.title, part="members")
    may = can(current_user, Permission.MEETING_MANAGE, meeting)
    saved = saved or _candidates(candidates.rows, totals, may=may)
    return saved or render_template(
        "meetings/meeting.html",
        meeting=meeting,
        found=lists.page_of(numbered, lists.asked_page("items")),
        quorum=queries.quorum(meeting, of=members, taking_part=taking_part),
        members=lists.page_of(members, lists.asked_page("members")),
        taking_part=taking_part,
        candidates=candidates,
        totals=totals,
        unrecorded=unrecorded,
        everything=everything,
        pending=sum(item.pending for item in agenda),
        resolved=any(item.resolution for item in agenda),
        minutes=meeting.minutes,
        over=over,
        day_has_come=rules.day_has_come(meeting.held_on, clock.today()),
        events=queries.timeline(meeting, agenda, inside=bool(may)),
        tones=TONES,
        resolution_tones=RESOLUTION_TONES,
        breadcrumb=_trail(meeting),
    )


def _running_totals(agenda: list["AgendaItem"]) -> list[tuple[int, int]]:
    """For each item: what is asked for, and the sum of what was asked for so far (of those resolved, what was approved)."""
    rows, total = [], 0
    for item in agenda:
        asked = plan_queries.version_totals(item.version)["requested_yen"]
        counted = item.pending or item.resolution in {
            Resolution.APPROVED,
            Resolution.APPROVED_WITH_CONDITIONS,
        }
        total += asked if counted else 0
        rows.append((asked, total))
    return rows


@blueprint.post("/meetings/<int:meeting_id>/items")
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@creates
def table(meeting: "Meeting") -> ResponseReturnValue:
    plan = plan_queries.plan(request.form.get("plan_id", 0, type=int)) or abort(404)
    try:
        services.table(meeting=meeting, plan=plan, by=current_user)
    except RuleBroken as broken:
        return back_with(broken, url_for(".meeting", meeting_id=meeting.id))
    return _to(meeting, _("「%(title)s」を議題に加えました。", title=plan.title))


@blueprint.route("/agenda-items/<int:agenda_item_id>/untable", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.item)
@writes
def untable(item: "AgendaItem") -> ResponseReturnValue:
    meeting = item.meeting
    if item.resolution is not None or meeting.status in MEETING.final:
        return _already(meeting)
    form = forms.ReasonForm()
    if form.validate_on_submit():
        services.untable(item=item, reason=form.reason.data or "", by=current_user)
        return _to(meeting, _("議題から外しました。"))
    return render_template(
        "meetings/untable.html",
        item=item,
        meeting=meeting,
        form=form,
        breadcrumb=_trail(meeting, (_("議題から外す"), None)),
    )


@blueprint.route("/meetings/<int:meeting_id>/presence", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting, personal=PRESENCE)
@writes
def presence(meeting: "Meeting") -> ResponseReturnValue:
    if meeting.status in MEETING.final:
        return _already(meeting)
    if request.method == "GET" and queries.has_resolved(meeting):
        return _to(meeting, _("議決した議案があるので、出席は変えられません。"), "info")
    try:
        rules.check_day(meeting.held_on, clock.today())
    except RuleBroken as broken:
        return back_with(broken, url_for(".meeting", meeting_id=meeting.id))
    members = queries.members(meeting.held_on)
    everybody = "everybody" in request.form
    if request.method == "POST" and not everybody:
        ways = {member.id: request.form.get(f"member-{member.id}", "") for member in members}
        known = {
            member: way if way in Attendance._value2member_map_ else None for member, way in ways.items()
        }
        services.record_presence(meeting=meeting, present=known, by=current_user)
        return _to(meeting, _("出席を保存しました。"))
    taking_part = queries.attendance(meeting)
    return render_template(
        "meetings/presence.html",
        meeting=meeting,
        members=members,
        ticked=dict.fromkeys((one.id for one in members), Attendance.PRESENT) if everybody else taking_part,
        everybody=everybody,
        recorded=bool(taking_part) or meeting.status is not MeetingStatus.PLANNED,
        quorum=queries.quorum(meeting, of=members, taking_part=taking_part),
        breadcrumb=_trail(meeting, (_("出席"), None)),
    )


@blueprint.route("/meetings/<int:meeting_id>/open", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@writes
def open_(meeting: "Meeting") -> ResponseReturnValue:
    if not MEETING.allows(meeting.status, MeetingAct.OPEN):
        return _already(meeting)
    try:
        rules.check_day(meeting.held_on, clock.today())
        if Form().validate_on_submit():
            services.open_meeting(meeting=meeting, by=current_user)
            return _to(meeting, _("開会しました。"))
    except RuleBroken as broken:
        return back_with(broken, url_for(".meeting", meeting_id=meeting.id))
    return render_template(
        "meetings/open.html",
        meeting=meeting,
        quorum=queries.quorum(meeting),
        today=clock.today(),
        breadcrumb=_trail(meeting, (_("開会"), None)),
    )


@blueprint.route("/agenda-items/<int:agenda_item_id>/resolve", methods=["GET", "POST"])
@requires(Permission.MEETING_RESOLVE, of=queries.item)
@writes
def resolve(item: "AgendaItem") -> ResponseReturnValue:
    meeting = item.meeting
    if not item.pending or meeting.status is not MeetingStatus.OPEN:
        return _already(meeting)
    form = forms.ResolveForm()
    checked, act = False, request.form.get("act")
    if act == "record" and form.validate_on_submit():
        if succeeds(form, lambda: services.resolve(item=item, by=current_user, **form.facts)):
            return _to(meeting, _("「%(title)s」の議決を記録しました。", title=item.plan.title))
    elif act == "check" and form.validate_on_submit():
        checked = succeeds(form, lambda: services.check_resolving(item=item, by=current_user, **form.facts))
    members, taking_part = queries.members(meeting.held_on), queries.attendance(meeting)
    return render_template(
        "meetings/resolve_check.html" if checked else "meetings/resolve.html",
        item=item,
        meeting=meeting,
        form=form,
        voters=queries.eligible_voters(item, of=members, taking_part=taking_part),
        quorum=queries.quorum(meeting, of=members, taking_part=taking_part),
        asked=plan_queries.version_totals(item.version)["requested_yen"],
        facts=form.facts if checked else {},
        typed=[one for one in fields_sent() if one[0] not in {"act", once.FIELD}],
        resolution_tones=RESOLUTION_TONES,
        breadcrumb=_trail(meeting, (_("議決"), None)),
    )


@blueprint.route("/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting, personal=MINUTES)
@writes
def minutes(meeting: "Meeting") -> ResponseReturnValue:
    if meeting.status is not MeetingStatus.OPEN:
        return _already(meeting)
    form = forms.MinutesForm(obj=meeting)
    form.share(lambda: edit_conflicts.stored(meeting, form.own))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: services.write_minutes(
            meeting=meeting, text=form.minutes.data or "", loaded=form.loaded.data, by=current_user
        ),
    ):
        return _to(meeting, _("議事録を保存しました。"))
    return render_template(
        "meetings/minutes.html",
        meeting=meeting,
        form=form,
        record=minute_book.record(meeting),
        breadcrumb=_trail(meeting, (_("議事録"), None)),
    )


@blueprint.get("/meetings/<int:meeting_id>/minutes.pdf")
@requires(Permission.MINUTES_READ, of=queries.meeting, personal=MINUTES)
def minutes_pdf(meeting: "Meeting") -> ResponseReturnValue:
    """The minutes on paper; before 閉会 a draft. A meeting that was called off has none."""
    if meeting.status is MeetingStatus.CANCELLED:
        return _already(meeting)
    response = make_response(minute_book.pdf(meeting))
    response.headers["Content-Type"] = "application/pdf"
    name = f"minutes-{meeting.held_on:%Y%m%d}-{meeting.id}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.route("/meetings/<int:meeting_id>/close", methods=["GET", "POST"])
@requires(MEETING.permission(MeetingAct.CLOSE), of=queries.meeting, personal=MINUTES)
@writes
def close(meeting: "Meeting") -> ResponseReturnValue:
    if not MEETING.allows(meeting.status, MeetingAct.CLOSE):
        return _already(meeting)
    if Form().validate_on_submit():
        try:
            services.close(meeting=meeting, by=current_user)
        except RuleBroken as broken:
            return back_with(broken, url_for(".meeting", meeting_id=meeting.id))
        return _to(meeting, _("閉会しました。"))
    agenda = queries.agenda(meeting)
    return render_template(
        "meetings/close.html",
        meeting=meeting,
        pending=[item for item in agenda if item.pending],
        minutes=minute_book.whole(meeting),
        breadcrumb=_trail(meeting, (_("閉会"), None)),
    )


@blueprint.route("/meetings/<int:meeting_id>/cancel", methods=["GET", "POST"])
@requires(MEETING.permission(MeetingAct.CANCEL), of=queries.meeting)
@writes
def cancel(meeting: "Meeting") -> ResponseReturnValue:
    if not MEETING.allows(meeting.status, MeetingAct.CANCEL):
        return _already(meeting)
    agenda = queries.agenda(meeting)
    try:
        rules.check_cancelling(resolved=any(item.resolution for item in agenda))
    except RuleBroken as broken:
        return back_with(broken, url_for(".meeting", meeting_id=meeting.id))
    form = forms.CancelForm()
    if form.validate_on_submit() and succeeds(
        form,
        lambda: services.cancel(meeting=meeting, reason=form.reason.data or "", by=current_user),
    ):
        return _to(meeting, _("会議を中止にしました。"))
    return render_template(
        "meetings/cancel.html",
        meeting=meeting,
        form=form,
        going_back=[item for item in agenda if item.pending],
        breadcrumb=_trail(meeting, (_("中止"), None)),
    )
