"""The people of one grant, and grants in each state, brought there through the services."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from stations.applications import content
from stations.applications import rules as plan_rules
from stations.applications.models import CostLine, IncomeLine, Plan, PlanVersion
from stations.applications.rules import CostCategory, IncomeKind
from stations.core import clock, files
from stations.core.access import Role
from stations.core.database import add, db
from stations.grants.awards.services import awards, cancellations
from stations.grants.books.models import Receipt, ReceiptSplit
from stations.grants.books.rules.bookkeeping import expense
from stations.grants.books.services import ledger
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.services import payments
from stations.grants.queries import grants
from stations.grants.rules import PaymentStatus, Status
from stations.grants.settings import queries as year_settings
from stations.grants.settings.rules import FiscalTerms
from stations.grants.settings.services import approve_settings, draft_settings
from stations.grants.settlement.services import determinations, refunds
from stations.meetings.models import AgendaItem, Meeting
from stations.meetings.rules import MeetingStatus, Resolution
from stations.people.models import Person
from tests.support import cast

COSTS = (
    (CostCategory.RENT, "見本市民センター和室", 12, 3_000),
    (CostCategory.HONORARIUM, "昔遊びの講師", 6, 10_000),
    (CostCategory.SUPPLIES, "食材と消耗品", 1, 84_000),
    (CostCategory.SUPPLIES, "ちらしの印刷", 4, 5_000),
)
"""200,000円 in all; with 20,000円 of fees the city is asked for 180,000円."""
FEES = 20_000
ASKED = 180_000


@dataclass
class Team:
    """Everybody a grant needs."""

    plan: Plan
    chair: Person
    treasurer: Person
    officer: Person
    other_officer: Person
    approver: Person
    cashier: Person

    @property
    def grant(self) -> Grant:
        found = grants.grant_of_plan(self.plan)
        assert found is not None
        return found


def team(*, year: int | None = None, conditions: str = "", **terms: object) -> Team:
    """A committee with an approved plan, the city's people, and the year's settings."""
    year = clock.fiscal_year(clock.today()) if year is None else year
    committee = cast.committee()
    chair = cast.person(Role.CHAIR, of=committee, name="見本 花子")
    plan = approved_plan(cast.station(committee), chair, year=year, conditions=conditions)
    made = Team(
        plan=plan,
        chair=chair,
        treasurer=cast.person(Role.TREASURER, of=committee),
        officer=cast.person(Role.OFFICER),
        other_officer=cast.person(Role.OFFICER),
        approver=cast.person(Role.APPROVER),
        cashier=cast.person(Role.CASHIER),
    )
    settings(year, by=made.approver, **terms)
    return made


def settings(year: int, *, by: Person, **terms: object) -> None:
    """The fictional terms of a year, unless it has some."""
    if year_settings.settings(year) is None:
        values: dict[str, object] = {"fiscal_year": year, "document_prefix": "見本共", **terms}
        whole = FiscalTerms(**values)  # type: ignore[arg-type]  # named by the test
        drafted = draft_settings(terms=whole, by=cast.person(Role.OFFICER))
        approve_settings(draft=drafted, by=by)


def approved_plan(station: object, chair: Person, *, year: int, conditions: str = "") -> Plan:
    """A plan as the general meeting leaves it: version frozen, resolution recorded."""
    plan = Plan(
        committee=station.committee,  # type: ignore[attr-defined]  # a Station
        station=station,
        fiscal_year=year,
        status=plan_rules.Status.APPROVED_WITH_CONDITIONS if conditions else plan_rules.Status.APPROVED,
        title="見本の居場所",
        drafted_by_id=chair.id,
        saved_by_id=chair.id,
        saved_at=clock.now(),
        submitted_by_id=chair.id,
        submitted_at=clock.now(),
        cost_lines=[
            CostLine(
                position=number,
                category=category,
                content=text,
                quantity=quantity,
                unit_price_yen=price,
                amount_yen=quantity * price,
            )
            for number, (category, text, quantity, price) in enumerate(COSTS, 1)
        ],
        income_lines=[IncomeLine(position=1, kind=IncomeKind.FEES, content="参加費", amount_yen=FEES)],
    )
    add(plan)
    document = content.document(plan)
    version = add(
        PlanVersion(
            plan=plan,
            revision=1,
            content=document,
            sha256=plan_rules.fingerprint(plan_rules.freeze(document)),
            submitted_by_id=chair.id,
            submitted_at=clock.now(),
        )
    )
    meeting = add(
        Meeting(
            fiscal_year=year,
            title="第1回全体会議",
            held_on=clock.today(),
            starts_at=dt.time(14),
            place="見本会議室",
            status=MeetingStatus.CLOSED,
            opened_at=clock.now(),
            closed_at=clock.now(),
        )
    )
    add(
        AgendaItem(
            meeting=meeting,
            plan=plan,
            version=version,
            position=1,
            resolution=Resolution.APPROVED_WITH_CONDITIONS if conditions else Resolution.APPROVED,
            conditions=conditions,
            resolved_at=clock.now(),
            resolved_by_id=chair.id,
        )
    )
    return plan


def applied(made: Team) -> Grant:
    return awards.apply(plan=made.plan, by=made.chair)


def reviewing(made: Team) -> Grant:
    grant = applied(made)
    awards.begin_review(grant=grant, by=made.officer)
    return grant


def deciding(made: Team, awarded_yen: int | None = None) -> Grant:
    grant = reviewing(made)
    awards.draft_award(grant=grant, awarded_yen=awarded_yen or grant.requested_yen, by=made.officer)
    return grant


def awarded(made: Team, awarded_yen: int | None = None) -> Grant:
    grant = deciding(made, awarded_yen)
    awards.approve_decision(grant=grant, by=made.approver)
    return grant


def active(made: Team, awarded_yen: int | None = None) -> Grant:
    grant = awarded(made, awarded_yen)
    letters.issue(grant=grant, by=made.officer)
    return grant


def requested(made: Team, amount_yen: int) -> PaymentRequest:
    return payments.request_advance(
        grant=made.grant, amount_yen=amount_yen, purpose="会場と食材", by=made.treasurer
    )


def ordered(made: Team, amount_yen: int) -> PaymentRequest:
    request = requested(made, amount_yen)
    order(made, request)
    return request


def order(made: Team, request: PaymentRequest) -> None:
    """Drafted by an officer and ordered by the approver."""
    if request.status is PaymentStatus.REQUESTED:
        payments.draft_order(request=request, by=made.officer)
    payments.order_payment(request=request, by=made.approver)


def paid(made: Team, amount_yen: int) -> PaymentRequest:
    request = ordered(made, amount_yen)
    payments.record_payment(request=request, paid_on=clock.today(), reference="1", by=made.cashier)
    return request


def spent(made: Team, amount_yen: int, *, line: int = 0) -> Receipt:
    """A receipt with its booking, entered and ticked at once."""
    grant = made.grant
    chosen = grant.lines[line]
    number = (
        db.session.scalar(sa.select(sa.func.count(Receipt.id)).where(Receipt.grant_id == grant.id)) or 0
    ) + 1
    receipt = add(
        Receipt(
            grant=grant,
            number=number,
            kind="receipt",
            file=files.store_document(b"%PDF-1.7 receipt", name="receipt.pdf", by=made.treasurer),
            dated_on=clock.today(),
            payee="見本商店",
            addressee=grant.committee.name,
            description="食材",
            amount_yen=amount_yen,
            entered_by_id=made.treasurer.id,
            entered_at=clock.now(),
            inspected_at=clock.now(),
            inspected_by_id=made.officer.id,
            splits=[ReceiptSplit(line_id=chosen.id, amount_yen=amount_yen)],
        )
    )
    ledger.book(
        grant=grant,
        postings=expense([(chosen.category, amount_yen)]),
        happened_on=clock.today(),
        description="見本商店　食材",
        receipt=receipt,
        by=made.treasurer,
    )
    return receipt


def cancelled(made: Team, *, reason: str = "目的外", kept_yen: int = 0) -> Grant:
    """Drafted by one officer and approved; its letter is not issued yet."""
    grant = made.grant
    cancellations.draft_cancellation(grant=grant, reason=reason, kept_yen=kept_yen, by=made.other_officer)
    cancellations.cancel(grant=grant, by=made.approver)
    return grant


def refund_due(made: Team) -> Grant:
    """返還命令: drafted by an officer, approved, its letter issued."""
    grant = made.grant
    refunds.draft_refund(grant=grant, by=made.other_officer)
    refunds.order_refund(grant=grant, by=made.approver)
    refunds.issue_refund(grant=grant, by=made.officer)
    return grant


def refunded(made: Team) -> Grant:
    refund_due(made)
    refunds.record_refund(grant=made.grant, received_on=clock.today(), by=made.cashier)
    return made.grant


def balance_paid(made: Team, request: PaymentRequest) -> Grant:
    order(made, request)
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    return made.grant


def inspected(made: Team) -> Grant:
    """The report is in and inspected (its own acts are tested with the reports)."""
    grant = made.grant
    grant.report_summary = "開いた。"
    grant.completed_on = clock.today()
    grant.reported_by_id = made.chair.id
    grant.reported_at = clock.now()
    grant.inspected_by_id = made.officer.id
    grant.inspected_at = clock.now()
    grant.status = Status.INSPECTED
    db.session.flush()
    return grant


def determined(made: Team, *, published: bool = True) -> Grant:
    grant = inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    determinations.determine(grant=grant, by=made.approver)
    if published:
        letters.issue_determination(grant=grant, by=made.officer)
    return grant
