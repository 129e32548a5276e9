"""返還 after 完結: found and drafted by an officer, ordered by an approver, published by a letter, recorded by the cashier."""

import datetime as dt

from stations.core import audit, clock
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, db, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.letters.models import Letter
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.notices import notify
from stations.grants.payments.queries import budget_years
from stations.grants.rules import RecoveryAct, RecoveryStart, Status
from stations.grants.settings.queries import settings_of
from stations.grants.settlement.models import GrantRecovery
from stations.grants.settlement.queries import recoveries
from stations.grants.settlement.rules import amounts, recovering
from stations.grants.settlement.rules.recovering import OPEN
from stations.grants.steps import taking_recovery


def draft(*, grant: Grant, disallowed_yen: Yen, reason: str, by: Actor) -> GrantRecovery:
    """起案 of a finding: which costs do not count; what comes back is computed (`recovering.left`).

    `RuleBroken` on "disallowed_yen" when it is too much or changes nothing, on "reason" without one; `Conflict`
    unless the grant is closed, and while another finding is open.
    """
    lock(grant)
    demand(by, Permission.GRANT_REVIEW, grant)
    if grant.status is not Status.CLOSED:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=grant.status)
    if any(one.status in OPEN for one in recoveries.recoveries(grant)):
        raise Conflict(None, N_("前の返還の手続きが済んでいません。済んでから起案してください。"))
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    kept = recoveries.kept_now(grant)
    eligible, left = recoveries.left_after(grant, disallowed_yen)
    recovering.check_disallowed(disallowed_yen, eligible=eligible, kept=kept, left=left)
    found = add(
        GrantRecovery(
            grant_id=grant.id,
            fiscal_year=clock.fiscal_year(clock.today()),
            reason=reason.strip(),
            disallowed_yen=disallowed_yen,
            kept_before_yen=kept,
            kept_yen=left,
            amount_yen=kept - left,
            drafted_by_id=by.id,
            drafted_at=clock.now(),
        )
    )
    db.session.expire(grant, ["recoveries"])
    detail = {"disallowed_yen": disallowed_yen, "refund_yen": found.amount_yen}
    audit.record(
        found,
        act=RecoveryStart.DRAFT_RECOVERY,
        by=by,
        to_status=found.status,
        reason=found.reason,
        detail=detail,
    )
    notify(grant, [Role.APPROVER], N_("返還命令の決裁をお願いします"), by=by, amount_yen=found.amount_yen)
    return found


def approve(*, recovery: GrantRecovery, by: Actor) -> None:
    """決裁 by an approver who did not draft it; what was drafted stands, for nothing of a closed grant moves."""
    with taking_recovery(recovery, RecoveryAct.APPROVE, by=by):
        recovery.decided_by_id, recovery.decided_at = by.id, clock.now()


def send_back(*, recovery: GrantRecovery, reason: str, by: Actor) -> None:
    """The approver sends the draft back, with a reason; another may follow."""
    with taking_recovery(recovery, RecoveryAct.SEND_BACK, by=by, reason=reason):
        recovery.decided_by_id, recovery.decided_at = by.id, clock.now()
        recovery.decision_reason = reason.strip()


def issue(*, recovery: GrantRecovery, by: Actor, on: dt.date | None = None) -> Letter:
    """施行 of the 返還命令書; the due date (setting of the grant's year, moved to an office day) runs from its day."""
    with taking_recovery(recovery, RecoveryAct.ISSUE, by=by):
        issued_on = on or clock.open_day(clock.today())
        due = amounts.refund_due_on(issued_on, settings_of(recovery.grant.fiscal_year).refund_days)
        letter = letters.issue_recovery(recovery, due_on=due, on=issued_on, by=by)
        recovery.issued_on, recovery.due_on = issued_on, due
    return letter


def record(*, recovery: GrantRecovery, received_on: dt.date, reference: str = "", by: Actor) -> None:
    """入金 by the cashier, of the whole amount: 過年度収入 of the day's year, 戻入 while the cash of the budget that paid it is open.

    `RuleBroken` on "received_on" before the order or in the future.
    """
    with taking_recovery(recovery, RecoveryAct.RECORD, by=by):
        assert recovery.issued_on is not None
        if not recovery.issued_on <= received_on <= clock.today():
            raise RuleBroken("received_on", N_("入金日は、返還命令の日から今日までの日にしてください。"))
        parts = budget_years.receiving_budgets(recovery.grant, recovery.amount_yen, received_on)
        recovery.received_on, recovery.reference = received_on, reference.strip()
        recovery.budget_year = parts[0].budget
        recovery.prior_year_income = all(part.income for part in parts)
        recovery.recorded_by_id = by.id


def reverse(*, recovery: GrantRecovery, reason: str, by: Actor) -> None:
    """訂正 of a mistaken record of the money by the cashier: the order stands, the record stays in the history."""
    with taking_recovery(recovery, RecoveryAct.REVERSE, by=by, reason=reason):
        recovery.received_on = recovery.budget_year = recovery.prior_year_income = None
        recovery.recorded_by_id, recovery.reference = None, ""
