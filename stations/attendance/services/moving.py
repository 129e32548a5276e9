"""Touches made at the wrong one of a station's openings are moved to the right one."""

import datetime as dt

from stations.attendance import rules
from stations.attendance.models import OpeningRecord, Tap
from stations.attendance.queries import counts, tablets
from stations.attendance.rules import RecordAct
from stations.attendance.services.day import begin
from stations.attendance.services.rows import Author, write
from stations.attendance.workflow import RECORD
from stations.committees.models import Opening
from stations.core import clock
from stations.core.access import Actor
from stations.core.messages import N_, RuleBroken
from stations.core.steps import taking


def move(*, opening: Opening, to: Opening, reason: str, by: Actor, since: dt.time | None = None) -> list[Tap]:
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
        moved = rules.totals((tap.counter, tap.band, tap.delta) for tap in taps)
        rules.check_moved(counts.totals(opening), moved, counts.totals(to))
        for tap in reversed(taps):
            _move(tap, here, there, by)
        for taken, other in ((taken_out, to), (taken_in, opening)):
            taken.detail |= {"opening_id": other.id} | {key: n for key, n in moved.by_tile().items() if n}
    return taps


def _move(tap: Tap, here: OpeningRecord, there: OpeningRecord, by: Actor) -> None:
    happened_at = min(tap.tapped_at, tap.received_at)  # moved on a later day, it is not entered late
    write(
        here,
        tap.counter,
        tap.band,
        -tap.delta,
        Author(by.id),
        tapped_at=clock.now(),
        happened_at=happened_at,
        undoes_id=tap.id,
    )
    write(
        there,
        tap.counter,
        tap.band,
        tap.delta,
        Author(tap.by_id, tap.sent_by_id, tap.author_unsure),
        tapped_at=tap.tapped_at,
        moved_from_id=tap.id,
    )
