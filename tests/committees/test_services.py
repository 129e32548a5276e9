"""Acts on stations, venues and the calendar, on a real database."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.attendance.projection import EventKind
from stations.attendance.rules import Counter
from stations.attendance.services.events import Author, new_record, write
from stations.committees import queries
from stations.committees.models import Committee, District, Opening, Station, Venue
from stations.committees.rules import (
    CalendarPattern,
    Frequency,
    OpeningStatus,
    StationKind,
    occurrences,
)
from stations.committees.services import calendar, districts, officers, stations
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from tests.support import cast
from tests.support.refusals import refused

TODAY = clock.today()
SATURDAY = 5


def second_saturdays(**changes: object) -> CalendarPattern:
    facts: dict[str, object] = {
        "frequency": Frequency.MONTHLY_WEEKDAY,
        "weekday": SATURDAY,
        "nths": (2,),
        "starts_at": dt.time(10),
        "ends_at": dt.time(12),
        "from_on": dt.date(TODAY.year + 1, 1, 1),
        "until_on": dt.date(TODAY.year + 1, 12, 31),
    }
    return CalendarPattern(**{**facts, **changes})  # type: ignore[arg-type]  # the facts are of the right types


@pytest.fixture
def station(db_session: Session) -> Station:
    made = cast.station(of=cast.committee())
    cast.venue(of=made)
    return made


def stage_of(station: Station) -> str:
    return str(station.stage)


def openings_of(station: Station) -> list[Opening]:
    return list(
        db.session.scalars(sa.select(Opening).where(Opening.station_id == station.id).order_by(Opening.on))
    )


def test_the_fifteen_districts_are_loaded_once(db_session: Session):
    assert districts.load_districts() == 15
    assert districts.load_districts() == 0
    names = db_session.scalars(sa.select(District.name).order_by(District.number)).all()
    assert (names[0], names[10], len(names)) == ("明第1", "小金", 15)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Committee)) == 15


def test_a_station_is_prepared_opened_and_closed(db_session: Session):
    committee = cast.committee()
    chair = cast.person(Role.CHAIR, of=committee)
    station = stations.create_station(
        committee=committee, by=chair, name="畑の会", kind=StationKind.FARM, fee="無料"
    )
    assert stage_of(station) == "preparing"
    with pytest.raises(RuleBroken, match="会場"):
        stations.open_station(station=station, on=TODAY, by=chair)
    stations.add_venue(station=station, by=chair, name="見本農園", address="松戸市見本1-1")
    db_session.refresh(station)
    stations.open_station(station=station, on=TODAY, by=chair)
    assert stage_of(station) == "running"
    stations.edit_station(station=station, by=chair, phone="047-000-0001", fee="無料")
    stations.close_station(station=station, on=TODAY, reason="土地を返すため", by=chair)
    assert audit.timeline(station)[0].reason == "土地を返すため"
    station.closed_on = TODAY - dt.timedelta(days=1)
    station.opened_on = TODAY - dt.timedelta(days=1)
    assert stage_of(station) == "closed"
    with pytest.raises(Conflict):
        stations.edit_station(station=station, by=chair, phone="")


def test_closing_takes_out_what_was_planned_for_later(station: Station):
    officer = cast.person(Role.OFFICER)
    calendar.add_rule(station=station, venue=station.venues[0], pattern=second_saturdays(), by=officer)
    with pytest.raises(RuleBroken) as broken:
        stations.close_station(station=station, on=TODAY, reason=" ", by=officer)
    assert broken.value.field == "reason"
    stations.close_station(station=station, on=TODAY, reason="会場がなくなるため", by=officer)
    assert openings_of(station) == []


@pytest.mark.parametrize("role", [Role.TREASURER, Role.COMMITTEE_AUDITOR])
def test_who_only_reads_changes_nothing(db_session: Session, role: Role):
    committee = cast.committee()
    reader = cast.person(role, of=committee)
    with pytest.raises(NotAllowed):
        stations.create_station(committee=committee, by=reader, name="畑の会", kind=StationKind.FARM)


def test_another_committee_changes_nothing(station: Station):
    stranger = cast.person(Role.CHAIR, of=cast.committee("隣"))
    with pytest.raises(NotAllowed):
        stations.edit_station(station=station, by=stranger, name="別の名前")
    with pytest.raises(NotAllowed):
        calendar.add_rule(station=station, venue=station.venues[0], pattern=second_saturdays(), by=stranger)


PATTERNS = [
    second_saturdays(),
    second_saturdays(nths=(1, 3, -1)),
    second_saturdays(frequency=Frequency.WEEKLY, interval=2, weekday=2),
    second_saturdays(frequency=Frequency.MONTHLY_DAY, day=31),
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: f"{pattern.frequency}-{pattern.nths}")
def test_the_calendar_is_what_the_rule_says(station: Station, pattern: CalendarPattern):
    leader = cast.person(Role.STATION_LEADER, of=station)
    rule = calendar.add_rule(station=station, venue=station.venues[0], pattern=pattern, by=leader)
    assert pattern.until_on is not None
    expected = occurrences(pattern, pattern.from_on, pattern.until_on)
    assert [opening.on for opening in openings_of(station)] == expected
    assert {opening.venue_id for opening in openings_of(station)} == {station.venues[0].id}
    assert rule.calendar_pattern == pattern


def test_laying_out_twice_adds_nothing(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    rule = calendar.add_rule(station=station, venue=station.venues[0], pattern=second_saturdays(), by=chair)
    before = len(openings_of(station))
    assert calendar.lay_out(rule) == []
    with pytest.raises(RuleBroken) as broken:
        calendar.add_rule(station=station, venue=station.venues[0], pattern=second_saturdays(), by=chair)
    assert broken.value.field == "starts_at"
    assert len(openings_of(station)) == before == 12


def test_a_rule_needs_an_end_a_day_and_a_venue_of_its_own(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    other = cast.venue(of=cast.station(of=station.committee, name="別のところ"))
    for venue, pattern, field in [
        (station.venues[0], second_saturdays(until_on=None), "until_on"),
        (station.venues[0], second_saturdays(until_on=dt.date(TODAY.year + 5, 1, 1)), "until_on"),
        (station.venues[0], second_saturdays(until_on=dt.date(TODAY.year + 1, 1, 2)), "until_on"),
        (station.venues[0], second_saturdays(nths=()), "nths"),
        (station.venues[0], second_saturdays(ends_at=dt.time(9)), "ends_at"),
        (other, second_saturdays(), "venue_id"),
    ]:
        with pytest.raises(RuleBroken) as broken:
            calendar.add_rule(station=station, venue=venue, pattern=pattern, by=chair)
        assert broken.value.field == field


def test_ending_a_rule_removes_only_what_is_planned_for_later(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    rule = calendar.add_rule(station=station, venue=station.venues[0], pattern=second_saturdays(), by=chair)
    planned = openings_of(station)
    calendar.cancel_opening(opening=planned[6], reason="会場の工事のため", by=chair)
    removed = calendar.end_rule(rule=rule, on=planned[3].on, by=chair)
    assert removed == 7
    assert [opening.on for opening in openings_of(station)] == [
        *(opening.on for opening in planned[:4]),
        planned[6].on,
    ]
    with pytest.raises(Conflict):
        calendar.end_rule(rule=rule, on=planned[4].on, by=chair)
    assert calendar.lay_out(rule) == []


def test_the_past_of_a_rule_stays(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    weekly = second_saturdays(
        frequency=Frequency.WEEKLY,
        weekday=TODAY.weekday(),
        from_on=TODAY - dt.timedelta(days=21),
        until_on=TODAY + dt.timedelta(days=21),
    )
    rule = calendar.add_rule(station=station, venue=station.venues[0], pattern=weekly, by=chair)
    calendar.end_rule(rule=rule, on=TODAY - dt.timedelta(days=30), by=chair)
    assert [opening.on for opening in openings_of(station)] == [
        TODAY - dt.timedelta(days=days) for days in (21, 14, 7, 0)
    ]


def test_an_opening_is_cancelled_with_a_reason_and_restored(station: Station):
    leader = cast.person(Role.STATION_LEADER, of=station)
    opening = cast.opening(of=station)
    with pytest.raises(RuleBroken) as broken:
        calendar.cancel_opening(opening=opening, reason="　", by=leader)
    assert broken.value.field == "reason"
    calendar.cancel_opening(opening=opening, reason="台風のため", by=leader)
    assert (opening.status, opening.cancelled_reason) == (OpeningStatus.CANCELLED, "台風のため")
    with pytest.raises(Conflict):
        calendar.cancel_opening(opening=opening, reason="もう一度", by=leader)
    calendar.restore_opening(opening=opening, by=leader)
    assert (opening.status, opening.cancelled_reason) == (OpeningStatus.PLANNED, None)
    assert [entry.reason for entry in audit.timeline(opening)] == [None, "台風のため"]


def test_an_opening_at_which_somebody_was_counted_is_not_cancelled(station: Station):
    leader = cast.person(Role.STATION_LEADER, of=station)
    opening = cast.opening(of=station)
    record = new_record(opening, leader.id)

    def tap(delta: int) -> None:
        tile = (Counter.VISIT, "unknown")
        write(record, EventKind.COUNT, Author(leader.id), tile=tile, delta=delta, made_at=clock.now())

    tap(+1)
    with pytest.raises(RuleBroken, match="来場の記録"):
        calendar.cancel_opening(opening=opening, reason="台風のため", by=leader)
    tap(-1)
    calendar.cancel_opening(opening=opening, reason="台風のため", by=leader)


def test_a_volunteer_records_but_does_not_cancel(station: Station):
    volunteer = cast.person(Role.VOLUNTEER, of=station)
    opening = cast.opening(of=station)
    with pytest.raises(NotAllowed):
        calendar.cancel_opening(opening=opening, reason="雨のため", by=volunteer)
    calendar.hold_opening(opening=opening, by=volunteer)
    calendar.hold_opening(opening=opening, by=volunteer)
    assert opening.status is OpeningStatus.HELD
    assert len(audit.timeline(opening)) == 1


def test_an_extra_date_never_doubles(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    day = TODAY + dt.timedelta(days=3)
    hours = {"starts_at": dt.time(13), "ends_at": dt.time(15)}
    calendar.add_opening(station=station, venue=station.venues[0], on=day, by=chair, **hours)
    with pytest.raises(RuleBroken) as broken:
        calendar.add_opening(station=station, venue=station.venues[0], on=day, by=chair, **hours)
    assert broken.value.field == "on"


def test_a_venue_is_not_opened_twice_at_once(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    [venue], there = station.venues, cast.opening(of=station, on=TODAY + dt.timedelta(days=3))
    elsewhere = cast.venue(of=station, name="別の会場")
    db.session.refresh(station)

    def extra(start: int, end: int, *, at: Venue = venue) -> Opening:
        hours = {"starts_at": dt.time(start), "ends_at": dt.time(end)}
        return calendar.add_opening(station=station, venue=at, on=there.on, by=chair, **hours)

    for start, end in ((9, 11), (11, 13), (9, 13)):
        with pytest.raises(RuleBroken, match="この日の10:00から12:00まで") as broken:
            extra(start, end)
        assert broken.value.field == "starts_at"
    extra(12, 13)
    extra(11, 13, at=elsewhere)
    calendar.cancel_opening(opening=there, reason="台風のため", by=chair)
    extra(9, 12)


def test_a_cancellation_is_not_taken_back_when_something_else_took_its_place(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    [venue], there = station.venues, cast.opening(of=station, on=TODAY + dt.timedelta(days=3))
    calendar.cancel_opening(opening=there, reason="台風のため", by=chair)
    instead = calendar.add_opening(
        station=station, venue=venue, on=there.on, starts_at=dt.time(11), ends_at=dt.time(13), by=chair
    )
    with pytest.raises(RuleBroken, match="11:00から13:00まで"):
        calendar.restore_opening(opening=there, by=chair)
    calendar.cancel_opening(opening=instead, reason="人が足りないため", by=chair)
    calendar.restore_opening(opening=there, by=chair)


def test_a_rule_whose_venue_is_opened_already_on_all_days_is_refused(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    [venue] = station.venues
    calendar.add_rule(station=station, venue=venue, pattern=second_saturdays(), by=chair)
    early = second_saturdays(starts_at=dt.time(9), ends_at=dt.time(11))
    with pytest.raises(RuleBroken) as broken:
        calendar.add_rule(station=station, venue=venue, pattern=early, by=chair)
    assert broken.value.field == "starts_at"


def test_a_rule_fills_the_days_that_are_free(station: Station):
    chair = cast.person(Role.CHAIR, of=station.committee)
    [venue] = station.venues
    pattern = second_saturdays()
    assert pattern.until_on is not None
    first, second, third, *rest = occurrences(pattern, pattern.from_on, pattern.until_on)
    elsewhere = cast.venue(of=station, name="別の会場")
    hours = {"starts_at": dt.time(9), "ends_at": dt.time(11)}
    for place, on in ((venue, first), (venue, second), (elsewhere, third)):
        extra = calendar.add_opening(station=station, venue=place, on=on, by=chair, **hours)
        if on == second:
            calendar.cancel_opening(opening=extra, reason="台風のため", by=chair)
    rule = calendar.add_rule(station=station, venue=venue, pattern=pattern, by=chair)
    laid = [one.on for one in openings_of(station) if one.rule_id == rule.id]
    assert laid == [second, third, *rest]
    assert calendar.lay_out(rule) == []


def test_officers_are_appointed_for_a_term(db_session: Session):
    committee = cast.committee()
    officer, person = cast.person(Role.OFFICER), cast.person(name="見本 花子")
    term = officers.appoint(
        committee=committee,
        person=person,
        role=Role.TREASURER,
        from_on=TODAY,
        to_on=TODAY + dt.timedelta(days=700),
        by=officer,
    )
    assert [(one.name, one.role, one.active) for one in queries.officers(committee)] == [
        ("見本 花子", Role.TREASURER, True)
    ]
    with refused(RuleBroken, "role", "会計と監査"):
        officers.appoint(
            committee=committee,
            person=person,
            role=Role.COMMITTEE_AUDITOR,
            from_on=TODAY,
            to_on=None,
            by=officer,
        )
    officers.end_term(committee=committee, term=term, on=TODAY, by=officer)
    assert queries.officers(committee)[0].to_on == TODAY


def test_a_committee_does_not_appoint_its_own_officers(db_session: Session):
    committee = cast.committee()
    chair = cast.person(Role.CHAIR, of=committee)
    with pytest.raises(NotAllowed):
        officers.appoint(
            committee=committee, person=chair, role=Role.TREASURER, from_on=TODAY, to_on=None, by=chair
        )


def test_the_contact_of_a_committee_is_the_citys_to_change(db_session: Session):
    committee = cast.committee()
    districts.edit_committee(committee=committee, by=cast.person(Role.OFFICER), phone="047-000-0002")
    assert committee.phone == "047-000-0002"
    with pytest.raises(NotAllowed):
        districts.edit_committee(committee=committee, by=cast.person(Role.CHAIR, of=committee), phone="")
