"""Reports that have not come, and when they were reminded of."""

import datetime as dt

import sqlalchemy as sa

from stations.core.database import db, fetch_all
from stations.grants.models import Grant
from stations.grants.reports.models import ReportReminder
from stations.grants.reports.rules import REPORTABLE


def owing_reports() -> list[Grant]:
    """Grants whose committee may hand a report in, and has not."""
    return fetch_all(sa.select(Grant).where(Grant.status.in_(REPORTABLE)).order_by(Grant.id))


def reminded_days(grant: Grant) -> list[dt.date]:
    """The days for which its report has been reminded of."""
    return list(
        db.session.scalars(sa.select(ReportReminder.remind_on).where(ReportReminder.grant_id == grant.id))
    )
