"""The endpoint a device sends its touches to: one bad row never holds the others up, and nothing answers 500."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from stations.attendance.queries import counts
from stations.committees.models import Opening, Station
from stations.core import clock
from stations.core.access import Role
from stations.people.models import Person
from tests.support import cast
from tests.support.client import PageClient, csrf_token


@dataclass
class Device:
    """A tablet on which somebody is signed in, at the page of today's opening."""

    client: PageClient
    opening: Opening
    token: str

    def post(self, **options: Any) -> Any:
        headers = {"X-CSRFToken": self.token}
        return self.client.open(
            f"/attendance/openings/{self.opening.id}/events", method="POST", headers=headers, **options
        )

    def send(self, *rows: object, **told: object) -> Any:
        answer = self.post(json={"events": list(rows), **told})
        assert answer.status_code == 200, answer.text
        return answer.json

    def visits(self) -> int:
        return counts.totals(self.opening).visits


@pytest.fixture
def station(db_session: object) -> Station:
    return cast.station(cast.committee())


@pytest.fixture
def volunteer(station: Station) -> Person:
    return cast.person(Role.VOLUNTEER, of=station)


@pytest.fixture
def device(client: PageClient, station: Station, volunteer: Person) -> Device:
    opening = cast.opening(station, starts_at=cast.STARTED)
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{opening.id}/tally")
    return Device(client, opening, csrf_token(page))


def row(**other: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "at": clock.now().isoformat(), "key": "teen", "delta": 1} | other


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+09:00", "a year ahead"])
def test_a_clock_that_stands_anywhere_counts(device: Device, at: str) -> None:
    if at == "a year ahead":
        at = (clock.now() + dt.timedelta(days=365)).isoformat()
    answer = device.send(row(at=at), row())
    assert [one["verdict"] for one in answer["answers"]] == ["accepted", "accepted"]
    assert device.visits() == 2
    record = counts.record_of(device.opening)
    assert record is not None and not record.late_entry
    assert device.client.get(f"/attendance/openings/{device.opening.id}").status == 200
    assert device.client.get(f"/attendance/openings/{device.opening.id}/tally").status == 200


def test_one_bad_row_does_not_hold_the_others_up(device: Device) -> None:
    deep: object = []
    for _ in range(200):
        deep = [deep]
    rows = [row(), row(kind="scan"), row(key="dog"), deep, row(id=deep), row(id=None), row(at="x"), row()]
    answer = device.send(*rows)
    verdicts = {one["row"]: one["verdict"] for one in answer["answers"]}
    assert verdicts == {0: "accepted", **dict.fromkeys(range(1, 7), "refused"), 7: "accepted"}
    assert all(one["problem"] for one in answer["answers"] if one["verdict"] == "refused")
    assert device.visits() == 2


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "3",
        '"events"',
        "null",
        "{}",
        "{",
        '{"events": {}}',
        "[" * 100_000,
        '{"a":' * 50_000,
        "1" * 9_000,
    ],
)
def test_a_body_that_is_no_batch_is_answered_with_a_reason(device: Device, body: str) -> None:
    answer = device.post(data=body, content_type="application/json")
    assert answer.status_code == 400 and answer.json["problem"]
    assert device.visits() == 0
