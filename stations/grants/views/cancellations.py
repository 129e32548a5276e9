"""取消し: drafted, decided, told by its letter."""

from typing import Any

from flask_login import current_user

from stations.core.access import Permission, requires
from stations.core.database import creates, writes
from stations.core.formatting import yen
from stations.core.language import gettext as _
from stations.grants import queries, services
from stations.grants.forms.acts import IssueForm, ReasonForm
from stations.grants.forms.awards import CancelForm, DecideForm
from stations.grants.rules import Act
from stations.grants.views import act, blueprint
from stations.grants.views.act import Facts, fact


def _number(mark: str | None) -> int:
    """The draft that stood on the page; 0, which is none, for anything else."""
    return int(mark) if mark and mark.isdecimal() else 0


def _money(grant: Any) -> Facts:
    return [
        fact(_("交付決定額"), yen(grant.awarded_yen)),
        fact(_("支払済"), yen(queries.standing(grant).paid)),
    ]


def _drafted(grant: Any) -> Facts:
    """What was drafted, and what it means for the money that was paid."""
    draft = queries.pending_cancellation(grant)
    if draft is None:
        return _money(grant)
    paid = queries.standing(grant).paid
    return [
        *_money(grant),
        fact(_("取り消さずに残す額"), yen(draft.kept_yen)),
        fact(_("返還を命じる額"), yen(max(0, paid - draft.kept_yen))),
        fact(_("取消しの理由"), draft.reason),
        fact(_("起案した人"), queries.name_of(draft.drafted_by_id)),
    ]


@blueprint.route("/grants/<int:grant_id>/draft-cancellation", methods=["GET", "POST"])
@requires(Permission.GRANT_REVIEW, of=queries.grant)
@creates
def draft_cancellation(grant: Any) -> Any:
    """起案 of a 取消し, of all or of a part."""
    returned = queries.returned_cancellation(grant)
    form = CancelForm(data={"reason": returned.reason, "kept_yen": returned.kept_yen} if returned else None)
    return act.page(
        grant,
        form,
        lambda: services.draft_cancellation(
            grant=grant, reason=form.reason.data or "", kept_yen=form.kept_yen.data, by=current_user
        ),
        heading=_("交付決定の取消しを起案する"),
        action=_("起案して決裁に回す"),
        done=_("起案しました。ほかの方の決裁をお待ちください。"),
        lead=_(
            "残す額を超えて支払った分は、返還を命じます。全部を取り消すときは0円のままにします。"
            "理由は、そのまま交付決定取消通知書に印刷されます。"
        ),
        facts=_money(grant),
        back=_sent_back(returned) if returned else None,
        kind="danger",
    )


def _sent_back(returned: Any) -> queries.SentBack:
    return queries.SentBack(
        returned.decision_reason, queries.name_of(returned.decided_by_id), returned.decided_at
    )


@blueprint.route("/grants/<int:grant_id>/cancel", methods=["GET", "POST"])
@requires(Permission.GRANT_APPROVE, of=queries.grant)
@writes
def cancel(grant: Any) -> Any:
    """決裁 of the drafted 取消し."""
    draft = queries.pending_cancellation(grant)
    form = DecideForm(data={"mark": draft.id if draft else ""})
    return act.page(
        grant,
        form,
        lambda: services.cancel(grant=grant, draft_id=_number(form.mark.data), by=current_user),
        heading=_("交付決定を取り消しますか"),
        action=_("取り消す"),
        done=_("交付決定を取り消しました。担当が通知書を施行します。"),
        facts=_drafted(grant),
        kind="danger",
    )


@blueprint.route("/grants/<int:grant_id>/return-cancellation", methods=["GET", "POST"])
@requires(Permission.GRANT_APPROVE, of=queries.grant)
@writes
def return_cancellation(grant: Any) -> Any:
    """The draft of a 取消し goes back to the officers."""
    form = ReasonForm()
    return act.page(
        grant,
        form,
        lambda: services.return_cancellation(grant=grant, reason=form.reason.data or "", by=current_user),
        heading=_("取消しの起案を差し戻す"),
        action=_("差し戻す"),
        done=_("起案を差し戻しました。"),
        facts=_drafted(grant),
    )


@blueprint.route("/grants/<int:grant_id>/issue-cancellation", methods=["GET", "POST"])
@requires(Permission.GRANT_ISSUE, of=queries.grant)
@creates
def issue_cancellation(grant: Any) -> Any:
    """施行 of the 交付決定取消通知書."""
    form = IssueForm()
    settled = services.settlement_of(grant)
    return act.page(
        grant,
        form,
        lambda: services.issue_cancellation(grant=grant, on=form.on, by=current_user),
        heading=_("交付決定取消通知書を施行しますか"),
        action=_("施行する"),
        done=_("交付決定取消通知書を施行しました。"),
        lead=_(
            "この操作で文書番号が付き、日付の入った通知書（PDF）が保存されます。番号と日付は後から変えられません。"
        ),
        facts=[
            fact(_("交付決定額"), yen(grant.awarded_yen)),
            fact(_("取消し後の交付決定額"), yen(settled.fixed)),
            fact(_("支払済"), yen(settled.paid)),
            fact(_("返還額"), yen(settled.refund)),
            fact(_("取消しの理由"), queries.reason_of(grant, Act.CANCEL)),
        ],
    )
