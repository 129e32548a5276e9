"""Acts of a day's record: started, corrected, described, closed at the end of the day, opened again."""

from stations.attendance import rules
from stations.attendance.labels import tile_names
from stations.attendance.models import OpeningRecord
from stations.attendance.projection import EventKind, Unclear
from stations.attendance.queries import bands, counts, events, tablets
from stations.attendance.rules import RecordAct, Totals
from stations.attendance.services.events import Author, new_record, write
from stations.attendance.workflow import RECORD
from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus
from stations.committees.services import calendar
from stations.core import access, audit, clock, edit_conflicts
from stations.core.access import Actor, Permission
from stations.core.danger import danger_words
from stations.core.database import db, lock
from stations.core.messages import N_, RuleBroken
from stations.core.steps import taking


def begin(*, opening: Opening, by: Actor) -> OpeningRecord:
    """The record of an opening, made when there is none yet. Holds the opening until the transaction ends.

    `RuleBroken` before its day and for a cancelled one.
    """
    lock(opening)
    access.demand(by, Permission.VISIT_RECORD, opening)
    if opening.status is OpeningStatus.CANCELLED:
        raise RuleBroken(None, N_("中止になった回には記録できません。"))
    rules.check_recording_day(opening.on, clock.today())
    record = counts.record_of(opening)
    if record is None:
        record = new_record(opening, by.id)
    return record


def correct(
    *, opening: Opening, typed: Totals, reason: str, by: Actor, loaded: Totals | None = None
) -> OpeningRecord:
    """Make the counts what was typed (from paper, or at the end of the day) by adding the differences.

    ``loaded``: the counts on the page that was typed into; what another tablet added meanwhile to other tiles is then
    kept, and a tile that both changed is refused: the same people might count twice. Needs a reason when anything
    differs. Typed after the day, the record carries the mark of late entry.
    """
    record = begin(opening=opening, by=by)
    counted = counts.totals(opening)
    changes = rules.differences(loaded or counted, typed)
    says = events.states([opening.id])[opening.id].projection
    # Who types over numbers that two tablets corrected differently has decided, also where the one that stands is right.
    decided = {one.tile for one in says.questions if one.unclear is Unclear.CORRECTED_DIFFERENTLY}
    changes += [(*tile, 0) for tile in decided - {(one[0], one[1]) for one in changes} if tile is not None]
    if not changes:
        return record
    names = tile_names(bands.bands_of(clock.fiscal_year(opening.on)))
    with taking(RECORD, record, RecordAct.CORRECT, by=by, reason=reason) as taken:
        rules.check_unmoved(loaded or counted, counted, changes, names)
        for counter, band, delta in changes:
            tile = (counter, band)
            rules.check_tap(counted.on(tile), delta)
            write(
                record,
                EventKind.CORRECTION,
                Author(by.id),
                tile=tile,
                delta=delta,
                made_at=clock.now(),
                after=list(says.corrections.get(tile, ())) or None,
            )
        rules.check_totals(counts.totals(opening))
        taken.detail |= {
            f"{counter}:{band}" if band else str(counter): delta for counter, band, delta in changes
        }
    return record


def save_details(
    *,
    opening: Opening,
    weather: str,
    note: str,
    incident: str,
    by: Actor,
    called: str = "",
    loaded: str | None = None,
) -> OpeningRecord:
    """Weather, note and incident (ヒヤリハット); facts, nobody's name.

    ``called``: who was telephoned about words of danger that were not there before, or why nobody had to be;
    `RuleBroken` on "called" without it, for nobody is notified of these words. ``loaded``: the mark (`core.edit_conflicts`) of what
    stood on the writer's page; `EditConflict` when somebody else saved other words since.
    """
    record = begin(opening=opening, by=by)
    if (record.weather, record.note, record.incident) == (weather, note, incident):
        return record
    edit_conflicts.check(
        loaded,
        *counts.details(record),
        by=by,
        first=lambda: audit.last_doer(record, [RecordAct.SAVE_DETAILS]),
    )
    new_words = set(danger_words(note, incident)) - set(danger_words(record.note, record.incident))
    call = called.strip() if new_words else ""
    with taking(RECORD, record, RecordAct.SAVE_DETAILS, by=by, reason=call):
        if new_words and not call:
            raise RuleBroken(
                "called", N_("だれに、いつ電話したかを入力してください。電話がいらないときは、その理由を。")
            )
        record.weather, record.note, record.incident = weather, note, incident
    return record


def close(*, opening: Opening, by: Actor, others_checked: bool = False) -> OpeningRecord:
    """The end of the day: no more taps, and the opening is 開催済.

    While another tablet holds touches, or has not been heard of, the closer must say that they looked into it.
    """
    record = begin(opening=opening, by=by)
    with taking(RECORD, record, RecordAct.CLOSE, by=by):
        rules.check_started(opening.on, opening.starts_at, clock.now())
        rules.check_totals(counts.totals(opening))
        rules.check_devices(len(tablets.devices_behind(opening)), others_checked)
        _end(record, EventKind.CLOSED, by)
    calendar.hold_opening(opening=opening, by=by)
    db.session.flush()
    return record


def reopen(*, opening: Opening, reason: str, by: Actor) -> OpeningRecord:
    """Let a closed record be counted and corrected again; the opening stays 開催済."""
    record = begin(opening=opening, by=by)
    with taking(RECORD, record, RecordAct.REOPEN, by=by, reason=reason):
        _end(record, EventKind.REOPENED, by)
    return record


def _end(record: OpeningRecord, kind: EventKind, by: Actor) -> None:
    """Close the day with the numbers that stand, or open it again, after whatever was done to it before."""
    opening = record.opening
    known = events.states([opening.id])[opening.id].projection.closings
    counted = {key: n for key, n in counts.totals(opening).by_tile().items() if n}
    write(
        record,
        kind,
        Author(by.id),
        made_at=clock.now(),
        after=list(known) or None,
        totals=counted if kind is EventKind.CLOSED else None,
    )
