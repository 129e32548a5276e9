"""What a tablet gets for a week without a network: its station's, of few statements, and nobody's whole name."""

import base64
import datetime as dt
import hashlib
import re
from typing import Any

import pytest
import time_machine
from flask import Flask

from stations.attendance.queries import sync
from stations.attendance.queries.sync import OpeningState
from stations.attendance.rules import Counter
from stations.attendance.services import counting, day
from stations.committees.models import Opening
from stations.committees.services import calendar
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from tests.attendance.devices.conftest import Door
from tests.support import cast
from tests.support.statements import recorded
from tests.support.tablet import PIN, enrolled

BOOTSTRAP = "/api/v1/attendance/bootstrap"
OTHER_TILES = {"first_timer", "staff", "volunteer", "consultation", "connected"}
DAY = dt.timedelta(days=1)


def asked(door: Door) -> Any:
    answer = door.tablet.get(BOOTSTRAP)
    assert answer.status_code == 200, answer.text
    return answer.json


def tap(
    opening: Opening, by: Any, number: int = 1, *, counter: Counter = Counter.VISIT, band: str | None = "teen"
) -> None:
    for n in range(number):
        counting.tap(
            opening=opening,
            client_event_id=f"00000000-0000-4000-8000-{opening.id:06d}{n:06d}",
            counter=counter,
            band=band,
            delta=1,
            tapped_at=clock.now(),
            by=by,
        )


def test_a_tablet_learns_what_it_is(door: Door):
    known = asked(door)
    pin = known["device"].pop("pin")
    assert known["device"] == {
        "id": door.device.public_id,
        "name": "受付1",
        "station": {"id": door.station.id, "name": "見本ステーション"},
        "mode": "A",
    }
    salt = base64.b64decode(pin["salt"])
    hashed = hashlib.pbkdf2_hmac("sha256", PIN.encode(), salt, pin["iterations"])
    assert base64.b64decode(pin["hash"]) == hashed and len(hashed) == 32
    assert abs(dt.datetime.fromisoformat(known["server_time"]) - clock.now()) < dt.timedelta(minutes=1)
    assert known["server_time"].endswith("Z")
    assert re.fullmatch("[0-9a-f]{12}", known["version"])
    assert known["cards"] == []
    assert {"name": "救急・消防", "number": "119"} in known["emergency"]


def test_openings_of_yesterday_to_a_week_ahead_and_older_ones_that_are_not_closed(door: Door):
    today = clock.today()
    shown = [cast.opening(door.station, today + n * DAY) for n in (-7, -2, -1, 0, 7)]
    cast.opening(door.station, today - 8 * DAY)
    cast.opening(door.station, today + 8 * DAY)
    cancelled = cast.opening(door.station, today - 3 * DAY)
    calendar.cancel_opening(opening=cancelled, reason="台風", by=door.leader)
    closed = cast.opening(door.station, today - 2 * DAY, starts_at=dt.time(9))
    closed_yesterday = cast.opening(door.station, today - DAY, starts_at=dt.time(9))
    for one in (closed, closed_yesterday):
        day.close(opening=one, by=door.leader)
    known = {one["id"]: one for one in asked(door)["openings"]}
    assert known.keys() == {one.id for one in shown} | {closed_yesterday.id}
    assert not known[closed_yesterday.id]["open"] and known[closed_yesterday.id]["status"] == "held"
    assert known[shown[3].id]["open"]
    assert list(known) == sorted(known, key=lambda one: (known[one]["on"], known[one]["starts_at"]))


def test_an_opening_tells_time_place_and_every_tile(door: Door):
    opening = cast.opening(door.station, starts_at=cast.STARTED)
    tap(opening, door.volunteer, 3)
    (known,) = asked(door)["openings"]
    tiles = {one["tile"] for one in asked(door)["bands"][str(known["fiscal_year"])]}
    assert known.pop("totals") == dict.fromkeys(tiles | OTHER_TILES, 0) | {"teen": 3}
    assert [(one["tile"], one["delta"]) for one in known.pop("last")] == [("teen", 1)] * 3
    assert known == {
        "id": opening.id,
        "on": clock.today().isoformat(),
        "starts_at": "00:00",
        "ends_at": "12:00",
        "venue": "見本市民センター",
        "status": "planned",
        "fiscal_year": clock.fiscal_year(clock.today()),
        "open": True,
        "stored": 0,
        "corrections": {},
        "closings": [],
    }


def test_a_cancelled_opening_of_this_week_is_there_as_cancelled(door: Door):
    opening = cast.opening(door.station, clock.today() + DAY)
    calendar.cancel_opening(opening=opening, reason="台風", by=door.leader)
    assert asked(door)["openings"][0]["status"] == "cancelled"


def test_the_bands_are_those_of_each_openings_year(door: Door):
    with time_machine.travel(dt.datetime(2026, 3, 30, 1, tzinfo=dt.UTC), tick=False):
        for on in (dt.date(2026, 3, 31), dt.date(2026, 4, 1)):
            cast.opening(door.station, on)
        known = asked(door)
    assert [one["fiscal_year"] for one in known["openings"]] == [2025, 2026]
    assert known["bands"].keys() == {"2025", "2026"}
    assert known["bands"]["2026"][0] == {
        "tile": "preschool",
        "label": "未就学",
        "label_en": "Preschool",
        "colour": 1,
    }
    assert known["bands"]["2026"][-1]["tile"] == "unknown"


def test_without_any_opening_the_bands_of_this_year_are_there(door: Door):
    known = asked(door)
    assert known["openings"] == []
    assert known["bands"].keys() == {str(clock.fiscal_year(clock.today()))}


def test_people_of_the_station_today_by_family_name_only(door: Door):
    elsewhere = cast.station(cast.committee("別"))
    cast.person(Role.VOLUNTEER, of=elsewhere, name="遠方 次郎")
    cast.person(Role.CHAIR, of=door.station.committee, name="代表 三郎")
    gone = cast.person(name="去年 四郎")
    cast.give(gone, Role.VOLUNTEER, of=door.station, until=clock.today() - DAY)
    disabled = cast.person(Role.VOLUNTEER, of=door.station, name="停止 五郎")
    disabled.disabled_at = clock.now()
    namesake = cast.person(Role.VOLUNTEER, Role.STATION_LEADER, of=door.station, name="小金 花子")
    assert asked(door)["people"] == [
        {"id": door.leader.id, "name": "見本"},
        {"id": door.volunteer.id, "name": "小金1"},
        {"id": namesake.id, "name": "小金2"},
    ]


def test_nothing_that_a_guest_may_not_see_is_in_it(door: Door):
    opening = cast.opening(door.station, starts_at=cast.STARTED)
    tap(opening, door.volunteer)
    day.save_details(
        opening=opening, weather="晴れ", note="ひみつのメモ", incident="ころんだ", called="", by=door.leader
    )
    said = door.tablet.get(BOOTSTRAP).get_data(as_text=True).encode().decode("unicode_escape")
    for secret in (
        "ひみつ",
        "ころんだ",
        "太郎",
        "花子",
        door.leader.login,
        door.token,
        door.device.token_hash,
    ):
        assert secret not in said


def test_other_stations_are_not_in_it(door: Door):
    elsewhere = cast.station(cast.committee("別"), "別のステーション")
    cast.opening(elsewhere)
    assert asked(door)["openings"] == []


def test_it_says_what_the_server_keeps_of_this_very_tablet(door: Door, monkeypatch: pytest.MonkeyPatch):
    opening = cast.opening(door.station)
    state = OpeningState(stored=7, corrections={"teen": ["a"]}, closings=["b"], last=[])
    told = {}

    def opening_states(device_id: int, opening_ids: list[int]) -> dict[int, OpeningState]:
        told["asked"] = (device_id, list(opening_ids))
        return {opening.id: state}

    monkeypatch.setattr(sync, "opening_states", opening_states)
    (known,) = asked(door)["openings"]
    assert told["asked"] == (door.device.id, [opening.id])
    assert (known["stored"], known["corrections"], known["closings"]) == (7, {"teen": ["a"]}, ["b"])


def test_it_costs_the_same_however_many_openings_and_people(app: Flask, door: Door):
    def cost() -> int:
        asked(door)  # so that it was seen within the minute
        with recorded(db.engine) as statements:
            asked(door)
        return len(statements)

    cast.opening(door.station)
    few = cost()
    for n in range(8):
        for hour in range(8):
            opening = cast.opening(door.station, clock.today() + (n - 1) * DAY, starts_at=dt.time(hour, 30))
            if n == 0:
                tap(opening, door.volunteer)
    for n in range(20):
        cast.person(Role.VOLUNTEER, of=door.station, name=f"見本{n} 子")
        enrolled(door.station, door.leader, f"受付{n + 2}")
    assert len(asked(door)["openings"]) == 65
    assert cost() == few <= 10
