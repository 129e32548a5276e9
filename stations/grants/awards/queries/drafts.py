"""Drafts that came back (差戻し): why, and what had been drafted."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import sqlalchemy as sa

from stations.core.audit import Event
from stations.core.database import db
from stations.core.money import Yen
from stations.grants.awards.queries.applying import conditions_of_meeting
from stations.grants.awards.rules import budgets as budget_rules
from stations.grants.models import Grant
from stations.grants.rules import Act, Status
from stations.people.models import Person

# Where a draft of the award, the refusal or the determination comes back to.
_DRAFTED_FROM = frozenset({Status.REVIEWING, Status.INSPECTED})


@dataclass(frozen=True)
class SentBack:
    """Why the last draft came back, from whom and when."""

    reason: str
    by_name: str
    at: dt.datetime | None


def sent_back(grants: Iterable[Grant]) -> dict[int, SentBack]:
    """Grant id → the 差戻し that waits for a new draft; a grant whose draft did not come back is absent."""
    ids = [grant.id for grant in grants if grant.status in _DRAFTED_FROM]
    if not ids:
        return {}
    rows = db.session.execute(_last_moves(), {"grant_ids": ids})
    return {row.object_id: SentBack(row.reason or "", row.name, row.at) for row in rows}


@cache
def _last_moves() -> sa.Select[int, str | None, str, dt.datetime]:
    """The 差戻し of grants whose last change of state it was."""
    moved = (
        sa.select(sa.func.max(Event.id))
        .where(
            Event.object_type == Grant.__tablename__,
            Event.object_id.in_(sa.bindparam("grant_ids", expanding=True)),
            Event.from_status != Event.to_status,
        )
        .group_by(Event.object_id)
    )
    return (
        sa.select(Event.object_id, Event.reason, Person.name, Event.at)
        .join(Person, Person.id == Event.by_id)
        .where(Event.id.in_(moved), Event.act == Act.SEND_BACK.value)
    )


@dataclass(frozen=True)
class Draft:
    """What the form of a decision begins with. ``budgets``: empty when the lines follow the amount."""

    awarded: Yen
    conditions: str
    refusal: str = ""
    budgets: Mapping[int, Yen] = field(default_factory=dict)


def draft(grant: Grant) -> Draft:
    """What was drafted before a 差戻し; without one, all that was asked for on the meeting's conditions."""
    fresh = Draft(grant.requested_yen, conditions_of_meeting(grant.plan))
    if not sent_back([grant]):
        return fresh
    last = _last_draft(grant)
    if last is None:
        return fresh
    if last.act == Act.DRAFT_REFUSAL.value:
        return Draft(fresh.awarded, fresh.conditions, refusal=last.reason or "")
    awarded = last.detail.get("awarded_yen", grant.requested_yen)
    planned = {line.id: line.planned_yen for line in grant.lines}
    drafted = {line.id: line.awarded_yen for line in grant.lines}
    # Lines that followed the amount follow the next one too.
    unit = grant.setting.unit_yen if grant.setting is not None else 1
    followed = drafted == budget_rules.proportional(planned, sum(drafted.values()), unit)
    return Draft(awarded, grant.award_conditions, budgets={} if followed else drafted)


def _last_draft(grant: Grant) -> Event | None:
    return db.session.scalar(
        sa.select(Event)
        .where(
            Event.object_type == grant.__tablename__,
            Event.object_id == grant.id,
            Event.act.in_([Act.DRAFT_AWARD.value, Act.DRAFT_REFUSAL.value]),
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
