"""A tablet's message is taken in: every event that it brings, once, in a few statements however many there are."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from stations.attendance import band_rules, rules
from stations.attendance.device_events import clock_ahead, happened_at
from stations.attendance.models import OpeningRecord
from stations.attendance.projection import SAYS_HOW_MANY
from stations.attendance.queries import events as stored
from stations.attendance.queries import sync as queries
from stations.attendance.queries.events import State
from stations.attendance.queries.sync import Held
from stations.attendance.rules import RecordAct, RecordStatus
from stations.attendance.services.events import NewEvent, insert, keep, new_record
from stations.attendance.sync_rows import BadRow, SyncMessage, SyncRow
from stations.committees.rules import OpeningStatus
from stations.committees.services import calendar
from stations.core import audit, clock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.people import queries as people


class SyncVerdict(StrEnum):
    """What became of one event that a tablet sent. Only the first two let the tablet forget it."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # another event is stored under its id
    REJECTED = "rejected"


@dataclass(frozen=True)
class RowAnswer:
    event_id: str | None
    verdict: SyncVerdict
    problem: Conflict | RuleBroken | None = None


@dataclass
class SyncAnswer:
    """One answer for each row, in their order; the state of every opening that the message names, and its record's bands.

    clock_ahead: of the device's clock. left: how many events it still holds when it has read this.
    """

    rows: list[RowAnswer]
    states: Mapping[int, State]
    clock_ahead: dt.timedelta
    left: int
    bands: dict[int, tuple[str, ...]] = field(default_factory=dict)


def take(*, device_id: int, station_id: int, message: SyncMessage) -> SyncAnswer:
    """Store a tablet's events and answer row by row; nothing that happened is lost, whatever the other rows are.

    The counts, the day's end and what is unclear are kept in the same transaction. Openings of other stations are as good
    as unknown. Events of a closed day count, and its leader is asked about them (`projection`).
    """
    now = clock.now()
    rows = [row for row in message.rows if isinstance(row, SyncRow)]
    undone = {row.undoes for row in rows if row.undoes is not None}
    asked = {row.opening_id for row in rows} | stored.stand_ins(undone)
    named = asked | set(message.watch) | set(message.unsent)
    held = queries.held(named, station_id, lock=bool(rows))
    judged = _Judge(held, message, now, device_id)
    answers = [judged(row) for row in message.rows]
    written = insert(judged.new)
    _answer_stored(answers, judged.new, written, rows)
    states = _note(judged, written, asked, device_id)
    settled = sum(one.verdict in (SyncVerdict.ACCEPTED, SyncVerdict.DUPLICATE) for one in answers)
    return SyncAnswer(
        rows=answers,
        states=states,
        clock_ahead=clock_ahead(message.device_time, now),
        left=max(0, sum(message.unsent.values()) - settled),
        bands={one.opening.id: tuple(one.bands) for one in held.values()},
    )


class _Judge:
    """Looks at the rows of one message one by one, and makes events of those that can be taken."""

    def __init__(
        self, held: Mapping[int, Held], message: SyncMessage, now: dt.datetime, device_id: int
    ) -> None:
        self.held, self.message, self.now, self.device_id = held, message, now, device_id
        self.today = clock.local_date(now)
        self.new: list[NewEvent] = []
        self.seen: dict[str, SyncRow] = {}

    def __call__(self, row: SyncRow | BadRow) -> RowAnswer:
        if isinstance(row, BadRow):
            return RowAnswer(row.event_id, SyncVerdict.REJECTED, row.problem)
        earlier = self.seen.get(row.event_id)
        if earlier is not None:
            return _compared(row.event_id, same=earlier.content == row.content)
        held = self.held.get(row.opening_id)
        try:
            if held is None:
                raise RuleBroken(None, N_("このステーションの開催回ではありません。"))
            self._check(row, held)
        except RuleBroken as broken:
            return RowAnswer(row.event_id, SyncVerdict.REJECTED, broken)
        self.seen[row.event_id] = row
        self.new.append(self._event(row, held))
        return RowAnswer(row.event_id, SyncVerdict.ACCEPTED)

    def _check(self, row: SyncRow, held: Held) -> None:
        rules.check_recording_day(held.opening.on, self.today)
        if held.opening.status is OpeningStatus.CANCELLED:
            raise RuleBroken(
                None,
                N_(
                    "中止になった回です。開いたときは、責任者が中止を取り消してから、もう一度送ってください。"
                ),
            )
        if row.band is not None:
            band_rules.check_code(row.band, held.bands)

    def _event(self, row: SyncRow, held: Held) -> NewEvent:
        known = row.by_id in held.people
        return NewEvent(
            event_id=row.event_id,
            opening_id=row.opening_id,
            kind=row.kind,
            made_at=row.made_at,
            happened_at=happened_at(row.made_at, self.message.device_time, self.now),
            received_at=self.now,
            counter=row.counter,
            band=row.band,
            delta=row.delta,
            undoes=row.undoes,
            after=list(row.after) or None,
            totals=dict(row.totals) if row.totals is not None else None,
            words=row.words,
            device_id=self.device_id,
            sequence=row.sequence,
            by_id=row.by_id if known else None,
            author_unsure=row.by_id is not None and not known,
        )


def _compared(event_id: str, *, same: bool) -> RowAnswer:
    if same:
        return RowAnswer(event_id, SyncVerdict.DUPLICATE)
    problem = Conflict(None, N_("同じ番号で、内容の違う記録が届いています。"))
    return RowAnswer(event_id, SyncVerdict.CONFLICT, problem)


def _answer_stored(
    answers: list[RowAnswer], new: Sequence[NewEvent], written: Collection[str], rows: Iterable[SyncRow]
) -> None:
    """Those that were there already are compared with what is stored."""
    before = stored.known([one.event_id for one in new if one.event_id not in written])
    if not before:
        return
    said: dict[str, SyncRow] = {}
    for row in rows:
        said.setdefault(row.event_id, row)
    for place, answer in enumerate(answers):
        if answer.event_id in before and answer.verdict is SyncVerdict.ACCEPTED:
            fact = before[answer.event_id]
            content = (fact.opening_id, fact.kind, fact.counter, fact.band, fact.delta, fact.undoes)
            answers[place] = _compared(answer.event_id, same=content == said[answer.event_id].content)


def _note(
    judged: _Judge, written: Collection[str], asked: Collection[int], device_id: int
) -> Mapping[int, State]:
    """Keep what the new events change, and say how every opening stands."""
    changed: dict[int, list[NewEvent]] = {}
    for one in judged.new:
        if one.event_id in written:
            changed.setdefault(one.opening_id, []).append(one)
    for opening_id, events in changed.items():
        _record(judged.held[opening_id], events)
    states = stored.states(list(judged.held), device_id)
    if changed:
        # Also the openings to which something was moved that is taken back now.
        records = [one.record for number, one in judged.held.items() if number in asked and one.record]
        before = {one.opening_id: one.status for one in records}
        keep(records, states)
        for record in records:
            if record.status is RecordStatus.CLOSED and before[record.opening_id] is RecordStatus.OPEN:
                _note_closing(record, device_id)
    return states


def _record(held: Held, events: Sequence[NewEvent]) -> None:
    if held.record is None:
        held.record = new_record(held.opening, events[0].by_id)
    late = (
        rules.is_late(held.opening.on, clock.local_date(one.happened_at))
        for one in events
        if one.kind in SAYS_HOW_MANY
    )
    if not held.record.late_entry and any(late):
        held.record.late_entry = True


def _note_closing(record: OpeningRecord, device_id: int) -> None:
    """The end of the day, as it was said at the tablet; the opening took place."""
    by = people.person_with_roles(record.closed_by_id) if record.closed_by_id is not None else None
    audit.record(
        record,
        act=RecordAct.CLOSE,
        by=by,
        from_status=RecordStatus.OPEN,
        to_status=RecordStatus.CLOSED,
        detail={"device_id": device_id},
    )
    calendar.hold_opening(opening=record.opening, by=by)
