"""返還命令: drafted, decided, published by its letter; and the money that comes back."""

from typing import TYPE_CHECKING

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.access import Permission
from stations.core.database import writes
from stations.core.formatting import date, yen
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.grants.awards.queries import decisions
from stations.grants.forms import DecideForm, IssueForm, ReasonForm
from stations.grants.letters import queries as letters
from stations.grants.pages import act, presenters
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, fact
from stations.grants.payments.queries import payments
from stations.grants.queries import grants
from stations.grants.rules import Act, InPlaceAct
from stations.grants.settlement.forms import RefundForm
from stations.grants.settlement.queries import refunds as refund_queries
from stations.grants.settlement.services import refunds
from stations.grants.workflow import GRANT

if TYPE_CHECKING:
    from stations.grants.models import Grant


@act.on_grant(
    "refund-order/draft", GRANT.permission(InPlaceAct.DRAFT_REFUND), refunds.draft_refund, creates=True
)
def draft_refund(grant: "Grant") -> act.Shown:
    """起案 of the 返還命令; the amount is computed."""
    returned = refund_queries.returned_refund(grant)
    return act.Shown(
        heading=_("返還命令を起案しますか"),
        action=_("起案して決裁に回す"),
        done=_("返還命令を起案しました。ほかの方の決裁をお待ちください。"),
        lead=_("返還額は、支払った額から残る額を引いて計算されます。手で直すことはできません。"),
        facts=presenters.settlement(grant),
        back=act.came_back(returned),
    )


def _why(grant: "Grant") -> Facts:
    """Why the money comes back, where a 取消し asks for it."""
    reason = grants.reason_of(grant, Act.CANCEL) if decisions.is_cancelled(grant) else ""
    return [fact(_("取消しの理由"), reason)] if reason else []


def _drafted(grant: "Grant") -> Facts:
    draft = refund_queries.pending_refund(grant)
    if draft is None:
        return presenters.settlement(grant)
    return [
        *presenters.settlement(grant),
        *_why(grant),
        fact(_("起案された返還額"), yen(draft.amount_yen)),
        *presenters.due_when_issued(grant),
        *presenters.receipts_link(grant),
        fact(_("起案した人"), grants.name_of(draft.drafted_by_id)),
    ]


@blueprint.route("/grants/<int:grant_id>/refund-order", methods=["GET", "POST"])
@requires(GRANT.permission(Act.ORDER_REFUND), of=grants.grant)
@writes
def order_refund(grant: "Grant") -> ResponseReturnValue:
    """決裁 of the drafted 返還命令."""
    draft = refund_queries.pending_refund(grant)
    form = DecideForm(data={"mark": draft.id if draft else ""})
    return act.page(
        grant,
        form,
        lambda: refunds.order_refund(grant=grant, draft_id=act.number(form.mark.data), by=current_user),
        heading=_("返還を命じますか"),
        action=_("返還を命じる"),
        done=_("返還命令を決裁しました。担当が返還命令書を施行します。"),
        facts=_drafted(grant),
        other=(_("起案を差し戻す"), url_for(".return_refund", grant_id=grant.id)),
    )


@act.on_grant(
    "refund-order/return", GRANT.permission(InPlaceAct.RETURN_REFUND), refunds.return_refund, ReasonForm
)
def return_refund(grant: "Grant") -> act.Shown:
    """The draft of a 返還命令 goes back to the officers."""
    return act.Shown(
        heading=_("返還命令の起案を差し戻す"),
        action=_("差し戻す"),
        done=_("起案を差し戻しました。"),
        facts=_drafted(grant),
    )


@act.on_grant("refund-order/issue", Permission.GRANT_ISSUE, refunds.issue_refund, IssueForm, creates=True)
def issue_refund(grant: "Grant") -> act.Shown:
    """施行 of the 返還命令書."""
    return act.Shown(
        heading=_("返還命令書を施行しますか"),
        action=_("返還命令書を施行する"),
        done=_("返還命令書を施行しました。"),
        lead=_("返還命令書に文書番号が付き、納期限が決まります。番号と日付は後から変えられません。"),
        facts=[
            *presenters.settlement(grant),
            *presenters.due_when_issued(grant),
            *presenters.letter_year(grant),
        ],
    )


@act.on_grant("refund", GRANT.permission(Act.RECORD_REFUND), refunds.record_refund, RefundForm, creates=True)
def record_refund(grant: "Grant") -> act.Shown:
    """戻入 by the cashier."""
    ordered_on = _ordered_on(grant)
    return act.Shown(
        heading=_("返還金の入金を記録する"),
        action=_("入金を記録する"),
        done=_("返還金の入金を記録しました。"),
        lead=_("出納整理期間（5月31日）を過ぎた入金は、過年度収入になります。"),
        facts=_refund_order(grant),
        hints={"received_on": _("返還命令の日（%(day)s）から今日までの日", day=ordered_on)},
    )


@act.on_grant(
    "refund/reverse", GRANT.permission(Act.REVERSE_REFUND), refunds.reverse_refund, ReasonForm, creates=True
)
def reverse_refund(grant: "Grant") -> act.Shown:
    """訂正 of a mistaken record of the 戻入, by the cashier."""
    recorded = [
        fact(_("記録した入金日"), date(repayment.received_on)) for repayment in payments.repayments(grant)
    ]
    return act.Shown(
        heading=_("返還金の入金の記録を訂正する"),
        action=_("この記録を取り消して、記録し直す"),
        done=_("入金の記録を取り消しました。続けて、正しい入金日と納入番号を記録してください。"),
        lead=_(
            "入金日や納入番号を誤って記録したときに使います。出納帳には取消しの行が残り、"
            "返還命令はそのままで、入金をもう一度記録できます。"
        ),
        facts=[*_refund_order(grant), *recorded],
    )


def _ordered_on(grant: "Grant") -> str:
    ordered = letters.letter_of(grant, "refund")
    return date(ordered.issued_on if ordered else None)


def _refund_order(grant: "Grant") -> Facts:
    return [
        fact(_("納める人"), grant.committee.name),
        fact(_("返還額"), yen(grant.refund_yen)),
        fact(_("返還命令の日"), _ordered_on(grant)),
        fact(_("起案した人"), grants.name_of(grant.refund_drafted_by_id)),
        fact(_("返還を命じた人"), grants.name_of(grant.refund_ordered_by_id)),
        fact(_("納期限"), date(grant.refund_due_on)),
    ]
