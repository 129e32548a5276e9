"""The open grants on somebody's desk, read once for all that a page tells of them."""

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan
from stations.committees.models import Committee, District, Station
from stations.core.access import Actor, Permission, committee_ids
from stations.core.database import db
from stations.grants.bookkeeping import Standing
from stations.grants.models import Grant, Letter, PaymentRequest
from stations.grants.queries.ledger import standings
from stations.grants.queries.names import OpenGrant
from stations.grants.queries.reports import due_on
from stations.grants.recoveries import GrantRecovery
from stations.grants.recovering import OPEN
from stations.grants.reminders import ReportReminder
from stations.grants.reporting import BOOKS_OPEN
from stations.grants.rules import FINAL, PENDING, Status
from stations.grants.settings import FiscalYearSetting


@dataclass(frozen=True)
class Desk:
    """The grants in somebody's reach at which something can still be done."""

    grants: list[OpenGrant]

    @cached_property
    def books(self) -> dict[int, Standing]:
        """By id of a grant, what is in its books; asked when somebody needs it."""
        return standings([one.grant.id for one in self.grants])

    @cached_property
    def reports_due(self) -> list[tuple[dt.date, OpenGrant]]:
        """Until when the reports that have not come are due; not those whose year has no 制度設定."""
        owing = [one for one in self.grants if one.grant.status in BOOKS_OPEN]
        return [(due, one) for one in owing if (due := due_on(one.grant)) is not None]


def desk(person: Actor) -> Desk:
    """For `waiting_for` and `awaited`; not asked for somebody who may read no grant."""
    reach = committee_ids(person, Permission.GRANT_READ)
    if reach is not None and not reach:
        return Desk([])
    found = _open() if reach is None else _open().where(Grant.committee_id.in_(reach))
    grants: dict[int, OpenGrant] = {}
    for grant, request, recovery, station, title, district, reminded_at, mails in db.session.execute(found):
        reminded = None if reminded_at is None else (reminded_at, mails)
        one = grants.setdefault(grant.id, OpenGrant(grant, station, title, [], district, reminded, recovery))
        if request is not None:
            one.asked.append(request)
    return Desk(list(grants.values()))


# What tasks ask of a year's settings, and of a finding, and what they do not ask of a grant: there may be hundreds.
_OF_A_YEAR = (
    FiscalYearSetting.fiscal_year,
    FiscalYearSetting.processing_days,
    FiscalYearSetting.report_days,
    FiscalYearSetting.report_latest_month,
    FiscalYearSetting.report_latest_day,
    FiscalYearSetting.reminder_days,
)
_NOT_ASKED = (
    Grant.award_conditions,
    Grant.report_results,
    Grant.starts_on,
    Grant.decided_on,
    Grant.determined_on,
    Grant.closed_on,
    Grant.inspected_at,
    Grant.report_file_id,
    Grant.refund_yen,
)
_OF_A_FINDING = (
    GrantRecovery.grant_id,
    GrantRecovery.status,
    GrantRecovery.drafted_by_id,
    GrantRecovery.drafted_at,
    GrantRecovery.decided_by_id,
    GrantRecovery.due_on,
)


@cache  # built once: writing down such a statement takes longer than asking it
def _open() -> sa.Select[Any]:
    """The columns of `OpenGrant`, a row for each pending request."""
    told = sa.exists().where(Letter.grant_id == Grant.id, Letter.kind == "refusal").correlate(Grant)
    last_reminder = sa.select(sa.func.max(ReportReminder.id)).where(ReportReminder.grant_id == Grant.id)
    return (
        sa.select(Grant, PaymentRequest, GrantRecovery, Station.name, Plan.title, District.name)
        .add_columns(ReportReminder.sent_at, ReportReminder.mails)
        .join(Station, Station.id == Grant.station_id)
        .join(Plan, Plan.id == Grant.plan_id)
        .join(Committee, Committee.id == Grant.committee_id)
        .join(District, District.id == Committee.district_id)
        .outerjoin(
            PaymentRequest,
            sa.and_(PaymentRequest.grant_id == Grant.id, PaymentRequest.status.in_(PENDING)),
        )
        .outerjoin(GrantRecovery, sa.and_(GrantRecovery.grant_id == Grant.id, GrantRecovery.status.in_(OPEN)))
        .outerjoin(ReportReminder, ReportReminder.id == last_reminder.correlate(Grant).scalar_subquery())
        .where(
            sa.or_(
                Grant.status.not_in(FINAL),
                sa.and_(Grant.status == Status.REFUSED, ~told),
                GrantRecovery.id.is_not(None),
            )
        )
        .options(
            orm.lazyload(Grant.committee),
            orm.lazyload(Grant.station),
            orm.joinedload(Grant.setting).load_only(*_OF_A_YEAR, raiseload=True),
            *(orm.defer(column, raiseload=True) for column in _NOT_ASKED),
            orm.lazyload(PaymentRequest.payment),
            orm.load_only(*_OF_A_FINDING, raiseload=True),
        )
        .order_by(Grant.fiscal_year, Grant.id, PaymentRequest.id)
    )
