"""Acts on accounts, on both databases."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from stations.core import audit, clock, outbox
from stations.core.access import Permission, Role, can
from stations.core.database import UtcDateTime, db
from stations.core.language import gettext
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.people import keys, queries, rules
from stations.people.models import HeldForm, LinkKind, OneTimeLink, Person, RecoveryCode, SignInFailure
from stations.people.rules import AccountStatus
from stations.people.services import accounts, held_forms, links, passwords, roles, second_factor
from stations.people.services import sign_in as signing_in
from tests.people.cast import PASSWORD, code, later, official, resident
from tests.support import cast
from tests.support.refusals import refused

HERE = "192.0.2.7"
TODAY = clock.today()
on_postgresql = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)


@pytest.fixture
def administrator(db_session: Session) -> Person:
    return cast.person(Role.ADMINISTRATOR, name="管理 一郎")


def token_of(url: str) -> str:
    return url.rsplit("/", 1)[-1]


# ---- accounts ---------------------------------------------------------------------------------------------------


def test_a_new_account_is_tidied_and_recorded(administrator: Person):
    person = accounts.create_person(
        by=administrator,
        login="Ｈａｎａ．Ｍ ",
        name=" 髙橋 花 ",
        kana="タカハシ ハナ",
        email=None,
        phone=None,
    )
    assert (person.login, person.name, person.kana) == ("hana.m", "髙橋 花", "たかはし はな")
    assert person.status is AccountStatus.INVITED
    assert [str(entry.label) for entry in audit.timeline(person)] == ["登録"]


@pytest.mark.parametrize("login", ["ab", "花子", "a b/c", "-hana", "x" * 41])
def test_a_login_must_be_plain(administrator: Person, login: str):
    with pytest.raises(RuleBroken) as caught:
        accounts.create_person(by=administrator, login=login, name="見本", kana="みほん", email=None)
    assert caught.value.field == "login"


def test_a_login_is_taken_once_whatever_its_width(administrator: Person):
    accounts.create_person(by=administrator, login="hanako", name="見本", kana="みほん", email=None)
    with pytest.raises(RuleBroken, match="すでに使われています"):
        accounts.create_person(by=administrator, login="ＨＡＮＡＫＯ", name="見本", kana="みほん", email=None)


def test_only_an_administrator_makes_accounts(db_session: Session):
    officer = cast.person(Role.OFFICER)
    with pytest.raises(NotAllowed):
        accounts.create_person(by=officer, login="hanako", name="見本", kana="みほん", email=None)


def test_disabling_ends_sessions_links_and_sign_in(administrator: Person):
    person = resident()
    before = person.get_id()
    url = links.issue_link(person, kind=LinkKind.RESET, by=administrator)
    accounts.disable(person, by=administrator, reason="退職")
    assert person.get_id() != before
    assert signing_in.try_password(login=person.login, password=PASSWORD, address=HERE).person is None
    with pytest.raises(Conflict):
        links.accept_link(token_of(url), PASSWORD)
    with pytest.raises(Conflict):
        accounts.disable(person, by=administrator)
    accounts.enable(person, by=administrator)
    assert person.status is AccountStatus.ACTIVE
    entry = next(entry for entry in audit.timeline(person) if str(entry.label) == "利用停止")
    assert (entry.reason, str(entry.from_label), str(entry.to_label)) == ("退職", "利用中", "停止中")


def test_the_list_filters_by_the_same_state_that_a_person_tells(administrator: Person):
    invited, active, stopped = cast.person(), resident(), resident("jiro.m")
    accounts.disable(stopped, by=administrator)
    db.session.flush()
    for status, one in zip(AccountStatus, (invited, active, stopped), strict=True):
        assert one.status is status
        found = {row.person.id for row in queries.people(status=status).rows}
        assert one.id in found
        assert all(row.person.status is status for row in queries.people(status=status).rows)


# ---- passwords --------------------------------------------------------------------------------------------------


def test_a_password_is_stored_as_argon2id(db_session: Session):
    person = resident()
    assert (person.password_hash or "").startswith("$argon2id$")
    with pytest.raises(RuleBroken, match="12文字以上"):
        passwords.set_password(person, "short")


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(db_session: Session):
    person = resident()
    before = person.get_id()
    with pytest.raises(RuleBroken) as caught:
        passwords.change_password(person, current="wrong", new="another long password")
    assert caught.value.field == "current_password"
    passwords.change_password(person, current=PASSWORD, new="another long password")
    assert person.get_id() != before


# ---- failures and waiting ---------------------------------------------------------------------------------------


def test_the_delay_grows_with_each_failure_and_a_right_password_must_wait_too(db_session: Session):
    person = resident()
    delays = []
    for failures in range(1, 7):
        attempt = signing_in.try_password(login=person.login, password="wrong", address=HERE)
        assert attempt.checked and attempt.person is None
        delays.append(round(attempt.wait.total_seconds()))
        if delays[-1]:
            early = signing_in.try_password(login=person.login, password=PASSWORD, address=HERE)
            assert not early.checked and early.person is None and early.wait_seconds <= delays[-1]
        with later(seconds=delays[-1]):
            assert (
                signing_in.try_password(login=person.login, password=PASSWORD, address=HERE).person is person
            )
        _put_failures_back(delays[-1])
        assert failures == len(delays)
    assert delays == [0, 0, 5, 10, 20, 40]


def _put_failures_back(seconds: float) -> None:
    """Let the wait pass without moving the clock: the rows are as old as if it had."""
    table = sa.table("sign_in_failure", sa.column("id", sa.Integer), sa.column("at", UtcDateTime()))
    dialect = db.engine.dialect.name
    triggers = {
        "sqlite": "DROP TRIGGER IF EXISTS sign_in_failure_no_update",
        "postgresql": "ALTER TABLE sign_in_failure DISABLE TRIGGER ALL",
    }
    db.session.execute(sa.text(triggers[dialect]))
    for row_id, at in db.session.execute(sa.select(table.c.id, table.c.at)).all():
        earlier = at - dt.timedelta(seconds=seconds)
        db.session.execute(sa.update(table).where(table.c.id == row_id).values(at=earlier))


def test_an_unknown_login_is_answered_and_counted_like_a_known_one(db_session: Session):
    known = resident()
    answers = [
        [
            signing_in.try_password(login=login, password="wrong", address=f"192.0.2.{at}").wait_seconds
            for _ in range(3)
        ]
        for at, login in enumerate([known.login, "nobody"])
    ]
    assert answers[0] == answers[1] == [0, 0, 5]


def test_a_complete_sign_in_ends_the_counting(db_session: Session):
    person = resident()
    for _ in range(2):
        signing_in.try_password(login=person.login, password="wrong", address=HERE)
    signing_in.record_sign_in(person)
    assert signing_in.try_password(login=person.login, password="wrong", address=HERE).wait_seconds == 0


def test_the_counting_names_nobody(db_session: Session):
    signing_in.try_password(login="hanako.m", password="wrong", address=HERE)
    kept = " ".join(db.session.scalars(sa.select(SignInFailure.key)))
    assert "hanako" not in kept and HERE not in kept


def test_wrong_codes_count_as_failures_of_the_account(db_session: Session):
    person, secret = official()
    for _ in range(3):
        attempt = signing_in.try_code(person, code="000000", address=HERE)
    assert attempt.wait_seconds == 5
    assert not signing_in.try_code(person, code=code(secret), address=HERE).checked


# ---- second factor ----------------------------------------------------------------------------------------------


def test_a_code_is_never_accepted_twice(db_session: Session):
    person, secret = official()
    shown = code(secret)
    assert signing_in.try_code(person, code=shown, address=HERE).person is person
    assert signing_in.try_code(person, code=shown, address=HERE).person is None
    with later(seconds=rules.TOTP_SECONDS):
        assert signing_in.try_code(person, code=shown, address=HERE).person is None
        assert signing_in.try_code(person, code=code(secret), address=HERE).person is person


def test_a_code_older_than_the_last_one_used_is_refused(db_session: Session):
    person, secret = official()
    earlier = code(secret, at=clock.now() - dt.timedelta(seconds=rules.TOTP_SECONDS))
    assert signing_in.try_code(person, code=code(secret), address=HERE).person is person
    assert signing_in.try_code(person, code=earlier, address=HERE).person is None


def test_a_code_may_be_typed_full_width_and_a_little_late(db_session: Session):
    person, secret = official()
    earlier = code(secret, at=clock.now() - dt.timedelta(seconds=rules.TOTP_SECONDS))
    wide = earlier.translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert signing_in.try_code(person, code=f" {wide[:3]} {wide[3:]}", address=HERE).person is person


def at_once(app: Flask, act: Callable[[], bool], times: int = 2) -> list[bool]:
    """Run an act in several threads, each with a transaction of its own that all open before any commits."""
    ready, answers = threading.Barrier(times), []

    def run() -> None:
        with app.app_context():
            db.session.execute(sa.text("SELECT 1"))
            ready.wait()
            answers.append(act())
            db.session.commit()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@on_postgresql
def test_of_two_requests_with_one_code_one_gets_in(app: Flask, db_session: Session):
    person, secret = official()
    db.session.commit()
    shown, person_id = code(secret), person.id

    def sign_in() -> bool:
        return second_factor.accept_code(db.session.get_one(Person, person_id), shown)

    assert sorted(at_once(app, sign_in)) == [False, True]


@on_postgresql
def test_of_two_requests_for_one_office_one_is_given(app: Flask, db_session: Session):
    committee, administrator = cast.committee(), cast.person(Role.ADMINISTRATOR)
    wanted = [cast.person().id, cast.person().id]
    db.session.commit()
    committee_id, administrator_id = committee.id, administrator.id

    def appoint() -> bool:
        person = db.session.get_one(Person, wanted.pop())
        by = db.session.get_one(Person, administrator_id)
        try:
            roles.give_role(person=person, role=Role.CHAIR, committee_id=committee_id, from_on=TODAY, by=by)
        except RuleBroken:
            db.session.rollback()
            return False
        return True

    assert sorted(at_once(app, appoint)) == [False, True]


@on_postgresql
def test_of_two_requests_with_one_recovery_code_one_gets_in(app: Flask, db_session: Session):
    person, _secret = official()
    recovery, person_id = second_factor.new_recovery_codes(person)[0], person.id
    db.session.commit()

    def sign_in() -> bool:
        return second_factor.accept_code(db.session.get_one(Person, person_id), recovery)

    assert sorted(at_once(app, sign_in)) == [False, True]


@on_postgresql
def test_many_tries_at_once_do_not_slip_past_the_count(app: Flask, db_session: Session):
    resident()
    db.session.commit()

    def guess() -> bool:
        return signing_in.try_password(login="hanako.m", password="wrong", address=HERE).checked

    assert sum(at_once(app, guess, times=8)) == rules.FREE_FAILURES


def test_enrolment_stores_the_secret_encrypted_and_uses_the_code_up(db_session: Session):
    person, secret = resident(), second_factor.new_secret()
    with refused(RuleBroken, "code"):
        second_factor.confirm_enrolment(person, secret=secret, code="000000")
    codes = second_factor.confirm_enrolment(person, secret=secret, code=code(secret))
    assert len(set(codes)) == rules.RECOVERY_CODES
    assert secret not in (person.totp_secret or "")
    assert keys.decrypt(person.totp_secret or "") == secret
    assert signing_in.try_code(person, code=code(secret), address=HERE).person is None


def test_a_recovery_code_is_used_once_and_new_ones_replace_all(db_session: Session):
    person, _secret = official()
    old = second_factor.new_recovery_codes(person)
    assert signing_in.try_code(person, code=old[0], address=HERE).person is person
    assert signing_in.try_code(person, code=old[0], address=HERE).person is None
    assert queries.recovery_codes_left(person) == rules.RECOVERY_CODES - 1
    new = second_factor.new_recovery_codes(person)
    assert signing_in.try_code(person, code=old[1], address=HERE).person is None
    assert signing_in.try_code(person, code=new[0].replace("-", ""), address=HERE).person is person
    kept = " ".join(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    assert new[1] not in kept and new[1].replace("-", "") not in kept


def test_an_administrator_lets_somebody_enrol_again(administrator: Person):
    person, secret = official()
    second_factor.new_recovery_codes(person)
    before = person.get_id()
    second_factor.reset_second_factor(person, by=administrator, second=cast.person(Role.ADMINISTRATOR))
    assert person.totp_secret is None and person.get_id() != before
    assert queries.recovery_codes_left(person) == 0
    assert signing_in.try_code(person, code=code(secret), address=HERE).person is None


# ---- links ------------------------------------------------------------------------------------------------------


def test_an_invitation_sets_the_password_once(administrator: Person):
    person = accounts.create_person(
        by=administrator, login="hanako", name="見本 花子", kana="みほん", email="hanako@example.jp"
    )
    url = links.issue_link(person, kind=LinkKind.INVITATION, by=administrator)
    mail = db.session.scalars(sa.select(OutboxMail)).one()
    assert url in mail.body and mail.to_address == "hanako@example.jp"
    with pytest.raises(RuleBroken, match="12文字以上"):
        links.accept_link(token_of(url), "short")
    db.session.execute(sa.update(OneTimeLink).values(used_at=None))  # the view rolls a broken rule back
    db.session.expire_all()
    assert links.accept_link(token_of(url), PASSWORD) is person
    assert person.status is AccountStatus.ACTIVE
    assert queries.usable_link(token_of(url)) is None
    with pytest.raises(Conflict):
        links.accept_link(token_of(url), "another long password")
    assert mail.body == ""


def test_the_token_is_stored_only_as_a_hash(administrator: Person):
    person = cast.person()
    url = links.issue_link(person, kind=LinkKind.INVITATION, by=administrator)
    link = db.session.scalars(sa.select(OneTimeLink)).one()
    assert token_of(url) not in link.token_hash


@pytest.mark.parametrize(
    ("kind", "life"), [(LinkKind.INVITATION, rules.INVITATION_LIFE), (LinkKind.RESET, rules.RESET_LIFE)]
)
def test_a_link_expires(administrator: Person, kind: LinkKind, life: dt.timedelta):
    url = links.issue_link(cast.person(), kind=kind, by=administrator)
    with later(seconds=life.total_seconds() - 60):
        assert queries.usable_link(token_of(url)) is not None
    with later(seconds=life.total_seconds() + 1):
        assert queries.usable_link(token_of(url)) is None
        with pytest.raises(Conflict):
            links.accept_link(token_of(url), PASSWORD)


def test_a_newer_link_makes_the_older_void(administrator: Person):
    person = cast.person()
    old, new = (links.issue_link(person, kind=LinkKind.RESET, by=administrator) for _ in range(2))
    with pytest.raises(Conflict):
        links.accept_link(token_of(old), PASSWORD)
    assert links.accept_link(token_of(new), PASSWORD) is person


@on_postgresql
def test_of_two_requests_with_one_link_one_sets_the_password(app: Flask, administrator: Person):
    token = token_of(links.issue_link(cast.person(), kind=LinkKind.INVITATION, by=administrator))
    db.session.commit()

    def accept() -> bool:
        try:
            links.accept_link(token, PASSWORD)
        except Conflict:
            db.session.rollback()
            return False
        return True

    assert sorted(at_once(app, accept)) == [False, True]


# ---- roles ------------------------------------------------------------------------------------------------------


def test_a_role_holds_from_its_first_to_its_last_day(administrator: Person):
    person = cast.person()
    committee = cast.committee()
    roles.give_role(
        person=person,
        role=Role.CHAIR,
        committee_id=committee.id,
        from_on=TODAY,
        to_on=TODAY + dt.timedelta(days=10),
        by=administrator,
    )
    assert can(person, Permission.PLAN_SUBMIT, committee)
    for days, holds in ((-1, False), (10, True), (11, False)):
        person.__dict__.pop("held_roles", None)
        with later(days=days):
            assert bool(can(person, Permission.PLAN_SUBMIT, committee)) is holds


def test_an_ended_role_gives_nothing(administrator: Person):
    person = cast.person()
    role = cast.give(person, Role.OFFICER)
    roles.end_role(role, on=TODAY - dt.timedelta(days=1), by=administrator)
    assert not can(person, Permission.PLAN_READ)
    with pytest.raises(Conflict):
        roles.end_role(role, on=TODAY, by=administrator)
    with pytest.raises(RuleBroken) as caught:
        roles.end_role(cast.give(person, Role.CASHIER), on=dt.date(2019, 1, 1), by=administrator)
    assert caught.value.field == "to_on"


def test_a_role_given_by_mistake_is_revoked_at_once(administrator: Person):
    person, committee = resident(), cast.committee()
    mistaken = roles.give_role(
        person=person, role=Role.CHAIR, committee_id=committee.id, from_on=TODAY, by=administrator
    )
    assert can(person, Permission.PLAN_SUBMIT, committee)
    with pytest.raises(RuleBroken) as caught:
        roles.revoke_role(mistaken, reason=" ", by=administrator)
    assert caught.value.field == "reason"
    roles.revoke_role(mistaken, reason="別の方の役割だったため", by=administrator)
    db.session.flush()
    assert not can(person, Permission.PLAN_SUBMIT, committee)
    assert queries.role_row(mistaken).revoked
    assert queries.timeline(person)[0].reason == "別の方の役割だったため"
    with pytest.raises(Conflict):
        roles.revoke_role(mistaken, reason="もう一度", by=administrator)
    again = TODAY - dt.timedelta(days=1)
    roles.give_role(
        person=person, role=Role.CHAIR, committee_id=committee.id, from_on=again, by=administrator
    )


def test_a_role_to_come_is_revoked_and_one_that_has_held_is_ended(administrator: Person):
    person = cast.person()
    coming = roles.give_role(
        person=person,
        role=Role.OFFICER,
        from_on=TODAY + dt.timedelta(days=30),
        by=administrator,
        second=cast.person(Role.ADMINISTRATOR),
    )
    roles.revoke_role(coming, reason="まちがい", by=administrator)
    assert queries.role_row(coming).ended
    with pytest.raises(Conflict):
        roles.end_role(coming, on=TODAY + dt.timedelta(days=40), by=administrator)
    with pytest.raises(RuleBroken, match="きのう"):
        roles.revoke_role(cast.give(person, Role.CASHIER), reason="まちがい", by=administrator)
    own = cast.give(administrator, Role.APPROVER)
    with pytest.raises(NotAllowed):
        roles.revoke_role(own, reason="自分", by=administrator)


def test_another_mail_address_is_notified_to_the_old_one(administrator: Person):
    person = resident()
    person.email = "old@stations.example"
    link = links.issue_link(person, kind=LinkKind.RESET, by=administrator)

    def change() -> None:
        accounts.change_profile(
            person,
            name=person.name,
            kana=person.kana,
            email="new@stations.example",
            phone=None,
            by=administrator,
        )

    change()
    mail = outbox.waiting()[-1]
    assert (mail.to_address, mail.subject) == ("old@stations.example", "メールアドレスの変更のお知らせ")
    assert person.email == "new@stations.example"
    assert str(queries.timeline(person)[0].label) == "メールアドレスの変更"
    assert queries.usable_link(link.rsplit("/", 1)[1]) is None
    events = len(queries.timeline(person))
    change()
    assert outbox.waiting()[-1].id == mail.id
    assert len(queries.timeline(person)) == events, "nothing changed, nothing is recorded"


def test_ending_a_role_never_makes_it_longer(administrator: Person):
    """Else 会計 could be stretched over a later term as 監査 without any of the checks of giving."""
    person, committee = cast.person(), cast.committee()
    treasurer = cast.give(person, Role.TREASURER, of=committee)
    roles.end_role(treasurer, on=TODAY + dt.timedelta(days=30), by=administrator)
    roles.give_role(
        person=person,
        role=Role.COMMITTEE_AUDITOR,
        committee_id=committee.id,
        from_on=TODAY + dt.timedelta(days=31),
        by=administrator,
    )
    with pytest.raises(RuleBroken, match="任期を延ばす") as caught:
        roles.end_role(treasurer, on=TODAY + dt.timedelta(days=400), by=administrator)
    assert caught.value.field == "to_on"
    roles.end_role(treasurer, on=TODAY, by=administrator)


def test_a_mail_is_written_in_its_readers_language(administrator: Person):
    person = resident()
    person.email, person.language = "mihon@stations.example", "en"
    roles.give_role(
        person=person,
        role=Role.CASHIER,
        from_on=TODAY,
        by=administrator,
        second=cast.person(Role.ADMINISTRATOR),
    )
    with force_locale("en"):
        assert outbox.waiting()[-1].subject == gettext("新しい役割のお知らせ")


def test_treasurer_and_auditor_are_never_one_person_at_one_time(administrator: Person):
    committee, person = cast.committee(), cast.person()
    half = TODAY + dt.timedelta(days=100)

    def give(role: Role, from_on: dt.date, to_on: dt.date | None) -> None:
        roles.give_role(
            person=person,
            role=role,
            committee_id=committee.id,
            from_on=from_on,
            to_on=to_on,
            by=administrator,
        )

    give(Role.TREASURER, TODAY, half)
    with pytest.raises(RuleBroken, match="会計と監査"):
        give(Role.COMMITTEE_AUDITOR, half, None)
    give(Role.COMMITTEE_AUDITOR, half + dt.timedelta(days=1), None)
    with pytest.raises(RuleBroken, match="すでに持っています"):
        give(Role.TREASURER, half, None)


@pytest.mark.parametrize(
    ("role", "with_committee"), [(Role.CHAIR, False), (Role.OFFICER, True), (Role.VOLUNTEER, True)]
)
def test_a_role_needs_the_body_of_its_kind(administrator: Person, role: Role, with_committee: bool):
    committee_id = cast.committee().id if with_committee else None
    with pytest.raises(RuleBroken) as caught:
        roles.give_role(
            person=cast.person(), role=role, committee_id=committee_id, from_on=TODAY, by=administrator
        )
    assert caught.value.field == "body"


def test_nobody_changes_their_own_access(administrator: Person):
    with pytest.raises(NotAllowed):
        roles.give_role(
            person=administrator,
            role=Role.APPROVER,
            from_on=TODAY,
            by=administrator,
            second=cast.person(Role.ADMINISTRATOR),
        )
    with pytest.raises(NotAllowed):
        roles.end_role(administrator.roles[0], on=TODAY, by=administrator)
    for act in (accounts.disable, accounts.enable, second_factor.reset_second_factor):
        with pytest.raises(NotAllowed):
            act(administrator, by=administrator)


def test_the_section_appoints_for_committees_and_stations_only(db_session: Session):
    officer, chair, person = cast.person(Role.OFFICER), cast.person(), cast.person()
    committee = cast.committee()
    cast.give(chair, Role.CHAIR, of=committee)
    station = cast.station(committee)
    roles.give_role(person=person, role=Role.DRAFTER, committee_id=committee.id, from_on=TODAY, by=officer)
    roles.give_role(person=person, role=Role.VOLUNTEER, station_id=station.id, from_on=TODAY, by=officer)
    with pytest.raises(NotAllowed):
        roles.give_role(person=person, role=Role.CASHIER, from_on=TODAY, by=officer)
    with pytest.raises(NotAllowed):
        roles.give_role(
            person=person, role=Role.TREASURER, committee_id=committee.id, from_on=TODAY, by=chair
        )


def test_the_timeline_names_the_role(administrator: Person):
    person = cast.person()
    made = roles.give_role(
        person=person,
        role=Role.CASHIER,
        from_on=TODAY,
        by=administrator,
        second=cast.person(Role.ADMINISTRATOR),
    )
    roles.end_role(made, on=TODAY, by=administrator)
    assert sorted(str(entry.label) for entry in queries.timeline(person)) == [
        "役割の付与（出納）",
        "役割の終了（出納）",
    ]


# ---- kept forms and what waits ----------------------------------------------------------------------------------


def test_a_kept_form_is_unreadable_in_the_database_and_lives_a_day(db_session: Session):
    person = resident()
    held_forms.hold_form(
        person, path="/plans/1/purpose", fields=[("purpose", "居場所づくり"), ("act", "save")]
    )
    held_forms.hold_form(person, path="/plans/1/purpose", fields=[("purpose", "みんなの居場所")])
    row = db.session.scalars(sa.select(HeldForm)).one()
    assert "居場所" not in row.fields
    (held,) = queries.held_forms(person)
    assert held.fields == [("purpose", "みんなの居場所")] and held.typed == ["みんなの居場所"]
    held_forms.drop_form(cast.person(), held.id)
    assert queries.held_forms(person)
    with later(days=1, minutes=1):
        assert queries.held_forms(person) == []
    held_forms.drop_form(person, held.id)
    assert queries.held_forms(person) == []


def test_what_waits_for_people_about_their_accounts(app: Flask, administrator: Person):
    invited = cast.person()
    links.issue_link(invited, kind=LinkKind.INVITATION, by=administrator)
    officer, _secret = official()
    second_factor.new_recovery_codes(officer)
    with app.test_request_context():
        assert [task.endpoint for task in queries.waiting_for(administrator)] == [
            "people.enrol",
            "people.index",
        ]
        assert queries.waiting_for(administrator)[1].due_on == clock.local_date(
            clock.now() + rules.INVITATION_LIFE
        )
        assert queries.waiting_for(officer) == []
        for used in db.session.scalars(sa.select(RecoveryCode).limit(8)):
            used.used_at = clock.now()
        assert [task.endpoint for task in queries.waiting_for(officer)] == ["people.recovery_codes"]
