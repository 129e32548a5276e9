"""What waits for a second administrator."""

import datetime as dt

import sqlalchemy as sa

from stations.core import clock
from stations.core.database import db
from stations.core.language import gettext as _
from stations.core.tasks import Task
from stations.people import rules
from stations.people.models import AdministratorRequest, Person
from stations.people.rules import RequestStatus


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
            label=_("確認を待っている操作が%(n)s件あります", n=row[0]),
            endpoint="people.requests",
            due_on=clock.local_date(oldest + rules.REQUEST_DUE),
        )
    ]
