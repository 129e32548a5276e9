"""What a year's budget paid and received in each committee, off the rows of payments and repayments."""

import datetime as dt
from collections import defaultdict
from functools import cache

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import clock
from stations.core.database import db
from stations.grants.budget_years import Flow, PaidBack, PaidOut, flows
from stations.grants.models import Grant, LedgerTransaction, Payment, PaymentRequest, Repayment
from stations.grants.recoveries import GrantRecovery
from stations.grants.rules import PaymentStatus


def budget_flows(year: int) -> dict[int, Flow]:
    """Committee id → the flow of one budget; a committee without any is absent. Two statements.

    What is paid back after 完結 (`recoveries`) counts like any other repayment.
    """
    first, last = clock.fiscal_year_period(year)
    asked = {"year": year, "first": first, "last": last}
    out: defaultdict[int, list[PaidOut]] = defaultdict(list)
    for committee_id, grant_year, budget, amount, came_back_on in db.session.execute(_paid_out(), asked):
        out[committee_id].append(
            PaidOut(grant_year=grant_year, budget=budget, amount=amount, came_back_on=came_back_on)
        )
    back: defaultdict[int, list[PaidBack]] = defaultdict(list)
    for committee_id, grant_year, on, amount in db.session.execute(_paid_back(), asked):
        back[committee_id].append(PaidBack(grant_year=grant_year, on=on, amount=amount))
    found = {one: flows(out[one], back[one]) for one in {*out, *back}}
    return {one: budgets[year] for one, budgets in found.items() if year in budgets}


def _in_the_year(on: sa.SQLColumnExpression[object]) -> sa.ColumnElement[bool]:
    return on.between(sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date()))


@cache  # built once: writing down such a statement takes longer than asking it
def _paid_out() -> sa.Select[int, int, int, int, dt.date | None]:
    return (
        sa.select(
            Grant.committee_id,
            Grant.fiscal_year,
            PaymentRequest.fiscal_year,
            Payment.amount_yen,
            PaymentRequest.returned_on,
        )
        .join_from(Payment, PaymentRequest, PaymentRequest.id == Payment.request_id)
        .join(Grant, Grant.id == PaymentRequest.grant_id)
        .where(
            PaymentRequest.status.in_([PaymentStatus.PAID, PaymentStatus.FAILED]),
            sa.or_(
                PaymentRequest.fiscal_year == sa.bindparam("year"), _in_the_year(PaymentRequest.returned_on)
            ),
        )
    )


@cache
def _paid_back() -> sa.CompoundSelect[int, int, dt.date, int]:
    """Repayments whose line in the books stands, and findings that were repaid; those that may belong to the year."""
    answer = orm.aliased(LedgerTransaction)
    of_year = Grant.fiscal_year == sa.bindparam("year")
    found = (
        sa.select(Grant.committee_id, Grant.fiscal_year, GrantRecovery.received_on, GrantRecovery.amount_yen)
        .join_from(GrantRecovery, Grant, Grant.id == GrantRecovery.grant_id)
        .where(
            GrantRecovery.received_on.is_not(None), sa.or_(of_year, _in_the_year(GrantRecovery.received_on))
        )
    )
    return sa.union_all(
        found,
        sa.select(Grant.committee_id, Grant.fiscal_year, Repayment.received_on, Repayment.amount_yen)
        .join_from(Repayment, Grant, Grant.id == Repayment.grant_id)
        .join(LedgerTransaction, LedgerTransaction.repayment_id == Repayment.id)
        .outerjoin(answer, answer.reverses_id == LedgerTransaction.id)
        .where(
            answer.id.is_(None),
            sa.or_(of_year, _in_the_year(Repayment.received_on)),
        ),
    )
