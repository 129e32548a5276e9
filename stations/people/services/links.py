"""One-time links: invitations and password resets, issued by an administrator, used once."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from flask_babel import force_locale

from stations.core import access, audit, clock, outbox
from stations.core.access import OFFICIALS, Permission, roles_of
from stations.core.audit import Event
from stations.core.database import add, db, lock
from stations.core.formatting import datetime as format_datetime
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.notices import address_of
from stations.core.outbox import OutboxMail
from stations.people import keys, request_queries, rules
from stations.people.models import LinkKind, OneTimeLink, Person
from stations.people.rules import PersonAct
from stations.people.services.accounts import guarded, void_links
from stations.people.services.passwords import set_password

LIFE = {LinkKind.INVITATION: rules.INVITATION_LIFE, LinkKind.RESET: rules.RESET_LIFE}
ACT = {LinkKind.INVITATION: PersonAct.INVITE, LinkKind.RESET: PersonAct.ISSUE_RESET}


def issue_link(person: Person, *, kind: LinkKind, by: Person | None) -> str:
    """The address of a new one-time link; older ones of the person become void. Also mailed to the person.

    Only its hash is stored: the address cannot be shown again. ``by`` is None for the installation's own commands.
    RuleBroken when the person is disabled, or as `_check_address` says.
    """
    if by is not None:
        access.demand(by, Permission.PEOPLE_MANAGE, person)
    lock(person)
    demand_enabled(person)
    if by is not None:
        _check_address(person, by)
    void_links(person)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    link = add(
        OneTimeLink(
            person_id=person.id,
            kind=kind,
            token_hash=keys.token_hash(token),
            issued_by_id=by.id if by is not None else None,
            issued_at=now,
            expires_at=now + LIFE[kind],
        )
    )
    url = address_of("people.accept_link", token=token)
    audit.record(person, act=ACT[kind], by=by)
    mail = _mail(person, url, link.expires_at, kind)
    if mail is not None:
        link.mail_id = add(mail).id
    return url


def demand_enabled(person: Person) -> None:
    """RuleBroken while the account is stopped: nobody is sent a link that opens nothing."""
    if person.disabled_at is not None:
        raise RuleBroken(None, N_("停止中の利用者にはリンクを発行できません。先に利用を再開してください。"))


def demand_address(person: Person) -> None:
    """The link of a `guarded` account goes by mail only (pages show others', to be handed over): RuleBroken without."""
    if not person.email:
        raise RuleBroken(
            None, N_("この方のリンクはメールだけで送ります。先にメールアドレスを登録してください。")
        )


def _check_address(person: Person, by: Person) -> None:
    """No link goes to an address that one administrator alone wrote: they would open somebody else's account.

    RuleBroken for who wrote it within `OWN_ADDRESS`. To a `guarded` account's, it is RuleBroken for everybody until
    another administrator has confirmed the address (`request_queries.address_stands`): who only sends the link cannot
    see whose it is.
    """
    if guarded(person):
        demand_address(person)
        if not request_queries.address_stands(person):
            raise RuleBroken(
                None,
                N_(
                    "このメールアドレスは、ほかのシステム管理者がまだ確かめていません。リンクの発行の確認を依頼してください。"
                ),
            )
        return
    own = sa.select(Event.id).where(
        Event.object_type == Person.__tablename__,
        Event.object_id == person.id,
        Event.by_id == by.id,
        Event.act == PersonAct.CHANGE_EMAIL,
        Event.at > clock.now() - rules.OWN_ADDRESS,
    )
    if db.session.scalar(own.limit(1)) is not None:
        raise RuleBroken(
            None,
            N_(
                "ご自分が1週間以内に登録したメールアドレスには、リンクを送れません。ほかのシステム管理者に発行を依頼してください。"
            ),
        )


def accept_link(token: str, password: str) -> Person:
    """Set the password that a link's owner chose, and end the link and every session.

    RuleBroken on "password" when it is too weak; Conflict when the link is unknown, used, void or expired.
    """
    hashed = keys.token_hash(token)
    link = db.session.scalar(sa.select(OneTimeLink).where(OneTimeLink.token_hash == hashed))
    if link is None:
        raise _spent()
    person = lock(link.person)
    now = clock.now()
    # The conditional update is what lets only one of two requests use the link.
    taken = db.session.execute(
        sa.update(OneTimeLink)
        .where(
            OneTimeLink.id == link.id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.voided_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeLink.id)
    ).first()
    if taken is None or person.disabled_at is not None:
        raise _spent()
    outbox.end(link.mail_id)
    before = person.status
    set_password(person, password)
    person.session_epoch += 1
    audit.record(
        person,
        act=PersonAct.ACCEPT_LINK,
        by=person,
        from_status=before,
        to_status=person.status,
    )
    return person


def _spent() -> Conflict:
    return Conflict(None, N_("このリンクは、すでに使われたか、期限が過ぎています。"))


def _mail(person: Person, url: str, expires_at: datetime, kind: LinkKind) -> OutboxMail | None:
    with force_locale(person.language):
        until = format_datetime(expires_at, by_era=bool(OFFICIALS & roles_of(person)))
        subject, body = _words(url, until, kind)
    return outbox.queue(to=person, subject=subject, body=body, expires_at=expires_at)


def _words(url: str, until: str, kind: LinkKind) -> tuple[str, str]:
    """Subject and body of the mail that brings a link."""
    if kind is LinkKind.INVITATION:
        return _("まつどDEつながるステーションへの招待"), _(
            "利用者として登録しました。次のリンクを開き、パスワードを決めてください。\n\n"
            "%(url)s\n\n期限：%(until)s（1回だけ使えます）",
            url=url,
            until=until,
        )
    return _("パスワードの再設定"), _(
        "次のリンクを開き、新しいパスワードを決めてください。\n\n%(url)s\n\n期限：%(until)s（1回だけ使えます）\n"
        "お心当たりのないときは、リンクを開かずに下の連絡先へお知らせください。",
        url=url,
        until=until,
    )
