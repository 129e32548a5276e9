"""No administrator alone becomes somebody who decides on money or reads what is said about people."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stations.core import clock, outbox
from stations.core.access import Role
from stations.core.audit import Event
from stations.core.database import db
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.people import queries
from stations.people.models import AdministratorRequest, LinkKind, OneTimeLink, Person
from stations.people.rules import RequestKind, RequestStatus
from stations.people.services import accounts, links, requests, roles, second_factor
from tests.people.cast import later, official, resident
from tests.referrals.cast import agency
from tests.support import cast
from tests.support.client import PageClient
from tests.support.refusals import refused

on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
TODAY = clock.today()


@pytest.fixture
def admins(db_session: Session) -> tuple[Person, Person]:
    return cast.person(Role.ADMINISTRATOR), cast.person(Role.ADMINISTRATOR)


def addressed(person: Person, email: str = "mihon@stations.example") -> Person:
    person.email = email
    return person


def new_account(by: Person, email: str | None = "puppet@stations.example") -> Person:
    return accounts.create_person(by=by, login="puppet", name="見本 花子", kana="みほん", email=email)


@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.APPROVER, Role.CASHIER, Role.ADMINISTRATOR, Role.EXTERNAL_AUDITOR]
)
def test_no_administrator_alone_gives_a_role_of_the_city(admins: tuple[Person, Person], role: Role):
    first, second = admins
    person = cast.person()
    for also in (None, first, person, cast.person(Role.OFFICER)):
        with pytest.raises(NotAllowed):
            roles.give_role(person=person, role=role, from_on=TODAY, by=first, second=also)
    assert person.roles == []
    roles.give_role(person=person, role=role, from_on=TODAY, by=first, second=second)
    assert person.roles[0].role is role and len(person.held_roles) == 1


def test_a_role_asked_for_holds_once_another_administrator_agrees(admins: tuple[Person, Person]):
    first, second = admins
    person = addressed(resident())
    asked = requests.ask_for_role(person=person, role=Role.CASHIER, from_on=TODAY, by=first)
    assert not person.held_roles
    with pytest.raises(NotAllowed):
        requests.accept_request(asked, by=first)
    with pytest.raises(NotAllowed):
        requests.accept_request(asked, by=cast.person(Role.OFFICER))
    requests.accept_request(asked, by=second)
    assert [one.role for one in person.held_roles] == [Role.CASHIER]
    with pytest.raises(Conflict):
        requests.accept_request(asked, by=second)


def test_nobody_agrees_to_their_own_role(admins: tuple[Person, Person]):
    first, second = admins
    second.email = "second@stations.example"
    asked = requests.ask_for_role(person=second, role=Role.CASHIER, from_on=TODAY, by=first)
    with pytest.raises(NotAllowed):
        requests.accept_request(asked, by=second)
    with pytest.raises(NotAllowed):
        requests.ask_for_role(person=first, role=Role.CASHIER, from_on=TODAY, by=first)


def test_a_request_is_declined_or_taken_back_and_gives_nothing(admins: tuple[Person, Person]):
    person = addressed(resident())
    for by in admins:
        asked = requests.ask_for_role(person=person, role=Role.CASHIER, from_on=TODAY, by=admins[0])
        requests.decline_request(asked, by=by)
        with pytest.raises(Conflict):
            requests.accept_request(asked, by=admins[1])
    assert person.held_roles == ()


def test_what_is_wrong_with_a_role_is_said_when_it_is_asked_for(admins: tuple[Person, Person]):
    with pytest.raises(RuleBroken) as caught:
        requests.ask_for_role(
            person=cast.person(),
            role=Role.CASHIER,
            from_on=TODAY,
            to_on=TODAY - dt.timedelta(days=9),
            by=admins[0],
        )
    assert caught.value.field == "to_on"


def test_a_second_factor_of_the_city_is_reset_by_two_and_its_owner_hears_of_both(
    admins: tuple[Person, Person],
):
    first, second = admins
    person, _secret = official(Role.CASHIER)
    addressed(person)
    with pytest.raises(NotAllowed):
        second_factor.reset_second_factor(person, by=first)
    asked = requests.ask_for_reset(person, by=first)
    assert person.totp_secret is not None
    assert [mail.to_address for mail in outbox.waiting()] == [person.email]
    with pytest.raises(NotAllowed):
        requests.accept_request(asked, by=first)
    requests.accept_request(asked, by=second)
    assert person.totp_secret is None
    assert [mail.to_address for mail in outbox.waiting()] == [person.email] * 2


def renamed(person: Person, *, by: Person, email: str, name: str = "") -> None:
    accounts.change_profile(
        person, name=name or person.name, kana=person.kana, email=email, phone=None, by=by
    )


def test_a_link_of_a_city_account_does_not_go_to_an_address_its_sender_wrote(admins: tuple[Person, Person]):
    """Neither one that the administrator changed, nor one that they made the account with."""
    first, second = admins
    person = new_account(first)
    asked = requests.ask_for_role(person=person, role=Role.CASHIER, from_on=TODAY, by=first)
    with refused(RuleBroken, None, "まだ確かめていません"):
        links.issue_link(person, kind=LinkKind.INVITATION, by=first)
    requests.accept_request(asked, by=second)  # and so the second one's invitation goes out
    (link,) = db.session.scalars(sa.select(OneTimeLink)).all()
    assert link.issued_by_id == second.id
    renamed(person, by=second, email="second@stations.example")
    with later(days=8):  # no app yet: the link opens all, and the owner may never have read the old address
        for by in (first, second, cast.person(Role.ADMINISTRATOR)):
            with refused(RuleBroken, None, "まだ確かめていません"):
                links.issue_link(person, kind=LinkKind.INVITATION, by=by)
    asked = requests.ask_for_link(person, by=second)
    requests.accept_request(asked, by=first)
    assert outbox.waiting()[-1].to_address == "second@stations.example"
    links.issue_link(person, kind=LinkKind.INVITATION, by=second)


def test_nobody_unaware_sends_the_link_of_a_city_account_to_an_address_another_wrote(
    admins: tuple[Person, Person],
):
    """A third administrator sees an address, not who has just written it; after a week its owner had time to object."""
    first, second = admins
    person = addressed(official(Role.CASHIER)[0])
    links.issue_link(person, kind=LinkKind.RESET, by=second)
    renamed(person, by=first, email="puppet@stations.example")
    third = cast.person(Role.ADMINISTRATOR)
    for by in (first, second, third):
        with refused(RuleBroken, None, "まだ確かめていません"):
            links.issue_link(person, kind=LinkKind.RESET, by=by)
    asked = requests.ask_for_link(person, by=third)
    with pytest.raises(RuleBroken, match="ご自分が登録"):
        requests.accept_request(asked, by=first)
    requests.decline_request(asked, by=first)
    with later(days=8):
        links.issue_link(person, kind=LinkKind.RESET, by=third)


def test_an_address_that_its_owner_wrote_needs_nobody_elses_look(admins: tuple[Person, Person]):
    person = addressed(official(Role.CASHIER)[0])
    renamed(person, by=person, email="mine@stations.example")
    links.issue_link(person, kind=LinkKind.RESET, by=admins[0])


def test_a_confirmed_address_is_confirmed_no_more_once_another_stood_there(admins: tuple[Person, Person]):
    first, second = admins
    person = new_account(first, email="old@stations.example")
    requests.accept_request(
        requests.ask_for_role(person=person, role=Role.CASHIER, from_on=TODAY, by=first), by=second
    )
    renamed(person, by=first, email="new@stations.example")
    renamed(person, by=first, email="old@stations.example")
    with refused(RuleBroken, None, "まだ確かめていません"):
        links.issue_link(person, kind=LinkKind.INVITATION, by=second)


@pytest.mark.parametrize("changed", [{"email": "puppet@stations.example"}, {"name": "別人 太郎"}])
@pytest.mark.parametrize("kind", [RequestKind.ROLE, RequestKind.RESET, RequestKind.LINK])
def test_what_the_second_agrees_to_is_what_the_first_asked_for(
    admins: tuple[Person, Person], kind: RequestKind, changed: dict[str, str]
):
    """The first one changes the account between asking and the second one's agreement."""
    first, second = admins
    person = addressed(official(Role.CASHIER)[0])
    asked = {
        RequestKind.ROLE: lambda: requests.ask_for_role(
            person=person, role=Role.APPROVER, from_on=TODAY, by=first
        ),
        RequestKind.RESET: lambda: requests.ask_for_reset(person, by=first),
        RequestKind.LINK: lambda: requests.ask_for_link(person, by=first),
    }[kind]()
    renamed(person, by=first, **({"email": str(person.email)} | changed))
    with pytest.raises(RuleBroken, match="変わった"):
        requests.accept_request(asked, by=second)
    assert asked.status is RequestStatus.WAITING
    assert person.totp_secret is not None and len(person.roles) == 1
    requests.decline_request(asked, by=second)


def test_history_keeps_neither_name_nor_address_of_a_request(admins: tuple[Person, Person]):
    person = addressed(official(Role.CASHIER)[0])
    requests.accept_request(requests.ask_for_reset(person, by=admins[0]), by=admins[1])
    kept = db.session.scalars(sa.select(Event.detail).where(Event.object_type == "person")).all()
    assert all("@" not in str(detail) and person.name not in str(detail) for detail in kept)


def test_an_account_that_one_alone_could_open_starts_again_with_its_first_role_of_the_city(
    admins: tuple[Person, Person],
):
    """An administrator alone may know a resident's password (a link is handed over), and would hold the role."""
    first, second = admins
    person = addressed(resident(role=Role.CHAIR, of=cast.committee()))
    person.totp_secret = official(login="jiro.m")[0].totp_secret
    session = person.get_id()
    requests.accept_request(
        requests.ask_for_role(person=person, role=Role.CASHIER, from_on=TODAY, by=first), by=second
    )
    assert person.password_hash is None and person.totp_secret is None and person.get_id() != session
    assert db.session.scalars(sa.select(OneTimeLink.kind)).one() is LinkKind.INVITATION
    assert outbox.waiting()[-1].to_address == person.email


def test_a_second_role_of_the_city_leaves_password_and_app(admins: tuple[Person, Person]):
    person = addressed(official(Role.OFFICER)[0])
    before = person.password_hash, person.totp_secret
    requests.accept_request(
        requests.ask_for_role(person=person, role=Role.CASHIER, from_on=TODAY, by=admins[0]), by=admins[1]
    )
    assert (person.password_hash, person.totp_secret) == before
    assert not db.session.scalars(sa.select(OneTimeLink)).all()


def test_a_stopped_account_of_the_city_is_opened_again_by_two(admins: tuple[Person, Person]):
    """Else one administrator brings somebody back who has left, with all their roles."""
    first, second = admins
    person = addressed(official(Role.CASHIER)[0])
    accounts.disable(person, by=first)
    with pytest.raises(NotAllowed):
        accounts.enable(person, by=first)
    asked = requests.ask_for_enabling(person, by=first)
    with pytest.raises(NotAllowed):
        requests.accept_request(asked, by=first)
    requests.accept_request(asked, by=second)
    assert person.is_active
    with pytest.raises(Conflict):
        requests.ask_for_enabling(person, by=first)


def test_nor_does_a_residents(admins: tuple[Person, Person]):
    first, second = admins
    person = addressed(resident())
    links.issue_link(person, kind=LinkKind.RESET, by=first)
    accounts.change_profile(
        person, name=person.name, kana=person.kana, email="puppet@stations.example", phone=None, by=first
    )
    with refused(RuleBroken, None, "ご自分が1週間以内"):
        links.issue_link(person, kind=LinkKind.RESET, by=first)
    links.issue_link(person, kind=LinkKind.RESET, by=second)


def test_a_link_of_a_city_account_goes_by_mail_only(admins: tuple[Person, Person]):
    person, _secret = official(Role.CASHIER)
    with refused(RuleBroken, None, "メールだけで送ります"):
        links.issue_link(person, kind=LinkKind.RESET, by=admins[0])


def test_a_resident_is_invited_by_one(admins: tuple[Person, Person]):
    person = new_account(admins[0], email=None)
    committee = cast.committee()
    roles.give_role(person=person, role=Role.CHAIR, committee_id=committee.id, from_on=TODAY, by=admins[0])
    assert links.issue_link(person, kind=LinkKind.INVITATION, by=admins[0])


def test_the_database_lets_nobody_accept_their_own_request(admins: tuple[Person, Person]):
    asked = requests.ask_for_role(
        person=addressed(resident()), role=Role.CASHIER, from_on=TODAY, by=admins[0]
    )
    db.session.flush()
    with pytest.raises(IntegrityError):
        db.session.execute(
            sa.update(AdministratorRequest)
            .where(AdministratorRequest.id == asked.id)
            .values(status="accepted", decided_by_id=admins[0].id, decided_at=clock.now())
        )


@on_sqlite
def test_two_administrators_invite_a_cashier_through_pages(app: Flask, admins: tuple[Person, Person]):
    first, second = (PageClient(app) for _ in range(2))
    for client, person in zip((first, second), admins, strict=True):
        client.sign_in(person)
    page = first.submit(
        first.get("/people/new"),
        login="hanako",
        name="見本 花子",
        kana="みほん はなこ",
        email="hanako@stations.example",
        role="cashier",
    )
    assert "/links/" not in page.text
    assert "ほかのシステム管理者の確認" in page.text
    page = second.get("/home")
    page = second.click(page, "確認を待っている操作が1件あります")
    assert "見本 花子" in page.text and "出納" in page.text
    assert "hanako@stations.example" in page.text, "the invitation goes there: whose address is it?"
    page = second.submit(page, "確認して実行する")
    assert "/links/" not in page.text
    person = db.session.scalars(sa.select(Person).where(Person.login == "hanako")).one()
    assert [held.role for held in person.held_roles] == [Role.CASHIER]
    assert any("/links/" in mail.body for mail in outbox.waiting())
    assert not second.get("/people/requests").all("button", text="確認して実行する")


@on_sqlite
def test_the_asker_sees_the_request_and_takes_it_back(client: PageClient, admins: tuple[Person, Person]):
    person, _secret = official(Role.CASHIER)
    client.sign_in(admins[0])
    page = client.submit(client.get(f"/people/{person.id}/authenticator"), "もう1人に確認を依頼する")
    page = client.get("/people/requests")
    assert not page.all("button", text="確認して実行する")
    client.submit(page, "取り下げる")
    assert queries.open_requests() == []
    assert db.session.get_one(Person, person.id).totp_secret is not None


@on_sqlite
def test_a_residents_second_factor_is_reset_by_one(client: PageClient, admins: tuple[Person, Person]):
    person = resident(role=Role.CHAIR, of=cast.committee())
    person.totp_secret = official(login="jiro.m")[0].totp_secret
    client.sign_in(admins[0])
    client.submit(client.get(f"/people/{person.id}/authenticator"), "登録を解除する")
    db.session.expire_all()
    assert db.session.get_one(Person, person.id).totp_secret is None


@on_sqlite
def test_the_second_administrator_reads_all_that_a_role_gives(app: Flask, admins: tuple[Person, Person]):
    of, ends = agency("見本の相談支援センター"), TODAY + dt.timedelta(days=400)
    requests.ask_for_role(
        person=addressed(resident()),
        role=Role.CASE_WORKER,
        agency_id=of.id,
        from_on=TODAY,
        to_on=ends,
        by=admins[0],
    )
    client = PageClient(app)
    client.sign_in(admins[1])
    page = client.get("/people/requests")
    assert of.name in page.text
    assert f"{ends.month}月{ends.day}日" in page.text


@on_sqlite
def test_the_second_administrator_sees_who_has_just_written_the_address(
    app: Flask, admins: tuple[Person, Person]
):
    first, second = (PageClient(app) for _ in range(2))
    for client, admin in zip((first, second), admins, strict=True):
        client.sign_in(admin)
    admins[0].name = "見本 書子"
    person = addressed(official(Role.CASHIER)[0])
    renamed(person, by=admins[0], email="puppet@stations.example")
    page = first.submit(first.get(f"/people/{person.id}"), "再設定リンクを発行する")
    assert "依頼しました" in page.text and not db.session.scalars(sa.select(OneTimeLink)).all()
    assert "見本 書子が登録・変更した" in page.text
    page = second.get("/people/requests")
    assert "puppet@stations.example" in page.text and "見本 書子が登録・変更した" in page.text
    second.submit(page, "確認して実行する")
    assert outbox.waiting()[-1].to_address == "puppet@stations.example"


@on_sqlite
def test_a_request_that_is_out_of_date_offers_only_to_decline_it(app: Flask, admins: tuple[Person, Person]):
    person = addressed(official(Role.CASHIER)[0])
    requests.ask_for_reset(person, by=admins[0])
    renamed(person, by=admins[0], email="puppet@stations.example")
    second = PageClient(app)
    second.sign_in(admins[1])
    page = second.get("/people/requests")
    assert "変わりました" in page.text and not page.all("button", text="確認して実行する")
    second.submit(page, "見送る")
    assert queries.open_requests() == []


@on_sqlite
def test_a_stopped_account_of_the_city_waits_for_the_other_administrator(
    app: Flask, admins: tuple[Person, Person]
):
    first, second = (PageClient(app) for _ in range(2))
    for client, admin in zip((first, second), admins, strict=True):
        client.sign_in(admin)
    person = addressed(official(Role.CASHIER)[0])
    accounts.disable(person, by=admins[0])
    page = first.submit(first.get(f"/people/{person.id}"), "利用を再開する")
    assert "停止中" in page.text
    second.submit(second.get("/people/requests"), "確認して実行する")
    db.session.expire_all()
    assert db.session.get_one(Person, person.id).is_active


def test_the_same_is_asked_for_once_at_a_time(admins: tuple[Person, Person]):
    first, second = admins
    person = addressed(cast.person(Role.OFFICER))
    ask = requests.ask_for_role
    asked = ask(person=person, role=Role.CASHIER, from_on=TODAY, by=first)
    for by, from_on in ((first, TODAY), (second, TODAY + dt.timedelta(days=30))):
        with refused(RuleBroken, "role"):
            ask(person=person, role=Role.CASHIER, from_on=from_on, by=by)
    ask(person=person, role=Role.APPROVER, from_on=TODAY, by=first)
    here, there = agency(), agency("別の相談機関")
    ask(person=person, role=Role.CASE_WORKER, agency_id=here.id, from_on=TODAY, by=first)
    ask(person=person, role=Role.CASE_WORKER, agency_id=there.id, from_on=TODAY, by=first)
    requests.decline_request(asked, by=first)
    ask(person=person, role=Role.CASHIER, from_on=TODAY, by=first)


def test_an_account_is_asked_to_be_opened_once_at_a_time(admins: tuple[Person, Person]):
    first, second = admins
    person = addressed(cast.person(Role.OFFICER))
    requests.ask_for_reset(person, by=first)
    with pytest.raises(Conflict):
        requests.ask_for_reset(person, by=second)
    requests.ask_for_link(person, by=first)
    with pytest.raises(Conflict):
        requests.ask_for_link(person, by=first)
    accounts.disable(person, by=first)
    requests.ask_for_enabling(person, by=first)
    with pytest.raises(Conflict):
        requests.ask_for_enabling(person, by=second)
