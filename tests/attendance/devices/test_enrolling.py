"""A tablet becomes a station's by a code: once, within ten minutes, and not by guessing."""

import datetime as dt
import secrets
import threading

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from stations.attendance.devices import rules
from stations.attendance.devices.models import Device, DeviceCode
from stations.attendance.devices.queries import devices
from stations.attendance.devices.rules import CodeAct, DeviceAct, DeviceStatus
from stations.attendance.devices.services import enrolling, managing
from stations.committees.models import Station
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import add, db, fetch_all
from stations.core.messages import NotAllowed, RuleBroken
from stations.people import keys
from tests.attendance.devices.conftest import Door
from tests.support import cast
from tests.support.refusals import refused
from tests.support.tablet import PIN

HERE = "192.0.2.1"
START = dt.datetime(2026, 11, 30, 5, tzinfo=dt.UTC)


def shown(door: Door, station: Station | None = None) -> str:
    return enrolling.show_code(station=station or door.station, by=door.leader)[0]


def tried(
    code: str, *, address: str = HERE, old: str | None = None, name: str = "受付2"
) -> enrolling.Attempt:
    return enrolling.enrol(code=code, name=name, pin=PIN, address=address, old_token=old)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_a_code_has_eight_digits_and_is_stored_as_a_keyed_hash(door: Door):
    code, made = enrolling.show_code(station=door.station, by=door.leader)
    assert len(code) == 8 and code.isdecimal()
    assert code not in made.code_hash and made.code_hash == devices.code_hash(code)
    assert made.code_hash != keys.token_hash(code), "without the key it could be guessed through"
    assert made.expires_at - made.made_at == dt.timedelta(minutes=10)
    assert [(one.act, one.by_name) for one in audit.timeline(made)] == [(CodeAct.SHOW, "見本 花子")]


@pytest.mark.parametrize(
    "typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]}{0[3]} {0[4]}{0[5]}{0[6]}{0[7]}", "full", "hyphen"]
)
def test_the_code_is_read_however_it_is_typed(door: Door, typed: str):
    code = shown(door)
    full = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    written = {"full": f"{full[:4]}　{full[4:]}", "hyphen": f"{code[:4]}－{code[4:]}"}
    assert tried(written.get(typed, typed.format(code))).device is not None


def test_the_tablet_is_the_stations_and_holds_what_only_it_knows(door: Door):
    attempt = tried(shown(door), name=" 受付２ ")
    device = attempt.device
    assert device is not None and device.station is door.station
    assert device.name == "受付２" and device.status is DeviceStatus.ENROLLED
    assert device.enrolled_by_id == door.leader.id
    assert len(attempt.token) >= 43 and device.token_hash == keys.token_hash(attempt.token)
    assert device.pin_hash != door.device.pin_hash and device.pin_salt != door.device.pin_salt
    assert PIN not in device.pin_hash
    (entry,) = audit.timeline(device)
    assert (entry.act, entry.by_name) == (DeviceAct.ENROL, "見本 花子")


def test_a_code_works_once(door: Door):
    code = shown(door)
    assert tried(code).device is not None
    again = tried(code)
    assert again.device is None and again.checked


@pytest.mark.parametrize(("seconds", "works"), [(599, True), (600, False)])
def test_a_code_works_for_ten_minutes(door: Door, seconds: int, works: bool):
    with time_machine.travel(START, tick=False) as later:
        code = shown(door)
        later.shift(seconds)
        assert (tried(code).device is not None) is works


def test_a_new_code_of_the_station_ends_the_one_before_and_no_other_stations(door: Door):
    elsewhere = cast.station(door.station.committee, "別のステーション")
    cast.give(door.leader, Role.STATION_LEADER, of=elsewhere)
    first, other, second = shown(door), shown(door, elsewhere), shown(door)
    assert tried(first).device is None
    assert tried(other).device is not None
    assert tried(second).device is not None


def test_no_code_is_shown_twice(door: Door, monkeypatch: pytest.MonkeyPatch):
    drawn = iter([1, 1, 2])
    monkeypatch.setattr(secrets, "randbelow", lambda _most: next(drawn))
    assert [shown(door), shown(door)] == ["00000001", "00000002"]


def test_only_the_leader_and_the_city_show_codes(door: Door):
    for person in (
        door.volunteer,
        cast.person(Role.CHAIR, of=door.station.committee),
        cast.person(Role.APPROVER),
    ):
        with refused(NotAllowed, None):
            enrolling.show_code(station=door.station, by=person)
    elsewhere = cast.person(Role.STATION_LEADER, of=cast.station(door.station.committee, "別"))
    with refused(NotAllowed, None):
        enrolling.show_code(station=door.station, by=elsewhere)
    enrolling.show_code(station=door.station, by=cast.person(Role.OFFICER))


def test_a_station_that_has_closed_enrols_none(door: Door):
    door.station.closed_on = clock.today() - dt.timedelta(days=1)
    with refused(RuleBroken, None):
        shown(door)


@pytest.mark.parametrize(
    ("name", "pin", "field"), [("", PIN, "name"), ("あ" * 21, PIN, "name"), ("受付", "12", "pin")]
)
def test_what_is_typed_wrongly_is_refused_before_the_code_is_looked_at(
    door: Door, name: str, pin: str, field: str
):
    code = shown(door)
    with refused(RuleBroken, field):
        enrolling.enrol(code=code, name=name, pin=pin, address=HERE)
    assert tried(code).device is not None


def test_wrong_codes_of_an_address_end_its_tries_for_a_while(door: Door):
    with time_machine.travel(START, tick=False) as later:
        code = shown(door)
        for _ in range(rules.TRIES_OF_AN_ADDRESS):
            assert tried(wrong(code)).checked
        last = tried(code)
        assert last.device is None and not last.checked and last.wait == rules.TRY_WINDOW
        assert tried(code, address="198.51.100.7").device is not None, "elsewhere one goes on"
        later.shift(601)
        assert tried(shown(door)).device is not None


def test_a_network_is_one_address(door: Door):
    code = shown(door)
    for n in range(rules.TRIES_OF_AN_ADDRESS):
        tried(wrong(code), address=f"2001:db8::{n}")
    assert not tried(code, address="2001:db8::ffff").checked


def test_wrong_codes_of_all_addresses_together_are_counted_too(door: Door):
    code = shown(door)
    for n in range(rules.TRIES_IN_ALL):
        assert tried(wrong(code), address=f"198.51.{n}.1").checked
    assert not tried(code).checked


def test_a_tablet_enrolled_again_is_another_device_and_the_old_one_is_revoked(door: Door):
    attempt = tried(shown(door), old=door.token)
    assert attempt.device is not None and attempt.device.id != door.device.id
    assert door.device.status is DeviceStatus.REVOKED
    assert (door.device.revoked_reason, door.device.revoked_by_id) == ("再登録", door.leader.id)
    assert [one.act for one in audit.timeline(door.device)] == [DeviceAct.REVOKE, DeviceAct.ENROL]


def test_a_wrong_code_revokes_nothing(door: Door):
    assert tried(wrong(shown(door)), old=door.token).device is None
    assert door.device.status is DeviceStatus.ENROLLED


def test_a_tablet_that_was_revoked_before_is_enrolled_again(door: Door):
    managing.revoke(device=door.device, reason="なくした", by=door.leader)
    assert tried(shown(door), old=door.token).device is not None
    assert door.device.revoked_reason == "なくした", "as it was said"


def test_the_same_press_that_arrives_twice_is_one_tablet(door: Door):
    """The browser has the cookie of the first answer when it sends the second."""
    code = shown(door)
    first = tried(code)
    second = tried(code, old=first.token)
    assert second.device is first.device and second.token == first.token
    assert first.device is not None and first.device.status is DeviceStatus.ENROLLED
    assert tried(code, old=door.token).device is None, "for nobody else"


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_two_tablets_with_one_code_at_once_are_one(app: Flask, door: Door, db_session: Session):
    code, wait = shown(door), threading.Barrier(4)
    db.session.commit()
    came: list[bool] = []

    def press() -> None:
        with app.app_context():
            wait.wait()
            attempt = tried(code)
            db.session.commit()
            came.append(attempt.device is not None)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(came) == [False, False, False, True]
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Device)) == 2


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_many_wrong_codes_at_once_do_not_slip_past_the_count(app: Flask, door: Door):
    code, wait = shown(door), threading.Barrier(8)
    for _ in range(rules.TRIES_OF_AN_ADDRESS - 2):
        tried(wrong(code))
    db.session.commit()
    looked_at: list[bool] = []

    def press() -> None:
        with app.app_context():
            wait.wait()
            looked_at.append(tried(wrong(code)).checked)
            db.session.commit()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert looked_at.count(True) == 2


def test_the_database_holds_what_a_code_and_a_device_are(door: Door):
    made = fetch_all(sa.select(DeviceCode))[0]
    of_code: list[dict[str, object]] = [
        {"used_at": None},
        {"expires_at": made.made_at - dt.timedelta(seconds=1)},
    ]
    for change in of_code:
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.update(DeviceCode).where(DeviceCode.id == made.id).values(**change))
    of_device: list[dict[str, object]] = [
        {"revoked_at": clock.now()},
        {"revoked_reason": "なくした"},
        {"revoked_by_id": door.leader.id},
        {"unsent": -1},
        {"name": ""},
        {"name": "あ" * 21},
    ]
    for change in of_device:
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.update(Device).where(Device.id == door.device.id).values(**change))
    twin = {"station_id": door.station.id, "code_hash": made.code_hash, "made_by_id": door.leader.id}
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        add(DeviceCode(**twin, made_at=clock.now(), expires_at=clock.now()))
