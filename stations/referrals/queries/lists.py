"""Lists of referrals and memos. They carry numbers, never what a person is called."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import audit, clock
from stations.core.access import Actor
from stations.core.database import db, fetch_all
from stations.people import viewed
from stations.referrals import consent_rules
from stations.referrals.models import (
    ConsentRecord,
    FollowUp,
    Observation,
    Referral,
)
from stations.referrals.queries.sheets import due_on, memo_due_on
from stations.referrals.rules import Act, ObservationStatus, SheetAct, Status
from stations.referrals.workflow import REFERRAL


@dataclass(frozen=True)
class ReferralRow:
    """A line of the list: no name, no wish, only the number and how far it is."""

    id: int
    number: str
    status: Status
    agency: str
    station: str
    sent_at: dt.datetime | None
    due_on: dt.date | None
    overdue: bool


@dataclass(frozen=True)
class ObservationRow:
    """A line of the list of memos."""

    id: int
    number: str
    status: ObservationStatus
    urgent: bool
    agency: str
    station: str
    sent_at: dt.datetime | None
    due_on: dt.date | None
    overdue: bool


def referrals(person: Actor, status: Status | None = None) -> list[ReferralRow]:
    """The referrals ``person`` may read, overdue ones first, then the newest; optionally of one state."""
    today = clock.today()
    next_look = (
        sa.select(sa.func.min(FollowUp.due_on))
        .where(FollowUp.referral_id == Referral.id, FollowUp.done_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        sa.select(Referral, audit.since(Referral), next_look)
        .where(Referral.readable_by(person))
        .order_by(Referral.id.desc())
    )
    if status is not None:
        statement = statement.where(Referral.status == status)
    rows = [
        ReferralRow(
            one.id,
            one.number,
            one.status,
            one.agency.name,
            one.station.name,
            one.sent_at,
            next_on := due_on(one, since)
            or (look_on if REFERRAL.allows(one.status, SheetAct.RECORD_FOLLOW_UP) else None),
            next_on is not None and next_on < today,
        )
        for one, since, look_on in db.session.execute(statement)
    ]
    return sorted(rows, key=lambda row: not row.overdue)


def observations(person: Actor, status: ObservationStatus | None = None) -> list[ObservationRow]:
    """The memos ``person`` may read, overdue and urgent ones first, then the newest."""
    today = clock.today()
    statement = (
        sa.select(Observation, audit.since(Observation))
        .where(Observation.readable_by(person))
        .options(orm.selectinload(Observation.consents))
        .order_by(Observation.id.desc())
    )
    if status is not None:
        statement = statement.where(Observation.status == status)
    rows = [
        ObservationRow(
            one.id,
            one.number,
            one.status,
            one.urgent,
            one.agency.name,
            one.station.name,
            one.sent_at,
            next_on := None if one.concealed_from(person) else memo_due_on(one, since),
            next_on is not None and next_on < today,
        )
        for one, since in db.session.execute(statement)
    ]
    return sorted(rows, key=lambda row: (not row.overdue, not row.urgent))


def expiring(on: dt.date) -> list[Referral]:
    """Referrals under way whose consent ended before a day."""
    latest = (
        sa.select(ConsentRecord.referral_id, sa.func.max(ConsentRecord.id).label("id"))
        .group_by(ConsentRecord.referral_id)
        .subquery()
    )
    return fetch_all(
        sa.select(Referral)
        .join(latest, latest.c.referral_id == Referral.id)
        .join(ConsentRecord, ConsentRecord.id == latest.c.id)
        .where(
            Referral.status.in_(REFERRAL.sources(Act.EXPIRE)),
            sa.or_(
                ConsentRecord.expires_on < on,
                # Of the time before ends were asked for (`ConsentRecord.consent`).
                sa.and_(
                    ConsentRecord.expires_on.is_(None),
                    ConsentRecord.given_on < clock.add_months(on, -consent_rules.CONSENT_MONTHS),
                ),
            ),
        )
        .order_by(Referral.id)
    )


def unanswered(now: dt.datetime) -> list[Observation]:
    """Urgent memos that nobody acknowledged in time (`is_unanswered`), the oldest first."""
    return fetch_all(
        sa.select(Observation)
        .where(Observation.status == ObservationStatus.SENT, Observation.escalate_at <= now)
        .order_by(Observation.escalate_at, Observation.id)
    )


def views_concerning(person: Actor) -> sa.ColumnElement[bool]:
    """Views of the sheets and memos that concern ``person``: their agency's, their station's, the desk's."""
    return sa.or_(
        viewed.views_of("referral", sa.select(Referral.id).where(Referral.readable_by(person))),
        viewed.views_of("observation", sa.select(Observation.id).where(Observation.readable_by(person))),
    )
