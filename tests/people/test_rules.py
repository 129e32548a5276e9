from datetime import date, timedelta

import pytest

from stations.core.messages import RuleBroken
from stations.people.rules import (
    Office,
    OfficeTerm,
    check_four_eyes,
    check_offices,
    check_password,
    check_term,
    delay_after,
    is_crowded,
    normalise_login,
    plain_code,
    term_active,
)


@pytest.mark.parametrize(
    ("password", "hint"),
    [
        ("elevenchars", "12文字以上"),
        ("x" + "y" * 256, "256文字以内"),
        ("my-Hanako.M-2026", "ログイン名"),
        ("aaaaaaaaaaaa", "同じ文字"),
        ("ああああああああああああ", "同じ文字"),
    ],
)
def test_weak_passwords(password: str, hint: str) -> None:
    with pytest.raises(RuleBroken, match=hint) as caught:
        check_password(password, "hanako.m")
    assert caught.value.field == "password"


def test_good_passwords() -> None:
    check_password("twelve chars", "hanako.m")
    check_password("まつどでつながるすてーしょん", "hanako.m")
    check_password("y" * 255 + "x", "hanako.m")


def test_waiting_grows_to_its_limit() -> None:
    seconds = [delay_after(n).total_seconds() for n in range(14)]
    assert seconds[:6] == [0, 0, 0, 5, 10, 20]
    assert seconds == sorted(seconds)
    assert delay_after(10_000) == timedelta(minutes=15)


def test_an_office_behind_one_address_is_not_locked_out_by_its_slips() -> None:
    assert [is_crowded(account, address) for account, address in ((0, 99), (0, 100), (19, 0), (20, 0))] == [
        False,
        True,
        False,
        True,
    ]


def test_four_eyes() -> None:
    check_four_eyes(1, [2, 3])
    check_four_eyes(1, [])
    with pytest.raises(RuleBroken, match="ご自分"):
        check_four_eyes(1, {2, 1})


def test_an_ended_term_gives_nothing() -> None:
    first, last = date(2026, 4, 1), date(2027, 3, 31)
    assert term_active(first, last, first)
    assert term_active(first, last, last)
    assert not term_active(first, last, date(2026, 3, 31))
    assert not term_active(first, last, date(2027, 4, 1))
    assert term_active(first, None, date(2050, 1, 1))


def test_a_term_does_not_end_before_it_begins() -> None:
    check_term(date(2026, 4, 1), date(2026, 4, 1))
    check_term(date(2026, 4, 1), None)
    with pytest.raises(RuleBroken) as caught:
        check_term(date(2026, 4, 1), date(2026, 3, 31))
    assert caught.value.field == "to_on"


def held(person: int, office: Office, year: int, to_on: date | None = None) -> OfficeTerm:
    return OfficeTerm(person, office, date(year, 4, 1), to_on or date(year + 1, 3, 31))


def test_a_committee_has_one_chair_at_a_time() -> None:
    check_offices(held(2, Office.CHAIR, 2027), [held(1, Office.CHAIR, 2026)])
    check_offices(held(2, Office.TREASURER, 2026), [held(1, Office.TREASURER, 2026)])
    with pytest.raises(RuleBroken) as caught:
        check_offices(held(2, Office.CHAIR, 2026), [held(1, Office.CHAIR, 2026)])
    assert caught.value.field == "office"


def test_old_terms_that_broke_a_rule_keep_nobody_out() -> None:
    old = [held(1, Office.CHAIR, 2020), held(2, Office.CHAIR, 2020)]
    check_offices(held(3, Office.TREASURER, 2026), old)


@pytest.mark.parametrize("other", sorted(set(Office) - {Office.TREASURER, Office.AUDITOR}))
def test_treasurer_and_auditor_are_two_people(other: Office) -> None:
    treasurer = held(1, Office.TREASURER, 2026)
    check_offices(treasurer, [held(2, Office.AUDITOR, 2026)])
    check_offices(treasurer, [held(1, other, 2026), held(2, Office.AUDITOR, 2026)])
    check_offices(treasurer, [held(1, Office.AUDITOR, 2027)])
    for offices in (
        [treasurer, held(1, Office.AUDITOR, 2026)],
        [treasurer, held(2, Office.AUDITOR, 2026), held(1, Office.AUDITOR, 2026)],
        [treasurer, OfficeTerm(1, Office.AUDITOR, date(2027, 3, 31), None)],
        [treasurer, held(1, Office.AUDITOR, 2025, to_on=treasurer.from_on)],
        [OfficeTerm(1, Office.TREASURER, date(2020, 4, 1), None), held(1, Office.AUDITOR, 2026)],
    ):
        with pytest.raises(RuleBroken) as caught:
            check_offices(offices[0], offices[1:])
        assert caught.value.field == "office"


@pytest.mark.parametrize("mark", ["\u200b", "\u202a", "\u2068", "\ufe0e", "\u00a0"])
def test_logins_and_codes_are_read_without_invisible_marks(mark: str) -> None:
    assert normalise_login(f"{mark}ｄｅｍｏ{mark}-Chair{mark}") == "demo-chair"
    assert plain_code(f"{mark}１２３{mark} 456{mark}") == "123456"
