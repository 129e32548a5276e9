"""How the 額の確定 comes about, what a 取消し may leave, and what has been settled."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stations.core.money import Yen
from stations.grants.awards.queries.decisions import decided_award, is_cancelled
from stations.grants.awards.rules import granting
from stations.grants.books.queries.ledger import postings_of
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.bookkeeping import Posting
from stations.grants.models import Grant
from stations.grants.payments.models import Repayment
from stations.grants.reports.queries.inspections import ReceiptCounts, receipt_counts
from stations.grants.rules import AFTER_INSPECTION, PaymentStatus
from stations.grants.settings.models import FiscalYearSetting
from stations.grants.settings.queries import terms_of
from stations.grants.settings.rules import FiscalTerms
from stations.grants.settlement.rules import amounts


@dataclass(frozen=True)
class Calculation:
    """How the 額の確定 comes about, in yen. ``paid``: what is with the committee now.

    ``eligible``: what counts of the inspected receipts, ``disallowed`` (対象外) taken off already.
    """

    eligible: Yen
    disallowed: Yen
    income: Yen
    terms: FiscalTerms
    awarded: Yen
    paid: Yen

    @property
    def net(self) -> Yen:
        return self.eligible - self.income

    @property
    def allowed(self) -> Yen:
        """What rate, rounding and cap leave of the net costs."""
        return granting.award_amount(self.net, self.terms)

    @property
    def fixed(self) -> Yen:
        return amounts.fixed_amount(self.eligible, self.income, self.terms, self.awarded)


def calculation(grant: Grant) -> Calculation:
    """From the books and the inspected receipts, by the year's terms."""
    return calculated(grant, grant.setting, receipts=receipt_counts(grant), books=postings_of(grant))


def calculated(
    grant: Grant,
    setting: FiscalYearSetting | None,
    *,
    receipts: "ReceiptCounts",
    books: Sequence[Posting],
    inspected: bool = True,
) -> Calculation:
    """`calculation` from what a page has read already. ``inspected`` False: from all receipts that stand."""
    return Calculation(
        eligible=receipts.eligible if inspected else receipts.entered,
        disallowed=receipts.disallowed if inspected else 0,
        income=incomes_of(books),
        terms=terms_of(grant, setting),
        awarded=(grant.awarded_yen if grant.kept_yen is None else grant.kept_yen) or 0,
        paid=bookkeeping.grant_balance(0, books).paid,
    )


def incomes_of(books: Iterable[Posting]) -> Yen:
    """The income in the books that lowers the grant."""
    return amounts.deducted_income(
        (entry.income_kind, -entry.amount) for entry in books if entry.income_kind is not None
    )


@dataclass(frozen=True)
class Keepable:
    """What a 取消し may leave with a committee. ``inspected``: by inspected receipts, else by all that are entered."""

    inspected: bool
    calculation: Calculation
    decided: Yen

    @property
    def limit(self) -> Yen:
        return min(self.calculation.fixed, self.calculation.paid, self.decided)


def keepable(grant: Grant) -> Keepable:
    """By the rule of the 額の確定; ``decided`` is the award, or what has been fixed of it."""
    inspected = grant.status in AFTER_INSPECTION
    known = calculated(
        grant,
        grant.setting,
        receipts=receipt_counts(grant),
        books=postings_of(grant),
        inspected=inspected,
    )
    fixed = grant.fixed_yen
    return Keepable(inspected, known, (decided_award(grant) or 0) if fixed is None else fixed)


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
