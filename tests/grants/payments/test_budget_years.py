"""What a year's budget paid and received, beside what the grants of that year came to: two totals, never mixed."""

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from stations.core import clock
from stations.grants import disclosure
from stations.grants.books.queries import ledger
from stations.grants.letters.services import letters
from stations.grants.payments.queries import budget_years
from stations.grants.payments.rules.budget_years import Flow, PaidBack, PaidOut, Received, flows, received
from stations.grants.payments.services import corrections, payments
from stations.grants.settlement.services import determinations, refunds
from tests.grants import acts
from tests.grants import cast as grants
from tests.support.client import PageClient

OLD, NEW = 2026, 2027
DAYS = st.dates(min_value=dt.date(2026, 6, 1), max_value=dt.date(2028, 6, 30))


def flow(**amounts: int) -> Flow:
    return Flow(**{"own": 0, "earlier": 0, "returned": 0, "income": 0} | amounts)


def test_a_payment_counts_in_the_budget_that_it_burdens() -> None:
    found = flows(
        [
            PaidOut(grant_year=OLD, budget=OLD, amount=100),
            PaidOut(grant_year=OLD, budget=NEW, amount=30),
            PaidOut(grant_year=NEW, budget=NEW, amount=7),
        ],
        [],
    )
    assert found == {OLD: flow(own=100), NEW: flow(own=7, earlier=30)}
    assert (found[OLD].net, found[NEW].net) == (100, 37)


def test_what_is_paid_back_until_may_lowers_its_budget_and_is_income_of_a_new_one_later() -> None:
    found = flows(
        [PaidOut(grant_year=OLD, budget=OLD, amount=100)],
        [
            PaidBack(grant_year=OLD, on=dt.date(2027, 5, 31), amount=20),
            PaidBack(grant_year=OLD, on=dt.date(2027, 6, 1), amount=5),
            PaidBack(grant_year=OLD, on=dt.date(2028, 4, 1), amount=1),
        ],
    )
    assert found == {OLD: flow(own=100, returned=20), NEW: flow(income=5), 2028: flow(income=1)}
    assert (found[OLD].net, found[NEW].net) == (80, 0)


def test_what_a_later_budget_paid_goes_back_into_it_until_its_own_may() -> None:
    out = [PaidOut(grant_year=OLD, budget=OLD, amount=100), PaidOut(grant_year=OLD, budget=NEW, amount=30)]
    back = [
        PaidBack(grant_year=OLD, on=dt.date(2028, 5, 31), amount=20),
        PaidBack(grant_year=OLD, on=dt.date(2028, 5, 31), amount=15),
    ]
    assert received(out, back) == [
        [Received(NEW, False, 20)],
        [Received(NEW, False, 10), Received(2028, True, 5)],
    ]
    assert flows(out, back) == {
        OLD: flow(own=100),
        NEW: flow(earlier=30, returned=30),
        2028: flow(income=5),
    }
    june = PaidBack(grant_year=OLD, on=dt.date(2028, 6, 1), amount=20)
    assert received(out, [june]) == [[Received(2028, True, 20)]]


def test_a_transfer_that_came_back_was_never_paid_unless_its_year_had_closed() -> None:
    may, june = dt.date(2027, 5, 31), dt.date(2027, 6, 1)
    assert flows([PaidOut(grant_year=OLD, budget=OLD, amount=9, came_back_on=may)], []) == {}
    late = PaidOut(grant_year=OLD, budget=OLD, amount=9, came_back_on=june)
    assert flows([late], []) == {OLD: flow(own=9), NEW: flow(income=9)}


@given(
    out=st.lists(
        st.builds(
            PaidOut,
            grant_year=st.just(OLD),
            budget=st.sampled_from([OLD, NEW]),
            amount=st.integers(min_value=1, max_value=10**6),
            came_back_on=st.none() | DAYS,
        )
    ),
    back=st.lists(
        st.builds(
            PaidBack, grant_year=st.just(OLD), on=DAYS, amount=st.integers(min_value=1, max_value=10**6)
        )
    ),
)
def test_over_all_budgets_it_is_the_same_money(out: list[PaidOut], back: list[PaidBack]) -> None:
    found = flows(out, back).values()
    left_the_city = sum(one.amount for one in out if one.came_back_on is None) - sum(
        one.amount for one in back
    )
    assert sum(one.net - one.income for one in found) == left_the_city


def test_a_late_balance_and_a_late_refund_burden_and_feed_the_new_budget(db_session: Session):
    late_balance, late_refund = grants.team(year=OLD), grants.team(year=OLD)
    for made, paid in ((late_balance, 50_000), (late_refund, 100_000)):
        grants.settings(NEW, by=made.approver)
        grants.active(made)
        grants.paid(made, paid)
        grants.spent(made, 80_000, line=2)
        grants.determined(made)
    grants.refund_due(late_refund)
    with clock.frozen_at(dt.datetime(2027, 6, 2, 3, tzinfo=dt.UTC)):
        request = determinations.order_balance(grant=late_balance.grant, by=late_balance.officer)
        payments.order_payment(request=request, by=late_balance.approver)
        payments.record_payment(request=request, paid_on=clock.today(), by=late_balance.cashier)
        refunds.record_refund(grant=late_refund.grant, received_on=clock.today(), by=late_refund.cashier)
    ids = [late_balance.plan.committee_id, late_refund.plan.committee_id]
    old, new = budget_years.budget_flows(OLD), budget_years.budget_flows(NEW)
    assert [old[one] for one in ids] == [flow(own=50_000), flow(own=100_000)]
    assert [new[one] for one in ids] == [flow(earlier=30_000), flow(income=20_000)]
    assert [ledger.balance(made.grant).paid for made in (late_balance, late_refund)] == [80_000, 80_000]


@pytest.mark.parametrize(("kept", "parts"), [(60_000, 1), (30_000, 2)])
def test_a_late_balance_that_is_taken_back_returns_into_the_budget_that_paid_it(
    app: Flask, db_session: Session, kept: int, parts: int
):
    made = grants.team(year=OLD)
    grants.settings(NEW, by=made.approver)
    grant = grants.active(made)
    grants.paid(made, 50_000)
    grants.spent(made, 80_000, line=2)
    grants.determined(made)
    with clock.frozen_at(dt.datetime(2027, 6, 2, 3, tzinfo=dt.UTC)):
        request = determinations.order_balance(grant=grant, by=made.officer)
        grants.balance_paid(made, request)
        grants.cancelled(made, kept_yen=kept)
        letters.issue_cancellation(grant=grant, by=made.officer)
        grants.refund_due(made)
        repayment = refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)
    committee_id = grant.committee_id
    assert not repayment.prior_year_income
    back = min(80_000 - kept, 30_000)
    assert budget_years.budget_flows(OLD)[committee_id] == flow(own=50_000)
    assert budget_years.budget_flows(NEW)[committee_id] == flow(
        earlier=30_000, returned=back, income=80_000 - kept - back
    )
    client = PageClient(app)
    client.sign_in(made.officer)
    page = client.get(f"/grants/{grant.id}").text
    assert ("戻入（返還）" in page, "過年度収入（返還）" in page) == (True, parts == 2)


def test_corrected_records_count_once(db_session: Session):
    made = grants.team(year=OLD)
    grants.active(made)
    again = corrections.reverse_payment(request=grants.paid(made, 90_000), reason="番号", by=made.cashier)
    payments.record_payment(request=again, paid_on=clock.today(), by=made.cashier)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    grants.refunded(made)
    refunds.reverse_refund(grant=made.grant, reason="番号", by=made.cashier)
    refunds.record_refund(grant=made.grant, received_on=clock.today(), by=made.cashier)
    assert budget_years.budget_flows(OLD)[made.plan.committee_id] == flow(own=90_000, returned=30_000)


def test_what_is_repaid_after_closing_is_income_of_its_year(db_session: Session):
    made = grants.team(year=OLD)
    grants.active(made)
    grants.paid(made, 60_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    determinations.close(grant=made.grant, by=made.officer)
    grants.settings(NEW, by=made.approver)
    case = acts.case(made)
    with clock.frozen_at(dt.datetime(2027, 6, 2, 3, tzinfo=dt.UTC)):
        for name in ("draft_recovery", "approve_recovery", "issue_recovery", "record_recovery"):
            acts.ACTS[name](case)
    assert budget_years.budget_flows(OLD)[made.plan.committee_id] == flow(own=60_000)
    assert budget_years.budget_flows(NEW)[made.plan.committee_id] == flow(income=10_000)
    books, shown = ledger.balance(made.grant), disclosure.figures(made.officer, made.grant)
    assert (books.paid, shown.paid) == (
        60_000,
        50_000,
    )  # the closed books stay, what the city has paid does not
    assert ledger.balances([made.grant.id])[made.grant.id].paid == 50_000
    of_years = sum(
        one.net - one.income for year in (OLD, NEW) for one in budget_years.budget_flows(year).values()
    )
    assert of_years == sum(one.paid for one in ledger.balances([made.grant.id]).values())
