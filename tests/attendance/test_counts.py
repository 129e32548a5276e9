"""The counts that pages read are what the events say, whatever happened, on both databases."""

import datetime as dt
import random
import uuid
from collections import Counter as Sums
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.attendance.band_rules import STANDARD
from stations.attendance.models import AttendanceEvent, OpeningCount
from stations.attendance.queries import counts
from stations.attendance.rules import Counter, Totals
from stations.attendance.services import counting, day, events, moving
from stations.committees.models import Opening, Station
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.messages import Conflict, RuleBroken
from stations.people.models import Person
from tests.support import cast

CHILD = "elementary"
BANDS = [band.code for band in STANDARD]
TILES = [
    *((Counter.VISIT, band) for band in BANDS),
    *((one, None) for one in Counter if one != Counter.VISIT),
]


@pytest.fixture
def station(db_session: object) -> Station:
    return cast.station(cast.committee())


@pytest.fixture
def volunteer(station: Station) -> Person:
    return cast.person(Role.VOLUNTEER, of=station)


def an_opening(station: Station, starts_at: dt.time = cast.STARTED) -> Opening:
    return cast.opening(station, starts_at=starts_at)


def tap(opening: Opening, by: Person, counter: Counter = Counter.VISIT, band: str | None = CHILD) -> None:
    counting.tap(
        opening=opening,
        client_event_id=str(uuid.uuid4()),
        counter=counter,
        band=band,
        delta=1,
        tapped_at=clock.now(),
        by=by,
    )


def summed(opening: Opening) -> dict[tuple[Counter, str | None], int]:
    """What the events say, added up here in the order in which they were written: pages act one after the other."""
    rows = db.session.execute(
        sa.select(
            AttendanceEvent.event_id,
            AttendanceEvent.opening_id,
            AttendanceEvent.counter,
            AttendanceEvent.band,
            AttendanceEvent.delta,
            AttendanceEvent.undoes,
        ).order_by(AttendanceEvent.id)
    ).all()
    made = {row.event_id: row for row in rows}
    found: Sums[tuple[Counter, str | None]] = Sums()
    for row in rows:
        counted, sign = (made[row.undoes], -1) if row.undoes else (row, 1)
        if counted.opening_id == opening.id and counted.delta is not None:
            found[counted.counter, counted.band] += sign * counted.delta
    return {tile: number for tile, number in found.items() if number}


def typed(dice: random.Random) -> Totals:
    return replace(
        counts.NOTHING, by_band={band: dice.randrange(5) for band in BANDS}, staff=dice.randrange(3)
    )


@pytest.mark.parametrize("seed", range(6))
def test_after_any_acts_the_counts_are_what_the_events_say(
    station: Station, volunteer: Person, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  (a play, no secret)
    openings = [an_opening(station), an_opening(station, dt.time(0, 1))]
    for _ in range(60):
        here, there = dice.sample(openings, 2)
        try:
            act = dice.randrange(10)
            if act < 6:
                tap(here, volunteer, *dice.choice(TILES))
            elif act < 8:
                counting.undo(opening=here, client_event_id=str(uuid.uuid4()), by=volunteer)
            elif act == 8:
                day.correct(opening=here, typed=typed(dice), reason="紙の記録から", by=volunteer)
            else:
                moving.move(opening=here, to=there, reason="別の回だった", by=volunteer)
        except (RuleBroken, Conflict):
            pass
    for opening in openings:
        counted = {tile: n for tile, n in counts.totals(opening).counts().items() if n}
        assert counted == summed(opening) != {}
    assert events.recount() == []


def test_an_opening_to_which_nobody_came_was_held(station: Station, volunteer: Person) -> None:
    opening = an_opening(station)
    day.begin(opening=opening, by=volunteer)
    held = counts.totals_between(station.id, opening.on, opening.on)
    assert (held.openings, held.totals.visits) == (1, 0)
    counted = counts.visits_of_year(clock.fiscal_year(opening.on))
    assert counted.by_committee == {(station.committee_id, opening.on.month): 0}


def spoil(opening: Opening) -> None:
    """One count and one missing row, as after writing to the database past the application."""
    db.session.execute(
        sa.update(OpeningCount).where(OpeningCount.band == CHILD).values(number=OpeningCount.number + 7)
    )
    db.session.execute(sa.delete(OpeningCount).where(OpeningCount.counter == Counter.STAFF))


def test_a_wrong_count_is_found_and_corrected(app: Flask, station: Station, volunteer: Person) -> None:
    opening = an_opening(station)
    tap(opening, volunteer)
    tap(opening, volunteer, Counter.STAFF, None)
    spoil(opening)
    found = {(one.counter, one.band): (one.counted, one.events) for one in events.recount()}
    assert found == {(Counter.VISIT, CHILD): (8, 1), (Counter.STAFF, None): (0, 1)}
    assert counts.totals(opening).visits == 8  # looking changes nothing
    events.recount(correct=True)
    assert events.recount() == []
    assert (counts.totals(opening).visits, counts.totals(opening).staff) == (1, 1)


def test_the_command_says_whether_the_counts_are_right(
    app: Flask, station: Station, volunteer: Person
) -> None:
    run = app.test_cli_runner().invoke
    opening = an_opening(station)
    tap(opening, volunteer)
    db.session.commit()
    assert run(args=["attendance", "recount"]).exit_code == 0
    spoil(opening)
    db.session.commit()
    wrong = run(args=["attendance", "recount"])
    assert wrong.exit_code == 1 and "8" in wrong.output
    assert run(args=["attendance", "recount", "--correct"]).exit_code == 0
    assert run(args=["attendance", "recount"]).exit_code == 0


def test_the_database_holds_one_count_a_tile(station: Station, volunteer: Person) -> None:
    opening = an_opening(station)
    tap(opening, volunteer, Counter.STAFF, None)
    row = db.session.scalars(sa.select(OpeningCount).where(OpeningCount.counter == Counter.STAFF)).one()
    again = {"record_id": row.record_id, "station_id": row.station_id, "month": row.month}
    for wrong in (
        again | {"counter": Counter.STAFF, "band": None, "number": 1},
        again | {"counter": Counter.VISIT, "band": "unknown", "number": 1},
        again | {"counter": Counter.VISIT, "band": CHILD, "number": -1},
    ):
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.insert(OpeningCount).values(**wrong))
