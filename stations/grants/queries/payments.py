"""Payment requests, payments and repayments of a grant."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.models import Grant, LedgerTransaction, Payment, PaymentRequest, Repayment
from stations.grants.queries.ledger import is_cancelled
from stations.grants.rules import PENDING, PaymentStatus


def payment_request(payment_request_id: int) -> PaymentRequest | None:
    """A request with its grant and the grant's plan."""
    return db.session.get(
        PaymentRequest,
        payment_request_id,
        options=[orm.joinedload(PaymentRequest.grant).joinedload(Grant.plan)],
    )


def pending(grant: Grant) -> list[PaymentRequest]:
    """Requests asked for or ordered that have not been paid."""
    return fetch_all(
        sa.select(PaymentRequest)
        .where(PaymentRequest.grant_id == grant.id, PaymentRequest.status.in_(PENDING))
        .order_by(PaymentRequest.instalment)
    )


def pending_yen(grant: Grant) -> Yen:
    return sum(request.amount_yen for request in pending(grant))


def next_instalment(grant: Grant) -> int:
    last = db.session.scalar(
        sa.select(sa.func.max(PaymentRequest.instalment)).where(PaymentRequest.grant_id == grant.id)
    )
    return (last or 0) + 1


def repayments(grant: Grant) -> list[Repayment]:
    """Repayments whose line in the books stands: a mistaken record is reversed there."""
    answer = orm.aliased(LedgerTransaction)
    return fetch_all(
        sa.select(Repayment)
        .join(LedgerTransaction, LedgerTransaction.repayment_id == Repayment.id)
        .outerjoin(answer, answer.reverses_id == LedgerTransaction.id)
        .where(Repayment.grant_id == grant.id, answer.id.is_(None))
        .order_by(Repayment.id)
    )


def paid_by_rows(grant: Grant) -> Yen:
    """Σ payments − Σ repayments, from their own rows: what the books must say too. Reversed records do not count."""
    paid = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_yen), 0))
        .join(PaymentRequest, PaymentRequest.id == Payment.request_id)
        .where(PaymentRequest.grant_id == grant.id, PaymentRequest.status == PaymentStatus.PAID)
    )
    return int(paid or 0) - sum(repayment.amount_yen for repayment in repayments(grant))


@dataclass(frozen=True)
class Settled:
    """What is decided at last against the advances, and how far the difference has been made good."""

    fixed: Yen
    advanced: Yen
    repaid: Yen
    repaid_on: dt.date | None
    balance_paid: Yen
    balance_paid_on: dt.date | None

    @property
    def refund(self) -> Yen:
        """返還額: what was paid too much, repaid or not; also of a balance, when the award is taken back later."""
        return max(0, self.advanced + self.balance_paid - self.fixed)

    @property
    def balance(self) -> Yen:
        """精算払の額, paid or not."""
        return 0 if self.refund else max(0, self.fixed - self.advanced)

    @property
    def done(self) -> bool:
        """Whether nothing is left between city and committee."""
        return self.advanced + self.balance_paid - self.repaid == self.fixed


def settled(grant: Grant, repaid: Sequence[Repayment]) -> Settled | None:
    """None until the amount is fixed (額の確定) or what is kept is decided (取消し). ``repaid``: its repayments."""
    if grant.fixed_yen is None or not (grant.determined_on or is_cancelled(grant)):
        return None
    paid = [
        (request.kind, request.payment)
        for request in grant.payment_requests
        if request.payment is not None and request.status is PaymentStatus.PAID
    ]
    balances = [payment for kind, payment in paid if kind == "balance"]
    return Settled(
        fixed=grant.fixed_yen,
        advanced=sum(payment.amount_yen for kind, payment in paid if kind == "advance"),
        repaid=sum(row.amount_yen for row in repaid),
        repaid_on=repaid[-1].received_on if repaid else None,
        balance_paid=sum(payment.amount_yen for payment in balances),
        balance_paid_on=balances[-1].paid_on if balances else None,
    )
