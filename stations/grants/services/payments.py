"""概算払 and 精算払: asked for or due, ordered, recorded; returned, fallen away, or recorded anew."""

import datetime as dt

from stations.core import audit, clock
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants import bookkeeping, queries, rules, settlement
from stations.grants.labels import PaymentDeed
from stations.grants.models import Grant, Payment, PaymentRequest
from stations.grants.rules import Act, PaymentAct, PaymentStatus, Status
from stations.grants.services.ledger import book, reverse
from stations.grants.services.steps import finish, settings_of, tell

ADVANCES_FLOW = frozenset({Status.ACTIVE, Status.CHANGE_REQUESTED})
"""States in which an advance may still be ordered: once the report is in, the settlement decides."""


def request_advance(*, grant: Grant, amount_yen: Yen, purpose: str, by: Actor) -> PaymentRequest:
    """概算払請求 by the treasurer, within what is awarded and neither paid nor under way.

    One request at a time waits for its order: the same button pressed twice is a `Conflict`.
    """
    lock(grant)
    demand(by, Permission.ADVANCE_REQUEST, grant)
    pending = queries.pending(grant)
    if any(request.status is PaymentStatus.REQUESTED for request in pending):
        raise Conflict(None, N_("前の請求がまだ処理されていません。支出命令を待って請求してください。"))
    standing = queries.standing(grant)
    settlement.check_advance(
        grant.status,
        amount_yen,
        awarded=standing.awarded,
        paid=standing.paid,
        ordered=sum(request.amount_yen for request in pending),
    )
    if not purpose.strip():
        raise RuleBroken("purpose", N_("何に使うための請求かを入力してください。"))
    request = new_request(grant, kind="advance", amount_yen=amount_yen, purpose=purpose.strip(), by=by)
    tell(grant, [Role.OFFICER], N_("概算払の請求がありました"), by=by, amount_yen=amount_yen)
    return request


def new_request(grant: Grant, *, kind: str, amount_yen: Yen, by: Actor, purpose: str = "") -> PaymentRequest:
    """The grant's next instalment; the caller holds the grant. A balance has no asker: it follows from the rules."""
    request = add(
        PaymentRequest(
            grant=grant,
            instalment=queries.next_instalment(grant),
            kind=kind,
            amount_yen=amount_yen,
            purpose=purpose,
            fiscal_year=(
                grant.fiscal_year
                if kind == "advance"
                else rules.balance_year(grant.fiscal_year, clock.today())
            ),
            programme_item=settings_of(grant.fiscal_year).programme_item,
            requested_by_id=by.id if kind == "advance" else None,
            requested_at=clock.now(),
        )
    )
    audit.record(
        request,
        act=PaymentDeed.REQUEST,
        by=by,
        to_status=request.status,
        detail={"amount_yen": amount_yen, "kind": kind, "instalment": request.instalment},
    )
    return request


def order_payment(*, request: PaymentRequest, by: Actor) -> None:
    """支出命令 by an officer who did not ask for the money; an advance only while the station is at work."""
    after = _begin(request, PaymentAct.ORDER, Permission.PAYMENT_ORDER, by=by)
    if request.kind == "advance" and request.grant.status not in ADVANCES_FLOW:
        raise Conflict(
            None,
            N_("概算払は、実施中の間に支出命令を行います（いまは%(state)s）。"),
            state=request.grant.status,
        )
    if request.kind == "balance":
        request.fiscal_year = rules.balance_year(request.grant.fiscal_year, clock.today())
    request.ordered_by_id = by.id
    request.ordered_at = clock.now()
    _finish(request, PaymentAct.ORDER, after, by=by)
    news = N_("支出命令がありました。支払をお願いします")
    tell(request.grant, [Role.CASHIER], news, by=by, amount_yen=request.amount_yen)


def return_request(*, request: PaymentRequest, reason: str, by: Actor) -> None:
    """差戻し of an advance, with its reason; the treasurer asks anew. A balance is due and cannot be returned.

    By the officer before the order. After it the money may be on its way: only the cashier can tell that it
    did not leave (支払不能: a wrong account, the year's cash is closed).
    """
    lock(request.grant)
    ordered = lock(request).status is PaymentStatus.ORDERED
    permission = Permission.PAYMENT_RECORD if ordered else Permission.PAYMENT_ORDER
    after = _begin(request, PaymentAct.RETURN, permission, by=by)
    if request.kind != "advance":
        raise RuleBroken(None, N_("精算払は額の確定で決まった支払のため、差し戻せません。"))
    rules.require_payment_reason(PaymentAct.RETURN, reason)
    _finish(request, PaymentAct.RETURN, after, by=by, reason=reason)
    news = N_("概算払の請求が差し戻されました")
    tell(request.grant, [Role.TREASURER], news, by=by, amount_yen=request.amount_yen)


def record_payment(*, request: PaymentRequest, paid_on: dt.date, reference: str = "", by: Actor) -> Payment:
    """支払 by the cashier: the payment, its line in the books and the state, all or nothing.

    An advance is paid within its year's cash period; a balance after it burdens the new budget.
    `RuleBroken` on "paid_on" outside the cash period, before the order, or in the future.
    """
    after = _begin(request, PaymentAct.PAY, Permission.PAYMENT_RECORD, by=by)
    grant = request.grant
    if request.kind == "balance":
        request.fiscal_year = rules.balance_year(grant.fiscal_year, paid_on)
    rules.check_payment_date(request.fiscal_year, paid_on)
    assert request.ordered_at is not None
    if not clock.local_date(request.ordered_at) <= paid_on <= clock.today():
        raise RuleBroken("paid_on", N_("支払日は、支出命令の日から今日までの日にしてください。"))
    payment = add(
        Payment(
            request=request,
            amount_yen=request.amount_yen,
            paid_on=paid_on,
            reference=reference.strip(),
            recorded_by_id=by.id,
            recorded_at=clock.now(),
        )
    )
    book(
        grant=grant,
        postings=bookkeeping.payment(request.amount_yen),
        happened_on=paid_on,
        description="市補助金（概算払）" if request.kind == "advance" else "市補助金（精算払）",
        payment=payment,
        by=by,
    )
    _finish(request, PaymentAct.PAY, after, by=by)
    if request.kind == "balance":
        finish(grant, Act.PAY_BALANCE, rules.next_status(grant.status, Act.PAY_BALANCE), by=by)
    told = [Role.CHAIR, Role.TREASURER]
    tell(grant, told, N_("助成金を支払いました"), by=by, amount_yen=request.amount_yen)
    return payment


def reverse_payment(*, request: PaymentRequest, reason: str, by: Actor) -> PaymentRequest:
    """訂正 of a mistaken record (another day, another number) by the cashier: what left the bank stays.

    The line in the books is reversed and the request falls away; its order, by the same people and of the same day,
    stands again as the next instalment, which is answered, and is recorded anew. `Conflict` once more rests on what
    was paid (`rules.may_reverse`); `RuleBroken` on "reason" without one.
    """
    after = _begin(request, PaymentAct.REVERSE, Permission.PAYMENT_RECORD, by=by)
    rules.require_payment_reason(PaymentAct.REVERSE, reason)
    grant, payment = request.grant, request.payment
    rules.check_reversible(request.kind, grant.status)
    assert payment is not None
    reverse(
        grant=grant,
        transaction=queries.booking_of_payment(payment),
        reason=reason.strip(),
        happened_on=payment.paid_on,  # where it stood wrongly; when it was reversed stands in the history
        by=by,
    )
    _finish(request, PaymentAct.REVERSE, after, by=by, reason=reason)
    if request.kind == "balance":
        finish(
            grant,
            Act.REVERSE_BALANCE,
            rules.next_status(grant.status, Act.REVERSE_BALANCE),
            by=by,
            reason=reason,
        )
    again = _ordered_again(request)
    detail = {"amount_yen": again.amount_yen, "instead_of": request.instalment}
    audit.record(again, act=PaymentDeed.RECORD_ANEW, by=by, to_status=again.status, detail=detail)
    told = [Role.TREASURER, Role.OFFICER]
    tell(grant, told, N_("支払の記録を訂正しています"), by=by, amount_yen=again.amount_yen)
    return again


def _ordered_again(request: PaymentRequest) -> PaymentRequest:
    """The same order under the grant's next number."""
    return add(
        PaymentRequest(
            grant=request.grant,
            instalment=queries.next_instalment(request.grant),
            status=PaymentStatus.ORDERED,
            **{
                name: getattr(request, name)
                for name in (
                    "kind",
                    "amount_yen",
                    "purpose",
                    "fiscal_year",
                    "programme_item",
                    "requested_by_id",
                    "requested_at",
                    "ordered_by_id",
                    "ordered_at",
                )
            },
        )
    )


def cancel_pending(grant: Grant, *, reason: str, by: Actor) -> None:
    """What was asked for falls away with the grant (中止・廃止, 取消し); the caller holds the grant.

    `RuleBroken` while a payment is ordered: it may have left the bank, and would be missing from the books.
    """
    pending = queries.pending(grant)
    if any(request.status is PaymentStatus.ORDERED for request in pending):
        raise RuleBroken(
            None,
            N_(
                "支出命令済みの支払があります。出納が支払を記録するか、支払えないことを記録した後に行ってください。"
            ),
        )
    for request in pending:
        after = rules.next_payment_status(request.status, PaymentAct.CANCEL)
        _finish(request, PaymentAct.CANCEL, after, by=by, reason=reason)


def _begin(request: PaymentRequest, act: PaymentAct, permission: Permission, *, by: Actor) -> PaymentStatus:
    """Hold the grant, then the request (always in this order), and ask access and the table of states."""
    lock(request.grant)
    lock(request)
    demand(by, permission, request)
    return rules.next_payment_status(request.status, act)


def _finish(
    request: PaymentRequest,
    act: PaymentAct,
    after: PaymentStatus,
    *,
    by: Actor,
    reason: str = "",
) -> None:
    before, request.status = request.status, after
    audit.record(
        request,
        act=act,
        by=by,
        from_status=before,
        to_status=after,
        reason=reason.strip() or None,
        detail={"amount_yen": request.amount_yen, "instalment": request.instalment},
    )
