"""概算払 and 精算払, as each person meets them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from stations.core import audit, clock
from stations.core.access import Permission
from stations.core.database import creates
from stations.core.formatting import date, datetime, yen
from stations.core.forms import Form, say
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import RuleBroken
from stations.grants.books.queries import ledger
from stations.grants.forms import ActForm, OptionalReasonForm, PressForm, ReasonForm
from stations.grants.pages import act, available_acts, presenters
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, about, fact
from stations.grants.pages.trail import trail
from stations.grants.payments.forms import AdvanceForm, FailedForm, PaymentForm
from stations.grants.payments.labels import PAYMENT_KINDS
from stations.grants.payments.queries import payments as payment_queries
from stations.grants.payments.rules import paying
from stations.grants.payments.rules.paying import budget_year, check_order_date
from stations.grants.payments.services import corrections, payments
from stations.grants.queries import grants
from stations.grants.rules import PaymentAct, PaymentStatus
from stations.grants.workflow import PAYMENT

if TYPE_CHECKING:
    from stations.grants.models import Grant
    from stations.grants.payments.models import PaymentRequest


@blueprint.route("/grants/<int:grant_id>/advance", methods=["GET", "POST"])
@requires(Permission.ADVANCE_REQUEST, of=grants.grant)
@creates
def advance(grant: "Grant") -> ResponseReturnValue:
    """概算払請求 by the treasurer."""
    form = AdvanceForm()
    balance, pending = ledger.balance(grant), payment_queries.pending_yen(grant)
    return act.page(
        grant,
        form,
        lambda: payments.request_advance(
            grant=grant, amount_yen=form.amount_yen.data, purpose=form.purpose.data or "", by=current_user
        ),
        heading=_("概算払を請求する"),
        action=_("請求する"),
        returned=_returned(grant),
        done=_("概算払を請求しました。支払われるとお知らせします。"),
        facts=[
            fact(_("決定額"), yen(balance.awarded)),
            fact(_("支払済"), yen(balance.paid)),
            fact(_("請求中"), yen(pending)),
            fact(
                _("請求できる額"),
                yen(paying.advance_limit(balance.awarded, balance.paid, pending)),
            ),
        ],
    )


def _returned(grant: "Grant") -> dict[str, object] | None:
    """Why the last request came back, while no newer one answers it."""
    last = max(grant.payment_requests, key=lambda one: one.id, default=None)
    if last is None or last.status is not PaymentStatus.RETURNED:
        return None
    entry = next((one for one in audit.timeline(last) if one.act == PaymentAct.RETURN), None)
    if entry is None:
        return None
    return {
        "instalment": last.instalment,
        "reason": entry.reason,
        "by_name": entry.by_name,
        "at": entry.at,
    }


def _on_request(
    address: str,
    permission: Permission,
    service: Callable[..., object],
    form: type[ActForm] = PressForm,
    *,
    offered: str,
    creates: bool = False,
) -> Callable[[Callable[["PaymentRequest"], act.Shown]], Callable[..., ResponseReturnValue]]:
    """`act.at` an ``address`` of one request, whose state must offer ``offered``."""
    return act.at(
        f"/grants/payments/<int:payment_request_id>/{address}",
        permission,
        payment_queries.payment_request,
        service,
        form,
        named="request",
        creates=creates,
        page=lambda request, filled, do, shown: _page(request, offered, filled, do, shown),
    )


def _page(
    request: "PaymentRequest",
    offered: str,
    form: Form,
    service: Callable[[], object],
    shown: act.Shown,
    *,
    then: Callable[[], str] | None = None,
) -> ResponseReturnValue:
    """The page of an act on one request; too late to open, back to the grant.

    ``then``: where the work goes on, if not on the grant's page.
    """
    grant = request.grant
    back = redirect(url_for("grants.grant", grant_id=grant.id))
    if act.perform(form, service):
        flash(shown["done"], "success")
        return redirect(then()) if then else back
    available = available_acts.request_act(request)
    if not form.is_submitted() and (available is None or available.endpoint != offered):
        flash(_("この請求は、いま「%(state)s」です。", state=label(request.status)), "info")
        return back
    return render_template(
        "grants/act.html",
        grant=grant,
        form=form,
        kind="primary",
        breadcrumb=trail(grant, shown["heading"]),
        **shown | {"facts": _facts(request)},
    )


@_on_request(
    "draft-order", PAYMENT.permission(PaymentAct.DRAFT), payments.draft_order, offered="grants.draft_order"
)
def draft_order(request: "PaymentRequest") -> act.Shown:
    """起案 of a 支出命令."""
    return act.Shown(
        heading=_("支出命令を起案しますか"),
        action=_("支出命令を起案する"),
        done=_("支出命令を起案しました。課長の決裁を待っています。"),
        stopped=_too_late(request, budget_year(request.kind, request.grant.fiscal_year, clock.today())),
        other=(_("請求を差し戻す"), url_for(".return_request", payment_request_id=request.id))
        if request.kind == "advance"
        else None,
    )


@_on_request("order", PAYMENT.permission(PaymentAct.ORDER), payments.order_payment, offered="grants.order")
def order(request: "PaymentRequest") -> act.Shown:
    """支出命令."""
    return act.Shown(
        heading=_("支出を命令しますか"),
        action=_("支出を命令する"),
        done=_("支出を命令しました。出納が支払います。"),
        stopped=_too_late(request, request.fiscal_year),
        other=(_("起案を差し戻す"), url_for(".send_back_order", payment_request_id=request.id)),
    )


@_on_request(
    "send-back",
    PAYMENT.permission(PaymentAct.SEND_BACK),
    payments.send_back_order,
    ReasonForm,
    offered="grants.order",
)
def send_back_order(request: "PaymentRequest") -> act.Shown:
    """差戻し of the draft of a 支出命令."""
    return act.Shown(
        heading=_("支出命令の起案を差し戻す"),
        action=_("差し戻す"),
        done=_("起案を差し戻しました。"),
    )


@_on_request(
    "withdraw",
    PAYMENT.permission(PaymentAct.WITHDRAW),
    payments.withdraw_advance,
    OptionalReasonForm,
    offered="grants.draft_order",
)
def withdraw_advance(request: "PaymentRequest") -> act.Shown:
    """取下げ of an advance by the treasurer."""
    return act.Shown(
        heading=_("概算払の請求を取り下げますか"),
        action=_("取り下げる"),
        done=_("概算払の請求を取り下げました。あらためて請求できます。"),
    )


@_on_request(
    "return",
    PAYMENT.permission(PaymentAct.RETURN),
    payments.return_request,
    ReasonForm,
    offered="grants.draft_order",
)
def return_request(request: "PaymentRequest") -> act.Shown:
    """差戻し of an advance."""
    return act.Shown(
        heading=_("概算払の請求を差し戻す"),
        action=_("差し戻す"),
        done=_("請求を差し戻しました。"),
    )


@_on_request(
    "unpayable",
    PAYMENT.permission(PaymentAct.WITHDRAW_ORDER),
    corrections.withdraw_order,
    ReasonForm,
    offered="grants.record_payment",
)
def unpayable(request: "PaymentRequest") -> act.Shown:
    """取下げ of a 支出命令 that did not leave the bank, by the cashier."""
    return act.Shown(
        heading=_("支払えないことを記録する"),
        action=_("支払えないことを記録する"),
        done=_("支払えないことを記録しました。担当が確かめて、支出命令を起案し直します。"),
        lead=_("お金が出ていないことを銀行で確かめてから記録してください。支出命令は取り下げられます。"),
    )


@_on_request(
    "pay",
    PAYMENT.permission(PaymentAct.PAY),
    payments.record_payment,
    PaymentForm,
    offered="grants.record_payment",
    creates=True,
)
def record_payment(request: "PaymentRequest") -> act.Shown:
    """支払 by the cashier."""
    return act.Shown(
        heading=_("支払を記録する"),
        action=_("支払済にする"),
        done=_("支払を記録しました。"),
        hints={"paid_on": _paying_days(request)},
        other=(_("支払えないことを記録する"), url_for(".unpayable", payment_request_id=request.id)),
    )


@_on_request(
    "failed",
    PAYMENT.permission(PaymentAct.FAIL),
    corrections.fail_payment,
    FailedForm,
    offered="grants.reverse_payment",
    creates=True,
)
def fail_payment(request: "PaymentRequest") -> act.Shown:
    """組戻し of a transfer that failed, by the cashier."""
    return act.Shown(
        heading=_("振込ができず、お金が戻ったことを記録する"),
        action=_("お金が戻ったことを記録する"),
        done=_("お金が戻ったことを記録しました。振込先を確かめて、支出命令を起案し直します。"),
        lead=_(
            "口座の誤りなどで振込ができず、銀行から組戻しがあったときに使います。出納帳には、お金が戻った日の行が残ります。"
        ),
        hints={"returned_on": _("銀行から市にお金が戻った日（支払日から今日まで）")},
    )


@blueprint.route("/grants/payments/<int:payment_request_id>/reverse", methods=["GET", "POST"])
@requires(PAYMENT.permission(PaymentAct.REVERSE), of=payment_queries.payment_request)
@creates
def reverse_payment(request: "PaymentRequest") -> ResponseReturnValue:
    """訂正 of a mistaken record of a payment, by the cashier."""
    form = ReasonForm()
    again: list[PaymentRequest] = []
    return _page(
        request,
        "grants.reverse_payment",
        form,
        lambda: again.append(
            corrections.reverse_payment(request=request, reason=form.reason.data or "", by=current_user)
        ),
        act.Shown(
            heading=_("支払の記録を訂正する"),
            action=_("この記録を取り消して、記録し直す"),
            done=_("支払の記録を取り消しました。続けて、正しい支払日と支払番号を記録してください。"),
            lead=_(
                "支払日や支払番号を誤って記録したときに使います。出納帳には取消しの行が残り、"
                "同じ支出命令で支払をもう一度記録できます。"
            ),
            other=(
                _("振込ができず、お金が戻ったときはこちら"),
                url_for(".fail_payment", payment_request_id=request.id),
            ),
        ),
        then=lambda: url_for("grants.record_payment", payment_request_id=again[0].id),
    )


def _too_late(request: "PaymentRequest", budget: int) -> str:
    """Why a payment out of ``budget`` can no longer be ordered today; empty while it can."""
    try:
        check_order_date(request.kind, request.grant.fiscal_year, budget, clock.today())
    except RuleBroken as broken:
        return say(broken)
    return ""


def _paying_days(request: "PaymentRequest") -> str:
    """On which days the transfer may have left: after the order, while the cash of its budget is open."""
    last = clock.cash_period(request.fiscal_year)[1]
    if clock.today() <= last:
        return str(_("支出命令の日（%(day)s）から今日までの日", day=_ordered_on(request)))
    return str(_("支出命令の日（%(day)s）から%(last)sまでの日", day=_ordered_on(request), last=date(last)))


def _ordered_on(request: "PaymentRequest") -> str:
    return date(clock.local_date(request.ordered_at) if request.ordered_at else None)


def _facts(request: "PaymentRequest") -> Facts:
    """Everything that an order or a payment is decided on: whose, for what, out of what, asked and ordered by whom."""
    grant = request.grant
    balance = ledger.balance(grant)
    names = grants.names([request.requested_by_id, request.drafted_by_id, request.ordered_by_id])
    rows = [
        *about(grant),
        fact(_("種類"), _("%(kind)s（第%(n)s回）", kind=PAYMENT_KINDS[request.kind], n=request.instalment)),
        fact(_("使いみち"), request.purpose or "—"),
        fact(_("予算の年度と区分"), f"{presenters.budget(request)}　{request.programme_item}"),
        *presenters.conditions(grant),
        fact(_("決定額"), yen(balance.awarded)),
        *([fact(_("確定額"), yen(grant.fixed_yen))] if request.kind == "balance" else []),
        fact(_("これまでの支払済"), yen(balance.paid)),
        fact(_("今回の額"), Markup("<strong>{}</strong>").format(yen(request.amount_yen))),
        *(
            [fact(_("今回の支払の後の未払額（決定額−支払）"), yen(balance.unpaid - request.amount_yen))]
            if request.payment is None
            else [
                fact(_("記録した支払日"), date(request.payment.paid_on)),
                fact(_("記録した支払番号"), request.payment.reference or "—"),
            ]
        ),
        fact(
            _("請求した人"),
            names[request.requested_by_id] if request.requested_by_id else _("市の手続き（額の確定による）"),
        ),
        fact(_("請求日時"), datetime(request.requested_at)),
    ]
    if request.drafted_at is not None:
        rows += [
            fact(_("支出命令を起案した人"), names[request.drafted_by_id]),
            fact(_("起案日時"), datetime(request.drafted_at)),
        ]
    if request.ordered_at is not None:
        rows += [
            fact(_("支出を命令した人"), names[request.ordered_by_id]),
            fact(_("支出命令の日"), _ordered_on(request)),
        ]
    return rows
