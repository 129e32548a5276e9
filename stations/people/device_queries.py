"""Questions about codes by mail and devices that need none (`services.devices`)."""

import datetime as dt

import sqlalchemy as sa

from stations.core import clock
from stations.core.database import db
from stations.people import keys
from stations.people.models import MailCode, Person, TrustedDevice


def open_code(who: Person) -> MailCode | None:
    """The code that was mailed last, if it can still be used."""
    return db.session.scalars(
        sa.select(MailCode)
        .where(MailCode.person_id == who.id, MailCode.ended_at.is_(None), MailCode.expires_at > clock.now())
        .order_by(MailCode.id.desc())
        .limit(1)
    ).first()


def code_times(who: Person, *, since: dt.datetime) -> list[dt.datetime]:
    """When codes were mailed to somebody."""
    asked = sa.select(MailCode.sent_at).where(MailCode.person_id == who.id, MailCode.sent_at > since)
    return list(db.session.scalars(asked))


def trusted_devices(who: Person) -> list[TrustedDevice]:
    """The devices that need no code now, the latest first."""
    return list(db.session.scalars(_trusted(who).order_by(TrustedDevice.id.desc())))


def is_trusted(who: Person, token: str) -> bool:
    """Whether a device with this token needs no code."""
    hashed = keys.token_hash(token)
    return db.session.scalar(_trusted(who).where(TrustedDevice.token_hash == hashed)) is not None


def _trusted(who: Person) -> sa.Select[TrustedDevice]:
    return sa.select(TrustedDevice).where(
        TrustedDevice.person_id == who.id,
        TrustedDevice.session_epoch == who.session_epoch,
        TrustedDevice.revoked_at.is_(None),
        TrustedDevice.expires_at > clock.now(),
    )
