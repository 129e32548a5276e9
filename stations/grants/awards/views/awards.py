"""From the approved plan to the decision, and the ways out of a grant."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import clock
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.formatting import date, yen
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.grants.awards.forms import ApplyForm, AwardForm
from stations.grants.awards.queries import applying, drafts
from stations.grants.awards.services import awards
from stations.grants.books.queries import ledger
from stations.grants.forms import DecideForm, OptionalReasonForm, ReasonForm
from stations.grants.pages import act, presenters
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.presenters import Facts, fact
from stations.grants.queries import grants
from stations.grants.reports import rules as reporting
from stations.grants.rules import Act, year_over
from stations.grants.settings import queries as settings
from stations.grants.workflow import GRANT

if TYPE_CHECKING:
    from stations.applications.models import Plan
    from stations.grants.models import Grant


def _asked(grant: "Grant") -> Facts:
    return [fact(_("申請額"), yen(grant.requested_yen))]


@blueprint.route("/grants/apply/<int:plan_id>", methods=["GET", "POST"])
@requires(Permission.GRANT_APPLY, of=applying.plan)
@creates
def apply(plan: "Plan") -> ResponseReturnValue:
    """The chair turns an approved plan into an application, by one press."""
    form = ApplyForm(data={"starts_on": applying.usual_beginning(plan)})
    made: list[Grant] = []
    if act.perform(
        form,
        lambda: made.append(awards.apply(plan=plan, starts_on=form.starts_on.data, by=current_user)),
    ):
        flash(_("交付を申請しました。審査の結果をお待ちください。"), "success")
        return redirect(url_for("grants.grant", grant_id=made[0].id))
    if (grant := grants.grant_of_plan(plan)) is not None:
        flash(_("この計画の交付申請は、すでにすんでいます。"), "info")
        return redirect(url_for("grants.grant", grant_id=grant.id))
    if year_over(plan.fiscal_year, clock.today()) and not form.is_submitted():
        flash(_("計画の年度が終わったため、この計画ではもう申請できません。"), "info")
        return redirect(url_for("applications.plan", plan_id=plan.id))
    if settings.settings(plan.fiscal_year) is None and not form.is_submitted():
        flash(_("計画の年度の制度設定がまだ決まっていないため、まだ申請できません。"), "info")
        return redirect(url_for("applications.plan", plan_id=plan.id))
    return render_template(
        "grants/apply.html",
        form=form,
        plan=plan,
        offer=applying.offer(plan),
        breadcrumb=[(_("助成金"), url_for("grants.index")), (_("交付の申請"), None)],
    )


@act.on_grant("review", GRANT.permission(Act.BEGIN_REVIEW), awards.begin_review)
def begin_review(grant: "Grant") -> act.Shown:
    return act.Shown(
        heading=_("交付申請の審査を始めますか"),
        action=_("審査を始める"),
        done=_("審査を始めました。"),
        facts=_asked(grant),
    )


@blueprint.route("/grants/<int:grant_id>/award", methods=["GET", "POST"])
@requires(GRANT.permission(Act.DRAFT_AWARD), of=grants.grant)
@writes
def draft_award(grant: "Grant") -> ResponseReturnValue:
    """起案: amount, conditions, and where needed the budget of each line."""
    started = drafts.draft(grant)
    form = AwardForm(
        data={
            "awarded_yen": started.awarded,
            "conditions": started.conditions,
            "lines": [
                {"line_id": str(line.id), "budget_yen": started.budgets.get(line.id)} for line in grant.lines
            ],
        }
    )
    form.demand_rows_of(grant.lines)
    return act.page(
        grant,
        form,
        lambda: awards.draft_award(
            grant=grant,
            awarded_yen=form.awarded_yen.data,
            conditions=form.conditions.data or "",
            budgets=form.budgets(),
            by=current_user,
        ),
        heading=_("交付決定を起案する"),
        action=_("起案して決裁に回す"),
        done=_("起案しました。ほかの方の決裁をお待ちください。"),
        facts=_asked(grant),
        template="grants/draft_award.html",
        back=drafts.sent_back([grant]).get(grant.id),
        lines=grant.lines,
    )


@blueprint.route("/grants/<int:grant_id>/refusal", methods=["GET", "POST"])
@requires(GRANT.permission(Act.DRAFT_REFUSAL), of=grants.grant)
@writes
def draft_refusal(grant: "Grant") -> ResponseReturnValue:
    form = ReasonForm(data={"reason": drafts.draft(grant).refusal})
    return act.page(
        grant,
        form,
        lambda: awards.draft_refusal(grant=grant, reason=form.reason.data or "", by=current_user),
        heading=_("不交付決定を起案する"),
        action=_("起案して決裁に回す"),
        done=_("起案しました。ほかの方の決裁をお待ちください。"),
        lead=_("理由は、そのまま不交付決定通知書に印刷されます。"),
        facts=_asked(grant),
        kind="danger",
        back=drafts.sent_back([grant]).get(grant.id),
    )


@blueprint.route("/grants/<int:grant_id>/decide", methods=["GET", "POST"])
@requires(GRANT.permission(Act.APPROVE_AWARD), of=grants.grant)
@writes
def decide(grant: "Grant") -> ResponseReturnValue:
    """決裁 of what was drafted."""
    refusal = grant.refusal_reason is not None
    form = DecideForm(data={"mark": awards.mark_of_draft(grant)})
    return act.page(
        grant,
        form,
        lambda: awards.approve_decision(grant=grant, mark=form.mark.data or "", by=current_user),
        heading=_("不交付決定を承認しますか") if refusal else _("交付決定を承認しますか"),
        action=_("承認する"),
        done=_("承認しました。担当が通知書を施行します。"),
        facts=[
            *_asked(grant),
            *(
                [fact(_("不交付の理由"), grant.refusal_reason)]
                if refusal
                else [
                    fact(_("起案された交付決定額"), yen(grant.awarded_yen)),
                    *presenters.conditions(grant),
                    *([] if grant.award_conditions else [fact(_("交付の条件"), _("（標準の条件のみ）"))]),
                ]
            ),
            fact(_("起案した人"), grants.name_of(grant.decision_drafted_by_id)),
        ],
        template="grants/decide.html",
        lines=grant.lines,
        setting=grant.setting,
    )


@act.on_grant("send-back", GRANT.permission(Act.SEND_BACK), awards.send_back, ReasonForm)
def send_back(grant: "Grant") -> act.Shown:
    return act.Shown(
        heading=_("起案を差し戻す"),
        action=_("差し戻す"),
        done=_("起案を差し戻しました。"),
        facts=[*_asked(grant), fact(_("状態"), label(grant.status))],
    )


@act.on_grant("withdraw", GRANT.permission(Act.WITHDRAW), awards.withdraw, OptionalReasonForm)
def withdraw(grant: "Grant") -> act.Shown:
    return act.Shown(
        heading=_("交付申請を取り下げますか"),
        action=_("取り下げる"),
        done=_("交付申請を取り下げました。"),
        lead=_("取り下げると、この計画ではもう申請できません。"),
        facts=_asked(grant),
        kind="danger",
    )


def _before_ending(grant: "Grant") -> Facts:
    """What a committee should know before it ends its project: the money, and until when the report is due."""
    balance = ledger.balance(grant)
    due = reporting.report_deadline(clock.today(), grant.setting) if grant.setting else None
    return [
        *_asked(grant),
        fact(_("決定額"), yen(balance.awarded)),
        fact(_("支払済"), yen(balance.paid)),
        fact(_("手元のお金"), yen(balance.cash)),
        *([fact(_("実績報告の提出期限"), date(due))] if due else []),
    ]


@act.on_grant("discontinue", GRANT.permission(Act.DISCONTINUE), awards.discontinue, ReasonForm)
def discontinue(grant: "Grant") -> act.Shown:
    return act.Shown(
        heading=_("事業を中止・廃止しますか"),
        action=_("中止・廃止を届け出る"),
        done=_("中止・廃止を届け出ました。これまでの分の実績報告をしてください。"),
        lead=_(
            "届け出ると、取り消せません。まだ支出命令になっていない概算払の請求は、取り消されます。"
            "これまでに使った分は実績報告で精算し、余ったお金は市に返します。"
        ),
        facts=_before_ending(grant),
        kind="danger",
    )
