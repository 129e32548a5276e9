"""The stories of the openings: who came, of what age, who helped; now and then one is called off."""

import datetime as dt
import uuid
from collections import Counter

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance.band_rules import STANDARD, UNKNOWN
from stations.attendance.models import AttendanceEvent, OpeningCount, OpeningRecord
from stations.attendance.projection import EventKind
from stations.attendance.rules import Counter as Counted
from stations.attendance.rules import RecordAct, RecordStatus, Totals
from stations.attendance.services import day
from stations.committees.models import Opening
from stations.committees.rules import OpeningAct, OpeningStatus
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import db, fetch_all
from stations.demo import ages, calendar
from stations.demo.diary import Days, Story, at
from stations.demo.places import PLACES, Place
from stations.demo.town import Town

VISITS = 20_000
"""About so many visits in all, however much of the year has passed."""

_CANCELLED_PART = 0.03
_LATELY = dt.timedelta(days=30)
_WEATHER = ("晴れ", "晴れ", "晴れ", "くもり", "くもり", "雨")
# April first: spring and autumn are full, the hottest and the coldest weeks are not.
_SEASON = (1.1, 1.15, 0.95, 0.85, 0.75, 1.0, 1.2, 1.15, 0.95, 0.85, 0.9, 1.0)
_NOTES = (
    "",
    "",
    "",
    "初めての方が、お茶の準備を手伝ってくださった。",
    "こどもたちが作った作品を飾った。次回も続きを作る。",
    "体操のあと、近くの公園まで散歩した。",
    "道具が足りず、交代で使った。次回までに用意する。",
)
_INCIDENTS = ("", "", "", "", "", "", "", "通路の荷物につまずきそうになった。置き場を変えた。")
_REASON = "紙の記録から入力したため"
# Table, act, state before and after.
_Done = tuple[str, str, str, str]
_CLOSED: _Done = (OpeningRecord.__tablename__, RecordAct.CLOSE, RecordStatus.OPEN, RecordStatus.CLOSED)
_HELD: _Done = (Opening.__tablename__, OpeningAct.HOLD, OpeningStatus.PLANNED, OpeningStatus.HELD)
# Made once and sent past the session, whose bookkeeping would take longer than the statements themselves.
_NEW_RECORD = sa.insert(OpeningRecord).returning(OpeningRecord.id)
_NEW_VISITS, _NEW_COUNTS = sa.insert(AttendanceEvent), sa.insert(OpeningCount)
_NEW_EVENTS = sa.insert(audit.Event)
_NOW_HELD = (
    sa.update(Opening).where(Opening.id == sa.bindparam("opening_id")).values(status=OpeningStatus.HELD)
)


def scale(days: Days) -> float:
    """By how much ordinary crowds are multiplied to come to `VISITS`."""
    expected = sum(place.crowd * len(calendar.opened_days(days, place)) for place in PLACES if place.running)
    return VISITS / (expected * (1 - _CANCELLED_PART))


def story(town: Town, place: Place, crowds: float) -> Story:
    """One station's openings of both years, each written on its own day: what asks on a later day finds it.

    The latest by the acts of the page, older ones in fewer statements: they are too many for the acts.
    """
    lately = town.days.today - _LATELY
    for year in (town.days.year - 1, town.days.year):
        first, last = clock.fiscal_year_period(year)
        yield at(first, 7)
        for opening in _planned(town, place, first, last):
            if town.dice.random() < _CANCELLED_PART:
                yield at(opening.on - dt.timedelta(days=1), 12)
                calendar.cancel(town, place, opening)
                continue
            yield _afterwards(opening)
            hold = _write_down if opening.on < lately else _hold
            hold(town, place, opening, crowds)


def _planned(town: Town, place: Place, first: dt.date, last: dt.date) -> list[Opening]:
    return fetch_all(
        sa.select(Opening)
        .options(orm.joinedload(Opening.station), orm.joinedload(Opening.venue))
        .where(
            Opening.station_id == town.stations[place.key].id,
            Opening.on.between(first, min(last, town.days.today - dt.timedelta(days=1))),
            Opening.status == OpeningStatus.PLANNED,
        )
        .order_by(Opening.on)
    )


def _afterwards(opening: Opening) -> dt.datetime:
    return at(opening.on, opening.ends_at.hour, 30)


def _hold(town: Town, place: Place, opening: Opening, crowds: float) -> None:
    crew, dice = town.crew[place.key], town.dice
    day.correct(
        opening=opening,
        typed=_counted(town, place, opening, crowds),
        reason=_REASON,
        by=crew[Role.VOLUNTEER],
    )
    day.save_details(
        opening=opening,
        weather=dice.choice(_WEATHER),
        note=dice.choice(_NOTES),
        incident=dice.choice(_INCIDENTS),
        by=crew[Role.STATION_LEADER],
    )
    day.close(opening=opening, by=crew[Role.STATION_LEADER])


def _write_down(town: Town, place: Place, opening: Opening, crowds: float) -> None:
    """An opening as `_hold` leaves it, without its acts."""
    crew = town.crew[place.key]
    leader_id, volunteer_id = crew[Role.STATION_LEADER].id, crew[Role.VOLUNTEER].id
    record_id = _close_record(town, opening, started_by_id=volunteer_id, closed_by_id=leader_id)
    counted = _counted(town, place, opening, crowds)
    visits = [
        _visit(town, opening, EventKind.CORRECTION, volunteer_id, counter=counter, band=band, delta=delta)
        for (counter, band), delta in counted.counts().items()
        if delta
    ]
    confirmed = {key: number for key, number in counted.by_tile().items() if number}
    visits.append(_visit(town, opening, EventKind.CLOSED, leader_id, totals=confirmed))
    counts = [
        {
            "record_id": record_id,
            "station_id": opening.station_id,
            "month": opening.on.replace(day=1),
            "fiscal_year": clock.fiscal_year(opening.on),
            "counter": counter,
            "band": band,
            "number": number,
        }
        for (counter, band), number in ({(Counted.VISIT, UNKNOWN.code): 0} | counted.counts()).items()
        if number or band == UNKNOWN.code
    ]
    events = [_event(opening, _CLOSED, record_id, leader_id), _event(opening, _HELD, opening.id, leader_id)]
    connection = db.session.connection()
    connection.execute(_NEW_VISITS, visits)
    connection.execute(_NEW_COUNTS, counts)
    connection.execute(_NEW_EVENTS, events)
    connection.execute(_NOW_HELD, {"opening_id": opening.id})
    orm.attributes.set_committed_value(opening, "status", OpeningStatus.HELD)


def _visit(town: Town, opening: Opening, kind: EventKind, by_id: int, **said: object) -> dict[str, object]:
    """One event of an opening, as a page of the city's server makes it."""
    done_at = _afterwards(opening)
    return {
        "event_id": str(uuid.UUID(int=town.dice.getrandbits(128), version=4)),
        "opening_id": opening.id,
        "kind": kind,
        "counter": None,
        "band": None,
        "delta": None,
        "totals": None,
        "made_at": done_at,
        "happened_at": done_at,
        "received_at": done_at,
        "by_id": by_id,
        **said,
    }


def _close_record(town: Town, opening: Opening, *, started_by_id: int, closed_by_id: int) -> int:
    """A closed record of an opening; returns its id."""
    dice, done_at = town.dice, _afterwards(opening)
    written = db.session.connection().execute(
        _NEW_RECORD,
        {
            "opening_id": opening.id,
            "weather": dice.choice(_WEATHER),
            "note": dice.choice(_NOTES),
            "incident": dice.choice(_INCIDENTS),
            "late_entry": False,
            "started_at": done_at,
            "started_by_id": started_by_id,
            "closed_at": done_at,
            "closed_by_id": closed_by_id,
        },
    )
    return written.scalar_one()


def _event(opening: Opening, done: _Done, object_id: int, by_id: int) -> dict[str, object]:
    """What history says of an opening that took place."""
    table, act, before, after = done
    return {
        "at": _afterwards(opening),
        "by_id": by_id,
        "object_type": table,
        "object_id": object_id,
        "act": act,
        "from_status": before,
        "to_status": after,
        "reason": None,
        "detail": {},
    }


def _counted(town: Town, place: Place, opening: Opening, crowds: float) -> Totals:
    dice = town.dice
    season = _SEASON[(opening.on.month - 4) % 12]
    visitors = max(3, round(place.crowd * crowds * season * dice.uniform(0.75, 1.25)))
    year = clock.fiscal_year(opening.on)
    came = [
        ages.code(band, year, town.days) for band in dice.choices(STANDARD, weights=place.ages, k=visitors)
    ]
    consultations = dice.choice((0, 0, 0, 1, 1, 2))
    return Totals(
        by_band=dict(Counter(came)),
        first_timers=min(visitors, dice.randint(0, 5)),
        staff=dice.randint(2, 4),
        volunteers=dice.randint(1, 6),
        consultations=consultations,
        connected=min(consultations, dice.choice((0, 0, 1))),
    )
