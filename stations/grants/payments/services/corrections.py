"""What went wrong with a payment: an order that was not carried out, a transfer that failed, a mistaken record."""

import datetime as dt

from stations.core import clock
from stations.core.access import Actor
from stations.grants.books.queries import ledger
from stations.grants.books.services.ledger import reverse
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.rules import paying
from stations.grants.payments.services import instalments
from stations.grants.payments.services.payments import ADVANCES_FLOW, undo_order
from stations.grants.rules import Act, PaymentAct
from stations.grants.steps import taking, taking_payment


def withdraw_order(*, request: PaymentRequest, reason: str, by: Actor) -> None:
    """The cashier records that an ordered payment did not leave the bank (支払不能, the year's cash is closed).

    The request stands again, to be corrected and ordered once more: a balance that was not paid by 5-31 from the
    budget of the new day (過年度支出). `RuleBroken` on "reason" without one.
    """
    with taking_payment(request, PaymentAct.WITHDRAW_ORDER, by=by, reason=reason):
        undo_order(request)


def fail_payment(
    *, request: PaymentRequest, returned_on: dt.date, reason: str, by: Actor
) -> PaymentRequest | None:
    """組戻し: the bank sent back what was paid; the books receive it on that day, not on the day of the payment.

    The payment is answered by a new request, to be corrected and ordered once more: always for a balance, for an
    advance while it may still be ordered; else None, and the 額の確定 settles it.
    `RuleBroken` on "returned_on" or "reason"; `Conflict` once more rests on what was paid (`rules.may_reverse`).
    """
    grant = request.grant
    with taking_payment(request, PaymentAct.FAIL, by=by, reason=reason):
        paying.check_reversible(request.kind, grant.status)
        assert request.payment is not None
        paying.check_came_back(returned_on, paid_on=request.payment.paid_on, today=clock.today())
        _reverse(request, reason=reason, happened_on=returned_on, by=by)
        request.returned_on = returned_on
    payable = request.kind == "balance" or (
        grant.status in ADVANCES_FLOW and paying.cash_date_ok(request.fiscal_year, clock.today())
    )
    return instalments.again(request, by=by, ordered=False) if payable else None


def reverse_payment(*, request: PaymentRequest, reason: str, by: Actor) -> PaymentRequest:
    """訂正 of a mistaken record (another day, another number) by the cashier: what left the bank stays.

    The line in the books is reversed and the request is cancelled; its order, by the same people and of the same day,
    stands again as the next instalment, which is answered, and is recorded again. `Conflict` once more rests on what
    was paid (`rules.may_reverse`); `RuleBroken` on "reason" without one.
    """
    with taking_payment(request, PaymentAct.REVERSE, by=by, reason=reason):
        paying.check_reversible(request.kind, request.grant.status)
        assert request.payment is not None
        # On the day where it stood wrongly; when it was reversed stands in the history.
        _reverse(request, reason=reason, happened_on=request.payment.paid_on, by=by)
    return instalments.again(request, by=by, ordered=True)


def _reverse(request: PaymentRequest, *, reason: str, happened_on: dt.date, by: Actor) -> None:
    """Answer the payment in the books; a grant whose balance it was waits for it again."""
    grant: Grant = request.grant
    assert request.payment is not None
    reverse(
        grant=grant,
        transaction=ledger.booking_of_payment(request.payment),
        reason=reason.strip(),
        happened_on=happened_on,
        by=by,
    )
    if request.kind == "balance":
        with taking(grant, Act.REVERSE_BALANCE, by=by, reason=reason, follows=True):
            pass
