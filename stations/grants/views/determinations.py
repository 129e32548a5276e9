"""From the inspected report to 完結."""

from typing import Any

from flask_login import current_user

from stations.core.access import Permission, requires
from stations.core.database import creates, writes
from stations.core.formatting import date, yen
from stations.core.language import gettext as _
from stations.grants import queries, services
from stations.grants.forms.acts import PressForm, ReasonForm
from stations.grants.forms.payments import RefundForm
from stations.grants.views import act, blueprint, words
from stations.grants.views.act import Facts, fact


def _difference(known: queries.Calculation) -> Facts:
    """What the fixed amount means for the money that was paid."""
    return [
        fact(_("支払済"), yen(known.paid)),
        fact(_("返還額"), yen(max(0, known.paid - known.fixed))),
        fact(_("精算払の額"), yen(max(0, known.fixed - known.paid))),
    ]


def _settled(grant: Any) -> Facts:
    """What is decided, what was paid, and what of the difference has moved already."""
    known = queries.settled(grant, queries.repayments(grant))
    awarded = [fact(_("交付決定額"), yen(grant.awarded_yen))] if grant.determined_on else []
    return awarded + (words.settled(grant, known) if known else [])


def _own_funds(grant: Any) -> Facts:
    """What closing will enter in the books: what the committee spent beyond all it received, or had only advanced."""
    own = services.own_funds_at_the_end(grant)
    if own < 0:
        return [fact(_("自己資金の戻しとして出納帳に記録する額（立て替えていた分）"), yen(-own))]
    return [fact(_("自己資金として出納帳に記録する額"), yen(own))] if own else []


@blueprint.route("/grants/<int:grant_id>/determination", methods=["GET", "POST"])
@requires(Permission.GRANT_REVIEW, of=queries.grant)
@writes
def draft_determination(grant: Any) -> Any:
    known = queries.calculation(grant)
    return act.page(
        grant,
        PressForm(),
        lambda: services.draft_determination(grant=grant, by=current_user),
        heading=_("額の確定を起案しますか"),
        action=_("起案して決裁に回す"),
        done=_("額の確定を起案しました。ほかの方の決裁をお待ちください。"),
        lead=_("確定額は、検査済の領収書と出納帳から計算されます。手で直すことはできません。"),
        facts=[*words.calculation(known), *_difference(known)],
        back=queries.sent_back([grant]).get(grant.id),
    )


@blueprint.route("/grants/<int:grant_id>/determine", methods=["GET", "POST"])
@requires(Permission.GRANT_APPROVE, of=queries.grant)
@writes
def determine(grant: Any) -> Any:
    """決裁 of the 額の確定, beside everything that it rests on."""
    known = queries.calculation(grant)
    return act.page(
        grant,
        PressForm(),
        lambda: services.determine(grant=grant, by=current_user),
        heading=_("額を確定しますか"),
        action=_("額を確定する"),
        done=_("額を確定しました。担当が通知書を施行します。"),
        facts=[
            *words.calculation(known),
            *_difference(known),
            fact(_("起案された確定額"), yen(grant.fixed_yen)),
            fact(_("起案した人"), queries.name_of(grant.determination_drafted_by_id)),
        ],
        template="grants/determine.html",
    )


@blueprint.route("/grants/<int:grant_id>/refund-order", methods=["GET", "POST"])
@requires(Permission.GRANT_ISSUE, of=queries.grant)
@creates
def refund_order(grant: Any) -> Any:
    """返還命令: the letter goes out."""
    return act.page(
        grant,
        PressForm(),
        lambda: services.order_refund(grant=grant, by=current_user),
        heading=_("返還を命じますか"),
        action=_("返還命令書を施行する"),
        done=_("返還命令書を施行しました。"),
        lead=_("返還命令書に文書番号が付き、納期限が決まります。"),
        facts=_settled(grant),
    )


@blueprint.route("/grants/<int:grant_id>/refund", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD, of=queries.grant)
@creates
def record_refund(grant: Any) -> Any:
    """戻入 by the cashier."""
    form = RefundForm()
    ordered_on = _ordered_on(grant)
    return act.page(
        grant,
        form,
        lambda: services.record_refund(
            grant=grant,
            received_on=form.received_on.data,
            reference=form.reference.data or "",
            by=current_user,
        ),
        heading=_("返還金の入金を記録する"),
        action=_("入金を記録する"),
        done=_("返還金の入金を記録しました。"),
        lead=_("出納整理期間（5月31日）を過ぎた入金は、過年度収入になります。"),
        facts=_refund_order(grant),
        hints={"received_on": _("返還命令の日（%(day)s）から今日までの日", day=ordered_on)},
    )


@blueprint.route("/grants/<int:grant_id>/refund/reverse", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD, of=queries.grant)
@creates
def reverse_refund(grant: Any) -> Any:
    """訂正 of a mistaken record of the 戻入, by the cashier."""
    form = ReasonForm()
    recorded = [
        fact(_("記録した入金日"), date(repayment.received_on)) for repayment in queries.repayments(grant)
    ]
    return act.page(
        grant,
        form,
        lambda: services.reverse_refund(grant=grant, reason=form.reason.data or "", by=current_user),
        heading=_("返還金の入金の記録を訂正する"),
        action=_("この記録を取り消して、記録し直す"),
        done=_("入金の記録を取り消しました。続けて、正しい入金日と納入番号を記録してください。"),
        lead=_(
            "入金日や納入番号を誤って記録したときに使います。出納帳には取消しの行が残り、"
            "返還命令はそのままで、入金をもう一度記録できます。"
        ),
        facts=[*_refund_order(grant), *recorded],
    )


def _ordered_on(grant: Any) -> str:
    ordered = queries.letter_of(grant, "refund")
    return date(ordered.issued_on if ordered else None)


def _refund_order(grant: Any) -> Facts:
    return [
        fact(_("納める人"), grant.committee.name),
        fact(_("返還額"), yen(grant.refund_yen)),
        fact(_("返還命令の日"), _ordered_on(grant)),
        fact(_("返還を命じた人"), queries.name_of(grant.refund_ordered_by_id)),
        fact(_("納期限"), date(grant.refund_due_on)),
    ]


@blueprint.route("/grants/<int:grant_id>/balance", methods=["GET", "POST"])
@requires(Permission.PAYMENT_DRAFT, of=queries.grant)
@creates
def order_balance(grant: Any) -> Any:
    return act.page(
        grant,
        PressForm(),
        lambda: services.order_balance(grant=grant, by=current_user),
        heading=_("精算払の手続きを始めますか"),
        action=_("支出命令を起案する"),
        done=_("精算払の支出命令を起案しました。課長の決裁を待っています。"),
        facts=_settled(grant),
    )


@blueprint.route("/grants/<int:grant_id>/close", methods=["GET", "POST"])
@requires(Permission.GRANT_REVIEW, of=queries.grant)
@creates
def close(grant: Any) -> Any:
    return act.page(
        grant,
        PressForm(),
        lambda: services.close(grant=grant, by=current_user),
        heading=_("助成金の手続きを完結しますか"),
        action=_("完結する"),
        done=_("助成金の手続きが完結しました。"),
        lead=_("完結すると、この助成金の記録はもう変わりません。"),
        facts=[*_settled(grant), *_own_funds(grant)],
    )
