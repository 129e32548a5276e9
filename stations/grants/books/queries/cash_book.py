"""The 出納帳: one line per cash movement of the committee, oldest first, with its running balance."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.books.models import LedgerPosting, LedgerTransaction, Receipt
from stations.grants.books.rules.bookkeeping import Account
from stations.grants.models import Grant
from stations.grants.payments.models import Payment, PaymentRequest, Repayment

# Where the committee's own income comes from; the city's money comes from its own account.
_SOURCES = frozenset({Account.INCOME.value, Account.OWN_FUNDS.value})


@dataclass(frozen=True)
class Correction:
    """What stood in a line before a 訂正: the day, the words, the amount; and why it was corrected."""

    happened_on: dt.date
    description: str
    yen: Yen
    reason: str


@dataclass(frozen=True, kw_only=True)
class BookLine:
    """One line. A reversal stands on its original's side with a negative amount (△).

    voucher: number of the receipt, or None. reference: 支払番号 or 納入番号 of the city's cashier, or "".
    reversed: a later line takes it back. corrections: what it said before it was corrected, oldest first; the
    corrected entries and their reversals undo each other on one day, and have no lines of their own.
    """

    transaction: LedgerTransaction
    voucher: int | None
    reference: str
    in_yen: Yen
    out_yen: Yen
    balance_yen: Yen
    reversed: bool
    corrections: tuple[Correction, ...] = ()

    @property
    def happened_on(self) -> dt.date:
        return self.transaction.happened_on

    @property
    def description(self) -> str:
        return self.transaction.description

    @property
    def is_reversal(self) -> bool:
        return self.transaction.reverses_id is not None

    @property
    def is_active_income(self) -> bool:
        """An income that the committee recorded and has not taken back."""
        return not self.reversed and is_income(self.transaction)


@dataclass(frozen=True)
class CashBook:
    lines: tuple[BookLine, ...]

    @property
    def total_in(self) -> Yen:
        return sum(line.in_yen for line in self.lines)

    @property
    def total_out(self) -> Yen:
        return sum(line.out_yen for line in self.lines)

    @property
    def balance(self) -> Yen:
        return self.total_in - self.total_out


def transactions(grant: Grant) -> list[LedgerTransaction]:
    """All cash movements of a grant in the order of the book, postings loaded."""
    return fetch_all(
        sa.select(LedgerTransaction)
        .where(LedgerTransaction.grant_id == grant.id)
        .order_by(LedgerTransaction.happened_on, LedgerTransaction.id)
    )


def transaction(grant: Grant, transaction_id: int) -> LedgerTransaction | None:
    """One cash movement, if it is this grant's."""
    found = db.session.get(LedgerTransaction, transaction_id)
    return found if found is not None and found.grant_id == grant.id else None


def sent_before(client_event_id: str) -> LedgerTransaction | None:
    """What was booked when the same page was sent before."""
    return db.session.scalar(
        sa.select(LedgerTransaction).where(LedgerTransaction.client_event_id == client_event_id)
    )


def grant_above(grant_id: int, **_below: object) -> Grant | None:
    """Loader of views whose address names something of the grant after it; the view gets the rest."""
    return db.session.get(Grant, grant_id)


def booking_of(receipt: Receipt) -> LedgerTransaction | None:
    """The expense that a receipt was booked as (its reversal is another transaction)."""
    return db.session.scalar(
        sa.select(LedgerTransaction).where(
            LedgerTransaction.receipt_id == receipt.id, LedgerTransaction.reverses_id.is_(None)
        )
    )


def cash_book(grant: Grant) -> CashBook:
    """The whole book of a grant."""
    rows = transactions(grant)
    by_id = {row.id: row for row in rows}
    vouchers = sa.select(Receipt.id, Receipt.number).where(Receipt.grant_id == grant.id)
    numbers = {receipt_id: number for receipt_id, number in db.session.execute(vouchers)}  # noqa: C416  # rows are no pairs
    references = _references(grant)
    answers = {row.reverses_id: row for row in rows if row.reverses_id is not None}
    corrected = {row.corrects_id for row in rows}
    lines: list[BookLine] = []
    balance = 0
    for row in rows:
        if row.id in corrected or row.reverses_id in corrected - {None}:
            continue
        original = by_id[row.reverses_id] if row.reverses_id is not None else row
        moved = cash(row)
        balance += moved
        comes_in = cash(original) > 0
        lines.append(
            BookLine(
                transaction=row,
                voucher=numbers.get(original.receipt_id) if original.receipt_id is not None else None,
                reference=references.get((original.payment_id, original.repayment_id), ""),
                in_yen=moved if comes_in else 0,
                out_yen=0 if comes_in else -moved,
                balance_yen=balance,
                reversed=row.id in answers,
                corrections=tuple(_corrections(row, by_id, answers)),
            )
        )
    return CashBook(tuple(lines))


def _corrections(
    row: LedgerTransaction,
    by_id: Mapping[int, LedgerTransaction],
    answers: Mapping[int, LedgerTransaction],
) -> Iterator[Correction]:
    """What stood in the place of ``row``, oldest first; ``answers``: the reversal of each."""
    if row.corrects_id is None:
        return
    before = by_id[row.corrects_id]
    yield from _corrections(before, by_id, answers)
    why = answers[before.id].reason or ""
    yield Correction(before.happened_on, before.description, abs(cash(before)), why)


def _references(grant: Grant) -> dict[tuple[int | None, int | None], str]:
    """(payment, None) or (None, repayment) → the number under which the cashier keeps it."""
    payments = (
        sa.select(Payment.id, sa.null(), Payment.reference)
        .join(PaymentRequest, PaymentRequest.id == Payment.request_id)
        .where(PaymentRequest.grant_id == grant.id)
    )
    repayments = sa.select(sa.null(), Repayment.id, Repayment.reference).where(Repayment.grant_id == grant.id)
    rows = db.session.execute(payments.union_all(repayments))
    return {(payment_id, repayment_id): number for payment_id, repayment_id, number in rows}


def keeper_ids(grant: Grant) -> frozenset[int]:
    """Who kept the books: everybody who entered a receipt or recorded an income of the committee."""
    entered = sa.select(Receipt.entered_by_id).where(Receipt.grant_id == grant.id)
    recorded = (
        sa.select(LedgerTransaction.recorded_by_id)
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.grant_id == grant.id, LedgerPosting.account.in_(_SOURCES))
    )
    return frozenset(db.session.scalars(sa.union(entered, recorded)))


def is_income(row: LedgerTransaction) -> bool:
    """Whether a movement is an income that the committee recorded: no payment of the city, no reversal."""
    return row.reverses_id is None and any(part.account in _SOURCES for part in row.postings)


def cash(row: LedgerTransaction) -> Yen:
    """How the committee's cash changed."""
    return sum(part.amount_yen for part in row.postings if part.account == Account.COMMITTEE_CASH)
