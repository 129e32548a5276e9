"""返還 after 完結: found, decided, published by its letter, repaid."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.database import creates
from stations.core.formatting import date, fiscal_year, yen
from stations.core.forms import Form
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.grants.forms import ActForm, IssueForm, PressForm, ReasonForm
from stations.grants.pages import act, presenters
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, fact
from stations.grants.queries import grants
from stations.grants.rules import RecoveryAct, RecoveryStart
from stations.grants.settlement.forms import RecoveryForm, RefundForm
from stations.grants.settlement.queries import recoveries as recovery_queries
from stations.grants.settlement.services import recoveries
from stations.grants.workflow import GRANT, RECOVERY

if TYPE_CHECKING:
    from stations.grants.models import Grant
    from stations.grants.settlement.models import GrantRecovery


@blueprint.route("/grants/<int:grant_id>/recovery", methods=["GET", "POST"])
@requires(GRANT.permission(RecoveryStart.DRAFT_RECOVERY), of=grants.grant)
@creates
def draft_recovery(grant: "Grant") -> ResponseReturnValue:
    """起案 of a finding about a closed grant."""
    form = RecoveryForm()
    eligible, _left = recovery_queries.left_after(grant, 0)
    return act.page(
        grant,
        form,
        lambda: recoveries.draft(
            grant=grant,
            disallowed_yen=form.disallowed_yen.data,
            reason=form.reason.data or "",
            by=current_user,
        ),
        heading=_("完結後の返還を起案する"),
        action=_("起案して決裁に回す"),
        done=_("起案しました。ほかの方の決裁をお待ちください。"),
        lead=_(
            "完結した助成金の帳簿は変えずに、今年度の記録として返還を命じます。返還額は、認められない支出を除いて計算し直します。"
            "理由は、そのまま返還命令書に印刷されます。"
        ),
        facts=[
            fact(_("完結した日"), date(grant.closed_on)),
            fact(_("いま残っている額（確定額 − これまでの返還）"), yen(recovery_queries.kept_now(grant))),
            fact(_("対象経費（検査済の領収書の合計）"), yen(eligible)),
            *presenters.receipts_link(grant),
        ],
        hints={"disallowed_yen": _("1円から%(limit)sまで", limit=yen(eligible))},
        kind="danger",
    )


def _facts(recovery: "GrantRecovery") -> Facts:
    """The finding as a calculation, and who has done what to it."""
    names = grants.names([recovery.drafted_by_id, recovery.decided_by_id])
    rows = [
        fact(_("理由"), recovery.reason),
        fact(_("認められない支出"), yen(recovery.disallowed_yen)),
        *presenters.calculation(recovery_queries.recalculation(recovery), ends=_("計算し直した額")),
        fact(_("これまで残っていた額"), yen(recovery.kept_before_yen)),
        fact(_("残る額（計算し直した額と、残っていた額の小さいほう）"), yen(recovery.kept_yen)),
        fact(_("返還額（残っていた額 − 残る額）"), yen(recovery.amount_yen)),
        fact(_("起案した年度"), fiscal_year(recovery.fiscal_year)),
        fact(_("起案した人"), names[recovery.drafted_by_id]),
    ]
    if recovery.decided_by_id is not None:
        rows.append(fact(_("返還を命じた人"), names[recovery.decided_by_id]))
    rows += presenters.receipts_link(recovery.grant)
    if recovery.due_on is None:
        rows += [*presenters.due_when_issued(recovery.grant), *presenters.letter_year(recovery.grant)]
    else:
        rows.append(fact(_("返還命令の日"), date(recovery.issued_on)))
        rows.append(fact(_("納期限"), date(recovery.due_on)))
    return rows


def _on_recovery(
    address: str,
    step: RecoveryAct,
    service: Callable[..., object],
    form: type[ActForm] = PressForm,
    *,
    creates: bool = False,
) -> Callable[[Callable[["GrantRecovery"], act.Shown]], Callable[..., ResponseReturnValue]]:
    """`act.at` an ``address`` of one finding; back to the grant when its state does not offer the step (any more)."""

    def page(
        recovery: "GrantRecovery", filled: Form, do: Callable[[], object], shown: act.Shown
    ) -> ResponseReturnValue:
        if request.method != "GET":
            RECOVERY.step(recovery.status, step)
        elif not RECOVERY.allows(recovery.status, step):
            said = _("いまの状態（%(state)s）では、その操作はありません。", state=label(recovery.status))
            flash(said, "info")
            return redirect(url_for("grants.grant", grant_id=recovery.grant_id))
        return act.page(recovery.grant, filled, do, offered=True, **shown | {"facts": _facts(recovery)})

    return act.at(
        f"/grants/recoveries/<int:grant_recovery_id>/{address}",
        RECOVERY.permission(step),
        recovery_queries.recovery,
        service,
        form,
        named="recovery",
        creates=creates,
        page=page,
    )


@_on_recovery("approve", RecoveryAct.APPROVE, recoveries.approve)
def approve_recovery(recovery: "GrantRecovery") -> act.Shown:
    return act.Shown(
        heading=_("完結した助成金の返還を命じますか"),
        action=_("返還を命じる"),
        done=_("返還命令を決裁しました。担当が返還命令書を施行します。"),
        other=(_("起案を差し戻す"), url_for(".return_recovery", grant_recovery_id=recovery.id)),
        kind="danger",
    )


@_on_recovery("return", RecoveryAct.SEND_BACK, recoveries.send_back, ReasonForm)
def return_recovery(recovery: "GrantRecovery") -> act.Shown:
    return act.Shown(
        heading=_("完結後の返還の起案を差し戻す"),
        action=_("差し戻す"),
        done=_("起案を差し戻しました。"),
    )


@_on_recovery("issue", RecoveryAct.ISSUE, recoveries.issue, IssueForm, creates=True)
def issue_recovery(recovery: "GrantRecovery") -> act.Shown:
    """施行 of its 返還命令書."""
    return act.Shown(
        heading=_("返還命令書（完結後）を施行しますか"),
        action=_("施行する"),
        done=_("返還命令書を施行しました。"),
        lead=_("返還命令書に文書番号が付き、納期限が決まります。番号と日付は後から変えられません。"),
    )


@_on_recovery("record", RecoveryAct.RECORD, recoveries.record, RefundForm, creates=True)
def record_recovery(recovery: "GrantRecovery") -> act.Shown:
    """入金 by the cashier."""
    return act.Shown(
        heading=_("返還金の入金を記録する"),
        action=_("入金を記録する"),
        done=_("返還金の入金を記録しました。"),
        lead=_("出納整理期間（5月31日）を過ぎた入金は、過年度収入になります。"),
        hints={"received_on": _("返還命令の日（%(day)s）から今日までの日", day=date(recovery.issued_on))},
    )


@_on_recovery("reverse", RecoveryAct.REVERSE, recoveries.reverse, ReasonForm, creates=True)
def reverse_recovery(recovery: "GrantRecovery") -> act.Shown:
    """訂正 of a mistaken record, by the cashier."""
    return act.Shown(
        heading=_("返還金の入金の記録を訂正する"),
        action=_("この記録を取り消して、記録し直す"),
        done=_("入金の記録を取り消しました。続けて、正しい入金日と納入番号を記録してください。"),
    )
