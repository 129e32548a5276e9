"""取消し of an award: drafted by an officer, decided by an approver, published by a letter (`letters.services`)."""

import datetime as dt

from stations.core import clock
from stations.core.access import Actor, Permission, demand
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.awards.models import GrantCancellation, GrantChange
from stations.grants.awards.queries import changes, decisions
from stations.grants.awards.rules import granting
from stations.grants.models import Grant
from stations.grants.notices import notify
from stations.grants.payments.services.payments import cancel_pending
from stations.grants.rules import InPlaceAct, Status
from stations.grants.settings.queries import settings_of
from stations.grants.settlement.queries import calculation
from stations.grants.settlement.services import refunds
from stations.grants.steps import taking
from stations.people.rules import check_four_eyes


def draft_cancellation(*, grant: Grant, reason: str, kept_yen: Yen = 0, by: Actor) -> GrantCancellation:
    """起案 by an officer: all of the award is cancelled, or all but ``kept_yen``. The grant goes on until it is decided.

    ``kept_yen`` is at most what the receipts carry (`calculation.keepable`). `RuleBroken` on "reason" without one, on
    "kept_yen" above that; `Conflict` when another draft waits or the state allows no 取消し.
    """
    with taking(grant, InPlaceAct.DRAFT_CANCELLATION, by=by, reason=reason) as taken:
        if decisions.pending_cancellation(grant) is not None:
            raise Conflict(None, N_("取消しは、すでに起案されています。決裁をお待ちください。"))
        _check_kept(grant, kept_yen)
        taken.detail = {"kept_yen": kept_yen}
        return add(
            GrantCancellation(
                grant_id=grant.id,
                reason=reason.strip(),
                kept_yen=kept_yen,
                drafted_by_id=by.id,
                drafted_at=clock.now(),
            )
        )


def cancel(*, grant: Grant, by: Actor, draft_id: int | None = None) -> None:
    """決裁 of the drafted 取消し. Of all, or of a part after the inspection: what was paid beyond it is refunded.
    Of a part before it: a report is due, and its inspection fixes the amount within what is left.

    By an approver who drafted neither the 取消し nor the award. `RuleBroken` while a payment is ordered, and when
    the receipts no longer carry what is to be left; `Conflict` without a draft, or when another one than
    ``draft_id``, which the approver has read, waits now.
    """
    lock(grant)
    demand(by, Permission.GRANT_APPROVE, grant)
    draft = _pending(grant)
    if draft_id is not None and draft.id != draft_id:
        raise Conflict(None, N_("取消しは、起案し直されています。新しい起案を読んでから決裁してください。"))
    act = granting.cancelling_act(grant.status, draft.kept_yen)
    with taking(grant, act, by=by, reason=draft.reason) as taken:
        change = changes.pending_change(grant)
        makers = (
            draft.drafted_by_id,
            grant.decision_drafted_by_id,
            change.requested_by_id if change else None,
        )
        check_four_eyes(by.id, tuple(filter(None, makers)))
        _check_kept(grant, draft.kept_yen)
        cancel_pending(grant, reason=draft.reason, by=by)
        refunds.drop_pending(grant, reason=draft.reason, by=by)
        taken.detail = {"kept_yen": draft.kept_yen}
        if change is not None:  # what was asked for ends with the award, by the same decision
            _decide(change, approved=False, by=by)
            change.decision_reason = draft.reason
            change.ended_by_id = by.id
            taken.detail["change_id"] = change.id
        _decide(draft, approved=True, by=by)
        _leave(grant, draft.kept_yen, taken.target)
    # The committee hears of it by the letter; of an award that was never published it hears nothing.
    if decisions.cancellation_unpublished(grant):
        news = N_("交付決定が取り消されました。通知書を施行してください")
    else:
        news = N_("交付決定が取り消されました")
    notify(grant, taken.step.notifies, news, by=by)


def _leave(grant: Grant, kept_yen: Yen, after: Status) -> None:
    """The facts of a 取消し; those of a 額の確定 and a 返還命令 that it takes the place of stay in the history."""
    grant.kept_yen = kept_yen
    if after is Status.PARTLY_CANCELLED:
        if grant.completed_on is None:
            grant.completed_on = min(clock.today(), clock.fiscal_year_period(grant.fiscal_year)[1])
        days = settings_of(grant.fiscal_year).report_days
        grant.report_due_on = clock.open_day(clock.today() + dt.timedelta(days=days))
        return
    grant.fixed_yen = kept_yen
    grant.determination_drafted_by_id = grant.determined_by_id = grant.determined_on = None
    if grant.status is Status.REFUND_DUE:
        grant.refund_yen = grant.refund_due_on = None
    grant.refund_drafted_by_id = grant.refund_ordered_by_id = None


def return_cancellation(*, grant: Grant, reason: str, by: Actor) -> None:
    """The approver sends the draft back, with a reason; the award stands. `Conflict` without a draft."""
    with taking(grant, InPlaceAct.RETURN_CANCELLATION, by=by, reason=reason):
        draft = _pending(grant)
        check_four_eyes(by.id, (draft.drafted_by_id,))
        _decide(draft, approved=False, by=by)
        draft.decision_reason = reason.strip()


def _pending(grant: Grant) -> GrantCancellation:
    draft = decisions.pending_cancellation(grant)
    if draft is None:
        raise Conflict(None, N_("決裁を待っている取消しの起案はありません。"))
    return draft


def _decide(draft: GrantCancellation | GrantChange, *, approved: bool, by: Actor) -> None:
    draft.approved = approved
    draft.decided_by_id = by.id
    draft.decided_at = clock.now()


def _check_kept(grant: Grant, kept_yen: Yen) -> None:
    if kept_yen and grant.status is Status.REPORTED:
        raise RuleBroken(
            "kept_yen",
            N_(
                "一部を残す取消しは、検査を終えてから起案してください。検査済の領収書から、残せる額を計算します。"
            ),
        )
    known = calculation.keepable(grant)
    granting.check_kept(
        kept_yen, decided=known.decided, carried=known.calculation.fixed, paid=known.calculation.paid
    )
