"""Moving money between lines."""

from typing import TYPE_CHECKING

from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import clock
from stations.core.database import creates, writes
from stations.core.formatting import datetime, yen
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.grants.awards.forms import ChangeForm, DecideChangeForm
from stations.grants.awards.queries import changes as change_queries
from stations.grants.awards.rules.budgets import by_category
from stations.grants.awards.services import changes
from stations.grants.books.queries import ledger
from stations.grants.forms import OptionalReasonForm
from stations.grants.pages import act
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, fact
from stations.grants.queries import grants
from stations.grants.rules import Act, year_over
from stations.grants.settings.rules import ReallocationRule
from stations.grants.workflow import GRANT

if TYPE_CHECKING:
    from stations.grants.awards.models import GrantChange
    from stations.grants.models import Grant
    from stations.grants.settings.models import FiscalYearSetting


@blueprint.route("/grants/<int:grant_id>/change", methods=["GET", "POST"])
@requires(GRANT.permission(Act.REQUEST_CHANGE), of=grants.grant)
@creates
def change(grant: "Grant") -> ResponseReturnValue:
    """流用 or 変更承認申請: the rule of the year decides which it is."""
    form = ChangeForm(
        data={"lines": [{"line_id": str(line.id), "budget_yen": line.awarded_yen} for line in grant.lines]}
    )
    form.demand_rows_of(grant.lines)
    setting = grant.setting
    budgets = (form.budgets() if form.is_submitted() else None) or {}
    asks = change_queries.needs_approval(grant, budgets)
    asked, form.asked.data = bool(form.asked.data), "y" if asks else ""
    return act.page(
        grant,
        form,
        lambda: changes.request_change(
            grant=grant,
            budgets=budgets,
            reason=form.reason.data or "",
            knows=form.knows.data or (asked and not asks),
            by=current_user,
        ),
        heading=_("経費の配分を変える"),
        action=_("変更の承認を申請する") if asks else _("この内容で届け出る"),
        done=_("変更の承認を申請しました。承認されるまで、予算はいまのままです。")
        if asks
        else _("流用を届け出ました。予算はもう変わっています。"),
        facts=[
            fact(_("決定額"), yen(grant.awarded_yen)),
            *(_what_needs_approval(grant, setting) if setting else []),
        ],
        template="grants/change.html",
        asks=asks,
        beyond=change_queries.beyond_free(grant, budgets) if asks else [],
        lines=grant.lines,
        spent=ledger.spent_by_line(grant),
    )


def _what_needs_approval(grant: "Grant", setting: "FiscalYearSetting") -> Facts:
    """How far the year's rule lets money move without the city, in this grant's own amounts."""
    decided = by_category((line.category, line.decided_yen) for line in grant.lines)
    fifths = _("、").join(f"{label(category)} {yen(amount // 5)}" for category, amount in decided.items())
    return [
        fact(
            _("届け出るだけでよい変更（流用）"),
            {
                ReallocationRule.SMALLER20: _(
                    "同じ費目の中で動かすとき。費目のあいだでは、動かす額が、予算の少ないほうの費目の2割までのとき。"
                ),
                ReallocationRule.ANY20: _(
                    "同じ費目の中で動かすとき。費目のあいだでは、どの費目も、その予算の2割までしか動かないとき。"
                ),
            }[setting.reallocation_rule],
        ),
        fact(_("各費目の予算の2割"), fifths),
        fact(
            _("市の承認が要る変更"),
            _(
                "上の範囲を超えて動かすとき。前の流用と合わせて数えます。"
                "回答を待つあいだ、概算払の請求と実績報告はできません（領収書は登録できます）。"
            ),
        ),
    ]


@act.on_grant(
    "withdraw-change", GRANT.permission(Act.WITHDRAW_CHANGE), changes.withdraw_change, OptionalReasonForm
)
def withdraw_change(grant: "Grant") -> act.Shown:
    """取下げ of the change that waits, by the chair."""
    waiting = change_queries.pending_change(grant)
    return act.Shown(
        heading=_("変更の申請を取り下げますか"),
        action=_("取り下げる"),
        done=_("変更の申請を取り下げました。予算は変わっていません。"),
        facts=_asked(waiting),
        template="grants/withdraw_change.html",
        lines=grant.lines,
        waiting=waiting,
    )


def _asked(waiting: "GrantChange | None") -> Facts:
    """What was asked for, by whom and when; nothing when no change waits."""
    if waiting is None:
        return []
    return [
        fact(_("変更の理由"), waiting.reason),
        fact(_("申請した人"), grants.name_of(waiting.requested_by_id)),
        fact(_("申請日時"), datetime(waiting.requested_at)),
    ]


@blueprint.route("/grants/<int:grant_id>/decide-change", methods=["GET", "POST"])
@requires(GRANT.permission(Act.APPROVE_CHANGE), of=grants.grant)
@writes
def decide_change(grant: "Grant") -> ResponseReturnValue:
    """The decision on the change that waits."""
    waiting = change_queries.pending_change(grant)
    form = DecideChangeForm(data={"mark": waiting.id if waiting else ""})
    return act.page(
        grant,
        form,
        lambda: changes.decide_change(
            grant=grant,
            approve=form.decision.data == "approve",
            reason=form.reason.data or "",
            change_id=act.number(form.mark.data),
            by=current_user,
        ),
        heading=_("変更の申請を決裁する"),
        action=_("決定する"),
        done=_("変更の申請を承認しました。担当が通知書を施行します。")
        if form.decision.data == "approve"
        else _("変更の申請を承認しませんでした。担当が、理由を書いた通知書を施行します。"),
        facts=_asked(waiting),
        lead=_("年度が終わったため、承認はできません。「承認しない」を選び、理由を書いてください。")
        if year_over(grant.fiscal_year, clock.today())
        else "",
        template="grants/decide_change.html",
        lines=grant.lines,
        waiting=waiting,
    )
