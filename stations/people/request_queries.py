"""What waits for a second administrator, and whose hand an account's mail address is in."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa

from stations.core import clock
from stations.core.audit import Event
from stations.core.database import db
from stations.core.language import counted
from stations.core.tasks import Task
from stations.people import rules
from stations.people.models import AdministratorRequest, Person
from stations.people.rules import PersonAct, RequestStatus


class Written(NamedTuple):
    """When an account's present mail address was written, and by whom (None: by the installation's own command)."""

    at: dt.datetime
    by_id: int | None
    by_name: str


def addresses_written(ids: Collection[int]) -> dict[int, Written]:
    """By id of a person; people whose address came without an event are missing."""
    rows = db.session.execute(
        sa.select(Event.object_id, Event.at, Event.by_id, Person.name)
        .outerjoin(Person, Person.id == Event.by_id)
        .where(
            Event.object_type == Person.__tablename__,
            Event.object_id.in_(ids),
            Event.act.in_([PersonAct.CREATE, PersonAct.CHANGE_EMAIL]),
        )
        .order_by(Event.at, Event.id)
    )
    return {row.object_id: Written(row.at, row.by_id, row.name or "—") for row in rows}


def newly_written(people: Iterable[Person]) -> dict[int, Written]:
    """By id of a person, an address that an administrator wrote and that has not settled: to be looked at twice."""
    everybody = {one.id: one for one in people}
    return {
        person_id: written
        for person_id, written in addresses_written(everybody).items()
        if not _is_settled(everybody[person_id], written)
    }


def address_stands(who: Person) -> bool:
    """Whether the address was written by its owner, has settled, or was confirmed by another than who wrote it.

    Confirmed is what an administrator accepted in a request that names this very address, after it was written.
    """
    written = addresses_written([who.id]).get(who.id)
    if written is None or _is_settled(who, written):
        return True
    accepted = db.session.scalars(
        sa.select(AdministratorRequest).where(
            AdministratorRequest.person_id == who.id,
            AdministratorRequest.status == RequestStatus.ACCEPTED,
            AdministratorRequest.decided_at >= written.at,
            AdministratorRequest.decided_by_id != written.by_id,
        )
    )
    return any(one.of_person.get("email") == who.email for one in accepted)


def _is_settled(who: Person, written: Written) -> bool:
    return written.by_id in {None, who.id} or rules.address_settled(
        written.at, clock.now(), has_app=who.totp_secret is not None
    )


def requests_to_decide(who: Person) -> list[Task]:
    """What other administrators asked for, to be decided within a week of the oldest."""
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.min(AdministratorRequest.asked_at)).where(
            AdministratorRequest.status == RequestStatus.WAITING,
            AdministratorRequest.asked_by_id != who.id,
            AdministratorRequest.person_id != who.id,
        )
    ).one()
    oldest: dt.datetime | None = row[1]
    if oldest is None:
        return []
    return [
        Task(
            label=counted("確認を待っている操作が%(n)s件あります", n=row[0]),
            endpoint="people.requests",
            due_on=clock.local_date(oldest + rules.REQUEST_DUE),
        )
    ]
