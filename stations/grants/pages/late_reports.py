"""Reports that have not come, as the city's list shows them: how late they are, and when they were reminded of."""

import datetime as dt
from dataclasses import dataclass

from stations.core import clock
from stations.core.access import Actor
from stations.core.money import Yen
from stations.grants.labels import TONES
from stations.grants.models import Grant
from stations.grants.queries.desk import Desk, OpenGrant, desk
from stations.grants.rules import Status
from stations.grants.settings.rules import parse_reminder_days

NEAR = dt.timedelta(days=30)
"""How long before its deadline a report comes onto the list."""


@dataclass(frozen=True)
class AwaitedReport:
    """A grant whose report is due soon, or late. ``cash``: what the committee has in hand."""

    grant_id: int
    name: str
    district: str
    phone: str
    """Of the committee; empty when it left none."""
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


def awaited(person: Actor, at: Desk | None = None) -> list[AwaitedReport]:
    """The reports in reach that are late or due within `NEAR`, the latest first. ``at``: if a page has it."""
    at = at or desk(person)
    until = clock.today() + NEAR
    rows = (_awaited(one, due, at.books[one.grant.id].cash) for due, one in at.reports_due if due <= until)
    return sorted(rows, key=lambda row: (row.due_on, row.grant_id))


def _awaited(one: OpenGrant, due: dt.date, cash: Yen) -> AwaitedReport:
    reminded_at, mails = one.reminded or (None, None)
    return AwaitedReport(
        one.grant.id,
        one.name,
        one.district,
        one.phone,
        one.grant.status,
        due,
        cash,
        reminded_on=None if reminded_at is None else clock.local_date(reminded_at),
        mailed=mails != 0,
        reminders_over=_reminders_over(one.grant, due),
    )


def _reminders_over(grant: Grant, due: dt.date) -> bool:
    days = parse_reminder_days(grant.setting.reminder_days) if grant.setting is not None else ()
    return clock.today() > due + dt.timedelta(days=max((0, *days)))
