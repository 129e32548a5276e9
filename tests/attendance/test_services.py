"""Counting exactly once, taking back, correcting and closing, on both databases."""

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.attendance.device_events import DeviceEvent
from stations.attendance.models import AttendanceEvent, OpeningRecord
from stations.attendance.queries import counts
from stations.attendance.queries import waiting as attendance_tasks
from stations.attendance.rules import Counter, Totals, Verdict
from stations.attendance.services import counting
from stations.attendance.services import day as attendance_day
from stations.committees.models import Opening, Station
from stations.committees.rules import OpeningStatus
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import AppendOnlyError, db, fetch_all
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.people.models import Person
from tests.support import cast
from tests.support.refusals import refused

CHILD = "elementary"


@dataclass
class Day:
    """Today's opening of one station, and the volunteer who counts at it."""

    station: Station
    opening: Opening
    volunteer: Person

    def tap(self, delta: int = 1, counter: Counter = Counter.VISIT, **other: str) -> Verdict:
        band = CHILD if counter is Counter.VISIT else None
        return counting.tap(
            opening=self.opening,
            client_event_id=other.get("event", str(uuid.uuid4())),
            counter=counter,
            band=band,
            delta=delta,
            tapped_at=clock.now(),
            by=self.volunteer,
        )

    def undo(self, undoes: str | None = None) -> Verdict:
        return counting.undo(
            opening=self.opening, client_event_id=str(uuid.uuid4()), undoes=undoes, by=self.volunteer
        )

    @property
    def totals(self) -> Totals:
        return counts.totals(self.opening)


def a_day(on: dt.date | None = None) -> Day:
    station = cast.station(cast.committee())
    return Day(
        station, cast.opening(station, on, starts_at=cast.STARTED), cast.person(Role.VOLUNTEER, of=station)
    )


@pytest.fixture
def day(db_session: object) -> Day:
    return a_day()


@pytest.fixture
def yesterday(db_session: object) -> Day:
    return a_day(clock.today() - dt.timedelta(days=1))


def test_taps_add_up_by_age_band(day: Day) -> None:
    day.tap()
    day.tap()
    day.tap(counter=Counter.STAFF)
    day.tap(-1)
    assert day.totals.by_band[CHILD] == 1
    assert (day.totals.visits, day.totals.staff) == (1, 1)


def test_the_same_event_sent_again_is_acknowledged_and_not_counted(day: Day) -> None:
    event = str(uuid.uuid4())
    assert day.tap(event=event) is Verdict.ACCEPTED
    assert day.tap(event=event) is Verdict.DUPLICATE
    assert day.totals.visits == 1


def test_an_event_of_another_opening_is_refused(day: Day) -> None:
    event = str(uuid.uuid4())
    other = replace(day, opening=cast.opening(day.station, clock.today() - dt.timedelta(days=7)))
    day.tap(event=event)
    with refused(RuleBroken, None, "別の開催回"):
        other.tap(event=event)


def test_no_tile_goes_below_zero(day: Day) -> None:
    with pytest.raises(RuleBroken) as broken:
        day.tap(-1)
    assert broken.value.field == "count"
    day.tap()
    day.tap(-1)
    assert day.totals.visits == 0


def test_undo_takes_the_last_active_tap_back_one_after_another(day: Day) -> None:
    day.tap()
    day.tap(counter=Counter.STAFF)
    day.undo()
    assert (day.totals.visits, day.totals.staff) == (1, 0)
    day.undo()
    assert day.totals.visits == 0
    with refused(RuleBroken, None, "取り消せる入力はありません"):
        day.undo()


def test_undo_of_a_named_tap_leaves_later_ones(day: Day) -> None:
    event = str(uuid.uuid4())
    day.tap(event=event)
    day.tap(counter=Counter.STAFF)
    assert day.undo(event) is Verdict.ACCEPTED
    assert (day.totals.visits, day.totals.staff) == (0, 1)
    assert day.undo(event) is Verdict.DUPLICATE, "another device took it back meanwhile"
    assert day.totals.visits == 0


def test_undo_leaves_typed_corrections(day: Day) -> None:
    day.tap()
    typed = replace(day.totals, by_band={**day.totals.by_band, CHILD: 5})
    attendance_day.correct(opening=day.opening, typed=typed, reason="数え間違い", by=day.volunteer)
    day.undo()
    assert day.totals.visits == 4
    with refused(RuleBroken, None, "取り消せる入力はありません"):
        day.undo()


def test_nothing_is_recorded_before_the_day(db_session: object) -> None:
    tomorrow = a_day(clock.today() + dt.timedelta(days=1))
    with pytest.raises(RuleBroken, match="開催日になってから"):
        tomorrow.tap()
    assert fetch_all(sa.select(OpeningRecord)) == []


def test_a_cancelled_opening_is_not_recorded(day: Day) -> None:
    day.opening.status, day.opening.cancelled_reason = OpeningStatus.CANCELLED, "台風のため"
    with pytest.raises(RuleBroken, match="中止"):
        day.tap()


@pytest.mark.parametrize("role", [Role.CHAIR, Role.OFFICER, Role.VOLUNTEER])
def test_only_people_of_the_station_count(day: Day, role: Role) -> None:
    elsewhere = cast.station(day.station.committee, "よそ")
    body = {Role.CHAIR: day.station.committee, Role.OFFICER: None, Role.VOLUNTEER: elsewhere}[role]
    with pytest.raises(NotAllowed):
        replace(day, volunteer=cast.person(role, of=body)).tap()


def test_a_correction_needs_a_reason_and_is_written_down(day: Day) -> None:
    day.tap()
    typed = replace(day.totals, by_band={**day.totals.by_band, CHILD: 3}, first_timers=2)
    with pytest.raises(RuleBroken) as broken:
        attendance_day.correct(opening=day.opening, typed=typed, reason=" ", by=day.volunteer)
    assert broken.value.field == "reason"
    record = attendance_day.correct(opening=day.opening, typed=typed, reason="紙の記録", by=day.volunteer)
    assert day.totals == typed and not record.late_entry
    entry = audit.timeline(record)[0]
    assert entry.reason == "紙の記録" and entry.detail == {"visit:elementary": 2, "first_timer": 2}


def test_first_timers_are_never_more_than_visitors(day: Day) -> None:
    with pytest.raises(RuleBroken) as broken:
        attendance_day.correct(
            opening=day.opening, typed=replace(day.totals, first_timers=1), reason="紙", by=day.volunteer
        )
    assert broken.value.field == "first_timers"


def test_typing_what_stands_there_already_changes_nothing(day: Day) -> None:
    day.tap()
    record = attendance_day.correct(opening=day.opening, typed=day.totals, reason="", by=day.volunteer)
    assert audit.timeline(record) == []


def test_what_is_typed_after_the_day_carries_the_mark(yesterday: Day) -> None:
    typed = replace(yesterday.totals, staff=2)
    record = attendance_day.correct(
        opening=yesterday.opening, typed=typed, reason="紙", by=yesterday.volunteer
    )
    assert record.late_entry


def test_a_tap_of_the_day_that_arrives_late_is_not_a_late_entry(yesterday: Day) -> None:
    event = DeviceEvent(
        client_event_id=str(uuid.uuid4()),
        tapped_at=clock.now() - dt.timedelta(days=1),
        band=CHILD,
        delta=1,
    )
    counting.receive(opening=yesterday.opening, events=[event], by=yesterday.volunteer)
    record = counts.record_of(yesterday.opening)
    assert record is not None and not record.late_entry
    assert yesterday.totals.visits == 1


def test_a_queue_is_answered_row_by_row(day: Day) -> None:
    first, second = (
        DeviceEvent(client_event_id=str(uuid.uuid4()), tapped_at=clock.now(), band=CHILD, delta=delta)
        for delta in (1, -2)
    )
    answers = counting.receive(opening=day.opening, events=[first, second, first], by=day.volunteer)
    assert [answer.verdict for answer in answers] == [Verdict.ACCEPTED, Verdict.REFUSED, Verdict.DUPLICATE]
    assert answers[1].problem is not None and day.totals.visits == 1


def test_what_meets_a_closed_record_is_to_be_sent_again(day: Day) -> None:
    event = DeviceEvent(client_event_id=str(uuid.uuid4()), tapped_at=clock.now(), band=CHILD, delta=1)
    attendance_day.close(opening=day.opening, by=day.volunteer)
    [answer] = counting.receive(opening=day.opening, events=[event], by=day.volunteer)
    assert answer.verdict is Verdict.CLOSED
    attendance_day.reopen(opening=day.opening, reason="数え忘れ", by=day.volunteer)
    [answer] = counting.receive(opening=day.opening, events=[event], by=day.volunteer)
    assert answer.verdict is Verdict.ACCEPTED and day.totals.visits == 1


def test_closing_holds_the_opening_and_ends_the_counting(day: Day) -> None:
    day.tap()
    record = attendance_day.close(opening=day.opening, by=day.volunteer)
    assert record.closed_by_id == day.volunteer.id and day.opening.status is OpeningStatus.HELD
    for late in (day.tap, day.undo):
        with pytest.raises(Conflict):
            late()
    with pytest.raises(Conflict):
        attendance_day.close(opening=day.opening, by=day.volunteer)
    with pytest.raises(Conflict):
        attendance_day.save_details(
            opening=day.opening, weather="晴れ", note="", incident="", by=day.volunteer
        )
    with pytest.raises(Conflict):
        attendance_day.correct(
            opening=day.opening, typed=replace(day.totals, staff=9), reason="訂正", by=day.volunteer
        )


def test_the_history_of_a_day_says_each_step_and_only_a_change_of_state_as_one(day: Day) -> None:
    attendance_day.save_details(opening=day.opening, weather="晴れ", note="", incident="", by=day.volunteer)
    attendance_day.correct(
        opening=day.opening, typed=replace(day.totals, staff=2), reason=" 紙の記録 ", by=day.volunteer
    )
    record = attendance_day.close(opening=day.opening, by=day.volunteer)
    attendance_day.reopen(opening=day.opening, reason="数え忘れ", by=day.volunteer)
    history = [
        (one.act, str(one.from_label), str(one.to_label), one.reason, one.detail)
        for one in audit.timeline(record)
    ]
    assert history[::-1] == [
        ("save_details", "", "", None, {}),
        ("correct", "", "", "紙の記録", {"staff": 2}),
        ("close", "記録中", "確定", None, {}),
        ("reopen", "確定", "記録中", "数え忘れ", {}),
    ]


def test_a_tap_counted_before_the_closing_is_acknowledged_after_it(day: Day) -> None:
    event = str(uuid.uuid4())
    day.tap(event=event)
    attendance_day.close(opening=day.opening, by=day.volunteer)
    assert day.tap(event=event) is Verdict.DUPLICATE


def test_a_closed_record_is_reopened_with_a_reason(day: Day) -> None:
    with pytest.raises(Conflict):
        attendance_day.reopen(opening=day.opening, reason="数え忘れ", by=day.volunteer)
    attendance_day.close(opening=day.opening, by=day.volunteer)
    with refused(RuleBroken, "reason"):
        attendance_day.reopen(opening=day.opening, reason="", by=day.volunteer)
    attendance_day.reopen(opening=day.opening, reason="数え忘れ", by=day.volunteer)
    assert day.opening.status is OpeningStatus.HELD
    day.tap()
    attendance_day.close(opening=day.opening, by=day.volunteer)
    assert day.totals.visits == 1


def test_details_are_kept_and_written_down_once(day: Day) -> None:
    for _ in range(2):
        record = attendance_day.save_details(
            opening=day.opening, weather="晴れ", note="にぎやか", incident="", by=day.volunteer
        )
    assert (record.weather, record.note) == ("晴れ", "にぎやか")
    assert len(audit.timeline(record)) == 1


def test_a_tap_is_never_changed(day: Day) -> None:
    day.tap()
    stored = db.session.scalars(sa.select(AttendanceEvent)).one()
    stored.delta = 7
    with pytest.raises(AppendOnlyError):
        db.session.flush()
    db.session.rollback()


def test_what_waits_is_the_day_and_every_open_past_one(yesterday: Day) -> None:
    today = cast.opening(yesterday.station)
    cast.opening(yesterday.station, clock.today() + dt.timedelta(days=7))
    assert [task.endpoint for task in attendance_tasks.waiting_for(yesterday.volunteer)] == [
        "attendance.tally",
        "attendance.details",
    ]
    attendance_day.close(opening=yesterday.opening, by=yesterday.volunteer)
    assert [row.opening for row in counts.to_record(yesterday.volunteer)] == [today]
    assert counts.to_record(cast.person(Role.OFFICER)) == []


def test_yearly_figures(day: Day) -> None:
    day.tap()
    day.tap()
    day.tap(counter=Counter.CONSULTATION)
    committee, year = day.station.committee_id, clock.fiscal_year(clock.today())
    counted, month = counts.visits_of_year(year), clock.today().month
    assert counted.by_committee == {(committee, month): 2}
    assert counted.by_band == {(month, CHILD): 2, (month, "unknown"): 0}
    before = counts.visits_of_year(year - 1)
    assert (before.by_committee, before.by_band) == ({}, {})
    figures = counts.totals_between(day.station.id, day.opening.on, day.opening.on)
    yesterday = day.opening.on - dt.timedelta(days=1)
    assert counts.totals_between(day.station.id, yesterday, yesterday).openings == 0
    assert (figures.openings, figures.totals.visits, figures.totals.consultations) == (1, 2, 1)
    row = next(row for row in counts.stations_of(cast.person(Role.OFFICER), year))
    assert (row.openings, row.visits, row.unclosed) == (1, 2, 1), "延べ is of the openings that are counted"


@pytest.fixture
def committed(app: Flask) -> Iterator[tuple[int, int]]:
    """An opening and a volunteer that other threads can see."""
    with app.app_context():
        made = a_day()
        db.session.commit()
        yield made.opening.id, made.volunteer.id


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_two_devices_sending_the_same_event_at_once_count_it_once(
    app: Flask, committed: tuple[int, int]
) -> None:
    opening_id, person_id = committed
    event, together = str(uuid.uuid4()), threading.Barrier(2)
    verdicts: list[Verdict] = []

    def send() -> None:
        with app.app_context():
            opening, person = counts.opening(opening_id), db.session.get(Person, person_id)
            assert opening is not None and person is not None
            together.wait()
            verdicts.append(replace(Day(opening.station, opening, person)).tap(event=event))
            db.session.commit()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(verdicts) == [Verdict.ACCEPTED, Verdict.DUPLICATE]
    db.session.rollback()
    found = counts.opening(opening_id)
    assert found is not None and counts.totals(found).visits == 1


def test_a_record_is_closed_once_its_opening_has_started(day: Day) -> None:
    day.opening.starts_at, today = dt.time(10), clock.today()
    early = dt.datetime.combine(today, dt.time(9, 59), clock.TOKYO)
    with clock.frozen_at(early), pytest.raises(RuleBroken, match="まだ始まっていません"):
        attendance_day.close(opening=day.opening, by=day.volunteer)
    with clock.frozen_at(early + dt.timedelta(minutes=1)):
        attendance_day.close(opening=day.opening, by=day.volunteer)
    assert day.opening.status is OpeningStatus.HELD
