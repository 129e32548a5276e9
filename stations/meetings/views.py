"""Pages of the general meeting: the secretariat's cockpit, and the agenda that members read."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from stations.applications import queries as plan_queries
from stations.applications.labels import TONES as PLAN_TONES
from stations.core import audit, clock, seen
from stations.core.access import Permission, requires
from stations.core.database import writes
from stations.core.errors import back_with
from stations.core.forms import Form, succeeds
from stations.core.labels import label
from stations.core.messages import N_, RuleBroken
from stations.meetings import forms, queries, rules, services
from stations.meetings import minutes as minute_book
from stations.meetings.labels import RESOLUTION_TONES, TONES
from stations.meetings.rules import Attendance, MeetingAct, MeetingStatus, Resolution

blueprint = Blueprint("meetings", __name__)

PRESENCE = N_("全体会議の構成員と出席")


def _trail(meeting: Any = None, *more: tuple[Any, str | None]) -> list[tuple[Any, str | None]]:
    start = [
        (_("ホーム"), url_for("reports.home")),
        (_("全体会議"), url_for(".index") if meeting is not None or more else None),
    ]
    if meeting is None:
        return [*start, *more]
    return [*start, (meeting.title, url_for(".meeting", meeting_id=meeting.id) if more else None), *more]


def _to(meeting: Any, message: str = "", kind: str = "success") -> Any:
    if message:
        flash(message, kind)
    return redirect(url_for(".meeting", meeting_id=meeting.id))


def _already(meeting: Any) -> Any:
    return _to(meeting, _("この会議はいま「%(state)s」です。", state=label(meeting.status)), "info")


@blueprint.get("/meetings")
@requires(Permission.MEETING_READ)
def index() -> Any:
    candidates = queries.candidates()
    return render_template(
        "meetings/index.html",
        meetings=queries.meetings(),
        candidates=candidates,
        totals={plan.id: plan_queries.plan_totals(plan) for plan in candidates},
        tones=TONES,
        plan_tones=PLAN_TONES,
        breadcrumb=_trail(),
    )


@blueprint.route("/meetings/new", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE)
@writes
def new() -> Any:
    form = forms.MeetingForm()
    if form.validate_on_submit():
        meeting = services.plan_meeting(by=current_user, **form.facts)
        return _to(meeting, _("会議を計画しました。議題を選んでください。"))
    return render_template(
        "meetings/edit.html", form=form, meeting=None, breadcrumb=_trail(None, (_("新しい会議"), None))
    )


@blueprint.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@writes
def edit(meeting: Any) -> Any:
    if request.method == "GET" and meeting.status is not MeetingStatus.PLANNED:
        return _already(meeting)
    form = forms.MeetingForm(obj=meeting)
    form.share(lambda: seen.stored(meeting, form.own))
    if form.validate_on_submit() and succeeds(
        form, lambda: services.edit(meeting=meeting, seen=form.seen.data, by=current_user, **form.facts)
    ):
        return _to(meeting, _("会議の予定を保存しました。"))
    return render_template(
        "meetings/edit.html", form=form, meeting=meeting, breadcrumb=_trail(meeting, (_("予定の変更"), None))
    )


@blueprint.get("/meetings/<int:meeting_id>")
@requires(Permission.MEETING_READ, of=queries.meeting, personal=PRESENCE)
def meeting(meeting: Any) -> Any:
    agenda = queries.agenda(meeting)
    members, taking_part = queries.members(meeting.held_on), queries.attendance(meeting)
    candidates = queries.candidates() if meeting.status is not MeetingStatus.CLOSED else []
    return render_template(
        "meetings/meeting.html",
        meeting=meeting,
        agenda=agenda,
        running=_running_totals(agenda),
        quorum=queries.quorum(meeting, of=members, taking_part=taking_part),
        members=members,
        taking_part=taking_part,
        candidates=candidates,
        totals={plan.id: plan_queries.plan_totals(plan) for plan in candidates},
        pending=sum(item.pending for item in agenda),
        resolved=any(item.resolution for item in agenda),
        today=clock.today(),
        events=audit.timeline(meeting),
        tones=TONES,
        resolution_tones=RESOLUTION_TONES,
        breadcrumb=_trail(meeting),
    )


def _running_totals(agenda: list[Any]) -> list[tuple[int, int]]:
    """For each item: what is asked for, and the sum of what was asked for so far (rejected ones left out)."""
    rows, total = [], 0
    for item in agenda:
        asked = plan_queries.version_totals(item.version)["requested_yen"]
        counted = item.pending or item.resolution not in {None, Resolution.REJECTED}
        total += asked if counted else 0
        rows.append((asked, total))
    return rows


@blueprint.post("/meetings/<int:meeting_id>/items")
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@writes
def table(meeting: Any) -> Any:
    plan = plan_queries.plan(request.form.get("plan_id", 0, type=int)) or abort(404)
    try:
        services.table(meeting=meeting, plan=plan, by=current_user)
    except RuleBroken as broken:
        return back_with(broken, url_for(".meeting", meeting_id=meeting.id))
    return _to(meeting, _("「%(title)s」を議題に加えました。", title=plan.title))


@blueprint.route("/agenda-items/<int:agenda_item_id>/untable", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.item)
@writes
def untable(item: Any) -> Any:
    meeting = item.meeting
    if request.method == "GET" and (item.resolution is not None or meeting.status is MeetingStatus.CLOSED):
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
def presence(meeting: Any) -> Any:
    if request.method == "GET" and meeting.status is MeetingStatus.CLOSED:
        return _already(meeting)
    if request.method == "GET" and any(item.resolution for item in meeting.items):
        return _to(meeting, _("議決した議案があるので、出席は変えられません。"), "info")
    members = queries.members(meeting.held_on)
    if request.method == "POST":
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
        taking_part=taking_part,
        quorum=queries.quorum(meeting, of=members, taking_part=taking_part),
        breadcrumb=_trail(meeting, (_("出席"), None)),
    )


@blueprint.route("/meetings/<int:meeting_id>/open", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@writes
def open_(meeting: Any) -> Any:
    if request.method == "GET" and MeetingAct.OPEN not in rules.TRANSITIONS[meeting.status]:
        return _already(meeting)
    try:
        rules.check_opening(meeting.held_on, clock.today())
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
def resolve(item: Any) -> Any:
    meeting = item.meeting
    if request.method == "GET" and (not item.pending or meeting.status is not MeetingStatus.OPEN):
        return _already(meeting)
    form = forms.ResolveForm()
    if form.validate_on_submit() and succeeds(form, lambda: _resolve(item, form)):
        return _to(meeting, _("「%(title)s」の議決を記録しました。", title=item.plan.title))
    members, taking_part = queries.members(meeting.held_on), queries.attendance(meeting)
    return render_template(
        "meetings/resolve.html",
        item=item,
        meeting=meeting,
        form=form,
        voters=queries.eligible_voters(item, of=members, taking_part=taking_part),
        quorum=queries.quorum(meeting, of=members, taking_part=taking_part),
        asked=plan_queries.version_totals(item.version)["requested_yen"],
        breadcrumb=_trail(meeting, (_("議決"), None)),
    )


def _resolve(item: Any, form: forms.ResolveForm) -> None:
    services.resolve(
        item=item,
        resolution=Resolution(form.resolution.data),
        votes_for=form.votes_for.data or 0,
        votes_against=form.votes_against.data or 0,
        abstentions=form.abstentions.data or 0,
        reason=form.reason.data or "",
        conditions=form.conditions.data or "",
        by=current_user,
    )


@blueprint.route("/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@writes
def minutes(meeting: Any) -> Any:
    if request.method == "GET" and meeting.status is not MeetingStatus.OPEN:
        return _already(meeting)
    form = forms.MinutesForm()
    form.share(lambda: seen.stored(meeting, form.own))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: services.write_minutes(
            meeting=meeting, text=form.minutes.data or "", seen=form.seen.data, by=current_user
        ),
    ):
        return _to(meeting, _("議事録を保存しました。"))
    if request.method == "GET":
        form.minutes.data = meeting.minutes or minute_book.draft(meeting)
    return render_template(
        "meetings/minutes.html", meeting=meeting, form=form, breadcrumb=_trail(meeting, (_("議事録"), None))
    )


@blueprint.route("/meetings/<int:meeting_id>/close", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE, of=queries.meeting)
@writes
def close(meeting: Any) -> Any:
    if request.method == "GET" and MeetingAct.CLOSE not in rules.TRANSITIONS[meeting.status]:
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
        minutes=meeting.minutes or minute_book.draft(meeting),
        breadcrumb=_trail(meeting, (_("閉会"), None)),
    )
