"""返還 after 完結: found and drafted by an officer, ordered by an approver, told by a letter, recorded by the cashier."""

import datetime as dt
from typing import Any

from stations.core import audit, clock, states
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants import periods, queries, recovering
from stations.grants.labels import RecoveryDeed
from stations.grants.models import Grant, Letter
from stations.grants.recoveries import GrantRecovery
from stations.grants.recovering import OPEN, RecoveryAct, RecoveryStatus
from stations.grants.rules import Status
from stations.grants.services import letters
from stations.grants.services.steps import settings_of, tell


def draft(*, grant: Grant, disallowed_yen: Yen, reason: str, by: Actor) -> GrantRecovery:
    """起案 of a finding: which costs do not count; what comes back is computed (`recovering.left`).

    `RuleBroken` on "disallowed_yen" when it is too much or changes nothing, on "reason" without one; `Conflict`
    unless the grant is closed, and while another finding is open.
    """
    lock(grant)
    demand(by, Permission.GRANT_REVIEW, grant)
    if grant.status is not Status.CLOSED:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=grant.status)
    if any(one.status in OPEN for one in queries.recoveries(grant)):
        raise Conflict(None, N_("前の返還の手続きが済んでいません。済んでから起案してください。"))
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    kept = queries.kept_now(grant)
    eligible, left = queries.left_after(grant, disallowed_yen)
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
    detail = {"disallowed_yen": disallowed_yen, "refund_yen": found.amount_yen}
    audit.record(
        found,
        act=RecoveryDeed.DRAFT_RECOVERY,
        by=by,
        to_status=found.status,
        reason=found.reason,
        detail=detail,
    )
    tell(grant, [Role.APPROVER], N_("返還命令の決裁をお願いします"), by=by, amount_yen=found.amount_yen)
    return found


def approve(*, recovery: GrantRecovery, by: Actor) -> None:
    """決裁 by an approver who did not draft it; what was drafted stands, for nothing of a closed grant moves."""
    after = _begin(recovery, RecoveryAct.APPROVE, Permission.GRANT_APPROVE, by=by)
    recovery.decided_by_id, recovery.decided_at = by.id, clock.now()
    _finish(recovery, RecoveryAct.APPROVE, after, by=by)
    news = N_("返還命令の決裁が済みました。返還命令書を施行してください")
    tell(recovery.grant, [Role.OFFICER], news, by=by)


def send_back(*, recovery: GrantRecovery, reason: str, by: Actor) -> None:
    """The approver sends the draft back, with a reason; another may follow."""
    after = _begin(recovery, RecoveryAct.SEND_BACK, Permission.GRANT_APPROVE, by=by, reason=reason)
    recovery.decided_by_id, recovery.decided_at = by.id, clock.now()
    recovery.decision_reason = reason.strip()
    _finish(recovery, RecoveryAct.SEND_BACK, after, by=by, reason=reason)
    tell(recovery.grant, [Role.OFFICER], N_("起案が差し戻されました"), by=by)


def issue(*, recovery: GrantRecovery, by: Actor, on: dt.date | None = None) -> Letter:
    """施行 of the 返還命令書; the due date (setting of the grant's year, moved to an office day) runs from its day."""
    after = _begin(recovery, RecoveryAct.ISSUE, Permission.GRANT_ISSUE, by=by)
    grant = recovery.grant
    issued_on = on or clock.open_day(clock.today())
    due = periods.refund_due_on(issued_on, settings_of(grant.fiscal_year).refund_days)
    letter = letters.issue_recovery(recovery, due_on=due, on=issued_on, by=by)
    recovery.issued_on, recovery.due_on = issued_on, due
    _finish(recovery, RecoveryAct.ISSUE, after, by=by)
    told = [Role.CHAIR, Role.TREASURER, Role.CASHIER]
    tell(grant, told, N_("返還命令書を出しました"), by=by, amount_yen=recovery.amount_yen)
    return letter


def record(*, recovery: GrantRecovery, received_on: dt.date, reference: str = "", by: Actor) -> None:
    """入金 by the cashier, of the whole amount: 過年度収入 of the day's year, 戻入 while the cash of the budget that paid it is open.

    `RuleBroken` on "received_on" before the order or in the future.
    """
    after = _begin(recovery, RecoveryAct.RECORD, Permission.PAYMENT_RECORD, by=by)
    grant = recovery.grant
    assert recovery.issued_on is not None
    if not recovery.issued_on <= received_on <= clock.today():
        raise RuleBroken("received_on", N_("入金日は、返還命令の日から今日までの日にしてください。"))
    parts = queries.receiving_budgets(grant, recovery.amount_yen, received_on)
    recovery.received_on, recovery.reference = received_on, reference.strip()
    recovery.budget_year = parts[0].budget
    recovery.prior_year_income = all(part.income for part in parts)
    recovery.recorded_by_id = by.id
    _finish(recovery, RecoveryAct.RECORD, after, by=by)
    told = [Role.CHAIR, Role.TREASURER, Role.OFFICER]
    tell(grant, told, N_("返還金の入金を確認しました"), by=by, amount_yen=recovery.amount_yen)


def reverse(*, recovery: GrantRecovery, reason: str, by: Actor) -> None:
    """訂正 of a mistaken record of the money by the cashier: the order stands, the record stays in the history."""
    after = _begin(recovery, RecoveryAct.REVERSE, Permission.PAYMENT_RECORD, by=by, reason=reason)
    recovery.received_on = recovery.budget_year = recovery.prior_year_income = None
    recovery.recorded_by_id, recovery.reference = None, ""
    _finish(recovery, RecoveryAct.REVERSE, after, by=by, reason=reason)
    tell(recovery.grant, [Role.TREASURER, Role.OFFICER], N_("返還金の入金の記録を訂正しています"), by=by)


def _begin(
    recovery: GrantRecovery, act: RecoveryAct, permission: Permission, *, by: Actor, reason: str = ""
) -> RecoveryStatus:
    lock(recovery.grant)
    lock(recovery)
    demand(by, permission, recovery)
    after = recovering.next_status(recovery.status, act)
    states.require_reason(act, reason, recovering.NEEDS_REASON)
    return after


def _finish(
    recovery: GrantRecovery, act: RecoveryAct, after: RecoveryStatus, *, by: Actor, reason: str = ""
) -> None:
    before, recovery.status = recovery.status, after
    detail: dict[str, Any] = {"amount_yen": recovery.amount_yen}
    if recovery.received_on is not None:
        detail |= {"received_on": recovery.received_on.isoformat(), "reference": recovery.reference}
    audit.record(
        recovery,
        act=act,
        by=by,
        from_status=before,
        to_status=after,
        reason=reason.strip() or None,
        detail=detail,
    )
