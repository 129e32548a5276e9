"""概算払 and 精算払: asked for or due, ordered by two people, recorded; returned or cancelled before."""

import datetime as dt

from stations.core import clock
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, lock
from stations.core.language import with_grant_word
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants import rules
from stations.grants.books.queries import ledger
from stations.grants.books.rules import bookkeeping
from stations.grants.books.services.ledger import book
from stations.grants.models import Grant
from stations.grants.notices import notify
from stations.grants.payments.models import Payment, PaymentRequest
from stations.grants.payments.queries import payments
from stations.grants.payments.rules import paying
from stations.grants.payments.services import instalments
from stations.grants.rules import Act, PaymentAct, PaymentStatus, Status
from stations.grants.steps import taking, taking_payment

ADVANCES_FLOW = frozenset({Status.ACTIVE, Status.CHANGE_REQUESTED})
"""States in which an advance may still be ordered: once the report is in, the settlement decides."""


def request_advance(*, grant: Grant, amount_yen: Yen, purpose: str, by: Actor) -> PaymentRequest:
    """概算払請求 by the treasurer, within what is awarded and neither paid nor under way.

    One request at a time waits for its order: the same button pressed twice is a `Conflict`.
    """
    lock(grant)
    demand(by, Permission.ADVANCE_REQUEST, grant)
    rules.check_year_open(
        grant.fiscal_year,
        clock.today(),
        N_(
            "%(year)s年度が終わったため、概算払は請求できません。実績報告の後、確定した額を精算払で支払います。"
        ),
    )
    pending = payments.pending(grant)
    if any(request.status is not PaymentStatus.ORDERED for request in pending):
        raise Conflict(None, N_("前の請求がまだ処理されていません。支出命令を待って請求してください。"))
    balance = ledger.balance(grant)
    paying.check_advance(
        grant.status,
        amount_yen,
        awarded=balance.awarded,
        paid=balance.paid,
        ordered=sum(request.amount_yen for request in pending),
    )
    if not purpose.strip():
        raise RuleBroken("purpose", N_("何に使うための請求かを入力してください。"))
    request = instalments.new_request(
        grant, kind="advance", amount_yen=amount_yen, purpose=purpose.strip(), by=by
    )
    notify(grant, [Role.OFFICER], N_("概算払の請求がありました"), by=by, amount_yen=amount_yen)
    return request


def withdraw_advance(*, request: PaymentRequest, by: Actor, reason: str = "") -> None:
    """取下げ of an advance by the treasurer, until its order is drafted; then `Conflict`."""
    with taking_payment(request, PaymentAct.WITHDRAW, by=by, reason=reason):
        if request.kind != "advance":
            raise RuleBroken(None, N_("精算払は額の確定で決まった支払のため、取り下げられません。"))


def draft_order(*, request: PaymentRequest, by: Actor) -> None:
    """起案 of the 支出命令 by an officer who did not ask for the money; its budget is that of the day.

    An advance only while the station is at work and its year's cash is open.
    """
    with taking_payment(request, PaymentAct.DRAFT, by=by):
        request.fiscal_year = paying.budget_year(request.kind, request.grant.fiscal_year, clock.today())
        _check_payable(request)
        request.drafted_by_id, request.drafted_at = by.id, clock.now()


def order_payment(*, request: PaymentRequest, by: Actor) -> None:
    """支出命令 by an approver who neither asked for the money nor drafted the order.

    `RuleBroken` when the budget has changed since the draft: what was read is not what would be ordered.
    """
    with taking_payment(request, PaymentAct.ORDER, by=by):
        _check_payable(request)
        request.ordered_by_id, request.ordered_at = by.id, clock.now()


def _check_payable(request: PaymentRequest) -> None:
    """Whether the payment may be ordered today, out of the budget that its draft names."""
    grant = request.grant
    if request.kind == "advance" and grant.status not in ADVANCES_FLOW:
        raise Conflict(
            None, N_("概算払は、実施中の間に支出命令を行います（いまは%(state)s）。"), state=grant.status
        )
    paying.check_order_date(request.kind, grant.fiscal_year, request.fiscal_year, clock.today())


def send_back_order(*, request: PaymentRequest, reason: str, by: Actor) -> None:
    """The approver returns the draft of the 支出命令 to the officers, with a reason."""
    with taking_payment(request, PaymentAct.SEND_BACK, by=by, reason=reason):
        undo_order(request)


def undo_order(request: PaymentRequest) -> None:
    """The order is to be drafted again, perhaps by the same officer; who drafted and ordered stays in the history."""
    request.drafted_by_id = request.drafted_at = None
    request.ordered_by_id = request.ordered_at = None


def return_request(*, request: PaymentRequest, reason: str, by: Actor) -> None:
    """差戻し of an advance by the officer before its order is drafted; the treasurer asks again.

    `RuleBroken` on "reason" without one, and for a balance: it is due and cannot be returned.
    """
    with taking_payment(request, PaymentAct.RETURN, by=by, reason=reason):
        if request.kind != "advance":
            raise RuleBroken(None, N_("精算払は額の確定で決まった支払のため、差し戻せません。"))


def record_payment(*, request: PaymentRequest, paid_on: dt.date, reference: str = "", by: Actor) -> Payment:
    """支払 by the cashier: the payment, its line in the books and the state, all or nothing.

    Out of the budget that it was ordered from, and only while that budget's cash is open: what was not paid by 5-31
    is taken back (`payment_corrections.withdraw_order`) and, if it is owed, ordered from the new budget.
    `RuleBroken` on "paid_on" outside the cash period, before the order, in the future, or when banks are closed.
    """
    grant = request.grant
    with taking_payment(request, PaymentAct.PAY, by=by):
        _check_paid_on(request, paid_on)
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
            description=with_grant_word(
                "市補助金（概算払）" if request.kind == "advance" else "市補助金（精算払）"
            ),
            payment=payment,
            by=by,
        )
        if request.kind == "balance":
            with taking(grant, Act.PAY_BALANCE, by=by, follows=True):
                pass
    return payment


def _check_paid_on(request: PaymentRequest, paid_on: dt.date) -> None:
    paying.check_payment_date(request.fiscal_year, paid_on)
    assert request.ordered_at is not None
    if not clock.local_date(request.ordered_at) <= paid_on <= clock.today():
        raise RuleBroken("paid_on", N_("支払日は、支出命令の日から今日までの日にしてください。"))
    paying.check_bank_day(paid_on, field="paid_on")


def cancel_pending(grant: Grant, *, reason: str, by: Actor) -> None:
    """What was asked for is cancelled with the grant (中止・廃止, 取消し); the caller holds the grant.

    `RuleBroken` while a payment is ordered: it may have left the bank, and would be missing from the books.
    """
    pending = payments.pending(grant)
    if any(request.status is PaymentStatus.ORDERED for request in pending):
        raise RuleBroken(
            None,
            N_(
                "支出命令済みの支払があります。出納が支払を記録するか、支払えないことを記録した後に行ってください。"
            ),
        )
    for request in pending:
        with taking_payment(request, PaymentAct.CANCEL, by=by, reason=reason, follows=True):
            pass
