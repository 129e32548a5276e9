"""Accounts: made, changed, stopped and started again."""

from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import force_locale

from stations.core import access, audit, clock, edit_conflicts, outbox, text
from stations.core.access import TWO_ADMINISTRATORS, Permission
from stations.core.database import add, db, lock
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, NotAllowed, RuleBroken
from stations.people import rules
from stations.people.models import AdministratorRequest, OneTimeLink, Person
from stations.people.rules import PersonAct, RequestKind, RequestStatus


def create_person(
    *, by: Person | None, login: str, name: str, kana: str, email: str | None, phone: str | None = None
) -> Person:
    """A new account without password or role; `issue_link` invites its owner.

    ``by`` is None only for the installation's own commands. Raises RuleBroken on "login" (form, taken), "kana", "phone".
    """
    if by is not None:
        access.demand(by, Permission.PEOPLE_MANAGE)
    login = rules.normalise_login(login)
    rules.check_login(login)
    if db.session.scalar(sa.select(Person.id).where(Person.login == login)) is not None:
        raise RuleBroken("login", N_("このログイン名はすでに使われています。別の名前にしてください。"))
    if phone:
        text.check_phone(phone, field="phone")
    person = add(
        Person(
            login=login,
            name=text.normalise(name),
            kana=text.furigana(kana, field="kana") if kana else "",
            email=email or None,
            phone=phone or None,
        )
    )
    audit.record(person, act=PersonAct.CREATE, by=by, to_status=person.status)
    return person


class _Address(NamedTuple):
    """Where a mail goes, kept while the account gets another address."""

    name: str
    email: str | None


def change_profile(
    person: Person,
    *,
    name: str,
    kana: str,
    email: str | None,
    phone: str | None,
    by: Person,
    loaded: str | None = None,
) -> None:
    """Somebody's name, reading and addresses are put right, by themselves or an administrator.

    Another mail address is where reset links go from now on: links that are out become void, the old address is notified.
    ``loaded``: the mark of these facts on the writer's page; `EditConflict` when somebody else changed them since.
    Nothing is recorded when nothing changes. RuleBroken on "kana", "phone".
    """
    if person.id != by.id:
        access.demand(by, Permission.PEOPLE_MANAGE, person)
    if phone:
        text.check_phone(phone, field="phone")
    facts = {
        "name": text.normalise(name),
        "kana": text.furigana(kana, field="kana") if kana else "",
        "email": email or None,
        "phone": phone or None,
    }
    lock(person)
    before = _Address(person.name, person.email)
    changed = edit_conflicts.change(
        person,
        facts,
        loaded=loaded,
        by=by,
        first=lambda: audit.last_doer(person, [PersonAct.CHANGE_PROFILE]),
    )
    if changed:
        audit.record(person, act=PersonAct.CHANGE_PROFILE, by=by, detail={"changed": changed})
    if "email" in changed:
        _notify_of_new_address(person, before)
        void_links(person)
        audit.record(person, act=PersonAct.CHANGE_EMAIL, by=by)


def _notify_of_new_address(person: Person, before: _Address) -> None:
    with force_locale(person.language):
        subject = _("メールアドレスの変更のお知らせ")
        body = _(
            "登録のメールアドレスが変わりました。これからのお知らせは、このアドレスには届きません。\n"
            "お心当たりのないときは、下の連絡先へお知らせください。"
        )
    outbox.queue(to=before, subject=subject, body=body)


def disable(person: Person, *, by: Person, reason: str = "") -> None:
    """End every access of an account at once: sessions, links, sign-in. Roles stay for history."""
    demand_other(person, by)
    lock(person)
    before = person.status
    if person.disabled_at is not None:
        raise Conflict(None, N_("この利用者は、すでに停止されています。"))
    person.disabled_at = clock.now()
    person.session_epoch += 1
    void_links(person)
    audit.record(
        person,
        act=PersonAct.DISABLE,
        by=by,
        from_status=before,
        to_status=person.status,
        reason=reason,
    )


def enable(person: Person, *, by: Person, second: Person | None = None) -> None:
    """Let a disabled account sign in again, with the password and roles it has.

    ``second``: the other administrator who agreed, where the account is one of `guarded`; NotAllowed without.
    """
    demand_other(person, by)
    if guarded(person):
        demand_second(person, by=by, second=second)
    lock(person)
    demand_disabled(person)
    before = person.status
    person.disabled_at = None
    audit.record(person, act=PersonAct.ENABLE, by=by, from_status=before, to_status=person.status)


def demand_disabled(person: Person) -> None:
    """Conflict unless the account is stopped."""
    if person.disabled_at is None:
        raise Conflict(None, N_("この利用者は、停止されていません。"))


def end_session(person: Person, key: str) -> None:
    """Sign out of one session: its key opens nothing from now on. Keys are forgotten once no session lasts so long."""
    lock(person)
    now = clock.now()
    too_old = (now - rules.LONGEST_SESSION).timestamp()
    lasting = [one for one in person.ended_sessions.split() if int(one.partition(":")[2]) > too_old]
    person.ended_sessions = " ".join([*lasting, f"{key}:{int(now.timestamp())}"])


def sign_out_everywhere(person: Person, *, by: Person) -> None:
    """End every session of an account, on all devices, with the next request each makes."""
    if person.id != by.id:
        access.demand(by, Permission.PEOPLE_MANAGE, person)
    lock(person)
    person.session_epoch += 1
    audit.record(person, act=PersonAct.SIGN_OUT_EVERYWHERE, by=by)


def choose_language(person: Person, language: str) -> None:
    """Remember the language somebody reads in."""
    person.language = language


def demand_other(person: Person, by: Person) -> None:
    """Four eyes for administrators: what changes somebody's access is done by somebody else."""
    access.demand(by, Permission.PEOPLE_MANAGE, person)
    if person.id == by.id:
        raise NotAllowed(None, N_("ご自分の権限は、ほかのシステム管理者に変更を依頼してください。"))


def demand_second(person: Person, *, by: Person, second: Person | None) -> None:
    """Two administrators: the other is neither who acts nor who is concerned. NotAllowed otherwise."""
    if (
        second is None
        or second.id in {by.id, person.id}
        or not access.can(second, Permission.PEOPLE_MANAGE, person)
    ):
        raise NotAllowed(None, N_("この操作には、ほかのシステム管理者の確認が必要です。"))


def holds_guarded_role(person: Person) -> bool:
    """Whether a role that two administrators give holds now, or will."""
    today = clock.today()
    return any(
        one.role in TWO_ADMINISTRATORS and (one.to_on is None or one.to_on >= today) for one in person.roles
    )


def guarded(person: Person) -> bool:
    """Whether no administrator alone may open this account: it holds, will hold or is asked to hold such a role."""
    if holds_guarded_role(person):
        return True
    asked = sa.select(AdministratorRequest.id).where(
        AdministratorRequest.person_id == person.id,
        AdministratorRequest.kind == RequestKind.ROLE,
        AdministratorRequest.status == RequestStatus.WAITING,
    )
    return db.session.scalar(asked.limit(1)) is not None


def void_links(person: Person) -> None:
    """Make every unused link of a person worthless."""
    unused = sa.select(OneTimeLink).where(
        OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None), OneTimeLink.voided_at.is_(None)
    )
    for link in db.session.scalars(unused):
        link.voided_at = clock.now()
        outbox.end(link.mail_id)
