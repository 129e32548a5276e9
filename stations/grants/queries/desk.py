"""The open grants on somebody's desk, read once for all that a page tells of them."""

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan
from stations.committees.models import Committee, District, Station
from stations.core import audit
from stations.core.access import Actor, Permission, committee_ids
from stations.core.database import db
from stations.grants.awards.models import GrantCancellation, GrantChange
from stations.grants.books.queries.ledger import balances
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.books.rules.bookkeeping import GrantBalance
from stations.grants.letters.models import Letter
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.queries.grants import called_by
from stations.grants.reports.models import ReportReminder
from stations.grants.reports.queries.reports import due_on
from stations.grants.rules import AWAITS_CLOSING, FINAL, PENDING, PaymentStatus, Status
from stations.grants.settings.models import FiscalYearSetting
from stations.grants.settlement.models import GrantRecovery, RefundOrder
from stations.grants.settlement.rules.recovering import OPEN


@dataclass(frozen=True)
class OpenGrant:
    """A grant at which something can still be done: what tasks call it by, and its pending payment requests.

    ``reminded``: when its report was reminded of last, and to how many that was mailed. ``recovery``: the finding
    that is open about a closed grant.
    """

    grant: Grant
    station: str
    title: str
    asked: list[PaymentRequest]
    district: str = ""
    phone: str = ""
    reminded: tuple[dt.datetime, int] | None = None
    recovery: GrantRecovery | None = None

    @property
    def name(self) -> str:
        """As `called`."""
        return called_by(self.station, self.title)


@dataclass(frozen=True)
class Desk:
    """The grants in somebody's reach at which something can still be done."""

    grants: list[OpenGrant]

    @cached_property
    def books(self) -> dict[int, GrantBalance]:
        """By id of a grant, what is in its books; asked when somebody needs it."""
        return balances([one.grant.id for one in self.grants])

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
    for grant, request, recovery, station, title, district, phone, reminded_at, mails in db.session.execute(
        found
    ):
        reminded = None if reminded_at is None else (reminded_at, mails)
        one = grants.setdefault(
            grant.id, OpenGrant(grant, station, title, [], district, phone, reminded, recovery)
        )
        if request is not None:
            one.asked.append(request)
    return Desk(list(grants.values()))


# What tasks ask of a year's settings, and of a finding; and the long texts of a grant, of which they ask nothing. (To
# leave a short column where it is costs more, for each row, than to read it.)
_OF_A_YEAR = (
    FiscalYearSetting.fiscal_year,
    FiscalYearSetting.processing_days,
    FiscalYearSetting.report_days,
    FiscalYearSetting.report_latest_month,
    FiscalYearSetting.report_latest_day,
    FiscalYearSetting.reminder_days,
)
_LONG = (Grant.award_conditions, Grant.report_results)
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
    refusal_published = (
        sa.exists().where(Letter.grant_id == Grant.id, Letter.kind == "refusal").correlate(Grant)
    )
    last_reminder = sa.select(sa.func.max(ReportReminder.id)).where(ReportReminder.grant_id == Grant.id)
    return (
        sa.select(
            Grant, PaymentRequest, GrantRecovery, Station.name, Plan.title, District.name, Committee.phone
        )
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
                sa.and_(Grant.status == Status.REFUSED, ~refusal_published),
                GrantRecovery.id.is_not(None),
            )
        )
        .options(
            orm.lazyload(Grant.committee),
            orm.lazyload(Grant.station),
            orm.joinedload(Grant.setting).load_only(*_OF_A_YEAR, raiseload=True),
            *(orm.defer(column, raiseload=True) for column in _LONG),
            orm.lazyload(PaymentRequest.payment),
            orm.load_only(*_OF_A_FINDING, raiseload=True),
        )
        .order_by(Grant.fiscal_year, Grant.id, PaymentRequest.id)
    )


def papers(at: Desk) -> sa.Result[str, int, str, dt.datetime | None]:
    """What has been published, decided, asked for and drafted about the grants on a desk, in one query.

    (letter, change, asked, cancelling, cancelled, refunding, returned or since; grant id; a letter's kind; when it came)
    """
    return db.session.execute(_papers(), {"grant_ids": list(at.books)})


@cache
def _papers() -> sa.Select[str, int, str, dt.datetime | None]:
    no_kind, no_time = sa.literal(""), sa.cast(sa.null(), GrantChange.requested_at.type)

    def paper(name: str, of: Any, kind: Any = no_kind, at: Any = no_time) -> Any:
        return sa.select(sa.literal(name).label("paper"), of, kind.label("kind"), at.label("at"))

    changes = GrantChange.grant_id
    newer = orm.aliased(PaymentRequest)
    # `changes_without_letter` and `change_letter` for queries.
    unpublished = sa.and_(
        GrantChange.decided_by_id.is_not(None),
        GrantChange.ended_by_id.is_(None),
        GrantChange.letter_id.is_(None),
    )
    letter_kind = sa.case((GrantChange.approved.is_(True), "change"), else_="change_refusal")
    papers = sa.union_all(
        paper("letter", Letter.grant_id, Letter.kind),
        paper("change", changes, letter_kind, GrantChange.requested_at).where(unpublished),
        paper("asked", changes, at=GrantChange.requested_at).where(GrantChange.approved.is_(None)),
        paper("cancelling", GrantCancellation.grant_id, at=GrantCancellation.drafted_at).where(
            GrantCancellation.decided_at.is_(None)
        ),
        paper("cancelled", GrantCancellation.grant_id).where(GrantCancellation.approved.is_(True)),
        paper("refunding", RefundOrder.grant_id, at=RefundOrder.drafted_at).where(
            RefundOrder.decided_at.is_(None)
        ),
        paper("since", Grant.id, at=audit.since(Grant)).where(Grant.status.in_(AWAITS_CLOSING)),
        paper("returned", PaymentRequest.grant_id).where(
            PaymentRequest.status == PaymentStatus.RETURNED,
            ~sa.exists().where(
                newer.grant_id == PaymentRequest.grant_id, newer.instalment > PaymentRequest.instalment
            ),
        ),
    ).subquery()
    return sa.select(papers).where(papers.c.grant_id.in_(sa.bindparam("grant_ids", expanding=True)))
