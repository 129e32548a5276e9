"""The second factor of those who have no authenticator app: a code by mail, and devices that are trusted for a while.

Asked of who reads sheets about people with a password only (`core.viewing`).
"""

import secrets

import sqlalchemy as sa
from flask_babel import force_locale

from stations.core import audit, clock, outbox
from stations.core.database import add, db, lock
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, RuleBroken
from stations.people import device_queries, keys, rules
from stations.people.models import MailCode, Person, TrustedDevice
from stations.people.rules import PersonAct


def send_code(person: Person) -> MailCode:
    """Mail a new code of six digits, which makes older ones void. `RuleBroken` without an address, or too often."""
    lock(person)
    if not person.email:
        raise RuleBroken(None, N_("メールアドレスが登録されていません。下の連絡先にお電話ください。"))
    now = clock.now()
    rules.check_code_sending(device_queries.code_times(person, since=now - rules.CODE_WINDOW), now)
    _void_codes(person)
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    with force_locale(person.language):
        mail = outbox.queue(
            to=person,
            subject=_("確認コード"),
            body=_(
                "確認コード：%(code)s\n\n%(n)s分のあいだ、1回だけ使えます。\n"
                "お心当たりのないときは、だれにも教えず、下の連絡先へお知らせください。",
                code=code,
                n=int(rules.CODE_LIFE.total_seconds() // 60),
            ),
            expires_at=now + rules.CODE_LIFE,
        )
    db.session.flush()
    return add(
        MailCode(
            person_id=person.id,
            code_hash=_code_hash(person, code),
            sent_at=now,
            expires_at=now + rules.CODE_LIFE,
            tries=0,
            mail_id=mail.id if mail is not None else None,
        )
    )


def use_code(person: Person, code: str) -> bool:
    """Whether this is the code that was mailed last, and use it up; a wrong one is counted, and the fifth voids it."""
    lock(person)
    sent = device_queries.open_code(person)
    if sent is None:
        return False
    sent.tries += 1
    right = secrets.compare_digest(sent.code_hash, _code_hash(person, rules.plain_code(code)))
    if right or sent.tries >= rules.CODE_TRIES:
        _end_code(sent)
    return right


def trust_device(person: Person, *, name: str, remembered: bool) -> str:
    """Trust the device that has just shown a code; returns the token that it keeps. Only its hash is stored."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    life = rules.DEVICE_LIFE if remembered else rules.LONGEST_SESSION
    add(
        TrustedDevice(
            person_id=person.id,
            token_hash=keys.token_hash(token),
            name=name,
            session_epoch=person.session_epoch,
            trusted_at=now,
            expires_at=now + life,
        )
    )
    audit.record(person, act=PersonAct.TRUST_DEVICE, by=person)
    return token


def revoke_device(person: Person, device_id: int) -> None:
    """Trust a device no longer. `Conflict` when it is not one of the person's trusted ones."""
    lock(person)
    device = next((one for one in device_queries.trusted_devices(person) if one.id == device_id), None)
    if device is None:
        raise Conflict(None, N_("この端末は、もう登録されていません。"))
    device.revoked_at = clock.now()
    audit.record(person, act=PersonAct.REVOKE_DEVICE, by=person)


def _void_codes(person: Person) -> None:
    for one in db.session.scalars(
        sa.select(MailCode).where(MailCode.person_id == person.id, MailCode.ended_at.is_(None))
    ):
        _end_code(one)


def _end_code(code: MailCode) -> None:
    code.ended_at = clock.now()
    outbox.end(code.mail_id)


def _code_hash(person: Person, code: str) -> str:
    return keys.keyed_hash("mail code", f"{person.id}:{code}")
