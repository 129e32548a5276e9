"""How much waits in each state: the queue of the city's people, and what an agency sent and received."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from stations.applications import rules as plans
from stations.applications.models import Plan
from stations.core import access
from stations.core.access import Permission
from stations.core.database import db
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.grants import rules as grant_rules
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.people.models import Person
from stations.referrals import rules as referral_rules
from stations.referrals.models import Observation, Referral
from stations.reports.labels import PAYMENTS
from stations.reports.rules import OF_GRANT, OF_PLAN, Stage


@dataclass(frozen=True)
class Count:
    """How many things are in one state, and where they are listed."""

    label: Any
    value: int
    endpoint: str
    status: StrEnum


@dataclass(frozen=True)
class QueueLine:
    """A stage of the city's work and what waits in it, by state."""

    label: Any
    counts: list[Count]

    @property
    def total(self) -> int:
        return sum(one.value for one in self.counts)


# What each permission works off, in the order of the work.
_PLAN_QUEUE = {
    Permission.PLAN_REVIEW: (plans.Status.SUBMITTED, plans.Status.RECEIVED),
    Permission.MEETING_MANAGE: (plans.Status.CONFIRMED, plans.Status.DEFERRED, plans.Status.TABLED),
}
_GRANT_QUEUE = {
    Permission.GRANT_REVIEW: (
        grant_rules.Status.APPLIED,
        grant_rules.Status.REVIEWING,
        grant_rules.Status.AWARDED,
        grant_rules.Status.CANCELLED,
        grant_rules.Status.REPORTED,
        grant_rules.Status.INSPECTED,
        grant_rules.Status.DETERMINED,
        grant_rules.Status.REFUNDED,
        grant_rules.Status.BALANCE_PAID,
    ),
    Permission.GRANT_APPROVE: (
        grant_rules.Status.DECIDING,
        grant_rules.Status.CHANGE_REQUESTED,
        grant_rules.Status.DETERMINING,
    ),
    Permission.PAYMENT_RECORD: (grant_rules.Status.REFUND_DUE,),
}
_PAYMENT_QUEUE = {
    Permission.PAYMENT_DRAFT: (grant_rules.PaymentStatus.REQUESTED,),
    Permission.PAYMENT_ORDER: (grant_rules.PaymentStatus.DRAFTED,),
    Permission.PAYMENT_RECORD: (grant_rules.PaymentStatus.ORDERED,),
}

_QUEUES: tuple[
    tuple[Mapping[Permission, tuple[StrEnum, ...]], type[Plan | Grant | PaymentRequest], str], ...
] = (
    (_PLAN_QUEUE, Plan, "applications.index"),
    (_GRANT_QUEUE, Grant, "grants.index"),
    (_PAYMENT_QUEUE, PaymentRequest, "grants.index"),
)


def queue(person: Person) -> list[Count]:
    """What waits in each state that the person works off; one statement for all three kinds of things."""
    works = [
        (model, endpoint, status)
        for work, model, endpoint in _QUEUES
        for permission, statuses in work.items()
        if access.can(person, permission)
        for status in statuses
    ]
    if not works:
        return []
    counted = {(kind, status): count for kind, status, count in db.session.execute(_counted())}
    return [
        Count(label(status), counted.get((model.__tablename__, status.value), 0), endpoint, status)
        for model, endpoint, status in works
    ]


@cache
def _counted() -> sa.CompoundSelect[str, str, int]:
    return sa.union_all(*(_by_status(model) for model in (Plan, Grant, PaymentRequest)))


def _by_status(
    model: type[Plan | Grant | PaymentRequest | Referral | Observation], *which: sa.ColumnElement[bool]
) -> sa.Select[str, str, int]:
    """(table, status, how many) of the rows that fit."""
    status = sa.cast(model.status, sa.Text())
    return sa.select(sa.literal(model.__tablename__), status, sa.func.count()).where(*which).group_by(status)


def in_lines(counts: Iterable[Count]) -> list[QueueLine]:
    """The queue, a line for each stage in which something waits."""
    lines: dict[Any, QueueLine] = {}
    for one in counts:
        name = PAYMENTS if isinstance(one.status, grant_rules.PaymentStatus) else label(_stage(one.status))
        if one.value:
            lines.setdefault(str(name), QueueLine(name, [])).counts.append(one)
    return list(lines.values())


def _stage(status: StrEnum) -> Stage:
    return OF_PLAN[status] if isinstance(status, plans.Status) else OF_GRANT[grant_rules.Status(status)]


def of_agencies(agency_ids: Collection[int]) -> list[Count]:
    made = _by_status(Referral, Referral.agency_id.in_(agency_ids))
    received = _by_status(Observation, Observation.received_by(agency_ids))
    counted = {
        (kind, status): count for kind, status, count in db.session.execute(sa.union_all(made, received))
    }
    kinds: tuple[tuple[str, type[StrEnum], str, str], ...] = (
        (Referral.__tablename__, referral_rules.Status, "referrals.index", _("つなぎ：%(status)s")),
        (
            Observation.__tablename__,
            referral_rules.ObservationStatus,
            "referrals.observations",
            _("気づきメモ：%(status)s"),
        ),
    )
    return [
        Count(words % {"status": label(status)}, counted[kind, status.value], endpoint, status)
        for kind, statuses, endpoint, words in kinds
        for status in statuses
        if (kind, status.value) in counted
    ]
