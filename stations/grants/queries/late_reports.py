"""Reports that have not come: until when they are due, how late they are, and when they were reminded of."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan
from stations.committees.models import Committee, District, Station
from stations.core import clock
from stations.core.access import Actor, Permission, committee_ids
from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.labels import TONES
from stations.grants.models import Grant
from stations.grants.queries.ledger import standings
from stations.grants.queries.names import OpenGrant
from stations.grants.queries.reports import due_on
from stations.grants.reminders import ReportReminder
from stations.grants.reporting import BOOKS_OPEN, REPORTABLE
from stations.grants.rules import Status

NEAR = dt.timedelta(days=30)
"""How long before its deadline a report comes onto the list."""


@dataclass(frozen=True)
class AwaitedReport:
    """A grant whose report is due soon, or late. ``cash``: what the committee has in hand."""

    grant_id: int
    name: str
    district: str
    status: Status
    due_on: dt.date
    cash: Yen
    reminded_on: dt.date | None
    mailed: bool
    """Whether the last reminder reached anybody: a committee without addresses is written to or telephoned."""
    reminders_over: bool
    """The last day of reminding has passed: what is left is 取消し."""

    @property
    def tone(self) -> str:
        return TONES[self.status]

    @property
    def days_late(self) -> int:
        """Days since the deadline; below zero before it."""
        return (clock.today() - self.due_on).days


def owing_reports() -> list[Grant]:
    """Grants whose committee may hand a report in, and has not."""
    return fetch_all(sa.select(Grant).where(Grant.status.in_(REPORTABLE)).order_by(Grant.id))


def reminded_days(grant: Grant) -> list[dt.date]:
    """The days for which its report has been reminded of."""
    return list(
        db.session.scalars(sa.select(ReportReminder.remind_on).where(ReportReminder.grant_id == grant.id))
    )


def awaited(person: Actor) -> list[AwaitedReport]:
    """The reports in reach that are late or due within `NEAR`, the latest first."""
    found = _found().where(Grant.status.in_(BOOKS_OPEN))
    reach = committee_ids(person, Permission.GRANT_READ)
    if reach is not None:
        found = found.where(Grant.committee_id.in_(reach))
    until = clock.today() + NEAR
    rows = [
        (grant, due, OpenGrant(grant, station, title, []).name, district)
        for grant, station, title, district in db.session.execute(found)
        if (due := due_on(grant)) is not None and due <= until
    ]
    ids = [grant.id for grant, *_rest in rows]
    books, reminders = standings(ids), _last_reminders(ids)
    return sorted(
        (
            AwaitedReport(
                grant.id,
                name,
                district,
                grant.status,
                due,
                books[grant.id].cash,
                reminded_on=reminders.get(grant.id, (None, True))[0],
                mailed=reminders.get(grant.id, (None, True))[1],
                reminders_over=_reminders_over(grant, due),
            )
            for grant, due, name, district in rows
        ),
        key=lambda row: (row.due_on, row.grant_id),
    )


def _reminders_over(grant: Grant, due: dt.date) -> bool:
    days = grant.setting.terms.reminder_days if grant.setting is not None else ()
    return clock.today() > due + dt.timedelta(days=max((0, *days)))


def _found() -> sa.Select[Grant, str, str, str]:
    return (
        sa.select(Grant, Station.name, Plan.title, District.name)
        .join(Station, Station.id == Grant.station_id)
        .join(Plan, Plan.id == Grant.plan_id)
        .join(Committee, Committee.id == Grant.committee_id)
        .join(District, District.id == Committee.district_id)
        .options(orm.lazyload(Grant.committee), orm.lazyload(Grant.station), orm.joinedload(Grant.setting))
    )


def _last_reminders(grant_ids: list[int]) -> dict[int, tuple[dt.date, bool]]:
    """Grant id → when it was reminded of last, and whether a mail went out."""
    if not grant_ids:
        return {}
    rows = db.session.execute(
        sa.select(ReportReminder.grant_id, ReportReminder.sent_at, ReportReminder.mails)
        .where(ReportReminder.grant_id.in_(grant_ids))
        .order_by(ReportReminder.id)
    )
    return {grant_id: (clock.local_date(sent_at), mails > 0) for grant_id, sent_at, mails in rows}
