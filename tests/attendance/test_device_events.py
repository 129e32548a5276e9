"""What a device sends: every row is read by itself, and a wrong clock costs nobody a touch."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.attendance.device_events import (
    MAX_BATCH,
    Batch,
    DeviceEvent,
    clock_ahead,
    happened_at,
    parse_batch,
    parse_event,
)
from stations.attendance.rules import MAX_COUNT, Counter
from stations.core import clock
from stations.core.messages import RuleBroken
from tests.support.refusals import refused

ID, AT = str(uuid.uuid4()), "2026-11-23T01:00:00.000Z"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
times = st.datetimes(timezones=st.just(UTC))


def test_a_row() -> None:
    event = parse_event({"id": ID, "at": AT, "key": "teen", "delta": -1})
    assert (event.counter, event.band, event.delta) == (Counter.VISIT, "teen", -1)
    assert event.tapped_at == NOW
    undo = parse_event({"id": ID, "at": AT, "undo": True, "undoes": ID, "author": "signed"})
    assert (undo.undo, undo.undoes, undo.author) == (True, ID, "signed")


UNREADABLE = "送られた記録を読み取れませんでした"


@pytest.mark.parametrize(
    ("change", "saying"),
    [
        ({"id": None}, UNREADABLE),
        ({"id": "1"}, UNREADABLE),
        ({"at": "now"}, UNREADABLE),
        ({"at": "2026-11-23T01:00:00"}, UNREADABLE),
        ({"at": ["2026"]}, UNREADABLE),
        ({"key": "visit"}, "数える欄"),
        ({"key": {"teen": 1}}, "数える欄"),
        ({"delta": 0}, UNREADABLE),
        ({"delta": True}, UNREADABLE),
        ({"delta": "1"}, UNREADABLE),
        ({"delta": MAX_COUNT + 1}, UNREADABLE),
        ({"delta": 10**400}, UNREADABLE),
        ({"undoes": "1"}, UNREADABLE),
        ({"kind": "scan"}, "この種類の記録"),
        ({"kind": ["tap"]}, "この種類の記録"),
        ({"author": 5}, UNREADABLE),
        ({"author": "x" * 3000}, UNREADABLE),
    ],
)
def test_an_unreadable_row_is_refused(change: dict[str, object], saying: str) -> None:
    with refused(RuleBroken, None, saying):
        parse_event({"id": ID, "at": AT, "key": "teen", "delta": 1} | change)
    with refused(RuleBroken, None, UNREADABLE):
        parse_event("teen")


@pytest.mark.parametrize(
    "at",
    [
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+09:00",
        "0001-01-01T00:00:00Z",
        "2036-02-29T00:00:00Z",
    ],
)
def test_a_time_of_any_year_is_read_and_can_be_shown_everywhere(at: str) -> None:
    event = parse_event({"id": ID, "at": at, "key": "teen", "delta": 1})
    assert event.tapped_at.astimezone(UTC).year == int(at[:4])
    assert event.tapped_at.astimezone(clock.TOKYO).year == int(at[:4])


def test_a_batch_is_read_row_by_row() -> None:
    good = {"id": ID, "at": AT, "key": "teen", "delta": 1}
    batch = parse_batch({"events": [good, {**good, "key": "Dog"}, 7, good], "now": AT})
    kinds = [type(row) for row in batch.rows]
    assert kinds == [DeviceEvent, RuleBroken, RuleBroken, DeviceEvent]
    assert batch.sent_at == NOW


@pytest.mark.parametrize(
    "body", [None, [], "events", 3, {}, {"events": {}}, {"events": [1] * (MAX_BATCH + 1)}]
)
def test_a_body_that_is_no_batch_is_refused(body: object) -> None:
    with refused(RuleBroken, None, UNREADABLE):
        parse_batch(body)


@pytest.mark.parametrize("now", [None, "soon", 5, {}, "2026-11-23T01:00:00"])
def test_a_device_that_does_not_say_its_time(now: object) -> None:
    assert parse_batch({"events": [], "now": now}).sent_at is None


@pytest.mark.parametrize(
    ("tapped_at", "sent_at", "expected"),
    [
        (NOW - timedelta(hours=3), NOW, NOW - timedelta(hours=3)),
        (NOW - timedelta(hours=3), None, NOW - timedelta(hours=3)),
        # A clock two days ahead, two days behind: three hours passed until it was sent.
        (NOW + timedelta(days=2, hours=-3), NOW + timedelta(days=2), NOW - timedelta(hours=3)),
        (NOW - timedelta(days=2, hours=3), NOW - timedelta(days=2), NOW - timedelta(hours=3)),
        # Ahead, and put right before it was sent, or never known: not later than it was received.
        (NOW + timedelta(days=365), NOW, NOW),
        (NOW + timedelta(days=365), None, NOW),
        # A year at the end of all calendars, said by a clock that stands at their beginning.
        (datetime(9999, 12, 30, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC), NOW),
    ],
)
def test_when_a_touch_happened_is_judged_by_the_time_of_receipt(
    tapped_at: datetime, sent_at: datetime | None, expected: datetime
) -> None:
    assert happened_at(tapped_at, sent_at, NOW) == expected


@given(tapped_at=times, sent_at=st.none() | times)
def test_no_touch_happens_after_it_was_received(tapped_at: datetime, sent_at: datetime | None) -> None:
    assert happened_at(tapped_at, sent_at, NOW) <= NOW


def test_how_far_a_clock_is_ahead() -> None:
    assert clock_ahead(NOW + timedelta(days=2), NOW) == timedelta(days=2)
    assert clock_ahead(NOW - timedelta(days=2), NOW) == -timedelta(days=2)
    assert clock_ahead(None, NOW) == timedelta(0)
    assert clock_ahead(NOW + timedelta(seconds=20), NOW) == timedelta(seconds=20)


def test_a_report_of_the_device() -> None:
    device = str(uuid.uuid4())
    batch = parse_batch({"events": [], "device": device, "unsent": 7, "gone": True})
    assert batch.report is not None
    assert (batch.report.device_id, batch.report.unsent, batch.report.gone) == (device, 7, True)
    for wrong in ({}, {"device": "x"}, {"device": device, "unsent": -1}, {"device": device, "unsent": "7"}):
        assert parse_batch({"events": [], **wrong}).report is None


def test_an_empty_batch_is_one_that_only_asks() -> None:
    assert parse_batch({"events": []}) == Batch(rows=[], sent_at=None, report=None)
