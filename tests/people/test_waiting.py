"""Guessers wait; nobody is locked out by somebody else's guesses. Administrators see them."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.core.access import Role
from stations.core.database import db
from stations.people import queries
from stations.people.models import Person, SignInSuccess
from stations.people.services import sign_in
from tests.people.cast import PASSWORD, code, later, official, resident, type_password
from tests.support.client import PageClient

HERE = "192.0.2.1"
TABLET = "the owner's device"
on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def guessed(login: str, times: int, *, network: int = 0) -> None:
    """Wrong passwords for an account from many places, one at each, so that no place has to wait."""
    for number in range(times):
        address = f"2001:db8:{network}:{number:x}::1"
        assert sign_in.try_password(login=login, password="wrong", address=address).person is None


def test_a_device_that_signed_in_before_is_not_locked_out_by_guesses_elsewhere(db_session: Session):
    person = resident()
    sign_in.record_sign_in(person, device=TABLET)
    guessed(person.login, 60)
    for _ in range(5):  # also at the very address of the device
        sign_in.try_password(login=person.login, password="wrong", address=HERE)
    owner = sign_in.try_password(login=person.login, password=PASSWORD, address=HERE, device=TABLET)
    assert owner.person is person


def test_somebody_elses_failures_at_another_place_do_not_count(db_session: Session):
    person = resident()
    for _ in range(5):
        sign_in.try_password(login=person.login, password="wrong", address="198.51.100.7")
    assert sign_in.try_password(login=person.login, password=PASSWORD, address=HERE).person is person


def test_guesses_on_a_known_device_wait_as_everywhere(db_session: Session):
    person = resident()
    sign_in.record_sign_in(person, device=TABLET)
    waits = [
        sign_in.try_password(login=person.login, password="wrong", address=HERE, device=TABLET).wait_seconds
        for _ in range(3)
    ]
    assert waits == [0, 0, 5]
    assert not sign_in.try_password(
        login=person.login, password=PASSWORD, address=HERE, device=TABLET
    ).checked


def test_a_slip_on_a_known_device_makes_nobody_else_wait(db_session: Session):
    """One more guess from elsewhere would."""
    person = resident()
    sign_in.record_sign_in(person, device=TABLET)
    guessed(person.login, 19)
    sign_in.try_password(login=person.login, password="wrong", address=HERE, device=TABLET)
    assert (
        sign_in.try_password(login=person.login, password=PASSWORD, address="198.51.100.7").person is person
    )


def test_a_device_is_known_for_its_own_account_only(db_session: Session):
    person, other = resident(), resident("jiro.m")
    sign_in.record_sign_in(other, device=TABLET)
    for _ in range(3):
        sign_in.try_password(login=person.login, password="wrong", address=HERE, device=TABLET)
    assert not sign_in.try_password(login=person.login, password=PASSWORD, address=HERE).checked
    assert (
        sign_in.try_password(login=other.login, password=PASSWORD, address=HERE, device=TABLET).person
        is other
    )


def test_an_account_that_many_places_guess_at_takes_a_new_place_in_after_its_turn(db_session: Session):
    """However long the guessing goes on meanwhile."""
    person, secret = official()
    guessed(person.login, 20)
    first = sign_in.try_password(login=person.login, password=PASSWORD, address=HERE)
    assert (first.checked, first.wait_seconds) == (False, 30)
    with later(seconds=20):
        again = sign_in.try_password(login=person.login, password=PASSWORD, address=HERE)
        assert not again.checked and again.wait_seconds <= 10
    with later(seconds=29):
        guessed(person.login, 20, network=1)
    with later(seconds=31):
        assert sign_in.try_password(login=person.login, password=PASSWORD, address=HERE).person is person
        assert sign_in.try_code(person, code=code(secret), address=HERE).person is person


def test_a_turn_is_for_one_try(db_session: Session):
    person = resident()
    guessed(person.login, 20)
    sign_in.try_password(login=person.login, password="wrong", address=HERE)
    with later(seconds=31):
        wrong = sign_in.try_password(login=person.login, password="wrong", address=HERE)
        assert wrong.checked
    with later(seconds=33):
        assert not sign_in.try_password(login=person.login, password=PASSWORD, address=HERE).checked
    with later(minutes=20):
        late = sign_in.try_password(login=person.login, password=PASSWORD, address=HERE)
        assert not late.checked, "the turn of an earlier ask is over"


def test_invented_logins_from_one_address_leave_its_other_people_a_way_in(db_session: Session):
    person, colleague = resident(), resident("jiro.m")
    sign_in.record_sign_in(person, device=TABLET)
    for number in range(100):
        sign_in.try_password(login=f"nobody{number}", password="wrong", address=HERE)
    assert (
        sign_in.try_password(login=person.login, password=PASSWORD, address=HERE, device=TABLET).person
        is person
    )
    assert sign_in.try_password(login=colleague.login, password=PASSWORD, address=HERE).wait_seconds == 30
    with later(seconds=31):
        sign_in.try_password(login="nobody1", password="wrong", address=HERE)
        assert (
            sign_in.try_password(login=colleague.login, password=PASSWORD, address=HERE).person is colleague
        )


def test_an_office_of_fifty_people_may_mistype(db_session: Session):
    person = resident()
    for number in range(99):
        sign_in.try_password(login=f"colleague{number}", password="wrong", address=HERE)
    assert sign_in.try_password(login=person.login, password=PASSWORD, address=HERE).person is person


@pytest.mark.parametrize("failures", [3, 20])
def test_an_unknown_login_waits_like_a_known_one(db_session: Session, failures: int):
    person = resident()
    answers = []
    for login in (person.login, "nobody"):
        guessed(login, failures)
        answers.append(
            [sign_in.try_password(login=login, password="wrong", address=HERE).wait_seconds for _ in range(4)]
        )
    assert answers[0] == answers[1]


def test_the_table_names_no_device(db_session: Session):
    sign_in.record_sign_in(resident(), device=TABLET)
    kept = " ".join(db.session.scalars(sa.select(SignInSuccess.key)))
    assert "device" not in kept


@on_sqlite
def test_a_browser_remembers_that_it_signed_in(app: Flask, db_session: Session):
    person = resident()
    client = PageClient(app)
    type_password(client, person)
    cookie = client.http.get_cookie("device")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    assert cookie.max_age is not None and cookie.max_age > 300 * 24 * 3600
    client.sign_out()
    stranger = PageClient(app)
    for _ in range(3):
        type_password(stranger, person, "not the password")
    type_password(stranger, person, status=429)
    assert type_password(client, person).url == "/home"


@on_sqlite
def test_a_forged_device_is_none(app: Flask, db_session: Session):
    person = resident()
    type_password(PageClient(app), person)
    stranger = PageClient(app)
    for value in ("x", "InRoZSI.x", "a" * 3000):
        stranger.http.set_cookie("device", value)
        assert type_password(stranger, person, "not the password").status == 200
    type_password(stranger, person, status=429)


@on_sqlite
def test_administrators_see_whom_somebody_guesses_at(client: PageClient, db_session: Session):
    administrator, _secret = official(Role.ADMINISTRATOR)
    person, quiet = resident(), resident("jiro.m")
    guessed(person.login, 20)
    guessed(quiet.login, 2)
    assert [one.id for one in queries.guessed_at()] == [person.id]
    client.sign_in(administrator)
    assert "20回" in client.get(f"/people/{person.id}").text
    page = client.get("/home")
    assert page.has_link("サインインの失敗が続いている利用者が1人います")
    assert person.name in client.click(page, "サインインの失敗が続いている").text
    with later(days=2):
        assert queries.guessed_at() == []


@on_sqlite
@pytest.mark.parametrize(
    ("path", "more"),
    [
        (
            "/account/password",
            {"password": "another long password", "password_again": "another long password"},
        ),
        ("/account/recovery-codes", {}),
        ("/account/authenticator", {"code": "000000"}),
    ],
)
def test_who_sits_at_an_open_session_cannot_guess_the_password(
    client: PageClient, db_session: Session, path: str, more: dict[str, str]
):
    person, _secret = official()
    client.sign_in(person)
    for _ in range(3):
        page = client.submit(client.get(path), fields={"current_password": "wrong", **more})
        assert "いまのパスワードが違います" in page.text
    page = client.submit(client.get(path), fields={"current_password": PASSWORD, **more})
    assert "秒待ってから" in page.text
    assert db.session.get_one(Person, person.id).session_epoch == 0
    with later(seconds=6):
        page = client.submit(client.get(path), fields={"current_password": PASSWORD, **more})
        assert "秒待ってから" not in page.text and "いまのパスワードが違います" not in page.text
