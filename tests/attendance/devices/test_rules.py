"""Codes, PINs and names of tablets; no application."""

import base64
import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.attendance.devices import rules
from stations.attendance.devices.rules import DeviceStatus
from stations.core.messages import Conflict, RuleBroken
from tests.support.refusals import refused

NOW = dt.datetime(2026, 11, 30, 5, tzinfo=dt.UTC)


def test_a_code_is_read_out_in_two_groups_of_four():
    assert rules.spaced("01234567") == "0123 4567"


@pytest.mark.parametrize("pin", ["1234", "12345678", "0000"])
def test_a_pin_is_four_to_eight_digits(pin: str):
    rules.check_pin(pin)


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "12 34", "１２３４", "1234\n", "-123"])
def test_another_pin_is_refused(pin: str):
    with refused(RuleBroken, "pin"):
        rules.check_pin(pin)


def test_a_pin_typed_in_full_width_is_the_same():
    assert rules.plain_pin(" １２３４ ") == "1234"


def test_a_pin_is_hashed_as_webcrypto_does_it():
    """RFC 8018 with SHA-256; 32 bytes are what `deriveBits(…, 256)` gives."""
    salt = bytes(range(16))
    expected = hashlib.pbkdf2_hmac("sha256", b"2580", salt, 100_000)
    assert base64.b64decode(rules.pin_hash("2580", salt)) == expected
    assert rules.pin_hash("2581", salt) != rules.pin_hash("2580", salt)


@pytest.mark.parametrize("name", ["受付1", "あ" * 20])
def test_a_tablet_has_a_name(name: str):
    rules.check_name(name)


@pytest.mark.parametrize("name", ["", " ", "あ" * 21])
def test_another_name_is_refused(name: str):
    with refused(RuleBroken, "name"):
        rules.check_name(name)


def test_nothing_is_done_to_a_tablet_that_was_revoked():
    rules.check_enrolled(DeviceStatus.ENROLLED)
    with refused(Conflict, None):
        rules.check_enrolled(DeviceStatus.REVOKED)


@pytest.mark.parametrize(
    ("of_address", "in_all", "spent"),
    [(0, 0, False), (9, 99, False), (10, 10, True), (0, 100, True)],
)
def test_wrong_codes_use_up_the_tries_of_an_address_and_of_all(of_address: int, in_all: int, spent: bool):
    assert rules.is_spent(of_address, in_all) is spent


@pytest.mark.parametrize(("seconds", "lately"), [(0, True), (59, True), (60, False)])
def test_a_tablet_is_written_down_as_seen_once_a_minute(seconds: int, lately: bool):
    assert rules.was_seen_lately(NOW - dt.timedelta(seconds=seconds), NOW) is lately
    assert not rules.was_seen_lately(None, NOW)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("小金 太郎", "小金"),
        ("小金　太郎", "小金"),
        ("佐々木 次郎", "佐々木"),
        ("小金太郎", "小金"),
        ("マリア", "マリ"),
        ("グエン ティ ラン", "グエン"),
        ("Nguyen Thi Lan", "Nguyen"),
        ("林", "林"),
        ("", ""),
    ],
)
def test_the_screen_shows_the_family_name_only(name: str, family: str):
    assert rules.family_name(name) == family


def test_the_same_family_name_twice_is_numbered():
    people = [(9, "小金 太郎"), (4, "小金 花子"), (7, "常盤 次郎")]
    assert rules.short_names(people) == {4: "小金1", 7: "常盤", 9: "小金2"}


@given(st.dictionaries(st.integers(1, 99), st.text(max_size=12), max_size=8))
def test_everybody_is_called_something_and_nobody_by_what_stands_after_the_blank(people: dict[int, str]):
    called = rules.short_names(people.items())
    assert called.keys() == people.keys()
    for person_id, name in people.items():
        first = (name.split() or [""])[0]
        assert called[person_id].rstrip("0123456789").startswith(first[:1].rstrip("0123456789"))
        assert " " not in called[person_id]
