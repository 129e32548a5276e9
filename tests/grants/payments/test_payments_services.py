"""Advances and payments: never above the award, never without an order, booked or not recorded at all."""

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.grants.awards.services import awards
from stations.grants.books.models import LedgerTransaction
from stations.grants.books.queries import ledger as ledger_queries
from stations.grants.books.services import ledger
from stations.grants.payments.models import Payment
from stations.grants.payments.queries import payments as payment_queries
from stations.grants.payments.services import corrections, payments
from stations.grants.rules import PaymentStatus
from stations.grants.settlement.queries import calculation
from stations.grants.settlement.services import determinations, refunds
from tests.grants import cast as grants
from tests.support import cast
from tests.support.refusals import refused


def test_a_payment_is_asked_for_ordered_and_recorded(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.paid(made, 90_000)
    assert (request.status, request.instalment, request.programme_item) == (PaymentStatus.PAID, 1, "第2号")
    balance = ledger_queries.balance(grant)
    assert (balance.paid, balance.unpaid, balance.cash) == (90_000, 90_000, 90_000)
    assert sum(posting.amount for posting in ledger_queries.postings_of(grant)) == 0
    assert payment_queries.paid_by_rows(grant) == 90_000


def test_nothing_is_paid_before_the_award_is_issued(db_session: Session):
    made = grants.team()
    grants.awarded(made)
    with refused(RuleBroken, None, "実施中の間"):
        grants.requested(made, 1_000)


def test_no_more_is_asked_for_than_is_left(db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 100_000)
    grants.ordered(made, 50_000)
    with pytest.raises(RuleBroken) as broken:
        grants.requested(made, 30_001)
    assert broken.value.field == "amount_yen"
    assert grants.requested(made, 30_000).instalment == 3


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(min_value=-1, max_value=120_000), max_size=5))
def test_whatever_is_asked_for_the_award_is_never_exceeded(db_session: Session, amounts: list[int]):
    made = grants.team()
    grant = grants.active(made)
    for amount in amounts:
        try:
            grants.paid(made, amount)
        except RuleBroken:
            continue
    balance = ledger_queries.balance(grant)
    assert 0 <= balance.paid <= (grant.awarded_yen or 0)
    assert balance.paid == balance.cash == payment_queries.paid_by_rows(grant)


def test_one_request_at_a_time_waits_for_its_order(db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.requested(made, 10_000)
    with pytest.raises(Conflict):
        grants.requested(made, 10_000)


def test_each_step_of_a_payment_happens_once(db_session: Session):
    made = grants.team()
    grants.active(made)
    request = grants.ordered(made, 10_000)
    with pytest.raises(Conflict):
        payments.draft_order(request=request, by=made.other_officer)
    with pytest.raises(Conflict):
        payments.order_payment(request=request, by=cast.person(Role.APPROVER))
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    with pytest.raises(Conflict):
        payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 1


def test_who_asks_orders_and_pays_are_three_people(db_session: Session):
    made = grants.team()
    grants.active(made)
    for person in (made.officer, made.approver):
        cast.give(person, Role.CASHIER)
    request = grants.ordered(made, 10_000)
    for person in (made.officer, made.approver):
        with pytest.raises(NotAllowed):
            payments.record_payment(request=request, paid_on=clock.today(), by=person)
    cast.give(made.treasurer, Role.OFFICER)
    second = grants.requested(made, 10_000)
    for person in (made.treasurer, made.chair, made.approver, made.cashier):
        with pytest.raises(NotAllowed):
            payments.draft_order(request=second, by=person)


def test_an_order_is_drafted_by_one_and_given_by_another(db_session: Session):
    made = grants.team()
    grants.active(made)
    cast.give(made.officer, Role.APPROVER)
    sitting = cast.person(Role.APPROVER)
    cast.give(sitting, Role.DRAFTER, of=made.plan.committee)
    request = grants.requested(made, 10_000)
    with pytest.raises(Conflict):
        payments.order_payment(request=request, by=made.approver)
    payments.draft_order(request=request, by=made.officer)
    for person in (made.officer, made.other_officer, made.cashier, sitting):
        with pytest.raises(NotAllowed):
            payments.order_payment(request=request, by=person)
    with pytest.raises(Conflict):
        payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    payments.order_payment(request=request, by=made.approver)
    assert (request.drafted_by_id, request.ordered_by_id) == (made.officer.id, made.approver.id)


def test_a_draft_that_came_back_is_drafted_again_or_returned(db_session: Session):
    made = grants.team()
    grants.active(made)
    request = grants.requested(made, 10_000)
    payments.draft_order(request=request, by=made.officer)
    with refused(RuleBroken, "reason"):
        payments.send_back_order(request=request, reason=" ", by=made.approver)
    payments.send_back_order(request=request, reason="使いみちが計画と違う", by=made.approver)
    assert (request.status, request.drafted_by_id) == (PaymentStatus.REQUESTED, None)
    payments.draft_order(request=request, by=made.officer)
    payments.send_back_order(request=request, reason="使いみちが計画と違う", by=made.approver)
    payments.return_request(request=request, reason="使いみちをくわしく", by=made.officer)
    assert request.status is PaymentStatus.RETURNED


def test_the_database_keeps_the_two_people_of_an_order_apart(db_session: Session):
    made = grants.team()
    grants.active(made)
    request = grants.ordered(made, 10_000)
    request.ordered_by_id = request.drafted_by_id
    with pytest.raises(sa.exc.IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_mails_about_a_payment_tell_of_which_plan_and_how_much(db_session: Session):
    made = grants.team()
    made.cashier.email = "cashier@example.jp"
    grants.active(made)
    grants.ordered(made, 12_345)
    mail = db_session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
    assert mail.to_address == "cashier@example.jp"
    assert "12,345円" in mail.body and made.plan.title in mail.body and "（金額" not in mail.subject


def test_a_returned_request_keeps_its_number_and_is_answered_by_a_new_one(db_session: Session):
    made = grants.team()
    grants.active(made)
    request = grants.requested(made, 10_000)
    with refused(RuleBroken, "reason"):
        payments.return_request(request=request, reason="", by=made.officer)
    payments.return_request(request=request, reason="使いみちをくわしく", by=made.officer)
    assert request.status is PaymentStatus.RETURNED
    assert grants.requested(made, 12_000).instalment == 2


def test_after_the_order_only_the_cashier_says_that_nothing_left_the_bank(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.ordered(made, 10_000)
    for person in (made.officer, made.other_officer, made.approver):
        with pytest.raises(NotAllowed):
            corrections.withdraw_order(request=request, reason="取りやめ", by=person)
    with refused(RuleBroken, "reason"):
        corrections.withdraw_order(request=request, reason="", by=made.cashier)
    corrections.withdraw_order(request=request, reason="口座番号の誤り", by=made.cashier)
    assert (request.status, payment_queries.pending(grant)) == (PaymentStatus.REQUESTED, [request])
    with pytest.raises(Conflict):
        corrections.withdraw_order(request=request, reason="口座番号の誤り", by=made.cashier)
    grants.order(made, request)
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    assert ledger_queries.balance(grant).paid == 10_000


def test_a_saturday_is_no_day_of_payment_and_the_next_bank_day_is_offered(db_session: Session):
    made = grants.team()
    grants.active(made)
    request = grants.ordered(made, 10_000)
    with clock.frozen_at(dt.datetime(2026, 11, 30, 3, tzinfo=dt.UTC)):
        with pytest.raises(RuleBroken) as broken:
            payments.record_payment(request=request, paid_on=dt.date(2026, 11, 28), by=made.cashier)
        assert (broken.value.field, broken.value.params["next"]) == ("paid_on", dt.date(2026, 11, 30))
        payments.record_payment(request=request, paid_on=dt.date(2026, 11, 30), by=made.cashier)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_payment_is_dated_between_its_order_and_today(db_session: Session, days: int):
    made = grants.team()
    grants.active(made)
    request = grants.ordered(made, 10_000)
    with pytest.raises(RuleBroken) as broken:
        payments.record_payment(
            request=request, paid_on=clock.today() + dt.timedelta(days=days), by=made.cashier
        )
    assert broken.value.field == "paid_on"


def test_cash_of_a_year_moves_until_the_end_of_may(db_session: Session):
    made = grants.team()
    grants.active(made)
    request = grants.ordered(made, 10_000)
    last = clock.cash_period(request.fiscal_year)[1]
    with clock.frozen_at(dt.datetime.combine(last + dt.timedelta(days=1), dt.time(3), dt.UTC)):
        with refused(RuleBroken, "paid_on"):
            payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
        payments.record_payment(request=request, paid_on=last, by=made.cashier)


def test_a_crash_after_the_payment_row_leaves_neither_payment_nor_booking(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
):
    made = grants.team()
    grant = grants.active(made)
    request = grants.ordered(made, 10_000)
    db_session.commit()

    def crash(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("stations.grants.notices.notify", crash)
    with pytest.raises(ZeroDivisionError):
        payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    db_session.rollback()
    db_session.expire_all()
    assert request.status is PaymentStatus.ORDERED
    assert ledger_queries.balance(grant).paid == 0
    assert db_session.scalar(sa.select(sa.func.count()).select_from(LedgerTransaction)) == 0


def test_the_books_are_answered_never_changed(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 10_000)
    first = db_session.scalars(sa.select(LedgerTransaction)).one()
    with refused(RuleBroken, "reason"):
        ledger.reverse(grant=grant, transaction=first, reason=" ", happened_on=clock.today(), by=made.cashier)
    ledger.reverse(grant=grant, transaction=first, reason="誤記", happened_on=clock.today(), by=made.cashier)
    assert ledger_queries.balance(grant).paid == 0
    with pytest.raises(Conflict):
        ledger.reverse(
            grant=grant, transaction=first, reason="誤記", happened_on=clock.today(), by=made.cashier
        )


def test_the_balances_of_a_list_are_those_of_each(db_session: Session):
    teams = [grants.team() for _ in range(3)]
    for number, made in enumerate(teams, 1):
        grants.active(made)
        grants.paid(made, number * 10_000)
        grants.spent(made, number * 1_111)
    found = ledger_queries.balances([made.grant.id for made in teams])
    assert found == {made.grant.id: ledger_queries.balance(made.grant) for made in teams}
    assert ledger_queries.balances([]) == {}


def test_a_mistaken_record_is_answered_and_recorded_again(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    wrong = grants.paid(made, 90_000)
    with pytest.raises(RuleBroken) as broken:
        corrections.reverse_payment(request=wrong, reason=" ", by=made.cashier)
    assert broken.value.field == "reason"
    again = corrections.reverse_payment(request=wrong, reason="支払番号の誤り", by=made.cashier)
    assert (wrong.status, again.status) == (PaymentStatus.CANCELLED, PaymentStatus.ORDERED)
    assert (again.instalment, again.amount_yen, again.ordered_by_id) == (2, 90_000, wrong.ordered_by_id)
    assert (ledger_queries.balance(grant).paid, payment_queries.paid_by_rows(grant)) == (0, 0)
    with pytest.raises(Conflict):
        corrections.reverse_payment(request=wrong, reason="もう一度", by=made.cashier)
    payments.record_payment(request=again, paid_on=clock.today(), reference="2", by=made.cashier)
    assert (ledger_queries.balance(grant).paid, payment_queries.paid_by_rows(grant)) == (90_000, 90_000)
    rows = db_session.scalars(sa.select(LedgerTransaction).order_by(LedgerTransaction.id)).all()
    assert [(row.payment_id is not None, row.reason) for row in rows] == [
        (True, None),
        (False, "支払番号の誤り"),
        (True, None),
    ]
    assert rows[1].reverses_id == rows[0].id
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 2
    determinations.check_books(grant)


def test_a_reversal_stands_on_the_day_of_what_it_reverses(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
):
    """So that no day's balance is wrong for ever, and no year's books end with money that never was."""
    made = grants.team()
    grants.active(made)
    paid_on = clock.today()
    wrong = grants.paid(made, 90_000)
    monkeypatch.setattr(clock, "today", lambda: paid_on + dt.timedelta(days=3))
    corrections.reverse_payment(request=wrong, reason="支払番号の誤り", by=made.cashier)
    rows = db_session.scalars(sa.select(LedgerTransaction).order_by(LedgerTransaction.id)).all()
    assert [row.happened_on for row in rows] == [paid_on, paid_on]


def test_only_the_cashier_corrects_and_never_under_a_determination(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.paid(made, 90_000)
    grants.spent(made, 60_000, line=2)
    for person in (made.officer, made.approver, made.treasurer):
        with pytest.raises(NotAllowed):
            corrections.reverse_payment(request=request, reason="日付の誤り", by=person)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    with pytest.raises(Conflict):
        corrections.reverse_payment(request=request, reason="日付の誤り", by=made.cashier)
    awards.send_back(grant=grant, reason="支払日を直す", by=made.approver)
    corrections.reverse_payment(request=request, reason="日付の誤り", by=made.cashier)
    with pytest.raises(RuleBroken, match="支払の済んでいない"):
        determinations.draft_determination(grant=grant, by=made.officer)


def test_a_corrected_advance_is_settled_once(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    again = corrections.reverse_payment(
        request=grants.paid(made, 90_000), reason="日付の誤り", by=made.cashier
    )
    payments.record_payment(request=again, paid_on=clock.today(), by=made.cashier)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    db_session.expire_all()
    settled = calculation.settled(grant, [])
    assert settled is not None and settled.advanced == 90_000
    grants.refund_due(made)
    refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)
    determinations.close(grant=grant, by=made.officer)
