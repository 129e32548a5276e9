"""取消し of an award: drafted by an officer, decided by an approver, told by a letter (`services.letters`)."""

from typing import Any

from stations.core import audit, clock
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants import queries, rules
from stations.grants.cancellations import GrantCancellation
from stations.grants.labels import Deed
from stations.grants.models import Grant, GrantChange
from stations.grants.rules import Act
from stations.grants.services.payments import cancel_pending
from stations.grants.services.steps import begin, finish, tell
from stations.people.rules import check_four_eyes


def draft_cancellation(*, grant: Grant, reason: str, kept_yen: Yen = 0, by: Actor) -> GrantCancellation:
    """起案 by an officer: all of the award is cancelled, or all but ``kept_yen``. The grant goes on until it is decided.

    `RuleBroken` on "reason" without one, on "kept_yen" above what has been paid (a cancelled grant is paid no more);
    `Conflict` when another draft waits or the state allows no 取消し.
    """
    begin(grant, Act.CANCEL, Permission.GRANT_REVIEW, by=by, reason=reason)
    if queries.pending_cancellation(grant) is not None:
        raise Conflict(None, N_("取消しは、すでに起案されています。決裁をお待ちください。"))
    _check_kept(grant, kept_yen)
    draft = add(
        GrantCancellation(
            grant_id=grant.id,
            reason=reason.strip(),
            kept_yen=kept_yen,
            drafted_by_id=by.id,
            drafted_at=clock.now(),
        )
    )
    detail = {"kept_yen": kept_yen}
    audit.record(grant, act=Deed.DRAFT_CANCELLATION, by=by, reason=draft.reason, detail=detail)
    tell(grant, [Role.APPROVER], N_("交付決定の取消しの決裁をお願いします"), by=by)
    return draft


def cancel(*, grant: Grant, by: Actor, draft_id: int | None = None) -> None:
    """決裁 of the drafted 取消し: what was paid beyond what is left is refunded, what was asked for falls away.

    By an approver who drafted neither the 取消し nor the award. `RuleBroken` while a payment is ordered, and when
    less than what is to be left has been paid; `Conflict` without a draft, or when another one than ``draft_id``,
    which the approver has read, waits now.
    """
    lock(grant)
    demand(by, Permission.GRANT_APPROVE, grant)
    draft = _pending(grant)
    if draft_id is not None and draft.id != draft_id:
        raise Conflict(None, N_("取消しは、起案し直されています。新しい起案を読んでから決裁してください。"))
    after = begin(grant, Act.CANCEL, Permission.GRANT_APPROVE, by=by, reason=draft.reason)
    change = queries.pending_change(grant)
    makers = (draft.drafted_by_id, grant.decision_drafted_by_id, change.requested_by_id if change else None)
    check_four_eyes(by.id, tuple(filter(None, makers)))
    _check_kept(grant, draft.kept_yen)
    cancel_pending(grant, reason=draft.reason, by=by)
    detail: dict[str, Any] = {"kept_yen": draft.kept_yen}
    if change is not None:  # what was asked for falls away with the award, by the same decision
        _decide(change, approved=False, by=by)
        change.decision_reason = draft.reason
        detail["change_id"] = change.id
    _decide(draft, approved=True, by=by)
    grant.fixed_yen = draft.kept_yen
    finish(grant, Act.CANCEL, after, by=by, reason=draft.reason, detail=detail)
    # The committee hears of it by the letter; of an award that was never told it hears nothing.
    if queries.cancellation_untold(grant):
        tell(grant, [Role.OFFICER], N_("交付決定が取り消されました。通知書を施行してください"), by=by)
    else:
        tell(grant, [Role.OFFICER], N_("交付決定が取り消されました"), by=by)


def return_cancellation(*, grant: Grant, reason: str, by: Actor) -> None:
    """The approver sends the draft back, with a reason; the award stands. `Conflict` without a draft."""
    lock(grant)
    demand(by, Permission.GRANT_APPROVE, grant)
    draft = _pending(grant)
    check_four_eyes(by.id, (draft.drafted_by_id,))
    rules.require_reason(Act.SEND_BACK, reason)
    _decide(draft, approved=False, by=by)
    draft.decision_reason = reason.strip()
    audit.record(grant, act=Deed.RETURN_CANCELLATION, by=by, reason=draft.decision_reason)
    tell(grant, [Role.OFFICER], N_("起案が差し戻されました"), by=by)


def _pending(grant: Grant) -> GrantCancellation:
    draft = queries.pending_cancellation(grant)
    if draft is None:
        raise Conflict(None, N_("決裁を待っている取消しの起案はありません。"))
    return draft


def _decide(draft: GrantCancellation | GrantChange, *, approved: bool, by: Actor) -> None:
    draft.approved = approved
    draft.decided_by_id = by.id
    draft.decided_at = clock.now()


def _check_kept(grant: Grant, kept_yen: Yen) -> None:
    if not 0 <= kept_yen <= queries.standing(grant).paid:
        raise RuleBroken("kept_yen", N_("取り消さない額は、支払済の額以下で入力してください。"))
    if grant.awarded_yen == kept_yen:
        raise RuleBroken("kept_yen", N_("取り消さない額は、交付決定額より少ない額で入力してください。"))
