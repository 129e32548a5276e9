"""Sign-in, accounts and administration through pages, as people use them."""

import datetime as dt
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock, outbox
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.config import Config
from stations.core.database import db
from stations.core.forms import fields_sent
from stations.core.lists import PAGE_ROWS
from stations.people import queries, rules
from stations.people.models import HeldForm, LinkKind, Person, RoleAssignment
from stations.people.services import accounts, passwords
from stations.people.session import local_path
from tests.people.cast import PASSWORD, code, codes_on, later, official, resident, secret_on, type_password
from tests.support import cast
from tests.support.client import Page, PageClient, csrf_token
from tests.support.settings import settings_for
from tests.support.two_writers import check_both_are_kept, saved_first

IDLE_MINUTES = 31


def is_signed_in(client: PageClient) -> bool:
    return client.open("/account", follow_redirects=False).status_code == 200


# ---- signing in -------------------------------------------------------------------------------------------------


def test_a_resident_signs_in_with_a_password(client: PageClient, db_session: Session):
    person = resident(role=Role.CHAIR, of=cast.committee())
    page = type_password(client, person)
    assert page.url == "/home"
    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_login_read_the_same(client: PageClient, db_session: Session):
    person = resident()
    wrong = type_password(client, person, "not the password")
    page = client.get("/sign-in")
    unknown = client.submit(page, fields={"login": "nobody", "password": PASSWORD})
    summaries = [page.all("div", class_="mt-error-summary") for page in (wrong, unknown)]
    assert "ログイン名かパスワードが違います" in wrong.text
    assert [len(found) for found in summaries] == [1, 1]
    assert not is_signed_in(client)
    assert wrong.title.startswith("エラー：")


def test_failures_make_the_next_try_wait_and_say_how_long(client: PageClient, db_session: Session):
    person = resident()
    for _ in range(rules.FREE_FAILURES):
        page = type_password(client, person, "not the password")
    assert "5秒待ってから" in page.text
    refused = type_password(client, person, status=429)
    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", refused.text), "the number to tell on the telephone"
    assert re.search(r"[1-5]秒待ってから", refused.text)
    assert 1 <= int(refused.headers["Retry-After"]) <= 5
    with later(seconds=6):
        assert type_password(client, person).url == "/home"


def test_an_official_needs_the_app_as_well(client: PageClient, db_session: Session):
    person, secret = official()
    page = type_password(client, person)
    assert page.url == "/sign-in/code"
    assert not is_signed_in(client)
    page = client.submit(page, fields={"code": "000000"})
    assert "コードが違うか" in page.text
    page = client.submit(page, fields={"code": code(secret)})
    assert page.url == "/home"
    assert is_signed_in(client)


def test_a_code_seen_over_the_shoulder_opens_nothing(client: PageClient, app: Flask, db_session: Session):
    person, secret = official()
    shown = code(secret)
    client.submit(type_password(client, person), fields={"code": shown})
    thief = PageClient(app)
    page = thief.submit(type_password(thief, person), fields={"code": shown})
    assert "すでに使われています" in page.text
    assert not is_signed_in(thief)


def test_the_second_step_ends_after_ten_minutes(client: PageClient, db_session: Session):
    person, secret = official()
    page = type_password(client, person)
    with later(minutes=11):
        assert client.submit(page, fields={"code": code(secret)}).url == "/sign-in"
        assert not is_signed_in(client)


def test_an_official_without_the_app_must_enrol_before_anything_else(client: PageClient, db_session: Session):
    person = resident(role=Role.OFFICER)
    page = type_password(client, person, next_page="/account")
    assert page.url == "/account/authenticator"
    assert not is_signed_in(client)
    assert '<svg role="img"' in page.source
    secret = secret_on(page)
    again = client.submit(page, fields={"code": "000000"})
    assert "コードが違います" in again.text
    assert secret_on(again) == secret
    done = client.submit(again, fields={"code": code(secret)})
    codes = codes_on(done)
    assert len(codes) == rules.RECOVERY_CODES
    assert client.click(done, "控えたので次へ進む").url == "/account"
    assert "残り10個" in client.get("/account").text
    client.sign_out()
    back = client.submit(type_password(client, person), fields={"code": codes[0]})
    assert back.url == "/home"
    assert "残り9個" in client.get("/account").text


def test_a_role_of_the_city_that_begins_later_asks_for_the_app(client: PageClient, db_session: Session):
    person = resident(role=Role.CHAIR, of=cast.committee())
    type_password(client, person)
    cast.give(person, Role.OFFICER)
    assert not is_signed_in(client)
    assert type_password(client, person).url == "/account/authenticator"


def test_sign_in_begins_a_new_session(client: PageClient, db_session: Session):
    person = resident()
    with client.http.session_transaction() as session:
        session.update({"csrf_token": "planted", "planted": True})
    type_password(client, person)
    with client.http.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "planted"


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/account/profile", "/account/profile"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/%5Cevil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("/%09/evil.example", "/home"),
    ],
)
def test_sign_in_leads_to_pages_of_this_site_only(
    client: PageClient, db_session: Session, asked: str, reached: str
):
    assert type_password(client, resident(), next_page=asked).url == reached


@pytest.mark.parametrize(
    "target", [None, "", "x", "//x", "/\\x", "http://x", "/a\nb", "/a\\b", " /a", "/\t/x", "///x"]
)
def test_what_is_no_path_of_this_site(target: str | None):
    assert local_path(target) is None


def test_a_page_that_needs_sign_in_is_reached_after_it(client: PageClient, db_session: Session):
    person = resident()
    page = client.get("/account/profile")
    assert page.url.startswith("/sign-in?next=")
    assert client.submit(page, fields={"login": person.login, "password": PASSWORD}).url == "/account/profile"


@pytest.mark.parametrize(
    "url", ["/sign-in", "/sign-in/code", "/sign-out", "/language", "/account/sign-out-everywhere"]
)
def test_a_post_without_token_is_refused(client: PageClient, db_session: Session, url: str):
    client.sign_in(resident())
    client.post(url, status=400)
    assert is_signed_in(client)


def test_signing_out(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    page = client.submit(client.get("/account"), "サインアウト")
    assert "サインアウトしました" in page.text
    assert not is_signed_in(client)


def test_a_copied_cookie_opens_nothing_after_signing_out(client: PageClient, app: Flask, db_session: Session):
    person = resident()
    for_the_day = PageClient(app)
    for one in (client, for_the_day):
        type_password(one, person)
    thief = PageClient(app)
    with client.http.session_transaction() as session, thief.http.session_transaction() as copied:
        copied.update(session)
    assert is_signed_in(thief)
    client.submit(client.get("/account"), "サインアウト")
    assert not is_signed_in(thief)
    assert is_signed_in(for_the_day), "the person's other devices stay"
    with later(days=1):
        type_password(client, person)
        client.submit(client.get("/account"), "サインアウト")
    db.session.expire_all()
    assert len(person.ended_sessions.split()) == 1, (
        "keys are forgotten when their sessions would be over anyway"
    )


def test_a_disabled_account_is_out_at_once(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    accounts.disable(person, by=cast.person(Role.ADMINISTRATOR))
    assert not is_signed_in(client)
    assert "ログイン名かパスワードが違います" in type_password(client, person).text


def test_an_ended_term_gives_nothing(client: PageClient, db_session: Session):
    person = cast.person(login="ended")
    cast.give(person, Role.ADMINISTRATOR, until=clock.today() - dt.timedelta(days=1))
    client.sign_in(person)
    client.get("/people", status=403)


# ---- sessions ---------------------------------------------------------------------------------------------------


def test_sign_out_everywhere_ends_the_other_sessions(client: PageClient, app: Flask, db_session: Session):
    person = resident()
    other = PageClient(app)
    for one in (client, other):
        type_password(one, person)
    client.submit(client.get("/account"), "すべての端末からサインアウト")
    assert not is_signed_in(other)
    assert not is_signed_in(client)


def test_a_form_sent_after_signing_out_elsewhere_is_kept(client: PageClient, app: Flask, db_session: Session):
    person = resident()
    other = PageClient(app)
    for one in (client, other):
        type_password(one, person)
    form = other.get("/account/profile")
    client.submit(client.get("/account"), "すべての端末からサインアウト")
    page = other.submit(form, fields={"name": "見本 花代", "kana": "みほん はなよ"})
    assert page.url == "/sign-in" and "お預かりしています" in page.text
    assert "ほかの端末での操作により" in page.text
    assert ("name", "見本 花代") in queries.held_forms(person)[0].fields
    other.submit(form, fields={"name": "見本 花江", "kana": "みほん はなえ"})
    assert len(queries.held_forms(person)) == 1, "the session was left with the first"
    page = other.submit(other.get("/sign-in"), fields={"login": person.login, "password": PASSWORD})
    assert page.url == "/held-forms" and "見本 花代" in page.text


OURS = {"Sec-Fetch-Site": "same-origin"}
OLD_PAGE = {"csrf_token": "of another session", "name": "見本 花代", "kana": "みほん はなよ"}


def test_a_page_older_than_the_session_gives_its_words_back(client: PageClient, db_session: Session):
    committee = cast.committee()
    cast.station(committee)  # without one there is no plan to begin
    drafter = cast.person(Role.DRAFTER, of=committee)
    client.sign_in(drafter)
    mark = once_mark(client, "/plans/new")
    sent = {"csrf_token": "of another session", "once": mark, "title": "見本の計画"}
    answer = client.open("/plans/new", method="POST", data=sent, headers=OURS)
    assert "まだ送られていません" in answer.text
    page = client.get("/held-forms")
    page = client.submit(page, "続きから送る")
    assert page.url == "/plans/new" and page.one("input", name="title").get("value") == "見本の計画"


def once_mark(client: PageClient, path: str) -> str:
    """The mark of the forms on a page, which says whom it was drawn for."""
    return client.get(path).all("input", name="once")[-1].get("value", "")


def test_what_somebody_typed_is_not_kept_for_who_sits_there_next(client: PageClient, db_session: Session):
    """A page of the one who signed out, sent after another has signed in: both have the duty, the words are one's."""
    committee = cast.committee()
    cast.station(committee)
    early, late = (cast.person(Role.DRAFTER, of=committee) for _ in range(2))
    client.sign_in(early)
    mark = once_mark(client, "/plans/new")
    client.sign_in(late)
    for sent in ({"once": mark}, {}, {"once": f"m{'0' * 32}"}):
        data = {"csrf_token": "of another session", "title": "前の方の計画", **sent}
        assert client.open("/plans/new", method="POST", data=data, headers=OURS).status_code == 400
    assert queries.held_forms(late) == [] and queries.held_forms(early) == []


def test_what_is_not_the_readers_duty_is_not_kept_for_them(client: PageClient, db_session: Session):
    volunteer = cast.person(Role.VOLUNTEER, of=cast.station(cast.committee()))
    client.sign_in(volunteer)
    for path in ("/plans/new", "/account/profile", "/language", "/sign-in"):
        data = {"csrf_token": "of another session", "title": "前の方の言葉"}
        answer = client.open(path, method="POST", data=data, headers=OURS)
        assert answer.status_code == 400
    assert queries.held_forms(volunteer) == []


def test_signing_out_with_an_old_page_signs_out(client: PageClient, db_session: Session):
    type_password(client, resident())
    client.open("/sign-out", method="POST", data={"csrf_token": "old"}, headers=OURS)
    assert not is_signed_in(client)


def test_what_is_sent_after_another_tab_signed_out_waits_for_its_writer(
    client: PageClient, app: Flask, db_session: Session
):
    committee = cast.committee()
    cast.station(committee)
    writer, next_one = (cast.person(Role.DRAFTER, of=committee) for _ in range(2))
    client.sign_in(writer)
    mark = once_mark(client, "/plans/new")
    client.submit(client.get("/account"), "サインアウト")
    data = {"csrf_token": "of the session that ended", "title": "書きかけの計画", "once": mark}
    answer = client.open("/plans/new", method="POST", data=data, headers=OURS)
    assert answer.request.path == "/sign-in" and "入力した内容はお預かりしています" in answer.text
    assert [dict(one.fields)["title"] for one in queries.held_forms(writer)] == ["書きかけの計画"]
    assert queries.held_forms(next_one) == []


def test_what_cannot_be_kept_says_to_sign_in_first(client: PageClient, db_session: Session):
    """Of a page that was drawn for nobody who was here, or sent by another site: kept for nobody."""
    client.sign_in(resident())
    client.submit(client.get("/account"), "サインアウト")
    for path in ("/account/profile", "/plans/new"):
        page = client.post(path, status=400, name="見本 花代")
        assert "先にサインインしてから" in page.text and page.link("サインインする") == "/sign-in"
    assert "先にサインイン" not in client.post("/sign-in", status=400).text


def test_without_a_session_the_words_stand_on_the_page(client: PageClient, db_session: Session):
    answer = client.open("/account/profile", method="POST", data=OLD_PAGE, headers=OURS)
    assert answer.status_code == 400 and "見本 花代" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
        {"Origin": "https://evil.example"},
    ],
)
def test_another_sites_form_is_neither_kept_nor_shown(
    client: PageClient, db_session: Session, headers: dict[str, str]
):
    person = resident()
    type_password(client, person)
    answer = client.open("/account/profile", method="POST", data=OLD_PAGE, headers=headers)
    assert answer.status_code == 400 and "見本 花代" not in answer.text
    assert queries.held_forms(person) == []


def test_a_new_password_keeps_this_session_and_ends_the_others(
    client: PageClient, app: Flask, db_session: Session
):
    person = resident()
    other = PageClient(app)
    for one in (client, other):
        type_password(one, person)
    page = client.get("/account/password")
    fields = {"current_password": "wrong", "password": "another long password", "password_again": "x"}
    page = client.submit(page, fields=fields)
    assert "2つのパスワードが同じではありません" in page.text
    page = client.submit(page, fields=fields | {"password_again": "another long password"})
    assert "いまのパスワードが違います" in page.text
    fields |= {"current_password": PASSWORD, "password_again": "another long password"}
    page = client.submit(page, fields=fields)
    assert page.url == "/account"
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_an_idle_session_ends_and_a_used_one_does_not(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    with later(minutes=20):
        page = client.get("/account")
        extended = client.open("/session/extend", method="POST", data={"csrf_token": csrf_token(page)})
        assert extended.status_code == 204
    with later(minutes=40):
        assert is_signed_in(client)
    with later(minutes=40 + IDLE_MINUTES):
        page = client.get("/account")
        assert page.url.startswith("/sign-in") and "自動でサインアウトしました" in page.text


def test_asking_how_long_a_session_lasts_does_not_make_it_longer(client: PageClient, db_session: Session):
    def left() -> int:
        return int((client.open("/session/left").json or {})["left"])

    assert left() == 0, "nobody is signed in"
    type_password(client, resident())
    minute = 60
    for minutes in range(0, 30, 2):
        with later(minutes=minutes):
            assert abs(left() - (30 - minutes) * minute) < 10
    with later(minutes=IDLE_MINUTES):
        assert left() == 0
        assert not is_signed_in(client)


def test_even_a_busy_session_ends_after_a_working_day(client: PageClient, db_session: Session):
    type_password(client, resident())
    for minutes in range(0, 12 * 60, 20):
        with later(minutes=minutes):
            assert is_signed_in(client)
    with later(minutes=12 * 60 + 5):
        assert not is_signed_in(client)


def test_a_script_with_an_ended_session_gets_a_plain_401(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    token = csrf_token(client.get("/account"))
    with later(minutes=IDLE_MINUTES):
        answer = client.open(
            "/session/extend",
            method="POST",
            headers={"X-CSRFToken": token, "Sec-Fetch-Mode": "cors"},
            follow_redirects=False,
        )
    assert answer.status_code == 401


# ---- nothing typed is lost --------------------------------------------------------------------------------------


def typed_too_late(client: PageClient, name: str = "見本 花代") -> Page:
    """A form sent from a session that has timed out; returns the page that answers."""
    page = client.get("/account/profile")
    with later(minutes=IDLE_MINUTES):
        return client.submit(page, fields={"name": name, "kana": "みほん はなよ"})


def test_a_form_sent_too_late_is_kept_and_given_back(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    page = typed_too_late(client)
    assert page.url == "/sign-in"
    assert "お預かりしています" in page.text
    assert person.name == "見本 花子"
    row = db.session.scalars(sa.select(HeldForm)).one()
    assert row.path == "/account/profile"
    assert [name for name, _value in queries.held_forms(person)[0].fields] == [
        "once",
        "loaded",
        "name",
        "kana",
        "email",
        "phone",
    ]
    with later(minutes=IDLE_MINUTES + 2):
        page = client.submit(page, fields={"login": person.login, "password": PASSWORD})
        assert page.url == "/held-forms"
        assert "見本 花代" in page.text and "ファイル" in page.text
        page = client.submit(page, "続きから送る")
        assert page.url == "/account" and "登録内容を変更しました" in page.text
    db.session.expire_all()
    assert (person.name, person.kana) == ("見本 花代", "みほん はなよ")
    assert db.session.scalars(sa.select(HeldForm)).all() == []


def test_a_page_that_saw_its_session_end_still_keeps_what_is_sent(client: PageClient, db_session: Session):
    """The open page asks how long the session lasts, and by asking too late ends it: before its words are sent."""
    person = resident()
    type_password(client, person)
    page = client.get("/account/profile")
    with later(minutes=IDLE_MINUTES):
        assert client.open("/session/left").json == {"left": 0}
        page = client.submit(page, fields={"name": "見本 花代", "kana": "みほん はなよ"})
        assert page.url == "/sign-in" and "お預かりしています" in page.text
        page = client.submit(page, fields={"login": person.login, "password": PASSWORD})
        assert page.url == "/held-forms" and "見本 花代" in page.text


def test_a_page_left_open_for_days_keeps_nothing_for_its_writer(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    page = client.get("/account/profile")
    with later(minutes=IDLE_MINUTES):
        client.open("/session/left")
    with later(minutes=IDLE_MINUTES + 25 * 60):
        client.submit(page, fields={"name": "見本 花代", "kana": "みほん はなよ"})
    assert queries.held_forms(person) == []


def test_a_kept_form_can_be_discarded(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    page = typed_too_late(client)
    with later(minutes=IDLE_MINUTES + 2):
        page = client.submit(page, fields={"login": person.login, "password": PASSWORD})
        page = client.submit(page, "破棄する")
        assert "破棄しました" in page.text and "お預かりしている入力はありません" in page.text
    assert person.name == "見本 花子"


def test_a_kept_form_is_for_its_writer_alone(client: PageClient, app: Flask, db_session: Session):
    person, somebody = resident(), resident("jiro.m")
    type_password(client, person)
    page = typed_too_late(client)
    with later(minutes=IDLE_MINUTES + 2):
        page = client.submit(page, fields={"login": somebody.login, "password": PASSWORD})
        assert page.url == "/home"
        page = client.get("/held-forms")
        assert "見本 花代" not in page.text
        client.post("/held-forms", token_from=page, discard=str(queries.held_forms(person)[0].id))
        assert queries.held_forms(person)


def test_a_kept_form_that_times_out_again_is_kept_again(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    page = typed_too_late(client)
    with later(minutes=40):
        page = client.submit(page, fields={"login": person.login, "password": PASSWORD})
    with later(minutes=80):
        page = client.submit(page, "続きから送る")
        assert page.url == "/sign-in"
        page = client.submit(page, fields={"login": person.login, "password": PASSWORD})
        assert client.submit(page, "続きから送る").url == "/account"
        assert queries.held_forms(person) == []


def test_passwords_are_never_kept(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    page = client.get("/account/password")
    fields = dict.fromkeys(("current_password", "password", "password_again"), "another long password")
    with later(minutes=IDLE_MINUTES):
        client.submit(page, fields=fields)
    assert db.session.scalars(sa.select(HeldForm)).all() == []


def test_a_kept_form_keeps_the_postal_code(app: Flask):
    """It is no code to keep secret."""
    typed = {"name": "馬橋市民センター", "postal_code": "270-0000", "code": "123456"}
    with app.test_request_context("/stations/1/venues/new", method="POST", data=typed):
        assert fields_sent() == [("name", "馬橋市民センター"), ("postal_code", "270-0000")]


def test_a_forged_form_is_not_kept(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    with later(minutes=IDLE_MINUTES):
        client.post("/account/profile", status=400, name="偽の名前", csrf_token="forged")
    assert db.session.scalars(sa.select(HeldForm)).all() == []


def test_a_form_in_another_tab_can_be_sent_after_signing_in_again(client: PageClient, db_session: Session):
    person = resident()
    type_password(client, person)
    form_in_first_tab = client.get("/account/profile")
    with later(minutes=IDLE_MINUTES):
        client.get("/account")
        type_password(client, person)
        page = client.submit(form_in_first_tab, fields={"name": "見本 花代", "kana": "みほん はなよ"})
        assert page.url == "/account"


# ---- links ------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(client: PageClient, db_session: Session) -> Person:
    """Signed in with ``client``."""
    person = cast.person(Role.ADMINISTRATOR, name="管理 一郎")
    client.sign_in(person)
    return person


def path_in(page: Page) -> str:
    found = re.search(r"/links/\S+", page.one("code", class_="mt-handover").text or "")
    assert found is not None
    return found[0]


def test_from_invitation_to_first_sign_in(client: PageClient, app: Flask, administrator: Person):
    committee = cast.committee()
    page = client.click(client.get("/people"), "利用者を招待する")
    page = client.submit(page, "登録してリンクを発行する", {"login": "x", "name": "", "kana": "漢字"})
    assert "氏名を入力してください" in page.text and "役割を選んでください" in page.text
    fields = {
        "name": "新山 新",
        "kana": "しんやま あらた",
        "login": "arata.s",
        "email": "arata@example.jp",
        "role": "chair",
        "body": "",
    }
    page = client.submit(page, "登録してリンクを発行する", fields)
    assert "団体を選んでください" in page.text
    page = client.submit(page, "登録してリンクを発行する", {"body": f"committee:{committee.id}"})
    link = path_in(page)
    newcomer = PageClient(app)
    page = newcomer.get(link)
    assert "新山 新さん" in page.text
    page = newcomer.submit(page, fields={"password": "short", "password_again": "short"})
    assert "12文字以上" in page.text
    page = newcomer.submit(page, fields={"password": PASSWORD, "password_again": PASSWORD})
    assert page.url == "/home"
    newcomer.sign_out()
    newcomer.get(link, status=410)
    person = db.session.scalars(sa.select(Person).where(Person.login == "arata.s")).one()
    assert type_password(newcomer, person).url == "/home"
    assert "招待リンクの発行" in client.get(f"/people/{person.id}").text


def test_a_link_that_is_void_or_late_or_invented_says_what_to_do(
    client: PageClient, app: Flask, administrator: Person
):
    person = resident()
    page = client.get(f"/people/{person.id}")
    void, good = (path_in(client.submit(page, "再設定リンクを発行する")) for _ in range(2))
    visitor = PageClient(app)
    for link in (void, "/links/invented"):
        assert "新しいリンクをご依頼ください" in visitor.get(link, status=410).text
    page = visitor.get(good)
    with later(days=1, minutes=1):
        visitor.submit(page, fields={"password": PASSWORD, "password_again": PASSWORD}, status=410)


def test_a_reset_link_does_not_replace_the_app(client: PageClient, app: Flask, administrator: Person):
    person, secret = official()
    person.email = "taro@stations.example"
    page = client.submit(client.get(f"/people/{person.id}"), "再設定リンクを発行する")
    assert "/links/" not in page.text, "it goes by mail only"
    found = re.search(r"/links/\S+", outbox.waiting()[-1].body)
    assert found is not None
    link = found[0]
    visitor = PageClient(app)
    new = "another long password"
    page = visitor.submit(visitor.get(link), fields={"password": new, "password_again": new})
    assert page.url == "/sign-in/code"
    assert not is_signed_in(visitor)
    assert visitor.submit(page, fields={"code": code(secret)}).url == "/home"


# ---- administration ---------------------------------------------------------------------------------------------


def test_roles_are_given_and_ended(client: PageClient, administrator: Person):
    person, station = resident(), cast.station(cast.committee())
    page = client.click(client.get(f"/people/{person.id}"), "役割を加える")
    page = client.submit(page, "役割を加える", {"role": "volunteer", "body": f"station:{station.id}"})
    assert "ボランティア" in page.text and station.name in page.text
    assert "役割の付与（ボランティア）" in page.text
    page = client.click(page, "終える")
    page = client.submit(page, "この日で終える", {"to_on-year": "2019", "to_on-month": "1", "to_on-day": "1"})
    assert "任期の終わりは" in page.text
    today = clock.today()
    when = {"to_on-year": today.year, "to_on-month": today.month, "to_on-day": today.day}
    page = client.submit(page, "この日で終える", when)
    assert "役割の終了（ボランティア）" in page.text
    assert db.session.scalars(
        sa.select(RoleAssignment.to_on).where(RoleAssignment.person_id == person.id)
    ).one()


def test_a_mistaken_role_is_taken_back(client: PageClient, administrator: Person):
    person, station = resident(), cast.station(cast.committee())
    page = client.click(client.get(f"/people/{person.id}"), "役割を加える")
    page = client.submit(page, "役割を加える", {"role": "volunteer", "body": f"station:{station.id}"})
    page = client.click(page, "取り消す")
    page = client.submit(page, "役割を取り消す", {"reason": ""})
    assert "理由を入力してください。" in page.text
    page = client.submit(page, "役割を取り消す", {"reason": "人ちがい"})
    assert "役割の取消し（ボランティア）" in page.text and "人ちがい" in page.text
    assert not page.has_link("取り消す") and not page.has_link("終える")


def test_an_administrator_puts_a_name_right(client: PageClient, administrator: Person):
    person = resident()
    page = client.click(client.get(f"/people/{person.id}"), "登録内容を変更する")
    page = client.submit(
        page, "変更する", {"name": "見本 改", "kana": "みほん あらた", "phone": "０４７－３６６－００００"}
    )
    assert page.heading.startswith("見本 改") and "みほん あらた" in page.text
    assert "047-366-0000" in page.text


@pytest.mark.parametrize("page", ["/account/profile", "/people/{}/edit"])
def test_two_who_change_one_profile_both_keep_their_words(app: Flask, administrator: Person, page: str):
    """Somebody in two tabs, or two administrators: who comes second overwrites nothing unseen."""
    person = resident()
    person.kana = "みほん はなこ"
    own = page.startswith("/account")
    check_both_are_kept(
        app,
        (person, person) if own else (administrator, cast.person(Role.ADMINISTRATOR)),
        page.format(person.id),
        "変更する",
        {"phone": "047-000-7777"} | ({} if own else {"email": "new@stations.example"}),
        {"name": "見本 改"},
        person,
    )


def test_an_administrator_does_not_bury_what_somebody_wrote_of_themselves(
    app: Flask, client: PageClient, administrator: Person
):
    person = resident()
    person.kana = "みほん はなこ"
    page = client.get(f"/people/{person.id}/edit")
    theirs = PageClient(app)
    theirs.sign_in(person)
    theirs.submit(theirs.get("/account/profile"), "変更する", {"phone": "047-000-7777"})
    page = client.submit(page, "変更する", {"name": "見本 改"})
    assert "見本 花子さんが先に保存しました" in page.text and "047-000-7777" in saved_first(page)
    db.session.expire_all()
    assert (person.name, person.phone) == ("見本 花子", "047-000-7777")


def test_stopping_and_starting_an_account(client: PageClient, administrator: Person):
    person = resident()
    page = client.click(client.get(f"/people/{person.id}"), "利用を停止する")
    page = client.submit(page, "利用を停止する")
    assert "理由を入力してください" in page.text
    page = client.submit(page, "利用を停止する", {"reason": "退任のため"})
    assert "停止中" in page.text and "退任のため" in page.text
    page = client.submit(page, "利用を再開する")
    assert "利用を再開しました" in page.text


def test_an_administrator_reads_that_others_change_their_roles(client: PageClient, administrator: Person):
    (own,) = administrator.roles
    today = clock.today()
    when = {"to_on-year": today.year, "to_on-month": today.month, "to_on-day": today.day}
    for url, button, typed in (
        (f"/people/{administrator.id}/roles", "役割を加える", {"role": "general_member"}),
        (f"/people/roles/{own.id}/end", "この日で終える", when),
    ):
        page = client.submit(client.get(url), button, typed)
        assert "ご自分の役割は、ほかの人に変更を依頼してください。" in page.text


def test_an_administrator_has_no_buttons_for_themselves(client: PageClient, administrator: Person):
    page = client.get(f"/people/{administrator.id}")
    assert "ほかのシステム管理者に依頼" in page.text
    assert not page.has_link("役割を加える") and not page.has_link("利用を停止する")
    client.post(f"/people/{administrator.id}/disable", token_from=page, reason="x", status=403)
    client.post(f"/people/{administrator.id}/authenticator", token_from=page, status=403)


def test_the_list_is_searched_and_paged(client: PageClient, administrator: Person):
    for number in range(PAGE_ROWS):
        cast.person(Role.CASHIER, name=f"出納 {number}子")
    cast.person(name="百%太郎")
    page = client.get("/people")
    assert client.click(page, "次のページ").url == "/people?page=2"
    page = client.submit(page, "絞り込む", {"q": "百%"})
    assert "1人" in page.text and page.has_link("百%太郎")
    page = client.get("/people?role=cashier")
    assert f"{PAGE_ROWS}人" in page.text
    assert "条件に合うものはありません" in client.get("/people?q=いない人").text
    client.get("/people?page=x&role=nonsense&status=nonsense")


def test_looking_at_people_is_logged(client: PageClient, administrator: Person):
    person = resident()
    client.get(f"/people/{person.id}")
    view = db.session.scalars(sa.select(PersonalDataView)).one()
    assert (view.by_id, view.object_type, view.object_id) == (administrator.id, "person", person.id)
    page = client.get(f"/people/view-log?by={administrator.id}")
    assert "利用者の登録内容" in page.text and f"利用者「{person.name}」" in page.text


def test_the_same_look_is_logged_once_and_a_later_one_again(client: PageClient, administrator: Person):
    person, other = resident(), cast.person(name="別の 人")

    def looks() -> int:
        return db.session.scalar(sa.select(sa.func.count(PersonalDataView.id))) or 0

    for path, counted in (
        (f"/people/{person.id}", 1),
        (f"/people/{person.id}", 1),
        (f"/people/{other.id}", 2),
        ("/people", 3),
        ("/people", 4),
    ):
        client.get(path)
        assert looks() == counted, path
    with later(minutes=6):
        client.get(f"/people/{person.id}")
    assert looks() == 5
    client.sign_in(cast.person(Role.ADMINISTRATOR, name="管理 二郎"))
    client.get(f"/people/{person.id}")
    assert looks() == 6


def test_the_view_log_says_in_words_what_was_seen_and_is_searched(client: PageClient, administrator: Person):
    committee, person = cast.committee(), resident()
    client.get(f"/people/{person.id}")
    client.sign_in(second := cast.person(Role.ADMINISTRATOR, name="管理 二郎"))
    client.get(f"/committees/{committee.id}/officers")
    page = client.get("/people/view-log")
    assert f"利用者「{person.name}」" in page.text
    page = client.submit(page, "絞り込む", {"q": "管理 一郎"})
    assert f"利用者「{person.name}」" in page.text
    assert not any(second.name in row for row in page.rows())


def test_an_administrator_resets_the_app_of_somebody_who_lost_it(client: PageClient, administrator: Person):
    person, _secret = official(Role.SECRETARIAT)
    page = client.click(client.get(f"/people/{person.id}"), "認証アプリの登録を解除する")
    page = client.submit(page, "登録を解除する")
    assert "解除しました" in page.text and "未登録" in page.text


# ---- one's own account ------------------------------------------------------------------------------------------


def test_a_new_app_needs_the_password(client: PageClient, db_session: Session):
    person, _secret = official()
    client.sign_in(person)
    page = client.get("/account/authenticator")
    secret = secret_on(page)
    page = client.submit(page, fields={"current_password": "wrong", "code": code(secret)})
    assert "いまのパスワードが違います" in page.text
    page = client.submit(page, fields={"current_password": PASSWORD, "code": code(secret)})
    assert len(codes_on(page)) == rules.RECOVERY_CODES
    assert is_signed_in(client)


def test_new_recovery_codes_are_shown_once(client: PageClient, db_session: Session):
    person, _secret = official()
    client.sign_in(person)
    page = client.submit(
        client.get("/account/recovery-codes"),
        "新しい予備コードを発行する",
        fields={"current_password": "wrong"},
    )
    assert codes_on(page) == []
    page = client.submit(page, "新しい予備コードを発行する", fields={"current_password": PASSWORD})
    assert len(codes_on(page)) == rules.RECOVERY_CODES
    assert codes_on(client.get("/account/recovery-codes")) == []


def test_the_language_is_remembered_with_the_person(client: PageClient, app: Flask, db_session: Session):
    person = resident()
    client.sign_in(person)
    page = client.get("/account")
    answer = client.open(
        "/language",
        method="POST",
        data={"language": "en", "next": "//evil.example", "csrf_token": csrf_token(page)},
        follow_redirects=False,
    )
    assert answer.location == "/sign-in"
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("language=en"))
    assert "Max-Age=31536000" in cookie and "SameSite=Lax" in cookie
    assert person.language == "en"
    elsewhere = PageClient(app)
    page = elsewhere.get("/sign-in")
    answer = elsewhere.open(
        "/sign-in",
        method="POST",
        data={"login": person.login, "password": PASSWORD, "csrf_token": csrf_token(page)},
        follow_redirects=False,
    )
    assert any(one.startswith("language=en") for one in answer.headers.getlist("Set-Cookie"))


# ---- the demonstration ------------------------------------------------------------------------------------------


def test_outside_the_demo_there_is_no_one_click_sign_in(client: PageClient, db_session: Session):
    person = cast.person(Role.OFFICER, login="demo-officer")
    page = client.get("/sign-in")
    assert page.all("button", name="person_id") == []
    client.post("/sign-in/demo", token_from=page, person_id=str(person.id), status=404)
    assert not is_signed_in(client)


class TestInTheDemo:
    """The same application with STATIONS_MODE=demo."""

    @pytest.fixture
    def config(self, engine_url: str, worker_folder: Path) -> Config:
        return Config(
            **{**vars(settings_for(engine_url, worker_folder)), "mode": "demo"},
        )

    def test_each_role_is_one_click(self, client: PageClient, db_session: Session):
        committee = cast.committee()
        person = cast.person(Role.OFFICER, login="demo-officer", name="担当 花子")
        cast.person(Role.OFFICER, login="demo-officer-2", name="担当 次郎")
        cast.person(Role.CHAIR, of=committee, login="demo-chair", name="代表 太郎")
        page = client.get("/sign-in?next=/account")
        assert [button.get("value") for button in page.all("button", name="person_id")] == [
            str(queries.demo_accounts()[0].person_id),
            str(person.id),
        ]
        assert committee.name in page.text
        page = client.submit(page, "担当（地域共生課） 担当 花子、 市全体")
        assert page.url == "/account" and "担当 花子" in page.text

    def test_other_accounts_have_no_button(self, client: PageClient, db_session: Session):
        person = cast.person(Role.OFFICER, login="taro")
        page = client.get("/sign-in")
        assert page.all("button", name="person_id") == []
        client.post("/sign-in/demo", token_from=page, person_id=str(person.id), status=404)
        client.post("/sign-in/demo", token_from=page, person_id="x", status=404)

    def test_password_and_app_work_too(self, client: PageClient, db_session: Session):
        person, secret = official(login="demo-officer")
        page = client.submit(type_password(client, person), fields={"code": code(secret)})
        assert page.url == "/home"


def test_link_kinds_follow_the_account(db_session: Session):
    assert queries.link_kind_for(cast.person()) is LinkKind.INVITATION
    assert queries.link_kind_for(resident()) is LinkKind.RESET


def test_a_password_in_somebody_elses_browser_enrols_ones_own_account(
    client: PageClient, db_session: Session
):
    first = resident()
    type_password(client, first)
    form = client.get("/account")
    second = cast.person(Role.OFFICER, login="jiro.m", name="見本 次郎")
    passwords.set_password(second, PASSWORD)
    page = client.post("/sign-in", token_from=form, login=second.login, password=PASSWORD)
    secret = secret_on(page)
    client.submit(page, fields={"code": code(secret)})
    db.session.expire_all()
    assert (first.totp_secret, second.totp_secret is not None) == (None, True)


def test_enrolling_while_signed_in_counts_as_the_second_factor(client: PageClient, db_session: Session):
    person = resident(role=Role.CHAIR, of=cast.committee())
    type_password(client, person)
    page = client.get("/account/authenticator")
    client.submit(page, fields={"code": code(secret_on(page))})
    cast.give(person, Role.OFFICER)
    assert is_signed_in(client)


def test_what_an_earlier_person_typed_is_not_kept_when_the_later_ones_session_is_over(
    client: PageClient, db_session: Session
):
    committee = cast.committee()
    cast.station(committee)
    early, late = (cast.person(Role.DRAFTER, of=committee) for _ in range(2))
    client.sign_in(early)
    mark = once_mark(client, "/plans/new")
    client.sign_in(late)
    token = csrf_token(client.get("/plans/new"))
    with client.http.session_transaction() as session:
        session["seen"] = session["since"] = 0
    data = {"csrf_token": token, "once": mark, "title": "前の方の計画"}
    client.open("/plans/new", method="POST", data=data, headers=OURS)
    assert queries.held_forms(late) == [] and queries.held_forms(early) == []
