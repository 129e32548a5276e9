"""Tablets: whose touches they send, how their clocks stand, what they still hold, and touches at the wrong opening."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from stations.attendance import authors
from stations.attendance.device_events import DeviceEvent, DeviceReport
from stations.attendance.models import AttendanceEvent
from stations.attendance.queries import counts, tablets
from stations.attendance.queries import waiting as attendance_tasks
from stations.attendance.rules import Counter, Totals, Verdict
from stations.attendance.services import counting, day, devices, moving
from stations.committees.models import Opening, Station
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.people.models import Person, RoleAssignment
from tests.support import cast
from tests.support.refusals import refused

CHILD, TEEN = "elementary", "teen"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass
class Door:
    """A station's opening of today, the volunteer who tapped and the one who signs in after them."""

    station: Station
    opening: Opening
    first: Person
    second: Person
    device_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def mark(self, of: Person | None = None) -> str:
        return authors.mark(person_id=(of or self.first).id, opening_id=self.opening.id)

    def event(self, mark: str | None, at: dt.datetime | None = None) -> DeviceEvent:
        return DeviceEvent(
            client_event_id=str(uuid.uuid4()),
            tapped_at=at or clock.now(),
            band=CHILD,
            delta=1,
            author=mark,
        )

    def send(
        self, *events: DeviceEvent, by: Person | None = None, sent_at: dt.datetime | None = None
    ) -> None:
        answers = counting.receive(opening=self.opening, events=events, by=by or self.second, sent_at=sent_at)
        assert {answer.verdict for answer in answers} == {Verdict.ACCEPTED}

    def stored(self) -> list[AttendanceEvent]:
        return list(db.session.scalars(sa.select(AttendanceEvent).order_by(AttendanceEvent.id)))

    def report(self, unsent: int, *, by: Person | None = None, **other: object) -> None:
        devices.note_report(
            opening=self.opening,
            report=DeviceReport(str(other.get("device", self.device_id)), unsent, bool(other.get("gone"))),
            settled=int(str(other.get("settled", 0))),
            clock_ahead=dt.timedelta(days=float(str(other.get("days", 0)))),
            by=by or self.first,
        )

    def count(self, on: Opening, band: str = CHILD, *, at: dt.time = dt.time(0, 1), delta: int = 1) -> str:
        event_id = str(uuid.uuid4())
        counting.tap(
            opening=on,
            client_event_id=event_id,
            counter=Counter.VISIT,
            band=band,
            delta=delta,
            tapped_at=dt.datetime.combine(on.on, at, clock.TOKYO),
            by=self.first,
        )
        return event_id


@pytest.fixture
def door(db_session: object) -> Door:
    station = cast.station(cast.committee())
    first, second = (cast.person(Role.VOLUNTEER, of=station) for _ in range(2))
    return Door(station, cast.opening(station, starts_at=cast.STARTED), first, second)


# ---- who tapped --------------------------------------------------------------------------------------------------


def test_a_touch_is_its_authors_no_matter_who_sends_it(door: Door) -> None:
    door.send(door.event(door.mark()), by=door.second)
    [tap] = door.stored()
    assert (tap.by_id, tap.sent_by_id, tap.author_unsure) == (door.first.id, door.second.id, False)


def test_a_touch_that_its_author_sends(door: Door) -> None:
    door.send(door.event(door.mark(door.second)), by=door.second)
    [tap] = door.stored()
    assert (tap.by_id, tap.sent_by_id, tap.author_unsure) == (door.second.id, None, False)


def forged(door: Door) -> str:
    """The first volunteer's mark with another number in it: the signature does not fit."""
    content, _dot, signature = door.mark(door.second).rpartition(".")
    other, _dot, _signature = door.mark(door.first).rpartition(".")
    assert content != other
    return f"{other}.{signature}"


def elsewhere(door: Door) -> str:
    """A mark of another opening, of which the author may well know."""
    other = cast.opening(door.station, clock.today() - DAY)
    return authors.mark(person_id=door.first.id, opening_id=other.id)


def too_old(door: Door) -> str:
    with clock.frozen_at(clock.now() - 13 * HOUR):
        return door.mark()


def not_drawn_yet(door: Door) -> str:
    with clock.frozen_at(clock.now() + HOUR):
        return door.mark()


def of_an_outsider(door: Door) -> str:
    return door.mark(cast.person(Role.VOLUNTEER, of=cast.station(cast.committee("よそ"), "よそ")))


def of_a_reader(door: Door) -> str:
    """Who may read the record may not count."""
    return door.mark(cast.person(Role.OFFICER))


@pytest.mark.parametrize(
    "claim", [None, "", "x" * 400, forged, elsewhere, too_old, not_drawn_yet, of_an_outsider, of_a_reader]
)
def test_a_sender_cannot_name_an_author(door: Door, claim: object) -> None:
    door.send(door.event(claim(door) if callable(claim) else claim))  # type: ignore[arg-type]  # a str or None
    [tap] = door.stored()
    assert (tap.by_id, tap.sent_by_id, tap.author_unsure) == (door.second.id, None, True)


def test_the_role_of_the_day_counts(door: Door) -> None:
    """A term that ended yesterday covers yesterday's touches, which arrive today; and not today's."""
    role = db.session.scalars(sa.select(RoleAssignment).filter_by(person_id=door.first.id)).one()
    yesterday = clock.now() - 11 * HOUR - dt.timedelta(minutes=30)
    door.opening.on = clock.local_date(yesterday)
    with clock.frozen_at(yesterday):
        mark = door.mark()
    role.to_on = clock.local_date(yesterday)
    db.session.flush()
    door.send(door.event(mark, yesterday))
    role.to_on = clock.local_date(yesterday) - DAY
    db.session.flush()
    door.send(door.event(mark, yesterday))
    assert [tap.author_unsure for tap in door.stored()] == [False, True]


def test_who_takes_a_touch_back_is_known_too(door: Door) -> None:
    touch = door.event(door.mark(door.second))
    undo = DeviceEvent(
        client_event_id=str(uuid.uuid4()),
        tapped_at=clock.now(),
        undo=True,
        undoes=touch.client_event_id,
        author=door.mark(),
    )
    door.send(touch, undo)
    assert [tap.by_id for tap in door.stored()] == [door.second.id, door.first.id]


def test_a_page_says_who_counted(door: Door) -> None:
    door.send(door.event(door.mark()), door.event(door.mark()), door.event(None))
    rows = {one.name: (one.rows, one.sent_by_others, one.unsure) for one in _counted_by(door)}
    assert rows == {door.first.name: (2, 2, 0), door.second.name: (1, 0, 1)}


def _counted_by(door: Door) -> list[tablets.CountedBy]:
    return tablets.counted_by(counts.record_of(door.opening))


# ---- clocks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [2 * DAY, -2 * DAY, 365 * DAY])
def test_a_wrong_clock_does_not_make_a_late_entry(door: Door, ahead: dt.timedelta) -> None:
    now = clock.now()
    door.send(door.event(door.mark(), now + ahead), sent_at=now + ahead)
    record = counts.record_of(door.opening)
    [tap] = door.stored()
    assert record is not None and not record.late_entry
    assert tap.made_at == now + ahead, "kept as the device gave it"
    assert not tap.author_unsure


def test_touches_of_a_past_opening_are_late_by_a_wrong_clock_too(door: Door) -> None:
    door.opening.on = clock.today() - DAY
    door.send(door.event(None, clock.now() - 2 * DAY), sent_at=clock.now() - 2 * DAY)
    record = counts.record_of(door.opening)
    assert record is not None and record.late_entry


def test_a_leader_hears_of_a_wrong_clock_until_it_is_set(door: Door) -> None:
    leader = cast.person(Role.STATION_LEADER, of=door.station)
    door.report(0, days=2)
    [device] = tablets.wrong_clocks(leader)
    assert (device.clock_ahead_seconds, device.person_id) == (2 * 24 * 3600, door.first.id)
    stranger = cast.person(Role.STATION_LEADER, of=cast.station(cast.committee("よそ"), "よそ"))
    assert tablets.wrong_clocks(stranger) == []
    door.report(0, days=0)
    assert tablets.wrong_clocks(leader) == []


# ---- what other tablets hold ------------------------------------------------------------------------------------


def test_who_closes_hears_of_touches_on_another_tablet(door: Door) -> None:
    door.report(3)
    with pytest.raises(RuleBroken) as broken:
        day.close(opening=door.opening, by=door.second)
    assert broken.value.field == "others_checked"
    day.close(opening=door.opening, by=door.second, others_checked=True)


def test_a_tablet_that_fell_silent_may_hold_touches(door: Door) -> None:
    with clock.frozen_at(clock.now() - dt.timedelta(minutes=4)):
        door.report(0)
    assert len(tablets.devices_behind(door.opening)) == 1
    door.report(0)
    assert tablets.devices_behind(door.opening) == []
    day.close(opening=door.opening, by=door.second)


def test_a_tablet_that_left_the_page_holds_nothing(door: Door) -> None:
    with clock.frozen_at(clock.now() - HOUR):
        door.report(0)
        door.report(0, gone=True)
    assert tablets.devices_behind(door.opening) == []
    door.report(0, gone=True, device=str(uuid.uuid4()))
    assert len(tablets.devices_of(door.opening)) == 1, "who only looks at the record does not count"


def test_what_is_answered_is_not_held_any_more(door: Door) -> None:
    door.report(5, settled=5)
    assert tablets.devices_behind(door.opening) == []
    door.report(5, settled=2)
    [device] = tablets.devices_behind(door.opening)
    assert device.unsent == 3


def test_touches_that_reach_a_closed_record_wait_on_the_home_page(door: Door) -> None:
    day.close(opening=door.opening, by=door.second)
    door.report(4)
    [task] = attendance_tasks.waiting_for(door.second)
    assert (task.endpoint, task.values) == ("attendance.totals", {"opening_id": door.opening.id})
    day.reopen(opening=door.opening, reason="届いたため", by=door.second)
    door.report(4, settled=4)
    assert [task.endpoint for task in attendance_tasks.waiting_for(door.second)] == ["attendance.tally"]


def test_what_the_closer_has_looked_into_waits_no_longer(door: Door) -> None:
    door.report(4)
    day.close(opening=door.opening, by=door.second, others_checked=True)
    assert attendance_tasks.waiting_for(door.second) == []
    door.report(4)
    assert len(attendance_tasks.waiting_for(door.second)) == 1, "it was heard of again"
    day.reopen(opening=door.opening, reason="端末が見つからないため", by=door.second)
    day.close(opening=door.opening, by=door.second, others_checked=True)
    assert attendance_tasks.waiting_for(door.second) == []


def test_only_people_of_the_station_report(door: Door) -> None:
    with pytest.raises(NotAllowed):
        door.report(1, by=cast.person(Role.OFFICER))


# ---- touches at the wrong opening ---------------------------------------------------------------------------------


@pytest.fixture
def afternoon(door: Door) -> Opening:
    opening = cast.opening(door.station, door.opening.on)
    opening.starts_at, opening.ends_at = dt.time(13), dt.time(15)
    return opening


def visits(*openings: Opening) -> list[int]:
    return [counts.totals(one).visits for one in openings]


def move(door: Door, to: Opening, **other: object) -> list[AttendanceEvent]:
    return moving.move(opening=door.opening, to=to, reason="押しまちがい", by=door.second, **other)  # type: ignore[arg-type]  # since


def test_touches_of_the_wrong_opening_are_moved_with_time_and_author(door: Door, afternoon: Opening) -> None:
    for band in (CHILD, CHILD, TEEN):
        door.count(door.opening, band)
    door.count(afternoon, TEEN)
    before = counts.totals(door.opening)
    move(door, afternoon)
    assert visits(door.opening, afternoon) == [0, 4]
    assert counts.totals(afternoon).by_band[TEEN] == before.by_band[TEEN] + 1
    moved = [tap for tap in door.stored() if tap.moved_from]
    assert {tap.by_id for tap in moved} == {door.first.id}
    assert {tap.made_at.astimezone(clock.TOKYO).time() for tap in moved} == {dt.time(0, 1)}
    for opening in (door.opening, afternoon):
        record = counts.record_of(opening)
        assert record is not None and not record.late_entry
        entry = audit.timeline(record)[0]
        assert entry.reason == "押しまちがい" and entry.by_name == door.second.name


def test_touches_from_an_hour_on(door: Door, afternoon: Opening) -> None:
    door.opening.on = afternoon.on = clock.today() - DAY
    for hour in (10, 11, 13, 14):
        door.count(door.opening, at=dt.time(hour))
    assert tablets.movable_by_hour(counts.record_of(door.opening)) == [(10, 1), (11, 1), (13, 1), (14, 1)]
    move(door, afternoon, since=dt.time(13))
    assert visits(door.opening, afternoon) == [2, 2]
    with pytest.raises(RuleBroken) as broken:
        move(door, afternoon, since=dt.time(13))
    assert broken.value.field == "since"


def undo(door: Door, event: str, *, event_id: str | None = None) -> Verdict:
    return counting.undo(
        opening=door.opening, client_event_id=event_id or str(uuid.uuid4()), undoes=event, by=door.first
    )


def test_a_touch_that_was_moved_is_taken_back_where_it_is_now(door: Door, afternoon: Opening) -> None:
    evening = cast.opening(door.station, door.opening.on)
    evening.starts_at, evening.ends_at = dt.time(18), dt.time(20)
    event, once = door.count(door.opening), str(uuid.uuid4())
    door.count(afternoon)
    move(door, afternoon)
    moving.move(opening=afternoon, to=evening, reason="夜の回だったため", by=door.second)
    assert visits(door.opening, afternoon, evening) == [0, 0, 2]
    assert undo(door, event, event_id=once) is Verdict.ACCEPTED
    assert visits(door.opening, afternoon, evening) == [0, 0, 1]
    assert undo(door, event, event_id=once) is Verdict.DUPLICATE, "sent twice"
    assert undo(door, event) is Verdict.DUPLICATE, "taken back already"
    assert visits(door.opening, afternoon, evening) == [0, 0, 1]
    with refused(RuleBroken, None, "取り消せる入力はありません"):  # it was never made at that opening
        counting.undo(opening=afternoon, client_event_id=str(uuid.uuid4()), undoes=event, by=door.first)


def test_a_touch_that_was_moved_into_a_closed_record_says_where_it_went(
    door: Door, afternoon: Opening
) -> None:
    event = door.count(door.opening)
    afternoon.starts_at = dt.time(0, 2)
    move(door, afternoon)
    day.close(opening=afternoon, by=door.first)
    with pytest.raises(Conflict) as broken:
        undo(door, event)
    assert broken.value.params["starts_at"] == "00:02"
    assert visits(door.opening, afternoon) == [0, 1]
    day.reopen(opening=afternoon, reason="1人多かったため", by=door.first)
    assert undo(door, event) is Verdict.ACCEPTED
    assert visits(door.opening, afternoon) == [0, 0]


def test_a_tile_that_was_corrected_down_keeps_its_touches(door: Door, afternoon: Opening) -> None:
    door.count(door.opening)
    nobody: Totals = counts.NOTHING
    day.correct(opening=door.opening, typed=nobody, reason="数え間違い", by=door.first)
    with pytest.raises(RuleBroken) as broken:
        move(door, afternoon)
    assert broken.value.field == "since" and visits(door.opening, afternoon) == [0, 0]


def test_nothing_is_moved_to_another_station_or_a_closed_record(door: Door, afternoon: Opening) -> None:
    door.count(door.opening)
    foreign = cast.opening(cast.station(cast.committee("よそ"), "よそ"), starts_at=cast.STARTED)
    for wrong in (foreign, door.opening):
        with pytest.raises(RuleBroken) as broken:
            move(door, wrong)
        assert broken.value.field == "to"
    afternoon.starts_at = dt.time(0, 1)
    day.close(opening=afternoon, by=door.first)
    with pytest.raises(Conflict):
        move(door, afternoon)
    assert tablets.openings_to_move_to(door.opening) == []
    day.reopen(opening=afternoon, reason="移すため", by=door.first)
    assert tablets.openings_to_move_to(door.opening) == [afternoon]
    with refused(RuleBroken, "reason"):
        moving.move(opening=door.opening, to=afternoon, reason=" ", by=door.second)


def test_nobody_fills_the_list_with_tablets_that_do_not_exist(door: Door) -> None:
    """A new name in each report takes the place of the sender's own; what another tablet holds goes on standing there."""
    door.report(3, by=door.second, device=uuid.UUID(int=1_000))
    door.report(7)
    for number in range(50):
        door.report(0, device=uuid.UUID(int=number))
    kept = tablets.devices_of(door.opening)
    assert len(kept) == devices.DEVICES_OF_ONE + 1
    assert {one.unsent for one in kept if one.unsent} == {3, 7}
    assert str(uuid.UUID(int=49)) in {one.device_id for one in kept}
