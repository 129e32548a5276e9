"""Writing the books: one balanced transaction per cash movement, answered but never changed."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from stations.core import clock
from stations.core.access import Actor
from stations.core.database import add, db
from stations.core.messages import N_, Conflict, RuleBroken
from stations.grants.books.models import LedgerPosting, LedgerTransaction, Receipt
from stations.grants.books.queries.ledger import posting
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.bookkeeping import Posting
from stations.grants.models import Grant
from stations.grants.payments.models import Payment, Repayment


def book(
    *,
    grant: Grant,
    postings: Sequence[Posting],
    happened_on: dt.date,
    description: str,
    by: Actor,
    receipt: Receipt | None = None,
    payment: Payment | None = None,
    repayment: Repayment | None = None,
    reverses: LedgerTransaction | None = None,
    corrects: LedgerTransaction | None = None,
    reason: str | None = None,
    client_event_id: str | None = None,
) -> LedgerTransaction:
    """Append one cash movement to the grant's books; the caller holds the grant's lock.

    `RuleBroken` unless the postings sum to zero.
    """
    bookkeeping.check_balanced(postings)
    return add(
        LedgerTransaction(
            grant_id=grant.id,
            happened_on=happened_on,
            description=description,
            receipt_id=receipt.id if receipt else None,
            payment_id=payment.id if payment else None,
            repayment_id=repayment.id if repayment else None,
            reverses_id=reverses.id if reverses else None,
            corrects_id=corrects.id if corrects else None,
            reason=reason,
            client_event_id=client_event_id,
            recorded_by_id=by.id,
            recorded_at=clock.now(),
            postings=[
                LedgerPosting(
                    account=part.account.value,
                    category=part.category.value if part.category else None,
                    income_kind=part.income_kind.value if part.income_kind else None,
                    amount_yen=part.amount,
                )
                for part in postings
            ],
        )
    )


def reverse(
    *, grant: Grant, transaction: LedgerTransaction, reason: str, happened_on: dt.date, by: Actor
) -> LedgerTransaction:
    """Answer a transaction by its mirror image, once; `Conflict` when it has been answered already."""
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    answered = db.session.scalar(
        sa.select(LedgerTransaction.id).where(LedgerTransaction.reverses_id == transaction.id)
    )
    if answered is not None or transaction.reverses_id is not None:
        raise Conflict(None, N_("この出納の記録は、すでに取り消されています。"))
    return book(
        grant=grant,
        postings=bookkeeping.reversal([posting(row) for row in transaction.postings]),
        happened_on=happened_on,
        description=transaction.description,
        by=by,
        reverses=transaction,
        reason=reason,
    )


def correct(
    *,
    grant: Grant,
    transaction: LedgerTransaction,
    postings: Sequence[Posting],
    happened_on: dt.date,
    description: str,
    reason: str,
    by: Actor,
    receipt: Receipt | None = None,
) -> LedgerTransaction:
    """訂正 in one act: the old transaction is reversed on its own day, and the right one stands in its place.

    `RuleBroken` on "reason" without one; `Conflict` when it has been answered already.
    """
    reverse(grant=grant, transaction=transaction, reason=reason, happened_on=transaction.happened_on, by=by)
    return book(
        grant=grant,
        postings=postings,
        happened_on=happened_on,
        description=description,
        receipt=receipt,
        corrects=transaction,
        by=by,
    )
