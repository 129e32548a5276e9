"""The second factor: an authenticator app (TOTP, RFC 6238) and one-time recovery codes."""

import hmac
import secrets

import pyotp
import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale

from stations.core import audit, clock, outbox
from stations.core.database import db, lock
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.people import keys, rules
from stations.people.models import Person, RecoveryCode
from stations.people.rules import PersonAct
from stations.people.services.accounts import demand_other, demand_second, guarded


def new_secret() -> str:
    """A fresh seed for an authenticator app (base32), not stored anywhere yet."""
    return pyotp.random_base32()


def enrolment_uri(person: Person, secret: str) -> str:
    """What the QR code says to the authenticator app."""
    issuer = f"{current_app.config['STATIONS'].city_name} つながるステーション"
    return pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name=issuer)


def confirm_enrolment(person: Person, *, secret: str, code: str) -> list[str]:
    """Store the app's seed, once a code proves that the app has it; returns the new recovery codes.

    RuleBroken on "code" otherwise. That code can not be used again to sign in.
    """
    step = _matching_step(secret, rules.plain_code(code))
    if step is None:
        raise RuleBroken(
            "code", N_("コードが違います。認証アプリにいま表示されている6けたを入力してください。")
        )
    lock(person)
    person.totp_secret = keys.encrypt(secret)
    person.totp_last_step = step
    audit.record(person, act=PersonAct.ENROL, by=person)
    return _replace_codes(person)


def new_recovery_codes(person: Person) -> list[str]:
    """Ten new one-time codes instead of all older ones; shown once, stored as hashes."""
    lock(person)
    if person.totp_secret is None:
        raise RuleBroken(None, N_("先に認証アプリを登録してください。"))
    audit.record(person, act=PersonAct.NEW_RECOVERY_CODES, by=person)
    return _replace_codes(person)


def reset_second_factor(person: Person, *, by: Person, second: Person | None = None) -> None:
    """An administrator lets somebody who lost app and codes enrol again at the next sign-in; sessions end.

    ``second``: the other administrator who agreed, where the account is one of `guarded`; NotAllowed without.
    """
    demand_other(person, by)
    if guarded(person):
        demand_second(person, by=by, second=second)
    lock(person)
    _forget(person)
    audit.record(person, act=PersonAct.RESET_SECOND_FACTOR, by=by)
    with force_locale(person.language):
        subject = _("認証アプリの登録を解除しました")
        body = _(
            "次のサインインのときに、もう一度登録してください。お心当たりのないときは、下の連絡先へお知らせください。"
        )
    outbox.queue(to=person, subject=subject, body=body)


def start_again(person: Person, *, by: Person) -> None:
    """Neither the password nor the app opens the account any more, nor any session: its owner follows a new link."""
    lock(person)
    _forget(person)
    person.password_hash = None
    audit.record(person, act=PersonAct.START_AGAIN, by=by)
    with force_locale(person.language):
        subject = _("パスワードと認証アプリの登録し直しのお願い")
        body = _(
            "市や相談機関の役割が加わったため、これまでのパスワードと認証アプリは使えなくなりました。\n"
            "別のメールでお送りするリンクから、新しく登録してください。"
        )
    outbox.queue(to=person, subject=subject, body=body)


def _forget(person: Person) -> None:
    """No app, no recovery codes, no sessions, and with them no trusted devices."""
    person.totp_secret = person.totp_last_step = None
    person.session_epoch += 1
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def accept_code(person: Person, code: str) -> bool:
    """Whether this is a code of the person's app or a recovery code, and use it up."""
    plain = rules.plain_code(code)
    if len(plain) == rules.RECOVERY_DIGITS:
        return _use_recovery_code(person, plain)
    if person.totp_secret is None:
        return False
    step = _matching_step(keys.decrypt(person.totp_secret), plain)
    return step is not None and _use_step(person, step)


def _matching_step(secret: str, code: str) -> int | None:
    """The step whose code this is; all are compared, so the time taken tells nothing."""
    app = pyotp.TOTP(secret, digits=rules.TOTP_DIGITS, interval=rules.TOTP_SECONDS)
    matching = [
        step
        for step in rules.totp_steps(clock.now())
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode())
    ]
    return matching[0] if matching else None


def _use_step(person: Person, step: int) -> bool:
    """Take a step for oneself. Of two requests with the same code, the database lets one through."""
    used = db.session.execute(
        sa.update(Person)
        .where(Person.id == person.id, sa.or_(Person.totp_last_step.is_(None), Person.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(Person.id)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.expire(person, ["totp_last_step"])
    return used is not None


def _use_recovery_code(person: Person, code: str) -> bool:
    used = db.session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == _code_hash(person, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).first()
    return used is not None


def _replace_codes(person: Person) -> list[str]:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [
        f"{secrets.randbelow(10**rules.RECOVERY_DIGITS):0{rules.RECOVERY_DIGITS}d}"
        for _code in range(rules.RECOVERY_CODES)
    ]
    db.session.add_all(
        RecoveryCode(person_id=person.id, code_hash=_code_hash(person, code)) for code in codes
    )
    db.session.flush()
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def _code_hash(person: Person, code: str) -> str:
    return keys.keyed_hash("recovery code", f"{person.id}:{code}")
