"""Acts of attendance: counting, taking back, correcting, closing the day. Counts are sums of `Tap` rows."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from stations.attendance import queries, rules
from stations.attendance.models import OpeningRecord, Tap
from stations.attendance.rules import AgeBand, Counter, DeviceEvent, RecordAct, Totals, Verdict
from stations.committees import services as committees
from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus
from stations.core import access, audit, clock
from stations.core import seen as two_writers
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict, RuleBroken


@dataclass(frozen=True)
class Received:
    """The answer to one event of a device: what became of it, and why not when it was refused."""

    client_event_id: str
    verdict: Verdict
    problem: RuleBroken | None = None


def begin(*, opening: Opening, by: Actor) -> OpeningRecord:
    """The record of an opening, made when there is none yet. Holds the opening until the transaction ends.

    `RuleBroken` before its day and for a cancelled one.
    """
    lock(opening)
    access.demand(by, Permission.VISIT_RECORD, opening)
    if opening.status is OpeningStatus.CANCELLED:
        raise RuleBroken(None, N_("中止になった回には記録できません。"))
    rules.check_recording_day(opening.on, clock.today())
    record = queries.record_of(opening)
    if record is None:
        record = add(OpeningRecord(opening=opening, begun_at=clock.now(), begun_by_id=by.id))
    return record


def tap(
    *,
    opening: Opening,
    client_event_id: str,
    counter: Counter,
    band: AgeBand | None,
    delta: int,
    tapped_at: dt.datetime,
    by: Actor,
) -> Verdict:
    """Count one tap exactly once: an id that is stored already is acknowledged and changes nothing.

    `RuleBroken` on "count" below zero or above the most a tile can hold; `Conflict` once the day is closed.
    """
    record = begin(opening=opening, by=by)
    if _is_known(client_event_id, record):
        return Verdict.DUPLICATE
    rules.check_countable(record.status)
    rules.check_tap(queries.count(record, counter, band), delta)
    _write(record, counter, band, delta, by, client_event_id=client_event_id, tapped_at=tapped_at)
    return Verdict.ACCEPTED


def undo(
    *,
    opening: Opening,
    client_event_id: str,
    by: Actor,
    undoes: str | None = None,
    tapped_at: dt.datetime | None = None,
) -> Verdict:
    """Take back the last tap that still counts, or the one whose client_event_id is ``undoes``.

    A tap that another device took back meanwhile is acknowledged: what was wanted has happened.
    """
    record = begin(opening=opening, by=by)
    if _is_known(client_event_id, record):
        return Verdict.DUPLICATE
    rules.check_countable(record.status)
    wanted = queries.tap(undoes) if undoes else next(iter(queries.live_taps(record, 1)), None)
    if wanted is None or wanted.record_id != record.id or wanted.correction or wanted.undoes_id is not None:
        raise RuleBroken(None, N_("取り消せる入力はありません。"))
    if queries.is_undone(wanted):
        return Verdict.DUPLICATE
    rules.check_tap(queries.count(record, wanted.counter, wanted.band), -wanted.delta)
    _write(
        record,
        wanted.counter,
        wanted.band,
        -wanted.delta,
        by,
        client_event_id=client_event_id,
        tapped_at=tapped_at or clock.now(),
        undoes_id=wanted.id,
    )
    return Verdict.ACCEPTED


def receive(*, opening: Opening, events: Sequence[DeviceEvent], by: Actor) -> list[Received]:
    """Take a device's queue, in its order; an empty one writes nothing. One refused event does not hold the others up."""
    answers = []
    for event in events:
        try:
            with db.session.begin_nested():
                verdict = _take(opening, event, by)
        except access.NotAllowed:
            raise
        except RuleBroken as broken:
            verdict = Verdict.CLOSED if isinstance(broken, Conflict) else Verdict.REFUSED
            answers.append(Received(event.client_event_id, verdict, broken))
        else:
            answers.append(Received(event.client_event_id, verdict))
    return answers


def _take(opening: Opening, event: DeviceEvent, by: Actor) -> Verdict:
    if event.undo:
        return undo(
            opening=opening,
            client_event_id=event.client_event_id,
            undoes=event.undoes,
            tapped_at=event.tapped_at,
            by=by,
        )
    return tap(
        opening=opening,
        client_event_id=event.client_event_id,
        counter=event.counter,
        band=event.band,
        delta=event.delta,
        tapped_at=event.tapped_at,
        by=by,
    )


def correct(
    *, opening: Opening, typed: Totals, reason: str, by: Actor, seen: Totals | None = None
) -> OpeningRecord:
    """Make the counts what was typed (from paper, or at the end of the day) by adding the differences.

    ``seen``: the counts on the page that was typed into; what another tablet added meanwhile to other tiles is then
    kept, and a tile that both changed is refused: the same people might count twice. Needs a reason when anything
    differs. Typed after the day, the record carries the mark of late entry.
    """
    record = begin(opening=opening, by=by)
    counted = queries.totals(opening)
    changes = rules.differences(seen or counted, typed)
    if not changes:
        return record
    rules.check_unmoved(seen or counted, counted, changes)
    status = rules.next_record_status(record.status, RecordAct.CORRECT)
    rules.require_reason(RecordAct.CORRECT, reason)
    for counter, band, delta in changes:
        rules.check_tap(counted.counts()[counter, band], delta)
        _write(record, counter, band, delta, by, tapped_at=clock.now(), correction=True)
    rules.check_totals(queries.totals(opening))
    detail = {f"{counter}:{band}" if band else str(counter): delta for counter, band, delta in changes}
    audit.record(
        record,
        act=RecordAct.CORRECT,
        by=by,
        from_status=record.status,
        to_status=status,
        reason=reason,
        detail=detail,
    )
    return record


def save_details(
    *, opening: Opening, weather: str, note: str, incident: str, by: Actor, seen: str | None = None
) -> OpeningRecord:
    """Weather, note and incident (ヒヤリハット); facts, nobody's name.

    ``seen``: the mark (`core.seen`) of what stood on the writer's page; `Overtaken` when somebody else
    saved other words since.
    """
    record = begin(opening=opening, by=by)
    if (record.weather, record.note, record.incident) == (weather, note, incident):
        return record
    two_writers.check(seen, *queries.details(record))
    status = rules.next_record_status(record.status, RecordAct.SAVE_DETAILS)
    record.weather, record.note, record.incident = weather, note, incident
    audit.record(record, act=RecordAct.SAVE_DETAILS, by=by, from_status=record.status, to_status=status)
    return record


def close(*, opening: Opening, by: Actor) -> OpeningRecord:
    """The end of the day: no more taps, and the opening is 開催済."""
    record = begin(opening=opening, by=by)
    before = record.status
    status = rules.next_record_status(before, RecordAct.CLOSE)
    rules.check_begun(opening.on, opening.starts_at, clock.now())
    rules.check_totals(queries.totals(opening))
    record.closed_at, record.closed_by_id = clock.now(), by.id
    audit.record(record, act=RecordAct.CLOSE, by=by, from_status=before, to_status=status)
    committees.hold_opening(opening=opening, by=by)
    db.session.flush()
    return record


def reopen(*, opening: Opening, reason: str, by: Actor) -> OpeningRecord:
    """Let a closed record be counted and corrected again; the opening stays 開催済."""
    record = begin(opening=opening, by=by)
    before = record.status
    status = rules.next_record_status(before, RecordAct.REOPEN)
    rules.require_reason(RecordAct.REOPEN, reason)
    record.closed_at = record.closed_by_id = None
    audit.record(record, act=RecordAct.REOPEN, by=by, from_status=before, to_status=status, reason=reason)
    return record


def _is_known(client_event_id: str, record: OpeningRecord) -> bool:
    known = queries.tap(client_event_id)
    if known is not None and known.record_id != record.id:
        raise RuleBroken(None, N_("この入力は、別の開催回の記録として届いています。"))
    return known is not None


def _write(
    record: OpeningRecord,
    counter: Counter,
    band: AgeBand | None,
    delta: int,
    by: Actor,
    *,
    tapped_at: dt.datetime,
    client_event_id: str | None = None,
    undoes_id: int | None = None,
    correction: bool = False,
) -> None:
    if rules.is_late(record.opening.on, clock.local_date(tapped_at)):
        record.late_entry = True
    add(
        Tap(
            record_id=record.id,
            client_event_id=client_event_id or str(uuid.uuid4()),
            counter=counter,
            band=band,
            delta=delta,
            undoes_id=undoes_id,
            correction=correction,
            tapped_at=tapped_at,
            received_at=clock.now(),
            by_id=by.id,
        )
    )
