"""A grant in each state that is told apart at the end of a year, brought there on one day through the services."""

from collections.abc import Callable

from stations.core import clock
from stations.grants.awards.services import awards, cancellations, changes
from stations.grants.letters.services import letters
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.services import payments
from stations.grants.reports.services import reports
from stations.grants.settlement.services import determinations, refunds
from tests.grants import acts
from tests.grants import cast as grants


def _plan(made: grants.Team) -> None:
    return None


def _refusal(made: grants.Team) -> None:
    awards.draft_refusal(grant=grants.reviewing(made), reason="対象外", by=made.officer)


def _refused(made: grants.Team) -> None:
    _refusal(made)
    awards.approve_decision(grant=made.grant, by=made.approver)


def _change(made: grants.Team) -> None:
    grants.active(made)
    acts.ask_change(made)


def _approved_change(made: grants.Team) -> None:
    _change(made)
    changes.decide_change(grant=made.grant, approve=True, by=made.approver)


def _advance(step: Callable[[grants.Team, int], PaymentRequest]) -> Callable[[grants.Team], PaymentRequest]:
    def build(made: grants.Team) -> PaymentRequest:
        grants.active(made)
        return step(made, 50_000)

    return build


def _drafted(made: grants.Team, amount: int) -> PaymentRequest:
    request = grants.requested(made, amount)
    payments.draft_order(request=request, by=made.officer)
    return request


def _discontinued(made: grants.Team) -> None:
    awards.discontinue(grant=grants.active(made), reason="会場がない", by=made.chair)


def _reported(made: grants.Team) -> None:
    grants.active(made)
    acts.submit_report(acts.case(made))


def _returned(made: grants.Team) -> None:
    _reported(made)
    reports.return_report(grant=made.grant, reason="写真がない", by=made.officer)


def _settled(*, paid: int, spent: int, published: bool = True) -> Callable[[grants.Team], None]:
    def build(made: grants.Team) -> None:
        grants.active(made)
        if paid:
            grants.paid(made, paid)
        grants.spent(made, spent, line=2)
        grants.determined(made, published=published)

    return build


_EVEN = _settled(paid=60_000, spent=60_000)
_REFUND = _settled(paid=100_000, spent=60_000)
_BALANCE = _settled(paid=0, spent=60_000)


def _inspected(made: grants.Team) -> None:
    grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.inspected(made)


def _determining(made: grants.Team) -> None:
    _inspected(made)
    determinations.draft_determination(grant=made.grant, by=made.officer)


def _refund_due(made: grants.Team) -> None:
    _REFUND(made)
    grants.refund_due(made)


def _refund_drafted(made: grants.Team) -> None:
    _REFUND(made)
    refunds.draft_refund(grant=made.grant, by=made.officer)


def _refund_ordered(made: grants.Team) -> None:
    _refund_drafted(made)
    refunds.order_refund(grant=made.grant, by=made.approver)


def _refunded(made: grants.Team) -> None:
    _REFUND(made)
    grants.refunded(made)


def _balance(made: grants.Team) -> PaymentRequest:
    _BALANCE(made)
    return determinations.order_balance(grant=made.grant, by=made.officer)


def _balance_asked(made: grants.Team) -> PaymentRequest:
    request = _balance(made)
    payments.send_back_order(request=request, reason="口座を確かめる", by=made.approver)
    return request


def _balance_ordered(made: grants.Team) -> PaymentRequest:
    request = _balance(made)
    payments.order_payment(request=request, by=made.approver)
    return request


def _balance_paid(made: grants.Team) -> PaymentRequest:
    request = _balance_ordered(made)
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    return request


def _cancelled(made: grants.Team) -> None:
    grants.active(made)
    grants.cancelled(made)


def _cancellation_drafted(made: grants.Team) -> None:
    cancellations.draft_cancellation(grant=grants.active(made), reason="目的外", by=made.other_officer)


def _partly(made: grants.Team) -> None:
    grants.active(made)
    grants.paid(made, 50_000)
    grants.spent(made, 20_000, line=2)
    grants.cancelled(made, kept_yen=20_000)


def _partly_published(made: grants.Team) -> None:
    _partly(made)
    letters.issue_cancellation(grant=made.grant, by=made.officer)


def _cancelled_paid(made: grants.Team) -> None:
    grants.active(made)
    grants.paid(made, 50_000)
    grants.cancelled(made)
    letters.issue_cancellation(grant=made.grant, by=made.officer)


def _cancelled_even(made: grants.Team) -> None:
    _cancelled(made)
    letters.issue_cancellation(grant=made.grant, by=made.officer)


def _closed(made: grants.Team) -> None:
    _EVEN(made)
    determinations.close(grant=made.grant, by=made.officer)


def _finding(*names: str) -> Callable[[grants.Team], None]:
    """A closed grant with a finding, brought so far by the acts."""

    def build(made: grants.Team) -> None:
        _closed(made)
        case = acts.case(made)
        for name in ("draft_recovery", *names):
            acts.ACTS[name](case)

    return build


def _refused_change(made: grants.Team) -> None:
    _change(made)
    changes.decide_change(grant=made.grant, approve=False, reason="足りる", by=made.approver)


def _withdrawn(made: grants.Team) -> None:
    awards.withdraw(grant=grants.applied(made), by=made.chair)


STATES: dict[str, Callable[[grants.Team], object]] = {
    "plan approved": _plan,
    "applied": grants.applied,
    "reviewing": grants.reviewing,
    "award drafted": grants.deciding,
    "refusal drafted": _refusal,
    "refused, letter due": _refused,
    "awarded, letter due": grants.awarded,
    "active": grants.active,
    "change requested": _change,
    "change approved, letter due": _approved_change,
    "change refused, letter due": _refused_change,
    "advance requested": _advance(grants.requested),
    "advance drafted": _advance(_drafted),
    "advance ordered": _advance(grants.ordered),
    "advance paid": _advance(grants.paid),
    "discontinued": _discontinued,
    "reported": _reported,
    "report returned": _returned,
    "inspected": _inspected,
    "determination drafted": _determining,
    "determined, letter due": _settled(paid=0, spent=60_000, published=False),
    "determined, even": _EVEN,
    "refund to order": _REFUND,
    "refund drafted": _refund_drafted,
    "refund ordered, letter due": _refund_ordered,
    "refund due": _refund_due,
    "refunded": _refunded,
    "balance to pay": _BALANCE,
    "balance requested": _balance_asked,
    "balance drafted": _balance,
    "balance ordered": _balance_ordered,
    "balance paid": _balance_paid,
    "cancellation drafted": _cancellation_drafted,
    "partly cancelled, letter due": _partly,
    "partly cancelled": _partly_published,
    "cancelled, letter due": _cancelled,
    "cancelled, refund to order": _cancelled_paid,
    "cancelled, even": _cancelled_even,
    "closed": _closed,
    "finding drafted": _finding(),
    "finding decided, letter due": _finding("approve_recovery"),
    "finding ordered": _finding("approve_recovery", "issue_recovery"),
    "finding repaid": _finding("approve_recovery", "issue_recovery", "record_recovery"),
    "withdrawn": _withdrawn,
}
