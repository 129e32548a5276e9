"""組戻し: a transfer that failed is received in the books on the day it came back, and is ordered once more."""

import datetime as dt
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.awards.services import awards
from stations.grants.books.models import LedgerTransaction
from stations.grants.books.queries import ledger
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.queries import payments as payment_queries
from stations.grants.payments.services import corrections, payments
from stations.grants.rules import PaymentStatus, Status
from stations.grants.settlement.services import determinations
from tests.grants import cast as grants
from tests.support.client import PageClient

PAID = dt.date(2026, 11, 24)
BACK = dt.date(2026, 11, 26)
SATURDAY = dt.date(2026, 11, 28)


def on(day: dt.date) -> AbstractContextManager[None]:
    return clock.frozen_at(dt.datetime.combine(day, dt.time(3), dt.UTC))


def failed(made: grants.Team, request: PaymentRequest, returned_on: dt.date = BACK) -> PaymentRequest | None:
    return corrections.fail_payment(
        request=request, returned_on=returned_on, reason="口座名義の相違", by=made.cashier
    )


def test_the_books_receive_it_on_the_day_it_came_back(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    wrong = grants.paid(made, 90_000)
    with on(BACK + dt.timedelta(days=1)):
        again = failed(made, wrong)
    assert again is not None
    assert (wrong.status, wrong.returned_on) == (PaymentStatus.FAILED, BACK)
    assert (again.status, again.amount_yen, again.instalment) == (PaymentStatus.REQUESTED, 90_000, 2)
    assert (again.requested_by_id, again.drafted_by_id, again.ordered_by_id) == (
        made.treasurer.id,
        None,
        None,
    )
    rows = db_session.scalars(sa.select(LedgerTransaction).order_by(LedgerTransaction.id)).all()
    assert [row.happened_on for row in rows] == [PAID, BACK]
    assert (ledger.balance(grant).paid, payment_queries.paid_by_rows(grant)) == (0, 0)
    with on(BACK + dt.timedelta(days=4)):
        grants.order(made, again)
        payments.record_payment(request=again, paid_on=clock.today(), by=made.cashier)
    assert ledger.balance(grant).paid == payment_queries.paid_by_rows(grant) == 90_000
    determinations.check_books(grant)


def balance_paid(made: grants.Team) -> PaymentRequest:
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    request = determinations.order_balance(grant=grant, by=made.officer)
    grants.order(made, request)
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    return request


def test_a_balance_that_came_back_is_due_again(db_session: Session):
    made = grants.team()
    request = balance_paid(made)
    grant = made.grant
    with on(BACK):
        again = failed(made, request)
        assert again is not None
        assert (grant.status, again.kind) == (Status.BALANCE_DUE, "balance")
        with pytest.raises(Conflict):
            determinations.close(grant=grant, by=made.officer)
        grants.order(made, again)
        payments.record_payment(request=again, paid_on=clock.today(), by=made.cashier)
        determinations.close(grant=grant, by=made.officer)
    assert (grant.status, payment_queries.paid_by_rows(grant)) == (Status.CLOSED, 60_000)


def test_a_balance_that_never_left_is_ordered_again(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    request = determinations.order_balance(grant=grant, by=made.officer)
    grants.order(made, request)
    corrections.withdraw_order(request=request, reason="口座が解約されていた", by=made.cashier)
    assert (request.status, grant.status) == (PaymentStatus.REQUESTED, Status.BALANCE_DUE)
    grants.order(made, request)
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    assert grant.status is Status.BALANCE_PAID


@pytest.mark.parametrize(
    ("returned_on", "today"),
    [
        pytest.param(PAID - dt.timedelta(days=1), BACK, id="before the payment"),
        pytest.param(BACK + dt.timedelta(days=1), BACK, id="in the future"),
        pytest.param(SATURDAY, SATURDAY, id="when banks are closed"),
    ],
)
def test_the_day_lies_between_the_payment_and_today(
    db_session: Session, returned_on: dt.date, today: dt.date
):
    made = grants.team()
    grants.active(made)
    request = grants.paid(made, 90_000)
    with on(today), pytest.raises(RuleBroken) as broken:
        failed(made, request, returned_on)
    assert broken.value.field == "returned_on"


def test_only_the_cashier_says_so_with_a_reason_and_never_under_a_determination(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.paid(made, 90_000)
    grants.spent(made, 60_000, line=2)
    for person in (made.officer, made.approver, made.treasurer):
        with pytest.raises(NotAllowed):
            corrections.fail_payment(request=request, returned_on=PAID, reason="口座なし", by=person)
    with pytest.raises(RuleBroken) as broken:
        corrections.fail_payment(request=request, returned_on=PAID, reason=" ", by=made.cashier)
    assert broken.value.field == "reason"
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    with pytest.raises(Conflict):
        failed(made, request, PAID)
    awards.send_back(grant=grant, reason="組戻し", by=made.approver)
    assert failed(made, request, PAID) is None, "the settlement pays it"
    determinations.draft_determination(grant=grant, by=made.officer)
    assert ledger.balance(grant).paid == 0


def test_the_cashier_records_it_on_its_page(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.paid(made, 90_000)
    db_session.commit()
    client = PageClient(app)
    client.sign_in(made.cashier)
    page = client.click(client.get(f"/grants/{grant.id}"), "振込ができなかったとき")
    page = client.submit(page, "お金が戻ったことを記録する", reason="")
    assert "理由を入力してください" in page.text
    page = client.submit(page, "お金が戻ったことを記録する", reason="口座名義の相違")
    assert "振込不能（組戻し）" in page.text
    db_session.expire_all()
    assert request.status is PaymentStatus.FAILED
