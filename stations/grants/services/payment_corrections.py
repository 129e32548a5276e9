"""What went wrong with a payment: an order that was not carried out, a transfer that failed, a mistaken record."""

import datetime as dt

from stations.core import clock
from stations.core.access import Actor, Permission, Role
from stations.core.messages import N_
from stations.grants import queries, rules
from stations.grants.models import Grant, PaymentRequest
from stations.grants.rules import Act, PaymentAct
from stations.grants.services import payment_steps
from stations.grants.services.ledger import reverse
from stations.grants.services.payments import ADVANCES_FLOW, undo_order
from stations.grants.services.steps import finish, tell


def withdraw_order(*, request: PaymentRequest, reason: str, by: Actor) -> None:
    """The cashier records that an ordered payment did not leave the bank (支払不能, the year's cash is closed).

    The request stands again, to be corrected and ordered once more: a balance that was not paid by 5-31 from the
    budget of the new day (過年度支出). `RuleBroken` on "reason" without one.
    """
    after = payment_steps.begin(
        request, PaymentAct.WITHDRAW_ORDER, Permission.PAYMENT_RECORD, by=by, reason=reason
    )
    undo_order(request)
    payment_steps.finish(request, PaymentAct.WITHDRAW_ORDER, after, by=by, reason=reason)
    news = N_("支払えなかった支出命令があります。確かめて、起案し直してください")
    tell(request.grant, [Role.OFFICER], news, by=by, amount_yen=request.amount_yen)


def fail_payment(
    *, request: PaymentRequest, returned_on: dt.date, reason: str, by: Actor
) -> PaymentRequest | None:
    """組戻し: the bank sent back what was paid; the books receive it on that day, not on the day of the payment.

    The payment is answered by a new request, to be corrected and ordered once more: always for a balance, for an
    advance while it may still be ordered; else None, and the 額の確定 settles it.
    `RuleBroken` on "returned_on" or "reason"; `Conflict` once more rests on what was paid (`rules.may_reverse`).
    """
    after = payment_steps.begin(request, PaymentAct.FAIL, Permission.PAYMENT_RECORD, by=by, reason=reason)
    grant, payment = request.grant, request.payment
    rules.check_reversible(request.kind, grant.status)
    assert payment is not None
    rules.check_came_back(returned_on, paid_on=payment.paid_on, today=clock.today())
    _reverse(request, reason=reason, happened_on=returned_on, by=by)
    request.returned_on = returned_on
    payment_steps.finish(request, PaymentAct.FAIL, after, by=by, reason=reason)
    payable = request.kind == "balance" or (
        grant.status in ADVANCES_FLOW and rules.cash_date_ok(request.fiscal_year, clock.today())
    )
    told = [Role.CHAIR, Role.TREASURER, Role.OFFICER]
    news = N_("助成金の振込ができず、お金が市に戻りました。振込先をお確かめください")
    tell(grant, told, news, by=by, amount_yen=request.amount_yen)
    return payment_steps.again(request, by=by, ordered=False) if payable else None


def reverse_payment(*, request: PaymentRequest, reason: str, by: Actor) -> PaymentRequest:
    """訂正 of a mistaken record (another day, another number) by the cashier: what left the bank stays.

    The line in the books is reversed and the request is cancelled; its order, by the same people and of the same day,
    stands again as the next instalment, which is answered, and is recorded again. `Conflict` once more rests on what
    was paid (`rules.may_reverse`); `RuleBroken` on "reason" without one.
    """
    after = payment_steps.begin(request, PaymentAct.REVERSE, Permission.PAYMENT_RECORD, by=by, reason=reason)
    grant, payment = request.grant, request.payment
    rules.check_reversible(request.kind, grant.status)
    assert payment is not None
    # On the day where it stood wrongly; when it was reversed stands in the history.
    _reverse(request, reason=reason, happened_on=payment.paid_on, by=by)
    payment_steps.finish(request, PaymentAct.REVERSE, after, by=by, reason=reason)
    made = payment_steps.again(request, by=by, ordered=True)
    told = [Role.TREASURER, Role.OFFICER]
    tell(grant, told, N_("支払の記録を訂正しています"), by=by, amount_yen=made.amount_yen)
    return made


def _reverse(request: PaymentRequest, *, reason: str, happened_on: dt.date, by: Actor) -> None:
    """Answer the payment in the books; a grant whose balance it was waits for it again."""
    grant: Grant = request.grant
    assert request.payment is not None
    reverse(
        grant=grant,
        transaction=queries.booking_of_payment(request.payment),
        reason=reason.strip(),
        happened_on=happened_on,
        by=by,
    )
    if request.kind == "balance":
        after = rules.next_status(grant.status, Act.REVERSE_BALANCE)
        finish(grant, Act.REVERSE_BALANCE, after, by=by, reason=reason)
