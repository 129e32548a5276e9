"""Pages of attendance: the tablet's tiles, the end of the day, and what each station counted."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.attendance import authors, columns, rules
from stations.attendance.band_rules import Band
from stations.attendance.device_events import Batch, clock_ahead, is_clock_wrong, parse_batch
from stations.attendance.forms import DayForm, MoveForm, ReopenForm, TapForm, day_form, read_act
from stations.attendance.labels import TONES, band_name, format_ahead, tile_names
from stations.attendance.queries import bands as attendance_bands
from stations.attendance.queries import counts, questions, tablets
from stations.attendance.rules import Verdict
from stations.attendance.services import counting, day, devices, moving
from stations.attendance.views import blueprint
from stations.core import audit, clock, errors, formatting, list_files, lists, web
from stations.core.access import Permission, can
from stations.core.danger import emergency_numbers
from stations.core.database import creates, writes
from stations.core.formatting import date as format_date
from stations.core.formatting import hours
from stations.core.forms import say, succeeds
from stations.core.guards import requires
from stations.core.language import counted
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken

if TYPE_CHECKING:
    from stations.attendance.models import AttendanceEvent, OpeningRecord
    from stations.committees.models import Opening, Station


def _trail(*here: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("開催の記録"), url_for("attendance.index")), *here]


def _opening_trail(opening: "Opening", here: str) -> list[tuple[str, str | None]]:
    station = url_for("attendance.station", station_id=opening.station_id)
    return _trail((opening.station.name, station), (here, None))


@blueprint.get("/attendance")
@requires(Permission.VISIT_READ)
def index() -> ResponseReturnValue:
    """What is to be recorded, what of today is counted and closed, then the stations one may read."""
    year, chosen = clock.fiscal_year(clock.today()), lists.chosen("q", "unclosed")
    stations, todays = counts.stations_of(current_user, year), counts.of_today(current_user)
    fitting = [row for row in stations if row.unclosed or "unclosed" not in chosen]
    fitting = lists.holding(
        fitting, chosen.get("q", ""), lambda row: (row.station.name, row.station.committee.district.name)
    )
    missing = counts.left_to_record(current_user, lists.asked_page("missing"))
    saved = list_files.saved(
        columns.STATIONS,
        fitting,
        _("ステーションごとの記録"),
        formatting.fiscal_year(year),
        chosen.get("q"),
        "unclosed" in chosen and _("確定がまだのもの"),
    )
    saved = saved or list_files.saved(columns.MISSING, missing.rows, _("記録がまだの開催"), part="missing")
    return saved or render_template(
        "attendance/index.html",
        todays=[row for row in todays if not row.closed],
        finished=[row for row in todays if row.closed],
        missing=missing,
        total=len(stations),
        found=lists.page_of(fitting, lists.asked_page()),
        chosen=chosen,
        clocks=[
            (one, format_ahead(dt.timedelta(seconds=one.clock_ahead_seconds)))
            for one in tablets.wrong_clocks(current_user)
        ],
        year=year,
        breadcrumb=[(_("開催の記録"), None)],
    )


@blueprint.get("/attendance/stations/<int:station_id>")
@requires(Permission.VISIT_READ, of=counts.station)
def station(station: "Station") -> ResponseReturnValue:
    """A station's openings of one fiscal year with their totals."""
    this_year = clock.fiscal_year(clock.today())
    year = request.args.get("year", this_year, type=int)
    year = year if 2000 <= year <= this_year else this_year
    rows = counts.openings_of(station, year)
    saved = list_files.saved(
        columns.OPENINGS, rows, _("開催ごとの記録"), station.name, formatting.fiscal_year(year)
    )
    return saved or render_template(
        "attendance/station.html",
        station=station,
        rows=rows,
        year=year,
        this_year=this_year,
        breadcrumb=_trail((station.name, None)),
    )


@blueprint.get("/attendance/openings/<int:opening_id>")
@requires(Permission.VISIT_READ, of=counts.opening)
def totals(opening: "Opening") -> ResponseReturnValue:
    """Everything that was recorded at one opening."""
    record = counts.record_of(opening)
    _log_words(opening, record)
    counted = counts.totals(opening)
    return render_template(
        "attendance/totals.html",
        opening=opening,
        record=record,
        totals=counted,
        bands=_band_tiles(_bands_of(opening), counted),
        warnings=rules.warnings(counted),
        **_unclear(opening),
        events=audit.timeline(opening, *([record] if record else [])),
        tones=TONES,
        open_now=opening.on <= clock.today(),
        counted_by=tablets.counted_by(record),
        movable=bool(tablets.active_taps(record, 1)) and bool(tablets.openings_to_move_to(opening)),
        devices=_devices(opening),
        breadcrumb=_opening_trail(
            opening, f"{format_date(opening.on)} {hours(opening.starts_at, opening.ends_at)}"
        ),
    )


def _unclear(opening: "Opening") -> dict[str, object]:
    """What tablets left to be decided, for the people of the station."""
    asked = questions.questions_of(opening) if can(current_user, Permission.VISIT_RECORD, opening) else []
    return {"questions": asked, "tiles": tile_names(_bands_of(opening)) if asked else {}}


def _log_words(opening: "Opening", record: "OpeningRecord | None") -> None:
    """Notes and ヒヤリハット may tell of somebody who came: who reads them stands in the view log."""
    if request.method == "GET" and record and (record.note or record.incident):
        audit.log_view(opening, by=current_user, purpose=N_("開催の感想とヒヤリハット"))


@blueprint.get("/attendance/openings/<int:opening_id>/sheet")
@requires(Permission.VISIT_READ, of=counts.opening)
def sheet(opening: "Opening") -> ResponseReturnValue:
    """A sheet of paper to count on when there is no tablet."""
    return render_template(
        "attendance/sheet.html",
        opening=opening,
        tiles=tile_names(_bands_of(opening)).values(),
        breadcrumb=_opening_trail(opening, _("記録用紙")),
    )


def _devices(opening: "Opening") -> dict[str, Sequence[object]]:
    """What the people of the station should know of its tablets: those that may hold touches, and wrong clocks."""
    if not can(current_user, Permission.VISIT_RECORD, opening):
        return {"behind": [], "clocks": []}
    every = tablets.devices_of(opening)
    return {
        "behind": [one for one in every if tablets.is_behind(one)],
        "clocks": [
            (one, format_ahead(ahead))
            for one in every
            if is_clock_wrong(ahead := dt.timedelta(seconds=one.clock_ahead_seconds))
        ],
    }


# ---- counting ----------------------------------------------------------------------------------------------------


def _bands_of(opening: "Opening") -> tuple[Band, ...]:
    return attendance_bands.bands_of(clock.fiscal_year(opening.on))


def _band_tiles(bands: Sequence[Band], counted: rules.Totals) -> list[dict[str, object]]:
    """Key, label, colour and number of each age band's tile, 年代不明 at the end."""
    return [
        {
            "key": one.code,
            "label": band_name(one),
            "colour": one.colour,
            "count": counted.by_band.get(one.code, 0),
        }
        for one in bands
    ]


def _other_tiles(counted: rules.Totals) -> list[dict[str, object]]:
    numbers = counted.by_tile()
    return [{"key": key, "label": name, "count": numbers[key]} for key, name in tile_names(()).items()]


def _entries(taps: Iterable["AttendanceEvent"], names: Mapping[str, str]) -> list[dict[str, object]]:
    """The last entries as the page shows them; ``names``: what tiles are called, by their keys."""
    return [
        {
            "at": one.made_at,
            "label": names[_tile_key(one)],
            "change": f"{'+' if one.fact.delta > 0 else '−'}{abs(one.fact.delta)}",
        }
        for one in taps
    ]


def _known(taps: Iterable["AttendanceEvent"]) -> list[dict[str, Any]]:
    """The last entries as a device keeps them."""
    return [
        {"id": one.event_id, "at": one.made_at.isoformat(), "key": _tile_key(one), "delta": one.delta}
        for one in taps
    ]


def _tile_key(event: "AttendanceEvent") -> str:
    return rules.tile_key(event.counter, event.band) if event.counter is not None else ""


@blueprint.get("/attendance/openings/<int:opening_id>/tally")
@requires(Permission.VISIT_RECORD, of=counts.opening)
def tally(opening: "Opening") -> ResponseReturnValue:
    """The tablet's page. Before the day, cancelled or closed, there is nothing to count: the totals say why."""
    record = counts.record_of(opening)
    closed = record is not None and record.closed_at is not None
    if closed or opening.on > clock.today() or counts.OpeningRow(opening, record, counts.NOTHING).cancelled:
        return redirect(url_for(".totals", opening_id=opening.id))
    form = TapForm(formdata=None)
    form.fresh()
    counted = counts.totals(opening)
    bands = _bands_of(opening)
    taps = tablets.active_taps(record)
    tiles = _band_tiles(bands, counted)
    return render_template(
        "attendance/tally.html",
        opening=opening,
        form=form,
        bands=tiles[:-1],
        unknown=tiles[-1],
        others=_other_tiles(counted),
        total=counted.visits,
        entries=_entries(taps, tile_names(bands)),
        known=_known(taps),
        author=authors.mark(person_id=current_user.id, opening_id=opening.id),
        others_of_the_day=tablets.others_of_the_day(opening),
        breadcrumb=_opening_trail(opening, _("来た人を数える")),
    )


@blueprint.post("/attendance/openings/<int:opening_id>/tap")
@requires(Permission.VISIT_RECORD, of=counts.opening)
@writes
def tap(opening: "Opening") -> ResponseReturnValue:
    """One press of a button, without JavaScript."""
    form = TapForm()
    page = redirect(url_for(".tally", opening_id=opening.id), 303)
    if not form.validate_on_submit():
        return page
    try:
        change = read_act(request.form.get("act", ""))
        if change is None:
            counting.undo(opening=opening, client_event_id=form.event_id, by=current_user)
        else:
            counter, band = rules.tile(change[0])
            counting.tap(
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
@requires(Permission.VISIT_RECORD, of=counts.opening)
@writes
def events(opening: "Opening") -> ResponseReturnValue:
    """A device's queue as JSON (`device_events.parse_batch`): one verdict a row, then the counts as they stand now.

    With no row and no report it only says how the counts stand and whether the record is open, and writes nothing.
    """
    try:
        batch = parse_batch(web.json_object())
    except RuleBroken as broken:
        return jsonify(problem=say(broken)), 400
    answers = _answers(opening, batch)
    ahead = clock_ahead(batch.sent_at, clock.now())
    if batch.report is not None:
        settled = sum(one["verdict"] in {Verdict.ACCEPTED, Verdict.DUPLICATE} for one in answers)
        devices.note_report(
            opening=opening, report=batch.report, settled=settled, clock_ahead=ahead, by=current_user
        )
    record = counts.record_of(opening)
    return jsonify(
        answers=answers,
        counts=dict.fromkeys(tile_names(_bands_of(opening)), 0) | counts.totals(opening).by_tile(),
        last=_known(tablets.active_taps(record)),
        open=record is None or record.closed_at is None,
        clock=format_ahead(ahead) if is_clock_wrong(ahead) else None,
    )


def _answers(opening: "Opening", batch: Batch) -> list[dict[str, Any]]:
    """One for each row, in their order; "row" is its place, by which a device knows a row without a readable id."""
    events = [row for row in batch.rows if not isinstance(row, RuleBroken)]
    received = iter(counting.receive(opening=opening, events=events, sent_at=batch.sent_at, by=current_user))
    answers = []
    for place, row in enumerate(batch.rows):
        if isinstance(row, RuleBroken):
            answer: dict[str, Any] = {"id": None, "verdict": Verdict.REFUSED, "problem": say(row)}
        else:
            one = next(received)
            problem = say(one.problem) if one.problem else None
            answer = {"id": one.client_event_id, "verdict": one.verdict, "problem": problem}
        answers.append({"row": place, **answer})
    return answers


# ---- the end of the day --------------------------------------------------------------------------------------------


@blueprint.route("/attendance/openings/<int:opening_id>/details", methods=["GET", "POST"])
@requires(Permission.VISIT_RECORD, of=counts.opening)
@writes
def details(opening: "Opening") -> ResponseReturnValue:
    """終了: the day's summary, editable; also where a past day is typed from paper."""
    record = counts.record_of(opening)
    if request.method == "GET" and (opening.on > clock.today() or (record and record.closed_at)):
        return redirect(url_for(".totals", opening_id=opening.id))
    _log_words(opening, record)
    form = day_form(record, counts.totals(opening), _bands_of(opening))
    form.share(lambda: dict(zip(form.WORDS, counts.details(counts.record_of(opening)), strict=True)))
    if form.validate_on_submit() and succeeds(form, lambda: _save_day(opening, form)):
        closed = request.form.get("act") == "close"
        flash(
            _("この回の記録を確定しました。") if closed else _("保存しました。まだ確定していません。"),
            "success",
        )
        return redirect(url_for(".totals", opening_id=opening.id), 303)
    counted = counts.totals(opening)
    form.see(counted)
    return render_template(
        "attendance/details.html",
        opening=opening,
        form=form,
        late=rules.is_late(opening.on, clock.today()),
        started=rules.has_started(opening.on, opening.starts_at, clock.now()),
        visits=counted.visits,
        devices=_devices(opening),
        **_unclear(opening),
        phones=emergency_numbers(current_app.config["STATIONS"].emergency_phone),
        breadcrumb=_opening_trail(opening, _("この回の記録")),
    )


def _save_day(opening: "Opening", form: DayForm) -> None:
    day.correct(
        opening=opening,
        typed=form.typed,
        loaded=form.loaded_totals,
        reason=form.reason.data or "",
        by=current_user,
    )
    day.save_details(
        opening=opening,
        weather=form.weather.data or "",
        note=form.note.data or "",
        incident=form.incident.data or "",
        called=form.called.data or "",
        loaded=form.loaded.data,
        by=current_user,
    )
    if request.form.get("act") == "close":
        day.close(opening=opening, others_checked=bool(form.others_checked.data), by=current_user)


@blueprint.route("/attendance/openings/<int:opening_id>/reopen", methods=["GET", "POST"])
@requires(Permission.VISIT_RECORD, of=counts.opening)
@creates
def reopen(opening: "Opening") -> ResponseReturnValue:
    """A closed record is counted or corrected again."""
    form = ReopenForm()
    if form.validate_on_submit():
        day.reopen(opening=opening, reason=form.reason.data or "", by=current_user)
        flash(_("記録を開き直しました。直したあと、もう一度確定してください。"), "success")
        return redirect(url_for(".details", opening_id=opening.id), 303)
    return render_template(
        "attendance/reopen.html",
        opening=opening,
        form=form,
        breadcrumb=_opening_trail(opening, _("記録を開き直す")),
    )


@blueprint.route("/attendance/openings/<int:opening_id>/move", methods=["GET", "POST"])
@requires(Permission.VISIT_RECORD, of=counts.opening)
@creates
def move(opening: "Opening") -> ResponseReturnValue:
    """Touches made at the wrong one of a station's openings are moved to the right one."""
    record = counts.record_of(opening)
    others = tablets.openings_to_move_to(opening)
    if record is None or record.closed_at is not None or not others:
        return redirect(url_for(".totals", opening_id=opening.id))
    form = MoveForm(others=others)
    if form.validate_on_submit() and succeeds(form, lambda: _move(opening, others, form)):
        return redirect(url_for(".totals", opening_id=form.to.data), 303)
    return render_template(
        "attendance/move.html",
        opening=opening,
        form=form,
        by_hour=tablets.movable_by_hour(record),
        breadcrumb=_opening_trail(opening, _("入力を別の回へ移す")),
    )


def _move(opening: "Opening", others: Sequence["Opening"], form: MoveForm) -> None:
    to = next(one for one in others if one.id == form.to.data)
    moved = moving.move(
        opening=opening, to=to, since=form.since.data, reason=form.reason.data or "", by=current_user
    )
    flash(counted("%(n)s件の入力を、この回へ移しました。", n=len(moved)), "success")
