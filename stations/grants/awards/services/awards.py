"""From 交付申請 to the decision: apply, review, draft, approve; and the ways out."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from stations.applications import queries as plan_queries
from stations.applications import rules as plan_rules
from stations.applications.content import FrozenLine
from stations.applications.models import Plan, PlanVersion
from stations.core import audit, clock
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants import rules
from stations.grants.awards.queries import applying
from stations.grants.awards.rules import budgets as budget_rules
from stations.grants.awards.rules import granting
from stations.grants.models import Grant, GrantLine
from stations.grants.notices import notify
from stations.grants.payments.services.payments import cancel_pending
from stations.grants.queries import grants
from stations.grants.rules import Act, InPlaceAct, Status
from stations.grants.settings.queries import settings_of
from stations.grants.steps import taking

_ONLY_REFUSED = N_(
    "%(year)s年度が終わったため、交付を決定できません。申請は、理由を付けて不交付とするか、実行委員会が取り下げます。"
)


def apply(*, plan: Plan, by: Actor, starts_on: dt.date | None = None) -> Grant:
    """交付申請: the chair turns an approved plan into a grant, once; its lines are those that were approved.

    ``starts_on``: when the project begins; None: with its year. The amount asked for is what the year's settings allow on the plan's budget. `Conflict` when the plan is not
    approved or has its grant already; `RuleBroken` when the frozen version is not what was approved.
    """
    lock(plan)
    demand(by, Permission.GRANT_APPLY, plan)
    if plan.status not in plan_rules.GRANTABLE:
        raise Conflict(
            None, N_("交付申請は、承認された計画だけができます（いまは%(state)s）。"), state=plan.status
        )
    if grants.grant_of_plan(plan) is not None:
        raise Conflict(None, N_("この計画の交付申請は、すでにすんでいます。"))
    rules.check_year_open(
        plan.fiscal_year,
        clock.today(),
        N_(
            "%(year)s年度が終わったため、この計画ではもう申請できません。新しい年度の計画を作成してください。"
        ),
    )
    if starts_on is not None:
        granting.check_beginning(plan.fiscal_year, starts_on)
    version = approved_version(plan)
    net = plan_queries.version_totals(version)["requested_yen"]
    # Held, so that the terms do not change between here and the first application of the year being known.
    requested = granting.award_amount(net, lock(settings_of(plan.fiscal_year)).terms)
    if requested < 1:
        raise RuleBroken(None, N_("申請できる額がありません。費用と収入、制度設定をお確かめください。"))
    grant = add(
        Grant(
            plan_id=plan.id,
            version_id=version.id,
            committee_id=plan.committee_id,
            station_id=plan.station_id,
            fiscal_year=plan.fiscal_year,
            requested_yen=requested,
            starts_on=starts_on,
            applied_by_id=by.id,
            applied_at=clock.now(),
            lines=[_line(line) for line in plan_queries.version_lines(version)],
        )
    )
    audit.record(
        grant, act=InPlaceAct.APPLY, by=by, to_status=grant.status, detail={"sha256": version.sha256}
    )
    notify(grant, [Role.OFFICER], N_("交付申請がありました"), by=by)
    return grant


def _line(line: FrozenLine) -> GrantLine:
    return GrantLine(
        position=line.position,
        category=line.category,
        content=line.content,
        planned_yen=line.amount_yen,
        awarded_yen=line.amount_yen,
        decided_yen=line.amount_yen,
    )


def approved_version(plan: Plan) -> PlanVersion:
    """The version that the meeting approved, its content checked against its SHA-256."""
    item = applying.approved_item(plan)
    if item is None:
        raise Conflict(None, N_("この計画を承認した議決が見つかりません。"))
    if not plan_queries.is_true_to_itself(item.version):
        raise RuleBroken(None, N_("承認された版の内容が、記録された照合値と合いません。"))
    return item.version


def begin_review(*, grant: Grant, by: Actor) -> None:
    """審査: an officer takes the application up."""
    with taking(grant, Act.BEGIN_REVIEW, by=by):
        pass


def draft_award(
    *,
    grant: Grant,
    awarded_yen: Yen,
    conditions: str = "",
    budgets: Mapping[int, Yen] | None = None,
    by: Actor,
) -> None:
    """起案 of a 交付決定. ``budgets`` (line id → yen): None keeps the plan's lines for the whole request, and cuts
    them in proportion for less, down to what the award and the planned income pay together.

    `RuleBroken` on "awarded_yen" above what was requested, below 1 yen, no whole unit, or more than the budgets need.
    """
    with taking(grant, Act.DRAFT_AWARD, by=by) as taken:
        rules.check_year_open(grant.fiscal_year, clock.today(), _ONLY_REFUSED)
        divided = _divided(grant, awarded_yen, budgets)
        grant.awarded_yen = awarded_yen
        grant.award_conditions = conditions
        grant.refusal_reason = None
        grant.decision_drafted_by_id = by.id
        for line in grant.lines:
            line.awarded_yen = line.decided_yen = divided[line.id]
        taken.detail = {"awarded_yen": awarded_yen}


def _divided(grant: Grant, awarded_yen: Yen, budgets: Mapping[int, Yen] | None) -> Mapping[int, Yen]:
    """The budgets of an award, checked (`draft_award`)."""
    if awarded_yen < 1:
        raise RuleBroken("awarded_yen", N_("交付決定額は1円以上で入力してください。"))
    if awarded_yen > grant.requested_yen:
        raise RuleBroken("awarded_yen", N_("交付決定額は、申請額以下で入力してください。"))
    terms = settings_of(grant.fiscal_year).terms
    budget_rules.check_unit(awarded_yen, terms.unit_yen)
    planned = {line.id: line.planned_yen for line in grant.lines}
    income = plan_queries.version_totals(grant.version)["income_yen"]
    needed = income + granting.costs_behind(awarded_yen, terms)
    if budgets is None:
        whole = awarded_yen == grant.requested_yen
        budgets = planned if whole else budget_rules.proportional(planned, needed, terms.unit_yen)
    budget_rules.check_award(budgets, planned, needed)
    return budgets


def draft_refusal(*, grant: Grant, reason: str, by: Actor) -> None:
    """起案 of a 不交付決定, with its reason."""
    with taking(grant, Act.DRAFT_REFUSAL, by=by, reason=reason):
        grant.awarded_yen = None
        grant.award_conditions = ""
        grant.refusal_reason = reason.strip()
        grant.decision_drafted_by_id = by.id


def send_back(*, grant: Grant, reason: str, by: Actor) -> None:
    """The approver returns a draft (award, refusal or determination) to the officers."""
    with taking(grant, Act.SEND_BACK, by=by, reason=reason) as taken:
        if taken.target is Status.REVIEWING:
            grant.awarded_yen = grant.refusal_reason = grant.decision_drafted_by_id = None
        else:
            grant.fixed_yen = grant.determination_drafted_by_id = None


def mark_of_draft(grant: Grant) -> str:
    """Stands for everything that was drafted: what an approver has read is what they approve."""
    lines = [(line.id, line.decided_yen) for line in grant.lines]
    drafted = (grant.awarded_yen, grant.award_conditions, grant.refusal_reason, lines)
    return hashlib.sha256(repr(drafted).encode()).hexdigest()


def approve_decision(*, grant: Grant, by: Actor, mark: str | None = None) -> None:
    """決裁 of what was drafted, award or refusal, by somebody else than its drafter.

    An award is dated inside the fiscal year; a refusal binds no money and may also end what the year left undecided.

    ``mark``: of the draft that was read; `Conflict` when another draft has taken its place.
    """
    lock(grant)
    act = Act.APPROVE_AWARD if grant.refusal_reason is None else Act.APPROVE_REFUSAL
    with taking(grant, act, by=by, reason=grant.refusal_reason or ""):
        if mark is not None and mark != mark_of_draft(grant):
            raise Conflict(
                None, N_("ページを開いた後に起案が変わりました。開き直して内容をお確かめください。")
            )
        if act is Act.APPROVE_AWARD:
            rules.check_year_open(grant.fiscal_year, clock.today(), _ONLY_REFUSED)
            rules.check_decision_date(grant.fiscal_year, clock.today(), field=None)
        grant.decision_approved_by_id = by.id
        grant.decided_on = clock.today()


def withdraw(*, grant: Grant, by: Actor, reason: str = "") -> None:
    """取下げ by the chair, before a decision is drafted."""
    with taking(grant, Act.WITHDRAW, by=by, reason=reason):
        pass


def discontinue(*, grant: Grant, reason: str, by: Actor) -> None:
    """中止・廃止 by the chair: advances not ordered yet lapse, a report follows, due from this day on.

    A day of completion that was written before stays: 監査 may have found it right.
    """
    with taking(grant, Act.DISCONTINUE, by=by, reason=reason):
        cancel_pending(grant, reason=reason, by=by)
        if grant.completed_on is None:
            grant.completed_on = min(clock.today(), clock.fiscal_year_period(grant.fiscal_year)[1])
