"""A leader shows a second factor before the first sheet; a device remembers it for thirty days."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.core import clock
from stations.core.access import Role
from stations.core.database import db, fetch_all
from stations.core.messages import Conflict, RuleBroken
from stations.core.outbox import OutboxMail
from stations.people import device_queries, rules
from stations.people.models import MailCode, Person, TrustedDevice
from stations.people.services import accounts, devices, passwords
from stations.referrals.models import Observation
from tests.people.cast import PASSWORD, code, codes_on, resident, secret_on
from tests.referrals.cast import ALIAS, Town, town, with_mail
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.html_page import text_of
from tests.support.refusals import refused
from tests.support.session import session_of


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def by_password(client: PageClient, person: Person) -> None:
    """Just signed in without a second factor, as a leader is who has no authenticator app."""
    with client.http.session_transaction() as session:
        session.clear()
        session.update(session_of(person) | {"second": False, "typed": clock.now().timestamp()})


def some_time_after(client: PageClient) -> None:
    """The session stays open; the password was typed eleven minutes ago."""
    with client.http.session_transaction() as session:
        session["typed"] -= rules.PASSWORD_FRESH.total_seconds() + 60


def mailed() -> str:
    """The code that was mailed last."""
    body = db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert body is not None
    (code,) = re.findall(r"\b\d{6}\b", body.body)
    return str(code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def prove(client: PageClient, page: Page, *, remember: bool = True) -> Page:
    page = client.submit(page, button_of(page))
    return client.submit(page, "確認して進む", {"code": mailed(), "remember": remember})


def button_of(page: Page) -> str:
    return next(text_of(one) for one in page.all("button") if "コードを送る" in text_of(one))


def test_a_sheet_waits_for_a_code_and_a_list_does_not(client: PageClient, here: Town) -> None:
    referral = here.sent()
    by_password(client, here.leader)
    assert referral.number in client.get("/referrals").text
    page = client.get(f"/referrals/{referral.id}")
    assert page.heading == "ご本人の内容を見る前の確認" and ALIAS not in page.text
    page = prove(client, page)
    assert page.url == f"/referrals/{referral.id}" and ALIAS in page.text
    assert ALIAS in client.get(f"/referrals/{referral.id}").text, "asked once"


def test_the_mail_says_nothing_of_anybody_and_the_code_is_stored_as_a_hash(here: Town) -> None:
    devices.send_code(here.leader)
    mail = db.session.scalars(sa.select(OutboxMail)).one()
    code = mailed()
    assert here.leader.name not in mail.body and mail.subject == "確認コード"
    assert code not in db.session.scalars(sa.select(MailCode.code_hash)).one()
    assert devices.use_code(here.leader, code) and mail.body == ""
    assert not devices.use_code(here.leader, code), "once"


def test_a_code_ends_after_ten_minutes_five_tries_or_a_newer_one(here: Town) -> None:
    now = clock.now()
    devices.send_code(here.leader)
    first = mailed()
    with clock.frozen_at(now + dt.timedelta(minutes=2)):
        devices.send_code(here.leader)
        second = mailed()
        assert first == second or not devices.use_code(here.leader, first)
        for _ in range(4 if first != second else 5):
            assert not devices.use_code(here.leader, wrong(second))
        assert not devices.use_code(here.leader, second), "the sixth try"
    with clock.frozen_at(now + dt.timedelta(minutes=4)):
        devices.send_code(here.leader)
        third = mailed()
    with clock.frozen_at(now + dt.timedelta(minutes=14)):
        assert not devices.use_code(here.leader, third)


def test_codes_are_not_mailed_without_end(here: Town) -> None:
    now = clock.now()
    devices.send_code(here.leader)
    with pytest.raises(RuleBroken, match="1分"):
        devices.send_code(here.leader)
    for minute in (2, 4, 6, 8):
        with clock.frozen_at(now + dt.timedelta(minutes=minute)):
            devices.send_code(here.leader)
    with clock.frozen_at(now + dt.timedelta(minutes=20)), pytest.raises(RuleBroken, match="1時間"):
        devices.send_code(here.leader)
    with clock.frozen_at(now + dt.timedelta(minutes=61)):
        devices.send_code(here.leader)


def test_who_has_no_address_reads_what_to_do(client: PageClient, here: Town) -> None:
    referral = here.sent()
    here.leader.email = None
    by_password(client, here.leader)
    page = client.get(f"/referrals/{referral.id}")
    assert "メールアドレスが登録されていない" in page.text and page.has_link("認証アプリを登録する")
    with refused(RuleBroken, None, "メールアドレスが登録されていません"):
        devices.send_code(here.leader)


@pytest.mark.parametrize("page", ["/account/authenticator", "/account/profile"])
def test_a_password_alone_does_not_put_another_proof_in_the_place_of_mail(
    client: PageClient, here: Town, page: str
) -> None:
    """Who stole a password would else enrol an app, or an address, of their own."""
    by_password(client, here.leader)
    asked = client.get(page)
    assert asked.heading == "ご本人の内容を見る前の確認"
    assert prove(client, asked).url == page


@pytest.mark.parametrize("page", ["/account/authenticator", "/account/profile"])
def test_who_reads_no_sheets_changes_their_account_with_a_password(
    client: PageClient, db_session: object, page: str
) -> None:
    by_password(client, with_mail(cast.person(Role.GENERAL_MEMBER)))
    assert client.get(page).url == page


def test_a_session_that_says_nothing_of_a_second_factor_has_shown_none(
    client: PageClient, here: Town
) -> None:
    referral = here.sent()
    client.sign_in(here.leader)
    with client.http.session_transaction() as session:
        del session["second"]
    assert client.get(f"/referrals/{referral.id}").heading == "ご本人の内容を見る前の確認"


def test_an_open_session_enrols_no_first_app_without_the_password(
    client: PageClient, db_session: object
) -> None:
    person = resident(role=Role.CHAIR, of=cast.committee())
    by_password(client, person)
    assert not client.get("/account/authenticator").all("input", name="current_password"), "typed just now"
    some_time_after(client)
    page = client.get("/account/authenticator")
    fields = {"code": code(secret_on(page))}
    page = client.submit(page, fields=fields | {"current_password": "not the password"})
    assert "いまのパスワードが違います" in page.text and not codes_on(page)
    db.session.expire_all()
    assert db.session.get_one(Person, person.id).totp_secret is None
    page = client.submit(page, fields=fields | {"current_password": PASSWORD})
    assert codes_on(page)


def test_a_trusted_device_enrols_no_first_app_without_the_password(client: PageClient, here: Town) -> None:
    by_password(client, here.leader)
    prove(client, client.get(f"/referrals/{here.sent().id}"))
    some_time_after(client)
    assert client.get("/account/authenticator").all("input", name="current_password")


def test_an_open_session_trusts_no_device_without_the_password(client: PageClient, here: Town) -> None:
    passwords.set_password(here.leader, PASSWORD)
    by_password(client, here.leader)
    some_time_after(client)
    page = client.get(f"/referrals/{here.sent().id}")
    page = client.submit(page, button_of(page))
    sent: dict[str, str | bool] = {"code": mailed(), "remember": True}
    page = client.submit(page, "確認して進む", sent | {"current_password": "not the password"})
    assert "いまのパスワードが違います" in page.text and not fetch_all(sa.select(TrustedDevice))
    page = client.submit(page, "確認して進む", sent | {"current_password": PASSWORD})
    assert ALIAS in page.text, "the code has not been used up"


def test_an_open_session_changes_no_mail_address_without_the_password(
    client: PageClient, db_session: object
) -> None:
    """Reset links go there."""
    person = with_mail(resident())
    person.kana = "みほん"
    before = person.email
    by_password(client, person)
    some_time_after(client)
    page = client.submit(client.get("/account/profile"), "変更する", {"email": "other@stations.example"})
    assert "いまのパスワードが違います" in page.text
    db.session.expire_all()
    assert db.session.get_one(Person, person.id).email == before
    page = client.submit(client.get("/account/profile"), "変更する", {"phone": "047-000-7777"})
    assert page.url == "/account", "nothing else asks for it"
    typed = {"email": "other@stations.example", "current_password": PASSWORD}
    client.submit(client.get("/account/profile"), "変更する", typed)
    db.session.expire_all()
    assert db.session.get_one(Person, person.id).email == "other@stations.example"


def test_wrong_codes_are_counted_although_the_page_comes_again(client: PageClient, here: Town) -> None:
    referral = here.sent()
    by_password(client, here.leader)
    page = client.get(f"/referrals/{referral.id}")
    page = client.submit(page, button_of(page))
    code = mailed()
    for _ in range(5):
        page = client.submit(client.get(page.url), "確認して進む", {"code": wrong(code)})
        assert "コードが違うか" in page.text
    db.session.expire_all()
    assert device_queries.open_code(here.leader) is None


@pytest.mark.parametrize(
    ("remember", "life"), [(True, dt.timedelta(days=30)), (False, rules.LONGEST_SESSION)]
)
def test_a_device_remembers_for_thirty_days_or_a_working_day(
    app: Flask, client: PageClient, here: Town, remember: bool, life: dt.timedelta
) -> None:
    sheet = f"/referrals/{here.sent().id}"
    by_password(client, here.leader)
    prove(client, client.get(sheet), remember=remember)
    device = db.session.scalars(sa.select(TrustedDevice)).one()
    assert device.expires_at - device.trusted_at == life
    by_password(client, here.leader)
    assert ALIAS in client.get(sheet).text, "another session on this device"
    elsewhere = PageClient(app)
    by_password(elsewhere, here.leader)
    assert elsewhere.get(sheet).heading == "ご本人の内容を見る前の確認"
    device.expires_at = clock.now()
    assert client.get(sheet).heading == "ご本人の内容を見る前の確認"


def test_a_device_is_listed_and_can_be_revoked(client: PageClient, here: Town) -> None:
    referral = here.sent()
    by_password(client, here.leader)
    prove(client, client.get(f"/referrals/{referral.id}"))
    page = client.get("/account")
    assert "コードを聞かない端末" in page.text
    device = fetch_all(sa.select(TrustedDevice))[0].id
    page = client.post(f"/account/devices/{device}/revoke", token_from=page)
    assert "コードを聞かない端末" not in page.text
    assert client.get(f"/referrals/{referral.id}").heading == "ご本人の内容を見る前の確認"


def test_a_new_password_and_signing_out_everywhere_end_every_device(here: Town) -> None:
    token = devices.trust_device(here.leader, name="", remembered=True)
    assert device_queries.is_trusted(here.leader, token) and not device_queries.is_trusted(here.worker, token)
    assert token not in db.session.scalars(sa.select(TrustedDevice.token_hash)).one()
    accounts.sign_out_everywhere(here.leader, by=here.leader)
    assert not device_queries.is_trusted(here.leader, token)
    with pytest.raises(Conflict):
        devices.revoke_device(here.leader, fetch_all(sa.select(TrustedDevice))[0].id)


def test_what_was_typed_before_the_code_is_kept(client: PageClient, here: Town) -> None:
    client.sign_in(here.leader)
    page = client.get("/observations/new")
    with client.http.session_transaction() as session:
        session.update({"second": False, "typed": clock.now().timestamp()})
    typed = {"facts": "2週つづけて顔色が悪い", "answer": "unconfirmed"}
    page = client.submit(page, "保存して中断する", typed)
    assert page.heading == "ご本人の内容を見る前の確認"
    page = prove(client, page)
    assert "2週つづけて顔色が悪い" in page.text
    page = client.submit(page, "続きから送る")
    assert db.session.scalars(sa.select(Observation.facts)).one() == "2週つづけて顔色が悪い"


def test_others_are_asked_for_their_app_at_sign_in_and_not_again(client: PageClient, here: Town) -> None:
    referral = here.sent()
    client.sign_in(here.worker)
    assert ALIAS in client.get(f"/referrals/{referral.id}").text
    assert Role.CASE_WORKER in {held.role for held in here.worker.held_roles}


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Windows・Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", "iPhone・Safari"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Safari/537.36", "Android・Chrome"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_called_what_its_owner_knows_it_by(agent: str, name: str) -> None:
    assert rules.device_name(agent) == name
