"""Who sees which stations, and what comes next."""

import datetime as dt

from sqlalchemy.orm import Session

from stations.committees import queries
from stations.committees.services import calendar
from stations.core import clock
from stations.core.access import Permission, Role
from tests.support import cast

TODAY = clock.today()


def test_the_city_sees_every_district_and_a_committee_its_own(db_session: Session):
    here, there = cast.committee("此方"), cast.committee("彼方")
    own = cast.station(of=here, name="こちら")
    cast.station(of=there, name="あちら")
    city = queries.districts_for(cast.person(Role.OFFICER))
    assert [(one.committee.name, one.own) for one in city] == [(here.name, False), (there.name, False)]
    chair = cast.person(Role.CHAIR, of=here)
    assert [one.committee.name for one in queries.districts_for(chair)] == [here.name]
    assert queries.stations_for(chair, Permission.OPENING_MANAGE) == [own]


def test_own_districts_come_first(db_session: Session):
    cast.committee("一")
    second = cast.committee("二")
    both = cast.person(Role.OFFICER)
    cast.give(both, Role.CHAIR, of=second)
    assert queries.districts_for(both)[0].committee.name == second.name


def test_a_volunteer_sees_the_own_station_only(db_session: Session):
    committee = cast.committee()
    mine, other = cast.station(of=committee), cast.station(of=committee, name="別")
    volunteer = cast.person(Role.VOLUNTEER, of=mine)
    assert queries.stations_for(volunteer, Permission.VISIT_RECORD) == [mine]
    [shown] = queries.districts_for(volunteer)
    assert (shown.stations, other in shown.stations) == ([mine], False)


def test_the_next_opening_of_a_station_is_the_next_that_takes_place(db_session: Session):
    station = cast.station(of=cast.committee())
    leader = cast.person(Role.STATION_LEADER, of=station)
    days = [TODAY + dt.timedelta(days=n) for n in (-1, 2, 9)]
    openings = [cast.opening(of=station, on=day) for day in days]
    calendar.cancel_opening(opening=openings[1], reason="台風のため", by=leader)
    assert queries.next_by_station([station.id]) == {station.id: openings[2]}
    assert queries.next_openings() == openings[1:]
    assert queries.next_openings(planned_only=True, limit=1) == [openings[2]]
    assert queries.openings_between(days[0], days[1]) == openings[:2]


def test_what_is_over_is_not_the_next_opening(db_session: Session):
    station = cast.station(of=cast.committee())
    today, later = cast.opening(of=station), cast.opening(of=station, on=TODAY + dt.timedelta(days=7))
    for hour, following, over in ((11, today, set()), (12, later, {station.id}), (23, later, {station.id})):
        with clock.frozen_at(dt.datetime.combine(TODAY, dt.time(hour), clock.TOKYO)):
            assert queries.next_by_station([station.id]) == {station.id: following}
            assert queries.next_openings()[0] == following
            assert queries.ended_today(queries.near_openings([station.id], clock.today())) == over


def test_a_station_without_a_planned_opening_waits_for_its_people(db_session: Session):
    station = cast.station(of=cast.committee())
    leader = cast.person(Role.STATION_LEADER, of=station)
    [task] = queries.waiting_for(leader)
    assert (task.endpoint, dict(task.values)) == ("committees.calendar", {"station_id": station.id})
    assert queries.waiting_for(cast.person(Role.VOLUNTEER, of=station)) == []
    assert queries.waiting_for(cast.person(Role.OFFICER)) == []
    cast.opening(of=station, on=TODAY + dt.timedelta(days=1))
    assert queries.waiting_for(leader) == []


def test_public_are_the_stations_that_run_today(db_session: Session):
    committee = cast.committee()
    running = cast.station(of=committee, name="開催中")
    preparing, ended = cast.station(of=committee, name="準備中"), cast.station(of=committee, name="終了")
    preparing.opened_on = None
    ended.closed_on = TODAY - dt.timedelta(days=1)
    db_session.flush()
    assert queries.running_stations() == [running]
