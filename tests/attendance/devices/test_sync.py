"""What a tablet sends is stored once, row by row, with the counts; at any size in the same number of statements."""

import datetime as dt
import gzip
import json
import random
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stations.attendance.devices.models import Device
from stations.attendance.models import AttendanceEvent, OpeningCount, OpeningRecord
from stations.attendance.projection import Unclear, project
from stations.attendance.queries import counts, questions
from stations.attendance.queries import events as stored
from stations.attendance.queries import waiting as attendance_tasks
from stations.attendance.services import day
from stations.attendance.services import events as attendance_events
from stations.attendance.services.sync import take
from stations.attendance.sync_rows import parse_message
from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import db
from tests.attendance.devices.conftest import Door
from tests.support import cast
from tests.support.client import PageClient
from tests.support.statements import recorded
from tests.support.tablet import Tablet, enrolled

EVENTS = "/api/v1/attendance/events"
CHILD = "elementary"
DAY = dt.timedelta(days=1)


def an_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Sender:
    """A tablet at one opening, and what it sends."""

    tablet: Tablet
    opening: Opening
    person_id: int | None = None
    sequence: int = 0
    verdicts: list[str] = field(default_factory=list)

    def row(self, kind: str, **said: object) -> dict[str, Any]:
        self.sequence += 1
        return {
            "id": an_id(),
            "seq": self.sequence,
            "at": clock.now().isoformat(),
            "opening": self.opening.id,
            "by": self.person_id,
            "kind": kind,
            **said,
        }

    def count(self, tile: str = CHILD, delta: int = 1, **said: object) -> dict[str, Any]:
        return self.row("count", tile=tile, delta=delta, **said)

    def send(self, *rows: object, **said: object) -> Any:
        message = {"device_time": clock.now().isoformat(), "events": list(rows), **said}
        answer = self.tablet.post(EVENTS, json=message)
        assert answer.status_code == 200, answer.text
        self.verdicts = [one["verdict"] for one in answer.json["verdicts"]]
        return answer.json

    def state(self, **said: object) -> Any:
        [state] = self.send(watch=[self.opening.id], **said)["openings"]
        return state


@pytest.fixture
def sender(door: Door) -> Sender:
    return Sender(door.tablet, cast.opening(door.station, starts_at=cast.STARTED), door.volunteer.id)


def events_of(opening: Opening) -> list[AttendanceEvent]:
    of_opening = sa.select(AttendanceEvent).where(AttendanceEvent.opening_id == opening.id)
    return list(db.session.scalars(of_opening.order_by(AttendanceEvent.id)))


def test_a_count_is_stored_with_who_when_and_which_tablet(sender: Sender, door: Door) -> None:
    answer = sender.send(sender.count())
    assert sender.verdicts == ["accepted"]
    [state] = answer["openings"]
    assert (state["totals"][CHILD], state["totals"]["staff"], state["stored"], state["open"]) == (
        1,
        0,
        1,
        True,
    )
    [event] = events_of(sender.opening)
    assert (event.device_id, event.by_id, event.sequence) == (door.device.id, door.volunteer.id, 1)
    assert counts.totals(sender.opening).visits == 1
    assert state["last"] == [{"id": event.event_id, "at": state["last"][0]["at"], "tile": CHILD, "delta": 1}]


def test_who_stood_there_is_one_of_the_stations_people_or_nobody(sender: Sender) -> None:
    stranger = cast.person(Role.VOLUNTEER, of=cast.station(cast.committee("よそ"), "よそ"))
    sender.send(sender.count(by=stranger.id), sender.count(by=None))
    assert [(one.by_id, one.author_unsure) for one in events_of(sender.opening)] == [
        (None, True),
        (None, False),
    ]


def test_a_row_sent_again_is_a_duplicate_and_another_under_its_id_a_conflict(sender: Sender) -> None:
    row = sender.count()
    sender.send(row, row, row | {"delta": 2})
    assert sender.verdicts == ["accepted", "duplicate", "conflict"]
    sender.send(row, row | {"tile": "teen"})
    assert sender.verdicts == ["duplicate", "duplicate"] or sender.verdicts == ["duplicate", "conflict"]
    sender.send(row | {"tile": "teen"})
    assert sender.verdicts == ["conflict"]
    assert counts.totals(sender.opening).visits == 1


BAD: list[object] = [
    None,
    7,
    {},
    {"id": "x"},
    {"id": an_id(), "kind": "count"},
    {"kind": "reopened"},
    {"kind": "moved", "undoes": an_id()},
    {"kind": "card_in", "card": 7},
    {"delta": 0},
    {"delta": True},
    {"delta": 10**9},
    {"tile": "visit"},
    {"tile": "no_such_band"},
    {"opening": 0},
    {"opening": 2**40},
    {"at": "yesterday"},
    {"kind": "undo"},
    {"kind": "correction"},
    {"kind": "correction", "reason": " "},
    {"kind": "correction", "reason": "数え間違い", "after": ["x"]},
    {"kind": "closed"},
    {"kind": "closed", "totals": {"teen": -1}},
    {"kind": "note", "text": " "},
    {"kind": "note", "text": "あ" * 2_001},
]


def test_a_bad_row_never_holds_the_others_up(sender: Sender) -> None:
    bad = [
        one if not isinstance(one, dict) or not one or "id" in one else sender.count() | one for one in BAD
    ]
    answer = sender.send(sender.count(), *bad, sender.count())
    assert sender.verdicts == ["accepted", *["rejected"] * len(bad), "accepted"]
    assert all(one["reason"] for one in answer["verdicts"] if one["verdict"] == "rejected")
    assert [one["row"] for one in answer["verdicts"]] == list(range(len(bad) + 2))
    assert counts.totals(sender.opening).visits == 2


def test_openings_of_others_and_of_tomorrow_and_cancelled_ones_wait_on_the_tablet(
    sender: Sender, door: Door
) -> None:
    foreign = cast.opening(cast.station(cast.committee("よそ"), "よそ"), starts_at=cast.STARTED)
    tomorrow = cast.opening(door.station, clock.today() + DAY)
    cancelled = cast.opening(door.station, clock.today() - DAY)
    cancelled.status, cancelled.cancelled_reason = OpeningStatus.CANCELLED, "台風のため"
    rows = [sender.count(opening=one.id) for one in (foreign, tomorrow, cancelled)]
    answer = sender.send(*rows, watch=[foreign.id])
    assert sender.verdicts == ["rejected"] * 3
    assert foreign.id not in [one["id"] for one in answer["openings"]]
    cancelled.status, cancelled.cancelled_reason = OpeningStatus.PLANNED, None
    db.session.flush()
    sender.send(*rows)
    assert sender.verdicts == ["rejected", "rejected", "accepted"], "restored by the leader, it is taken"


def test_an_undo_may_come_first(sender: Sender) -> None:
    row = sender.count()
    sender.send(sender.row("undo", undoes=row["id"]))
    sender.send(row, sender.count())
    assert counts.totals(sender.opening).visits == 1


def test_what_was_moved_is_taken_back_where_it_is(sender: Sender, door: Door) -> None:
    from stations.attendance.services import moving

    row = sender.count()
    sender.send(row)
    later = cast.opening(door.station)
    moving.move(opening=sender.opening, to=later, reason="午後の回だった", by=door.volunteer)
    assert (counts.totals(sender.opening).visits, counts.totals(later).visits) == (0, 1)
    sender.send(row, sender.row("undo", undoes=row["id"]))
    assert sender.verdicts == ["duplicate", "accepted"]
    assert (counts.totals(sender.opening).visits, counts.totals(later).visits) == (0, 0)
    assert attendance_events.recount() == []


def test_more_are_taken_away_than_were_there(sender: Sender) -> None:
    """Two tablets each saw one visitor, and each took one away."""
    state = sender.send(sender.count(), sender.count(delta=-1), sender.count(delta=-1))["openings"][0]
    assert sender.verdicts == ["accepted"] * 3 and state["totals"][CHILD] == 0


def test_the_day_is_closed_at_the_tablet(sender: Sender, door: Door) -> None:
    sender.send(sender.count())
    state = sender.send(sender.row("closed", totals={CHILD: 1}))["openings"][0]
    record = counts.record_of(sender.opening)
    assert record is not None and not state["open"] and len(state["closings"]) == 1
    assert (record.closed_by_id, record.asks) == (door.volunteer.id, False)
    assert sender.opening.status is OpeningStatus.HELD
    [entry] = audit.timeline(record)
    assert (entry.act, entry.by_name, entry.detail) == (
        "close",
        door.volunteer.name,
        {"device_id": door.device.id},
    )


def test_what_reaches_a_closed_day_counts_and_its_leader_is_asked(sender: Sender, door: Door) -> None:
    day.close(opening=sender.opening, by=door.leader)
    state = sender.send(sender.count())["openings"][0]
    record = counts.record_of(sender.opening)
    assert sender.verdicts == ["accepted"] and not state["open"]
    assert record is not None and record.asks and counts.totals(sender.opening).visits == 1
    day.reopen(opening=sender.opening, reason="届いたため", by=door.leader)
    day.close(opening=sender.opening, by=door.leader)
    assert not record.asks


def test_two_tablets_that_close_differently_ask_the_leader(sender: Sender, door: Door) -> None:
    device, token = enrolled(door.station, door.leader, name="受付2")
    other = Sender(Tablet(door.app, token), sender.opening)
    sender.send(sender.count(), sender.row("correction", tile=CHILD, delta=2, reason="数え間違い"))
    sender.send(sender.row("closed", totals={CHILD: 3}))
    other.send(other.count(), other.row("closed", totals={CHILD: 1}))
    record = counts.record_of(sender.opening)
    assert record is not None and record.asks and record.status == "closed"
    assert len(sender.state()["closings"]) == 2
    assert device.id != door.device.id


def test_a_tablets_clock_is_measured_and_believed_about_nothing(sender: Sender, door: Door) -> None:
    ahead = clock.now() + 2 * DAY
    answer = sender.send(sender.count(at=ahead.isoformat()), device_time=ahead.isoformat())
    assert abs(answer["clock_ahead_seconds"] - 2 * 24 * 3600) < 60
    [event] = events_of(sender.opening)
    record = counts.record_of(sender.opening)
    assert record is not None and not record.late_entry
    assert (
        abs(event.happened_at - clock.now()) < dt.timedelta(minutes=1) and event.made_at > clock.now() + DAY
    )
    db.session.refresh(door.device)
    assert door.device.clock_ahead_seconds == answer["clock_ahead_seconds"]


def test_what_a_tablet_still_holds_is_kept(sender: Sender, door: Door) -> None:
    sender.send(sender.count(), unsent={str(sender.opening.id): 8})
    db.session.refresh(door.device)
    assert door.device.unsent == 7 and door.device.last_synced_at is not None


def test_notes_are_sealed(sender: Sender) -> None:
    sender.send(
        sender.row("note", text="お茶をこぼした"), sender.row("incident", text="入口の段差でつまずいた")
    )
    raw = db.session.execute(sa.text("SELECT words FROM attendance_event ORDER BY id")).scalars().all()
    assert [one.startswith("s1:") for one in raw] == [True, True]
    assert [one.words for one in events_of(sender.opening)] == ["お茶をこぼした", "入口の段差でつまずいた"]


def posted(sender: Sender, body: bytes, headers: dict[str, str] | None = None) -> Any:
    """Raw bytes, as a device that is broken or lies may send them."""
    headers = headers or {}
    return sender.tablet.post(EVENTS, json=None, data=body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b'{"events": 7}', 400),
        (b"[" * 100_000, 400),
        (b'{"events": [' + b"7," * 1_000 + b"7]}", 400),
        (b'{"events": [], "note": "' + b"x" * 1_000_000 + b'"}', 413),
    ],
)
def test_what_is_no_message(sender: Sender, body: bytes, status: int) -> None:
    assert posted(sender, body).status_code == status


def test_packed_messages(sender: Sender) -> None:
    packed = gzip.compress(json.dumps({"events": [sender.count()]}).encode())
    answer = posted(sender, packed, {"Content-Encoding": "gzip"})
    assert answer.status_code == 200 and counts.totals(sender.opening).visits == 1
    bomb = gzip.compress(b'{"events": [], "x": "' + b"x" * 50_000_000 + b'"}')
    assert posted(sender, bomb, {"Content-Encoding": "gzip"}).status_code == 413
    assert posted(sender, b"no gzip", {"Content-Encoding": "gzip"}).status_code == 400


def test_one_event_takes_five_statements_and_a_thousand_no_more(sender: Sender) -> None:
    sender.send(sender.count(), sender.count("teen"))
    row, rows = sender.count(), [sender.count() for _ in range(1_000)]
    with recorded(db.engine) as one:
        sender.send(row)
    with recorded(db.engine) as many:
        sender.send(*rows)
    assert len(one) <= 5, one
    assert len(many) <= len(one)


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_way_of_sending_keeps_what_a_recount_finds(door: Door, data: st.DataObject) -> None:
    """Events of two openings, shuffled, sent twice, split over two tablets and any batches."""
    openings = _two_openings(door)
    devices = db.session.scalars(sa.select(Device.id).order_by(Device.id)).all()
    rows = _some_rows(data, openings)
    dice = random.Random(data.draw(st.integers(0, 999)))  # noqa: S311  (a play, no secret)
    sent = rows + dice.choices(rows, k=len(rows))
    dice.shuffle(sent)
    while sent:
        size = dice.randrange(1, len(sent) + 1)
        batch, sent = sent[:size], sent[size:]
        take(
            device_id=dice.choice(devices),
            station_id=door.station.id,
            message=parse_message({"events": batch}),
        )
    facts = stored.facts_of([one.id for one in openings])
    assert len(facts) == len(rows)
    said = project(facts)
    for opening in openings:
        counted = {tile: n for tile, n in counts.totals(opening).counts().items() if n}
        says = said.get(opening.id)
        assert counted == {tile: n for tile, n in (says.totals if says else {}).items() if n}
        record = counts.record_of(opening)
        if says is not None:
            assert record is not None
            assert (record.closed_at is not None, record.asks) == (says.is_closed, says.asks())
    assert attendance_events.recount() == []


def _two_openings(door: Door) -> list[Opening]:
    """Of the station with its two tablets, on days that no other example had."""
    if db.session.scalar(sa.select(sa.func.count(Device.id))) == 1:
        enrolled(door.station, door.leader, name="受付2")
    before = db.session.scalar(sa.select(sa.func.count(Opening.id))) or 0
    return [
        cast.opening(door.station, clock.today() - (before + nth) * DAY, starts_at=cast.STARTED)
        for nth in (0, 1)
    ]


def _some_rows(data: st.DataObject, openings: list[Opening]) -> list[dict[str, Any]]:
    ids = [an_id() for _ in range(data.draw(st.integers(1, 12)))]
    rows = []
    for number, event_id in enumerate(ids):
        kind = data.draw(st.sampled_from(["count", "count", "count", "undo", "correction", "closed", "note"]))
        row: dict[str, Any] = {
            "id": event_id,
            "kind": kind,
            "opening": data.draw(st.sampled_from(openings)).id,
        }
        row["at"] = (clock.now() + dt.timedelta(seconds=number % 3)).isoformat()
        others = st.lists(st.sampled_from(ids), max_size=2)
        match kind:
            case "count":
                row |= {"tile": data.draw(st.sampled_from([CHILD, "unknown", "staff"]))}
                row |= {"delta": data.draw(st.sampled_from([1, 1, 2, -1]))}
            case "undo":
                row |= {"undoes": data.draw(st.sampled_from(ids))}
            case "correction":
                row |= {"tile": CHILD, "delta": data.draw(st.sampled_from([-1, 2])), "reason": "数え間違い"}
                row |= {"after": data.draw(others)}
            case "closed":
                row |= {"totals": {CHILD: data.draw(st.integers(0, 2))}, "after": data.draw(others)}
            case _:
                row |= {"text": "にぎやか"}
        rows.append(row)
    return rows


@pytest.fixture
def committed(app: Flask) -> Iterator[tuple[int, int, str]]:
    """An opening and a tablet that other threads can see."""
    with app.app_context():
        station = cast.station(cast.committee())
        opening = cast.opening(station, starts_at=cast.STARTED)
        _device, token = enrolled(station, cast.person(Role.STATION_LEADER, of=station))
        db.session.commit()
        yield opening.id, station.id, token


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_the_same_batch_twice_at_once_and_others_beside_it(
    app: Flask, committed: tuple[int, int, str]
) -> None:
    opening_id, _station_id, token = committed
    same = [
        {
            "id": an_id(),
            "at": "2026-01-01T00:00:00Z",
            "opening": opening_id,
            "kind": "count",
            "tile": CHILD,
            "delta": 1,
        }
    ] * 3
    batches = [same, same, *([same[0] | {"id": an_id()} for _ in range(20)] for _ in range(4))]
    together, statuses = threading.Barrier(len(batches)), []

    def send(rows: list[dict[str, Any]]) -> None:
        tablet = Tablet(app, token)
        together.wait()
        statuses.append(tablet.post(EVENTS, json={"events": rows}).status_code)

    threads = [threading.Thread(target=send, args=(rows,)) for rows in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * len(batches)
    db.session.rollback()
    opening = counts.opening(opening_id)
    assert opening is not None and counts.totals(opening).visits == 1 + 80
    assert db.session.scalar(sa.select(sa.func.count(OpeningRecord.id))) == 1
    assert db.session.scalar(sa.select(sa.func.sum(OpeningCount.number))) == 81
    assert attendance_events.recount() == []


# ---- what the leader is asked ------------------------------------------------------------------------------------


@pytest.fixture
def corrected_twice(sender: Sender, door: Door) -> Sender:
    """Two tablets counted the same five people again, and each typed another number."""
    _device, token = enrolled(door.station, door.leader, name="受付2")
    other = Sender(Tablet(door.app, token), sender.opening)
    sender.send(sender.count(delta=5), sender.row("correction", tile=CHILD, delta=2, reason="数え間違い"))
    other.send(other.row("correction", tile=CHILD, delta=1, reason="数え間違い"))
    return sender


def asked_of(door: Door) -> list[str]:
    return [task.label for task in attendance_tasks.waiting_for(door.leader) if "決める" in task.label]


def test_a_leader_reads_both_sides_and_decides(
    corrected_twice: Sender, door: Door, client: PageClient
) -> None:
    opening = corrected_twice.opening
    [question] = questions.questions_of(opening)
    assert question.unclear is Unclear.CORRECTED_DIFFERENTLY
    assert [(one.device, one.person, one.number) for one in question.sides] == [
        ("受付1", door.volunteer.name, 7),
        ("受付2", None, 6),
    ]
    assert len(asked_of(door)) == 1
    client.sign_in(door.leader)
    page = client.get(f"/attendance/openings/{opening.id}")
    assert "受付2" in page.text and "6" in page.text
    # The number that stands is the right one: who saves it with a reason has decided.
    day.correct(opening=opening, typed=counts.totals(opening), reason="名簿と合わせた", by=door.leader)
    assert questions.questions_of(opening) == [] and asked_of(door) == []
    assert counts.totals(opening).visits == 6


def test_another_number_than_both_sides(corrected_twice: Sender, door: Door) -> None:
    typed = replace(counts.totals(corrected_twice.opening), by_band={CHILD: 9})
    day.correct(opening=corrected_twice.opening, typed=typed, reason="名簿と合わせた", by=door.leader)
    assert counts.totals(corrected_twice.opening).visits == 9
    assert questions.questions_of(corrected_twice.opening) == []


def test_what_arrived_after_the_closing_is_decided_by_closing_again(sender: Sender, door: Door) -> None:
    day.close(opening=sender.opening, by=door.leader)
    sender.send(sender.count())
    assert len(asked_of(door)) == 1
    assert attendance_tasks.waiting_for(door.volunteer) == [], "a volunteer is not asked"
    [question] = questions.questions_of(sender.opening)
    assert (question.unclear, question.sides[0].person) == (Unclear.CHANGED_SINCE, door.leader.name)
    day.reopen(opening=sender.opening, reason="届いたため", by=door.leader)
    day.close(opening=sender.opening, by=door.leader)
    assert asked_of(door) == []
