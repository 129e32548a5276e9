"""Pages of attendance: the tablet's tiles, the end of the day, and what each station counted."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from stations.attendance import queries, rules, services
from stations.attendance.forms import DayForm, ReopenForm, TapForm, read_act
from stations.attendance.labels import TONES
from stations.attendance.rules import AgeBand, Verdict
from stations.core import audit, clock, errors, web
from stations.core.access import Permission, requires
from stations.core.database import writes
from stations.core.formatting import date as format_date
from stations.core.forms import say, succeeds
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import RuleBroken

blueprint = Blueprint("attendance", __name__)

MAX_BATCH = 200


def _trail(*here: tuple[Any, str | None]) -> list[tuple[Any, str | None]]:
    return [(_("開催の記録"), url_for("attendance.index")), *here]


def _opening_trail(opening: Any, here: str) -> list[tuple[Any, str | None]]:
    station = url_for("attendance.station", station_id=opening.station_id)
    return _trail((opening.station.name, station), (here, None))


@blueprint.get("/attendance")
@requires(Permission.VISIT_READ)
def index() -> Any:
    """What is to be recorded, what of today is counted and closed, then the stations one may read."""
    year = clock.fiscal_year(clock.today())
    to_record = queries.to_record(current_user)
    return render_template(
        "attendance/index.html",
        todays=[row for row in to_record if row.opening.on == clock.today()],
        finished=queries.finished_today(current_user),
        missing=[row for row in to_record if row.opening.on < clock.today()],
        stations=queries.stations_of(current_user, year),
        year=year,
        breadcrumb=[(_("開催の記録"), None)],
    )


@blueprint.get("/attendance/stations/<int:station_id>")
@requires(Permission.VISIT_READ, of=queries.station)
def station(station: Any) -> Any:
    """A station's openings of one fiscal year with their totals."""
    this_year = clock.fiscal_year(clock.today())
    year = request.args.get("year", this_year, type=int)
    year = year if 2000 <= year <= this_year else this_year
    return render_template(
        "attendance/station.html",
        station=station,
        rows=queries.openings_of(station, year),
        year=year,
        this_year=this_year,
        breadcrumb=_trail((station.name, None)),
    )


@blueprint.get("/attendance/openings/<int:opening_id>")
@requires(Permission.VISIT_READ, of=queries.opening)
def totals(opening: Any) -> Any:
    """Everything that was recorded at one opening."""
    record = queries.record_of(opening)
    counted = queries.totals(opening)
    return render_template(
        "attendance/totals.html",
        opening=opening,
        record=record,
        totals=counted,
        warnings=rules.warnings(counted),
        events=audit.timeline(opening, *([record] if record else [])),
        tones=TONES,
        open_now=opening.on <= clock.today(),
        breadcrumb=_opening_trail(opening, format_date(opening.on)),
    )


@blueprint.get("/attendance/openings/<int:opening_id>/sheet")
@requires(Permission.VISIT_READ, of=queries.opening)
def sheet(opening: Any) -> Any:
    """A sheet of paper to count on when there is no tablet."""
    return render_template(
        "attendance/sheet.html",
        opening=opening,
        tiles=_tiles(queries.NOTHING),
        breadcrumb=_opening_trail(opening, _("記録用紙")),
    )


# ---- counting ----------------------------------------------------------------------------------------------------


def _tiles(counted: rules.Totals) -> list[dict[str, Any]]:
    """Key, label and number of every tile; the first six are the big ones."""
    return [
        {"key": key, "label": label(rules.tile(key)[1] or rules.tile(key)[0]), "count": number}
        for key, number in counted.by_tile().items()
    ]


def _entries(record: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": tap.client_event_id,
            "at": tap.tapped_at,
            "label": label(tap.band or tap.counter),
            "change": f"{'+' if tap.delta > 0 else '−'}{abs(tap.delta)}",
            "key": rules.tile_key(tap.counter, tap.band),
            "delta": tap.delta,
        }
        for tap in queries.live_taps(record)
    ]


def _known(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last entries as a device keeps them."""
    return [
        {"id": one["id"], "at": one["at"].isoformat(), "key": one["key"], "delta": one["delta"]}
        for one in entries
    ]


@blueprint.get("/attendance/openings/<int:opening_id>/tally")
@requires(Permission.VISIT_RECORD, of=queries.opening)
def tally(opening: Any) -> Any:
    """The tablet's page. Before the day, cancelled or closed, there is nothing to count: the totals say why."""
    record = queries.record_of(opening)
    closed = record is not None and record.closed_at is not None
    if closed or opening.on > clock.today() or queries.OpeningRow(opening, record, queries.NOTHING).cancelled:
        return redirect(url_for(".totals", opening_id=opening.id))
    form = TapForm(formdata=None)
    form.fresh()
    counted = queries.totals(opening)
    tiles = _tiles(counted)
    entries = _entries(record)
    return render_template(
        "attendance/tally.html",
        opening=opening,
        form=form,
        bands=tiles[: len(AgeBand) - 1],
        others=tiles[len(AgeBand) - 1 :],
        total=counted.visits,
        entries=entries,
        known=_known(entries),
        breadcrumb=_opening_trail(opening, _("来た人を数える")),
    )


@blueprint.post("/attendance/openings/<int:opening_id>/tap")
@requires(Permission.VISIT_RECORD, of=queries.opening)
@writes
def tap(opening: Any) -> Any:
    """One press of a button, without JavaScript."""
    form = TapForm()
    page = redirect(url_for(".tally", opening_id=opening.id), 303)
    if not form.validate_on_submit():
        return page
    try:
        change = read_act(request.form.get("act", ""))
        if change is None:
            services.undo(opening=opening, client_event_id=form.event_id, by=current_user)
        else:
            counter, band = rules.tile(change[0])
            services.tap(
                opening=opening,
                client_event_id=form.event_id,
                counter=counter,
                band=band,
                delta=change[1],
                tapped_at=clock.now(),
                by=current_user,
            )
    except RuleBroken as broken:
        return errors.back_with(broken, page.location)
    return page


@blueprint.post("/attendance/openings/<int:opening_id>/events")
@requires(Permission.VISIT_RECORD, of=queries.opening)
@writes
def events(opening: Any) -> Any:
    """A device's queue as JSON {events: […]}: one verdict a row, then the counts as they stand now.

    With no row it only tells the counts and whether the record is open, and writes nothing.
    """
    sent = web.json_object().get("events")
    if not isinstance(sent, list) or len(sent) > MAX_BATCH:
        return jsonify(problem=_("送られた記録を読み取れませんでした。")), 400
    answers, readable = [], []
    for row in sent:
        try:
            readable.append(rules.parse_event(row))
        except RuleBroken as broken:
            event_id = row.get("id") if isinstance(row, dict) else None
            answers.append({"id": event_id, "verdict": Verdict.REFUSED, "problem": say(broken)})
    for received in services.receive(opening=opening, events=readable, by=current_user):
        problem = say(received.problem) if received.problem else None
        answers.append({"id": received.client_event_id, "verdict": received.verdict, "problem": problem})
    record = queries.record_of(opening)
    return jsonify(
        answers=answers,
        counts=queries.totals(opening).by_tile(),
        last=_known(_entries(record)),
        open=record is None or record.closed_at is None,
    )


# ---- the end of the day --------------------------------------------------------------------------------------------


@blueprint.route("/attendance/openings/<int:opening_id>/details", methods=["GET", "POST"])
@requires(Permission.VISIT_RECORD, of=queries.opening)
@writes
def details(opening: Any) -> Any:
    """終了: the day's summary, editable; also where a past day is typed from paper."""
    record = queries.record_of(opening)
    if request.method == "GET" and (opening.on > clock.today() or (record and record.closed_at)):
        return redirect(url_for(".totals", opening_id=opening.id))
    form = DayForm(obj=record, counted=queries.totals(opening))
    form.share(lambda: dict(zip(form.WORDS, queries.details(queries.record_of(opening)), strict=True)))
    if form.validate_on_submit() and succeeds(form, lambda: _save_day(opening, form)):
        flash(_("この回の記録を確定しました。"), "success")
        return redirect(url_for(".totals", opening_id=opening.id), 303)
    counted = queries.totals(opening)
    form.see(counted)
    return render_template(
        "attendance/details.html",
        opening=opening,
        form=form,
        late=rules.is_late(opening.on, clock.today()),
        visits=counted.visits,
        breadcrumb=_opening_trail(opening, _("この回の記録")),
    )


def _save_day(opening: Any, form: DayForm) -> None:
    services.correct(
        opening=opening,
        typed=form.typed,
        seen=form.seen_totals,
        reason=form.reason.data or "",
        by=current_user,
    )
    services.save_details(
        opening=opening,
        weather=form.weather.data or "",
        note=form.note.data or "",
        incident=form.incident.data or "",
        seen=form.seen.data,
        by=current_user,
    )
    if request.form.get("act") == "close":
        services.close(opening=opening, by=current_user)


@blueprint.route("/attendance/openings/<int:opening_id>/reopen", methods=["GET", "POST"])
@requires(Permission.VISIT_RECORD, of=queries.opening)
@writes
def reopen(opening: Any) -> Any:
    """A closed record is counted or corrected again."""
    form = ReopenForm()
    if form.validate_on_submit():
        services.reopen(opening=opening, reason=form.reason.data or "", by=current_user)
        flash(_("記録を開き直しました。直したあと、もう一度確定してください。"), "success")
        return redirect(url_for(".details", opening_id=opening.id), 303)
    return render_template(
        "attendance/reopen.html",
        opening=opening,
        form=form,
        breadcrumb=_opening_trail(opening, _("記録を開き直す")),
    )
