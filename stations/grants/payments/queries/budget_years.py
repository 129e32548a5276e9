"""What a year's budget paid and received in each committee, off the rows of payments and repayments."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import clock
from stations.core.database import db
from stations.core.money import Yen
from stations.grants.books.models import LedgerTransaction
from stations.grants.models import Grant
from stations.grants.payments.models import Payment, PaymentRequest, Repayment
from stations.grants.payments.queries.payments import repayments
from stations.grants.payments.rules.budget_years import Flow, PaidBack, PaidOut, Received, flows, received
from stations.grants.rules import PaymentStatus
from stations.grants.settlement.models import GrantRecovery
from stations.grants.settlement.queries.recoveries import recoveries

PaidBackRow = Repayment | GrantRecovery


def received_by_budgets(grant: Grant, repaid: Iterable[PaidBackRow]) -> dict[PaidBackRow, list[Received]]:
    """Which budgets received each of ``repaid``: all repayments of a grant, then its findings; unpaid ones are absent."""
    rows = {
        one: _back(grant, one.received_on, one.amount_yen) for one in repaid if one.received_on is not None
    }
    return dict(zip(rows, received(_out(grant), rows.values()), strict=True))


def receiving_budgets(grant: Grant, amount: Yen, on: dt.date) -> list[Received]:
    """Which budgets will receive a further repayment; the one that paid last is the first."""
    before: list[PaidBackRow] = [*repayments(grant), *recoveries(grant)]
    back = [_back(grant, one.received_on, one.amount_yen) for one in before if one.received_on is not None]
    return received(_out(grant), [*back, _back(grant, on, amount)])[-1]


def _out(grant: Grant) -> list[PaidOut]:
    return [
        PaidOut(grant_year=grant.fiscal_year, budget=request.fiscal_year, amount=request.payment.amount_yen)
        for request in grant.payment_requests
        if request.payment is not None and request.status is PaymentStatus.PAID
    ]


def _back(grant: Grant, on: dt.date, amount: Yen) -> PaidBack:
    return PaidBack(grant_year=grant.fiscal_year, on=on, amount=amount)


def budget_flows(year: int) -> dict[int, Flow]:
    """Committee id → the flow of one budget; a committee without any is absent. Two statements.

    What is paid back after 完結 (`recoveries`) counts like any other repayment.
    """
    first, last = clock.fiscal_year_period(year)
    asked = {"year": year, "first": first, "last": last}
    committees: dict[int, int] = {}
    out: defaultdict[int, list[PaidOut]] = defaultdict(list)
    for committee_id, grant_id, grant_year, budget, amount, came_back_on in db.session.execute(
        _paid_out(), asked
    ):
        committees[grant_id] = committee_id
        out[grant_id].append(
            PaidOut(grant_year=grant_year, budget=budget, amount=amount, came_back_on=came_back_on)
        )
    back: defaultdict[int, list[PaidBack]] = defaultdict(list)
    recorded = sorted(db.session.execute(_paid_back(), asked), key=lambda row: (row[2], row[3]))
    for grant_id, grant_year, _first, _id, on, amount in recorded:
        back[grant_id].append(PaidBack(grant_year=grant_year, on=on, amount=amount))
    found: defaultdict[int, Flow] = defaultdict(Flow)
    for grant_id, committee_id in committees.items():
        of_grant = flows(out[grant_id], back[grant_id]).get(year)
        if of_grant is not None:
            found[committee_id] += of_grant
    return dict(found)


def _in_the_year(on: sa.SQLColumnExpression[object]) -> sa.ColumnElement[bool]:
    return on.between(sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date()))


def _touching() -> sa.CompoundSelect[int]:
    """Ids of the grants whose money moved out of or into the budget of the year."""
    return sa.union(
        sa.select(PaymentRequest.grant_id).where(
            sa.or_(
                PaymentRequest.fiscal_year == sa.bindparam("year"), _in_the_year(PaymentRequest.returned_on)
            )
        ),
        sa.select(Repayment.grant_id).where(_in_the_year(Repayment.received_on)),
        sa.select(GrantRecovery.grant_id).where(_in_the_year(GrantRecovery.received_on)),
    )


@cache  # built once: writing down such a statement takes longer than asking it
def _paid_out() -> sa.Select[int, int, int, int, int, dt.date | None]:
    return (
        sa.select(
            Grant.committee_id,
            Grant.id,
            Grant.fiscal_year,
            PaymentRequest.fiscal_year,
            Payment.amount_yen,
            PaymentRequest.returned_on,
        )
        .join_from(Payment, PaymentRequest, PaymentRequest.id == Payment.request_id)
        .join(Grant, Grant.id == PaymentRequest.grant_id)
        .where(
            PaymentRequest.status.in_([PaymentStatus.PAID, PaymentStatus.FAILED]), Grant.id.in_(_touching())
        )
    )


@cache
def _paid_back() -> sa.CompoundSelect[int, int, int, int, dt.date, int]:
    """Repayments whose line in the books stands, and findings that were repaid, which come after them (1, 2)."""
    answer = orm.aliased(LedgerTransaction)
    found = (
        sa.select(
            Grant.id,
            Grant.fiscal_year,
            sa.literal(2),
            GrantRecovery.id,
            GrantRecovery.received_on,
            GrantRecovery.amount_yen,
        )
        .join_from(GrantRecovery, Grant, Grant.id == GrantRecovery.grant_id)
        .where(GrantRecovery.received_on.is_not(None), Grant.id.in_(_touching()))
    )
    return sa.union_all(
        sa.select(
            Grant.id,
            Grant.fiscal_year,
            sa.literal(1),
            Repayment.id,
            Repayment.received_on,
            Repayment.amount_yen,
        )
        .join_from(Repayment, Grant, Grant.id == Repayment.grant_id)
        .join(LedgerTransaction, LedgerTransaction.repayment_id == Repayment.id)
        .outerjoin(answer, answer.reverses_id == LedgerTransaction.id)
        .where(answer.id.is_(None), Grant.id.in_(_touching())),
        found,
    )
