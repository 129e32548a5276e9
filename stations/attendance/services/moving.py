"""Touches made at the wrong one of a station's openings are moved to the right one."""

import datetime as dt

from stations.attendance import rules
from stations.attendance.models import AttendanceEvent, OpeningRecord
from stations.attendance.projection import EventKind
from stations.attendance.queries import counts, tablets
from stations.attendance.rules import RecordAct
from stations.attendance.services.day import begin
from stations.attendance.services.events import Author, write
from stations.attendance.workflow import RECORD
from stations.committees.models import Opening
from stations.core import clock
from stations.core.access import Actor
from stations.core.messages import N_, RuleBroken
from stations.core.steps import taking


def move(
    *, opening: Opening, to: Opening, reason: str, by: Actor, since: dt.time | None = None
) -> list[AttendanceEvent]:
    """Move the touches of one opening, all or those from a time of day on, to another opening of its station.

    Each is taken back here and written there with its own time and author, so both counts stay sums of rows. Typed
    corrections stay. `RuleBroken` on "since" when there is nothing to move, or a tile cannot take it; without a field when
    the other opening's year has no such age band.
    """
    if to.station_id != opening.station_id or to.id == opening.id:
        raise RuleBroken("to", N_("同じステーションの、別の回を選んでください。"))
    records = {one.id: begin(opening=one, by=by) for one in sorted((opening, to), key=lambda one: one.id)}
    here, there = records[opening.id], records[to.id]
    with (
        taking(RECORD, there, RecordAct.MOVE_IN, by=by, reason=reason) as taken_in,
        taking(RECORD, here, RecordAct.MOVE_OUT, by=by, reason=reason) as taken_out,
    ):
        taps = tablets.movable_taps(here, since)
        if not taps:
            raise RuleBroken("since", N_("移せる入力がありません。時刻を確かめてください。"))
        moved = tablets.sum_of(taps)
        rules.check_moved(counts.totals(opening), moved, counts.totals(to))
        for tap in reversed(taps):
            _move(tap, here, there, by)
        for taken, other in ((taken_out, to), (taken_in, opening)):
            taken.detail |= {"opening_id": other.id} | {key: n for key, n in moved.by_tile().items() if n}
    return taps


def _move(event: AttendanceEvent, here: OpeningRecord, there: OpeningRecord, by: Actor) -> None:
    happened_at = event.happened_at  # moved on a later day, it is not entered late
    write(
        here,
        EventKind.MOVED,
        Author(by.id),
        made_at=clock.now(),
        happened_at=happened_at,
        undoes=event.event_id,
    )
    fact = event.fact
    if fact.counter is None:
        raise ValueError("only counts are moved")
    write(
        there,
        EventKind.COUNT,
        Author(event.by_id, event.sent_by_id, event.author_unsure),
        tile=(fact.counter, fact.band),
        delta=fact.delta,
        made_at=event.made_at,
        happened_at=happened_at,
        # What was touched first stays the one that an undo names, however often it is moved.
        moved_from=event.moved_from or event.event_id,
    )
