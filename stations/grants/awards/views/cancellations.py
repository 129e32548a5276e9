"""取消し: drafted, decided, published by its letter."""

from typing import TYPE_CHECKING

from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.formatting import yen
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.grants.awards.forms import CancelForm
from stations.grants.awards.queries import decisions
from stations.grants.awards.rules.granting import cancelling_act
from stations.grants.awards.services import cancellations
from stations.grants.books.queries import ledger
from stations.grants.forms import DecideForm, IssueForm, ReasonForm
from stations.grants.letters.services import letters
from stations.grants.pages import act, presenters
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, fact
from stations.grants.queries import grants
from stations.grants.rules import Act, InPlaceAct, Status
from stations.grants.settlement.queries import calculation
from stations.grants.workflow import GRANT

if TYPE_CHECKING:
    from stations.grants.awards.models import GrantCancellation
    from stations.grants.models import Grant


def _money(grant: "Grant", known: calculation.Keepable) -> Facts:
    """What may be left, as a calculation that ends with its limit; a report that is not inspected leaves nothing yet."""
    if grant.status in {Status.AWARDED, Status.REPORTED}:
        return [
            fact(_("交付決定額"), yen(grant.awarded_yen)),
            fact(_("支払済"), yen(known.calculation.paid)),
            fact(_("残せる額"), _("0円（検査が済むまで、残せる額は計算できません）")),
        ]
    return [
        *presenters.calculation(known.calculation, inspected=known.inspected, ends=_("領収書から計算した額")),
        fact(_("支払済"), yen(known.calculation.paid)),
        fact(_("残せる額の上限（計算した額と支払済の小さいほう）"), yen(known.limit)),
    ]


def _drafted(grant: "Grant") -> Facts:
    """What was drafted, and what it means for the money that was paid."""
    draft, known = decisions.pending_cancellation(grant), calculation.keepable(grant)
    if draft is None:
        return _money(grant, known)
    waits = cancelling_act(grant.status, draft.kept_yen) is Act.CANCEL_PART
    back = yen(max(0, known.calculation.paid - draft.kept_yen))
    return [
        *_money(grant, known),
        fact(_("取り消さずに残す額"), yen(draft.kept_yen)),
        fact(
            _("返還を命じる額（支払済 − 残す額）"),
            _("%(amount)s以上（実績報告の検査の後に決まります）", amount=back) if waits else back,
        ),
        fact(_("取消しの理由"), draft.reason),
        fact(_("起案した人"), grants.name_of(draft.drafted_by_id)),
    ]


def _lead(grant: "Grant", known: calculation.Keepable) -> str:
    """What happens to the money, for the state in which the grant is."""
    if grant.status in {Status.AWARDED, Status.REPORTED}:
        said = _(
            "全部を取り消し、支払済の全額の返還を命じます。一部を残す取消しは、検査を終えてから起案します。"
        )
    elif known.inspected:
        said = _("残す額を超えて支払った分は、返還を命じます。全部を取り消すときは0円のままにします。")
    else:
        said = _(
            "全部を取り消すときは0円のままにします。支払済の全額の返還を命じます。"
            "一部を残すときは、取消しの後に実績報告を求め、検査で認めた額（残す額が上限）だけが残ります。"
        )
    return said + _("理由は、そのまま交付決定取消通知書に印刷されます。")


@blueprint.route("/grants/<int:grant_id>/draft-cancellation", methods=["GET", "POST"])
@requires(GRANT.permission(InPlaceAct.DRAFT_CANCELLATION), of=grants.grant)
@creates
def draft_cancellation(grant: "Grant") -> ResponseReturnValue:
    """起案 of a 取消し, of all or of a part."""
    returned, known = decisions.returned_cancellation(grant), calculation.keepable(grant)
    form = CancelForm(data={"reason": returned.reason, "kept_yen": returned.kept_yen} if returned else None)
    return act.page(
        grant,
        form,
        lambda: cancellations.draft_cancellation(
            grant=grant, reason=form.reason.data or "", kept_yen=form.kept_yen.data, by=current_user
        ),
        heading=_("交付決定の取消しを起案する"),
        action=_("起案して決裁に回す"),
        done=_("起案しました。ほかの方の決裁をお待ちください。"),
        lead=_lead(grant, known),
        facts=_money(grant, known),
        hints={"kept_yen": _limit(grant, known)},
        back=act.came_back(returned),
        kind="danger",
    )


def _limit(grant: "Grant", known: calculation.Keepable) -> str:
    most = 0 if grant.status in {Status.AWARDED, Status.REPORTED} else known.limit
    return str(_("0円から%(limit)sまで。全部を取り消すときは0円", limit=yen(most)))


@blueprint.route("/grants/<int:grant_id>/cancel", methods=["GET", "POST"])
@requires(GRANT.permission(Act.CANCEL), of=grants.grant)
@writes
def cancel(grant: "Grant") -> ResponseReturnValue:
    """決裁 of the drafted 取消し."""
    draft = decisions.pending_cancellation(grant)
    form = DecideForm(data={"mark": draft.id if draft else ""})
    return act.page(
        grant,
        form,
        lambda: cancellations.cancel(grant=grant, draft_id=act.number(form.mark.data), by=current_user),
        heading=_("交付決定を取り消しますか"),
        action=_("取り消す"),
        done=_("交付決定を取り消しました。担当が通知書を施行します。"),
        facts=_drafted(grant),
        kind="danger",
    )


@act.on_grant(
    "return-cancellation",
    GRANT.permission(InPlaceAct.RETURN_CANCELLATION),
    cancellations.return_cancellation,
    ReasonForm,
)
def return_cancellation(grant: "Grant") -> act.Shown:
    """The draft of a 取消し goes back to the officers."""
    return act.Shown(
        heading=_("取消しの起案を差し戻す"),
        action=_("差し戻す"),
        done=_("起案を差し戻しました。"),
        facts=_drafted(grant),
    )


@act.on_grant(
    "issue-cancellation", Permission.GRANT_ISSUE, letters.issue_cancellation, IssueForm, creates=True
)
def issue_cancellation(grant: "Grant") -> act.Shown:
    """施行 of the 交付決定取消通知書."""
    waiting = decisions.cancellations_without_letter(grant)
    return act.Shown(
        heading=_("交付決定取消通知書を施行しますか"),
        action=_("施行する"),
        done=_("交付決定取消通知書を施行しました。"),
        lead=_(
            "この操作で文書番号が付き、日付の入った通知書（PDF）が保存されます。番号と日付は後から変えられません。"
        ),
        facts=_decided(grant, waiting[0]) if waiting else [],
    )


def _decided(grant: "Grant", cancellation: "GrantCancellation") -> Facts:
    """What the letter will say."""
    paid = ledger.balance(grant).paid
    refund = (
        yen(max(0, paid - cancellation.kept_yen))
        if decisions.is_cancelled(grant)
        else _("実績報告の検査の後に決まります")
    )
    return [
        fact(_("取消しの前の交付決定額"), yen(decisions.award_before(cancellation, grant))),
        fact(_("取消しの後の交付決定額"), yen(cancellation.kept_yen)),
        fact(_("支払済"), yen(paid)),
        fact(_("返還額"), refund),
        fact(_("取消しの理由"), cancellation.reason),
    ]
