"""Payment requests, payments and repayments of a grant."""

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.books.models import LedgerTransaction
from stations.grants.models import Grant
from stations.grants.payments.models import Payment, PaymentRequest, Repayment
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
