"""額の確定, refund, balance, close: every yen accounted for, and only then the end."""

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from stations.applications.rules import IncomeKind
from stations.core import clock
from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants import disclosure
from stations.grants.awards.queries import decisions
from stations.grants.awards.services import awards, cancellations
from stations.grants.books.models import LedgerTransaction
from stations.grants.books.queries import cash_book
from stations.grants.books.queries import ledger as ledger_queries
from stations.grants.books.rules import bookkeeping
from stations.grants.books.services import ledger
from stations.grants.letters.services import letters
from stations.grants.pages import available_acts
from stations.grants.payments.models import PaymentRequest, Repayment
from stations.grants.payments.queries import payments as payment_queries
from stations.grants.payments.services import corrections, payments
from stations.grants.reports.services import reports
from stations.grants.rules import PaymentStatus, Status
from stations.grants.settlement.services import determinations, refunds
from tests.grants import cast as grants
from tests.support import cast
from tests.support.refusals import refused


def fees(made: grants.Team, amount_yen: int, kind: IncomeKind = IncomeKind.FEES) -> None:
    ledger.book(
        grant=made.grant,
        postings=bookkeeping.income(kind, amount_yen),
        happened_on=clock.today(),
        description="参加費",
        by=made.treasurer,
    )


def test_the_fixed_amount_is_spent_less_income_rounded_once(db_session: Session):
    made = grants.team(rate_numerator=9, rate_denominator=10)
    grant = grants.active(made, 100_000)
    grants.paid(made, 100_000)
    grants.spent(made, 112_345, line=2)
    fees(made, 6_000)
    fees(made, 50_000, IncomeKind.OWN_FUNDS)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    assert grant.fixed_yen == 95_000


def test_receipts_that_were_not_ticked_do_not_count(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 50_000, line=2)
    loose = grants.spent(made, 30_000, line=2)
    loose.inspected_at = loose.inspected_by_id = None
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    assert grant.fixed_yen == 50_000


@examples(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paid=st.integers(min_value=0, max_value=180_000),
    spent=st.integers(min_value=1, max_value=300_000),
    income=st.integers(min_value=0, max_value=60_000),
    corrected=st.booleans(),
)
def test_whatever_happened_the_city_ends_up_with_exactly_the_fixed_amount_paid(
    db_session: Session, paid: int, spent: int, income: int, corrected: bool
):
    made = grants.team()
    grant = grants.active(made)
    if paid:
        grants.paid(made, paid)
    grants.spent(made, spent, line=2)
    if income:
        fees(made, income)
    grants.determined(made)
    settled = determinations.settlement_of(grant)
    if settled.refund:
        grants.refund_due(made)
        refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)
        if corrected:
            refunds.reverse_refund(grant=grant, reason="日付の誤り", by=made.cashier)
            refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)
    elif settled.balance:
        request = determinations.order_balance(grant=grant, by=made.officer)
        grants.order(made, request)
        payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
        if corrected:
            again = corrections.reverse_payment(request=request, reason="日付の誤り", by=made.cashier)
            payments.record_payment(request=again, paid_on=clock.today(), by=made.cashier)
    determinations.close(grant=grant, by=made.officer)
    assert grant.status is Status.CLOSED
    assert grant.fixed_yen is not None
    assert grant.fixed_yen <= (grant.awarded_yen or 0)
    assert ledger_queries.balance(grant).paid == grant.fixed_yen == payment_queries.paid_by_rows(grant)
    assert sum(posting.amount for posting in ledger_queries.postings_of(grant)) == 0
    assert ledger_queries.balance(grant).cash >= 0


def test_each_step_to_the_end_happens_once(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.inspected(made)
    steps = (
        lambda: determinations.draft_determination(grant=grant, by=made.officer),
        lambda: determinations.determine(grant=grant, by=made.approver),
        lambda: letters.issue_determination(grant=grant, by=made.officer),
        lambda: grants.refund_due(made),
        lambda: refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier),
        lambda: determinations.close(grant=grant, by=made.officer),
    )
    for step in steps:
        step()
        with pytest.raises(Conflict):
            step()
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Repayment)) == 1
    assert [letter.kind for letter in grant.letters] == ["award", "determination", "refund"]


def test_nobody_determines_what_they_drafted(db_session: Session):
    made = grants.team()
    cast.give(made.officer, Role.APPROVER)
    grant = grants.active(made)
    grants.spent(made, 10_000, line=2)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    with pytest.raises(NotAllowed):
        determinations.determine(grant=grant, by=made.officer)


def test_books_that_moved_after_the_draft_are_not_determined(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 50_000, line=2)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    fees(made, 10_000)
    with pytest.raises(Conflict):
        determinations.determine(grant=grant, by=made.approver)
    awards.send_back(grant=grant, reason="出納が変わった", by=made.approver)
    assert (grant.status, grant.fixed_yen) == (Status.INSPECTED, None)


def test_nothing_is_determined_while_a_payment_is_under_way(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.requested(made, 10_000)
    grants.inspected(made)
    with refused(RuleBroken, None, "支払の済んでいない請求"):
        determinations.draft_determination(grant=grant, by=made.officer)


def test_the_committee_is_notified_before_anything_follows(db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made, published=False)
    with refused(RuleBroken, None, "額の確定通知書を施行"):
        grants.refund_due(made)


def test_only_the_act_that_fits_the_difference_is_possible(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    for wrong in (determinations.order_balance, determinations.close):
        with refused(RuleBroken, None, "返還40,000円"):
            wrong(grant=grant, by=made.officer)
    grants.refund_due(made)
    assert grant.refund_yen == 40_000
    assert grant.refund_due_on is not None
    assert clock.is_business_day(grant.refund_due_on)


def test_a_balance_payment_is_ordered_and_paid_like_any_other(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    request = determinations.order_balance(grant=grant, by=made.officer)
    assert (request.kind, request.amount_yen, request.requested_by_id) == ("balance", 60_000, None)
    with pytest.raises(Conflict):
        determinations.order_balance(grant=grant, by=made.officer)
    with refused(Conflict, None, "drafted"):
        payments.return_request(request=request, reason="誤り", by=made.officer)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(PaymentRequest)) == 1


@pytest.mark.parametrize(("day", "prior"), [((5, 31), False), ((6, 1), True)])
def test_a_refund_after_may_is_income_of_the_new_year(db_session: Session, day: tuple[int, int], prior: bool):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    grants.refund_due(made)
    received = dt.date(grant.fiscal_year + 1, *day)
    with refused(RuleBroken, "received_on"):
        refunds.record_refund(grant=grant, received_on=received, by=made.cashier)
    with clock.frozen_at(dt.datetime.combine(received, dt.time(3), dt.UTC)):
        repayment = refunds.record_refund(grant=grant, received_on=received, by=made.cashier)
    assert repayment.prior_year_income is prior


def test_a_cancelled_grant_without_payments_is_closed(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.cancelled(made, reason="辞退")
    letters.issue_cancellation(grant=grant, by=made.officer)
    determinations.close(grant=grant, by=made.officer)
    assert grant.status is Status.CLOSED


def test_an_award_that_was_never_published_is_taken_back_without_a_letter(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    grants.cancelled(made, reason="計算の誤り")
    assert [act.endpoint for act in available_acts.available_acts(grant, available_acts.facts(grant))] == [
        "grants.close"
    ]
    determinations.close(grant=grant, by=made.officer)
    assert grant.letters == []


@pytest.mark.parametrize("kept", [0, 30_000])
def test_what_is_left_of_a_cancelled_award_is_its_amount_everywhere(db_session: Session, kept: int):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 40_000, line=2)
    grants.inspected(made)
    grants.cancelled(made, kept_yen=kept)
    letters.issue_cancellation(grant=grant, by=made.officer)
    received = clock.today()
    for after in (
        lambda: grants.refund_due(made),
        lambda: refunds.record_refund(grant=grant, received_on=received, by=made.cashier),
        lambda: determinations.close(grant=grant, by=made.officer),
    ):
        after()
        db_session.flush()
        assert decisions.decided_award(grant) == kept, grant.status
        assert ledger_queries.balance(grant) == ledger_queries.balances([grant.id])[grant.id]
        assert disclosure.shown_award(made.chair, grant) == ledger_queries.balance(grant).awarded == kept
    assert decisions.first_award(grant) == grant.awarded_yen


def test_a_drafted_or_fixed_amount_is_no_cancelled_award(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    assert (grant.fixed_yen or 0) < (grant.awarded_yen or 0)
    assert decisions.decided_award(grant) == grant.awarded_yen
    assert ledger_queries.balance(grant) == ledger_queries.balances([grant.id])[grant.id]


def test_something_is_cancelled(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 180_000)
    with pytest.raises(RuleBroken) as broken:
        cancellations.draft_cancellation(grant=grant, reason="目的外", kept_yen=180_000, by=made.officer)
    assert broken.value.field == "kept_yen"


def test_books_end_by_saying_who_paid_what_the_grant_did_not(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 61_000)
    grants.spent(made, 60_986, line=2)
    grants.determined(made)
    grants.refund_due(made)
    refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)
    assert (grant.fixed_yen, determinations.own_funds_at_the_end(grant)) == (60_000, 986)
    determinations.close(grant=grant, by=made.officer)
    book = cash_book.cash_book(grant)
    assert (book.lines[-1].in_yen, book.balance) == (986, 0)
    assert "自己負担" in book.lines[-1].description
    assert ledger_queries.balance(grant).paid == 60_000


@pytest.mark.parametrize(
    ("put_in", "fees", "back"), [(60_000, 0, 60_000), (10_000, 0, 10_000), (60_000, 7_000, 60_000)]
)
def test_what_the_committee_had_only_advanced_goes_back_to_it(
    db_session: Session, put_in: int, fees: int, back: int
):
    """Fees lower what the city pays (60,000 spent): what is over in the end is the money that was put in."""
    made = grants.team()
    grant = grants.active(made)
    for kind, amount in ((IncomeKind.OWN_FUNDS, put_in), (IncomeKind.FEES, fees)):
        if amount:
            ledger.book(
                grant=grant,
                postings=bookkeeping.income(kind, amount),
                happened_on=clock.today(),
                description="入金",
                by=made.treasurer,
            )
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    request = determinations.order_balance(grant=grant, by=made.officer)
    grants.order(made, request)
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    determinations.close(grant=grant, by=made.officer)
    book = cash_book.cash_book(grant)
    assert (book.lines[-1].out_yen, book.balance) == (back, 0)
    assert (
        bookkeeping.balances(ledger_queries.postings_of(grant))[bookkeeping.Account.OWN_FUNDS]
        == put_in - back
    )


def test_books_that_end_even_get_no_further_line(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 60_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    lines = db_session.scalar(sa.select(sa.func.count()).select_from(LedgerTransaction))
    determinations.close(grant=grant, by=made.officer)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(LedgerTransaction)) == lines


def test_what_the_approver_finds_goes_back_to_the_committee(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 50_000, line=2)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    awards.send_back(grant=grant, reason="領収書1を見直してください", by=made.approver)
    with refused(RuleBroken, "reason"):
        reports.return_report(grant=grant, reason=" ", by=made.officer)
    reports.return_report(grant=grant, reason="領収書1の宛名", by=made.officer)
    assert (grant.status, grant.inspected_at, grant.inspected_by_id) == (Status.REPORT_RETURNED, None, None)
    assert grant.receipts[0].inspected_at is not None


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), clock.TOKYO)


def test_a_balance_that_was_not_paid_by_may_is_ordered_again_from_the_new_budget(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    old, new = grant.fiscal_year, grant.fiscal_year + 1
    request = determinations.order_balance(grant=grant, by=made.officer)
    with clock.frozen_at(dt.datetime(new, 5, 28, 3, tzinfo=dt.UTC)):
        grants.order(made, request)
    assert request.fiscal_year == old
    with clock.frozen_at(noon(clock.open_day(dt.date(new, 6, 2)))):
        with pytest.raises(RuleBroken) as broken:
            payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
        assert broken.value.field == "paid_on"
        corrections.withdraw_order(request=request, reason="出納閉鎖に間に合わなかった", by=made.cashier)
        grants.order(made, request)
        assert request.fiscal_year == new
        payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
        determinations.close(grant=grant, by=made.officer)
    assert grant.status is Status.CLOSED


def test_a_balance_is_paid_from_its_own_year_until_the_end_of_may(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    request = determinations.order_balance(grant=grant, by=made.officer)
    year = grant.fiscal_year
    last = next(day for day in (dt.date(year + 1, 5, 31 - n) for n in range(7)) if clock.open_day(day) == day)
    with clock.frozen_at(noon(last)):
        grants.order(made, request)
        payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    assert (request.fiscal_year, grant.status) == (year, Status.BALANCE_PAID)


def test_a_balance_drafted_in_may_is_not_ordered_in_june_out_of_the_budget_that_closed(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    old, new = grant.fiscal_year, grant.fiscal_year + 1
    with clock.frozen_at(dt.datetime(new, 5, 31, 3, tzinfo=dt.UTC)):
        request = determinations.order_balance(grant=grant, by=made.officer)
    assert request.fiscal_year == old
    with clock.frozen_at(dt.datetime(new, 6, 2, 3, tzinfo=dt.UTC)):
        with refused(RuleBroken, None, "新しい年度の予算で起案し直して"):
            payments.order_payment(request=request, by=made.approver)
        assert (request.status, request.ordered_at) == (PaymentStatus.DRAFTED, None)
        payments.send_back_order(request=request, reason="年度が変わった", by=made.approver)
        grants.order(made, request)
    assert (request.status, request.fiscal_year) == (PaymentStatus.ORDERED, new)


def test_a_balance_ordered_late_belongs_to_the_budget_it_is_ordered_from(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    with clock.frozen_at(dt.datetime(grant.fiscal_year + 1, 7, 1, 3, tzinfo=dt.UTC)):
        request = determinations.order_balance(grant=grant, by=made.officer)
        assert request.fiscal_year == grant.fiscal_year + 1
        grants.order(made, request)
        payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    assert grant.status is Status.BALANCE_PAID


def test_a_mistaken_refund_is_answered_and_recorded_again(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    grants.refund_due(made)
    with pytest.raises(Conflict):
        refunds.reverse_refund(grant=grant, reason="日付の誤り", by=made.cashier)
    refunds.record_refund(grant=grant, received_on=clock.today(), reference="1", by=made.cashier)
    for person in (made.officer, made.approver, made.treasurer):
        with pytest.raises(NotAllowed):
            refunds.reverse_refund(grant=grant, reason="番号の誤り", by=person)
    with pytest.raises(RuleBroken) as broken:
        refunds.reverse_refund(grant=grant, reason=" ", by=made.cashier)
    assert broken.value.field == "reason"
    refunds.reverse_refund(grant=grant, reason="番号の誤り", by=made.cashier)
    assert (grant.status, payment_queries.repayments(grant)) == (Status.REFUND_DUE, [])
    assert ledger_queries.balance(grant).paid == payment_queries.paid_by_rows(grant) == 100_000
    with pytest.raises(Conflict):
        refunds.reverse_refund(grant=grant, reason="もう一度", by=made.cashier)
    with pytest.raises(Conflict):
        determinations.close(grant=grant, by=made.officer)
    refunds.record_refund(grant=grant, received_on=clock.today(), reference="2", by=made.cashier)
    assert [row.reference for row in payment_queries.repayments(grant)] == ["2"]
    determinations.close(grant=grant, by=made.officer)
    with pytest.raises(Conflict):
        refunds.reverse_refund(grant=grant, reason="遅い", by=made.cashier)
    assert sum(posting.amount for posting in ledger_queries.postings_of(grant)) == 0


def test_a_mistaken_balance_payment_is_due_again(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    request = determinations.order_balance(grant=grant, by=made.officer)
    grants.order(made, request)
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    again = corrections.reverse_payment(request=request, reason="番号の誤り", by=made.cashier)
    assert (grant.status, again.kind, ledger_queries.balance(grant).paid) == (
        Status.BALANCE_DUE,
        "balance",
        0,
    )
    with pytest.raises(Conflict):
        determinations.close(grant=grant, by=made.officer)
    payments.record_payment(request=again, paid_on=clock.today(), by=made.cashier)
    assert grant.status is Status.BALANCE_PAID
    determinations.close(grant=grant, by=made.officer)
    with pytest.raises(Conflict):
        corrections.reverse_payment(request=again, reason="遅い", by=made.cashier)
