"""Payment requests, payments and repayments of a grant."""

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.rules import IncomeKind
from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.models import Grant, Payment, PaymentRequest, Receipt, Repayment
from stations.grants.queries.ledger import postings_of
from stations.grants.rules import PENDING


def payment_request(payment_request_id: int) -> PaymentRequest | None:
    return db.session.get(PaymentRequest, payment_request_id, options=[orm.joinedload(PaymentRequest.grant)])


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
    return fetch_all(sa.select(Repayment).where(Repayment.grant_id == grant.id).order_by(Repayment.id))


def paid_by_rows(grant: Grant) -> Yen:
    """Σ payments − Σ repayments, from their own rows: what the books must say too."""
    paid = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_yen), 0))
        .join(PaymentRequest, PaymentRequest.id == Payment.request_id)
        .where(PaymentRequest.grant_id == grant.id)
    )
    repaid = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Repayment.amount_yen), 0)).where(
            Repayment.grant_id == grant.id
        )
    )
    return int(paid or 0) - int(repaid or 0)


def eligible_yen(grant: Grant) -> Yen:
    """Σ receipts that stand and were ticked at the inspection."""
    total = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Receipt.amount_yen), 0)).where(
            Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None), Receipt.inspected_at.is_not(None)
        )
    )
    return int(total or 0)


def incomes(grant: Grant) -> list[tuple[IncomeKind, Yen]]:
    """(kind, yen) of each income in the books, own funds among them; corrections are negative."""
    return [
        (entry.income_kind, -entry.amount) for entry in postings_of(grant) if entry.income_kind is not None
    ]
