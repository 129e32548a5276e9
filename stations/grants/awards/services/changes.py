"""Moving money between lines: 流用 within the rule at once, everything else as a 変更承認申請."""

from collections.abc import Mapping

from stations.core import clock
from stations.core.access import Actor
from stations.core.database import add
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants import rules
from stations.grants.awards.models import GrantChange
from stations.grants.awards.queries import changes
from stations.grants.awards.rules import budgets as budget_rules
from stations.grants.books.queries import ledger
from stations.grants.models import Grant
from stations.grants.rules import Act, InPlaceAct
from stations.grants.settings.queries import settings_of
from stations.grants.steps import taking
from stations.people.rules import check_four_eyes

_ONLY_REFUSED = N_(
    "%(year)s年度が終わったため、変更は承認できません。「承認しない」を選び、理由を書いてください。"
)


def request_change(
    *, grant: Grant, budgets: Mapping[int, Yen], reason: str, by: Actor, knows: bool | None = None
) -> GrantChange:
    """The chair asks for other budgets (line id → yen), the sum staying.

    Within the year's 流用 rule, measured against the last decision, it is recorded and holds at once
    (``approved`` is True, nobody decided it). Otherwise the grant waits for a decision, and nothing changes until then.
    ``knows``: what the sender was shown, that it needs approval or not; `RuleBroken` on "knows" when that is not so.
    """
    with taking(grant, Act.REQUEST_CHANGE, by=by, reason=reason) as taken:
        rules.check_year_open(
            grant.fiscal_year,
            clock.today(),
            N_("%(year)s年度が終わったため、経費の配分はもう変えられません。実績報告に進んでください。"),
        )
        now = {line.id: line.awarded_yen for line in grant.lines}
        budget_rules.check_change(budgets, now, ledger.spent_by_line(grant))
        budget_rules.check_categories(*changes.categories_moved(grant, budgets))
        settings_of(grant.fiscal_year)
        free = not changes.needs_approval(grant, budgets)
        if knows is not None:
            _check_known(knows, needed=not free)
        change = _ask(grant, budgets, now, reason=reason, free=free, by=by)
        if free:
            taken.becomes(InPlaceAct.REALLOCATE)
            _apply(grant, change)
        taken.detail = _detail(change)
    return change


def _ask(
    grant: Grant, budgets: Mapping[int, Yen], now: Mapping[int, Yen], *, reason: str, free: bool, by: Actor
) -> GrantChange:
    return add(
        GrantChange(
            grant=grant,
            reason=reason.strip(),
            budgets={str(line_id): amount for line_id, amount in budgets.items()},
            before={str(line_id): amount for line_id, amount in now.items()},
            requested_by_id=by.id,
            requested_at=clock.now(),
            approved=True if free else None,
            decided_at=clock.now() if free else None,
        )
    )


def _check_known(knows: bool, *, needed: bool) -> None:
    if needed and not knows:
        raise RuleBroken(
            "knows",
            N_(
                "この変更は、市の承認が要ります。承認されるまで、予算はいまのままです。よければ印をつけて、申請してください。"
            ),
        )
    if knows and not needed:
        raise RuleBroken(
            "knows",
            N_(
                "この変更は、流用の範囲内です。承認は要らず、届け出るとすぐに変わります。印を外してください。"
            ),
        )


def withdraw_change(*, grant: Grant, by: Actor, reason: str = "") -> GrantChange:
    """取下げ of the change that waits, by the chair; budgets are as they were. `Conflict` once it is decided."""
    with taking(grant, Act.WITHDRAW_CHANGE, by=by, reason=reason) as taken:
        change = _pending(grant)
        change.approved = False
        change.decided_at = clock.now()
        change.ended_by_id = by.id
        taken.detail = _detail(change)
    return change


def decide_change(
    *, grant: Grant, approve: bool, reason: str = "", by: Actor, change_id: int | None = None
) -> GrantChange:
    """The approver grants the change that waits, inside the fiscal year, or refuses it, at any time.

    `Conflict` when another change than ``change_id``, which the approver has read, waits now.
    """
    act = Act.APPROVE_CHANGE if approve else Act.REFUSE_CHANGE
    with taking(grant, act, by=by, reason=reason) as taken:
        if approve:
            rules.check_year_open(grant.fiscal_year, clock.today(), _ONLY_REFUSED)
        change = _pending(grant)
        if change_id is not None and change.id != change_id:
            raise Conflict(None, N_("変更は、申請し直されています。新しい申請を読んでから決裁してください。"))
        check_four_eyes(by.id, {change.requested_by_id})
        change.approved = approve
        change.decision_reason = reason.strip()
        change.decided_by_id = by.id
        change.decided_at = clock.now()
        if approve:
            _apply(grant, change)
            for line in grant.lines:
                line.decided_yen = line.awarded_yen
        taken.detail = _detail(change)
    return change


def _pending(grant: Grant) -> GrantChange:
    change = changes.pending_change(grant)
    if change is None:
        raise Conflict(None, N_("決裁を待っている変更はありません。"))
    return change


def _apply(grant: Grant, change: GrantChange) -> None:
    for line in grant.lines:
        line.awarded_yen = change.budgets[str(line.id)]


def _detail(change: GrantChange) -> dict[str, object]:
    return {"change_id": change.id, "budgets": change.budgets}
