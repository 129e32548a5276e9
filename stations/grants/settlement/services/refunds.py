"""返還: drafted by an officer, ordered by an approver, published by a letter, recorded by the cashier."""

import datetime as dt

from stations.core import audit, clock
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.grants.books.queries import ledger
from stations.grants.books.rules import bookkeeping
from stations.grants.books.services.ledger import book, reverse
from stations.grants.letters import queries as letter_queries
from stations.grants.letters.models import Letter
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.notices import notify
from stations.grants.payments.models import Repayment
from stations.grants.payments.queries import budget_years, payments
from stations.grants.rules import Act, InPlaceAct, Status
from stations.grants.settings.queries import settings_of
from stations.grants.settlement.models import RefundOrder
from stations.grants.settlement.queries import refunds
from stations.grants.settlement.rules import amounts
from stations.grants.settlement.services.determinations import check_notified, settlement_of
from stations.grants.steps import taking
from stations.people.rules import check_four_eyes


def draft_refund(*, grant: Grant, by: Actor) -> RefundOrder:
    """起案 of the 返還命令 by an officer; its amount is what was paid beyond the fixed amount.

    `RuleBroken` when nothing is to come back, or the committee has not been notified why; `Conflict` when a draft waits.
    """
    with taking(grant, InPlaceAct.DRAFT_REFUND, by=by) as taken:
        check_notified(grant)
        if refunds.pending_refund(grant) is not None:
            raise Conflict(None, N_("返還命令は、すでに起案されています。決裁をお待ちください。"))
        settled = settlement_of(grant)
        amounts.check_next_act(settled, Act.ORDER_REFUND)
        draft = add(
            RefundOrder(
                grant_id=grant.id, amount_yen=settled.refund, drafted_by_id=by.id, drafted_at=clock.now()
            )
        )
        taken.detail = {"refund_yen": settled.refund}
    news = N_("返還命令の決裁をお願いします")
    notify(grant, taken.step.notifies, news, by=by, amount_yen=settled.refund)
    return draft


def order_refund(*, grant: Grant, by: Actor, draft_id: int | None = None) -> None:
    """返還命令: 決裁 of the draft by an approver who did not draft it.

    `Conflict` without a draft, when another one than ``draft_id``, which the approver has read, waits now, or when
    the difference is no longer what was drafted.
    """
    lock(grant)
    demand(by, Permission.GRANT_APPROVE, grant)
    draft = _pending(grant)
    if draft_id is not None and draft.id != draft_id:
        raise Conflict(None, N_("返還命令は、起案し直されています。新しい起案を読んでから決裁してください。"))
    with taking(grant, Act.ORDER_REFUND, by=by) as taken:
        check_four_eyes(by.id, (draft.drafted_by_id,))
        check_notified(grant)
        settled = settlement_of(grant)
        amounts.check_next_act(settled, Act.ORDER_REFUND)
        if settled.refund != draft.amount_yen:
            raise Conflict(None, N_("起案の後に出納が変わりました。差し戻して、起案し直してください。"))
        _decide(draft, approved=True, by=by)
        grant.refund_yen = draft.amount_yen
        grant.refund_drafted_by_id, grant.refund_ordered_by_id = draft.drafted_by_id, by.id
        grant.refund_due_on = None
        taken.detail = {"refund_yen": draft.amount_yen}


def return_refund(*, grant: Grant, reason: str, by: Actor) -> None:
    """The approver sends the draft back, with a reason. `Conflict` without a draft."""
    with taking(grant, InPlaceAct.RETURN_REFUND, by=by, reason=reason):
        draft = _pending(grant)
        check_four_eyes(by.id, (draft.drafted_by_id,))
        _decide(draft, approved=False, by=by)
        draft.decision_reason = reason.strip()


def drop_pending(grant: Grant, *, reason: str, by: Actor) -> None:
    """A drafted 返還命令 is void after a 取消し: another amount is due; the caller holds the grant."""
    draft = refunds.pending_refund(grant)
    if draft is None:
        return
    if draft.drafted_by_id == by.id:
        raise RuleBroken(None, N_("ご自分が起案した返還命令があります。ほかの人に決裁を頼んでください。"))
    _decide(draft, approved=False, by=by)
    draft.decision_reason = reason
    audit.record(grant, act=InPlaceAct.RETURN_REFUND, by=by, reason=reason)


def issue_refund(*, grant: Grant, by: Actor, on: dt.date | None = None) -> Letter:
    """施行 of the 返還命令書, once an order: the due date (setting, moved to an office day) runs from its day."""
    lock(grant)
    demand(by, Permission.GRANT_ISSUE, grant)
    if grant.status is not Status.REFUND_DUE:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=grant.status)
    if grant.refund_due_on is not None:
        raise Conflict(None, N_("この通知書は、すでに施行されています。"))
    days = settings_of(grant.fiscal_year).refund_days
    issued_on = on or clock.open_day(clock.today())
    grant.refund_due_on = amounts.refund_due_on(issued_on, days)
    letter = letters.issue_refund(grant, settlement_of(grant), on=issued_on, by=by)
    notified = [Role.CHAIR, Role.TREASURER, Role.CASHIER]
    notify(grant, notified, N_("返還命令書を出しました"), by=by, amount_yen=grant.refund_yen)
    return letter


def record_refund(*, grant: Grant, received_on: dt.date, reference: str = "", by: Actor) -> Repayment:
    """戻入 by the cashier, never by who drafted or ordered it, of the whole amount; after 5-31 of the budget that paid it is 過年度収入."""
    with taking(grant, Act.RECORD_REFUND, by=by) as taken:
        # Not `Grant.maker_ids`: the approver who ordered it may well take the award back before the money comes.
        makers = (grant.refund_drafted_by_id, grant.refund_ordered_by_id)
        check_four_eyes(by.id, tuple(filter(None, makers)))
        _check_received_on(grant, received_on)
        assert grant.refund_yen is not None
        parts = budget_years.receiving_budgets(grant, grant.refund_yen, received_on)
        repayment = add(
            Repayment(
                grant_id=grant.id,
                amount_yen=grant.refund_yen,
                received_on=received_on,
                prior_year_income=all(part.income for part in parts),
                reference=reference.strip(),
                recorded_by_id=by.id,
                recorded_at=clock.now(),
            )
        )
        book(
            grant=grant,
            postings=bookkeeping.refund(repayment.amount_yen),
            happened_on=received_on,
            description="市への返還",
            repayment=repayment,
            by=by,
        )
        taken.detail = {"amount_yen": repayment.amount_yen}
    return repayment


def _check_received_on(grant: Grant, received_on: dt.date) -> None:
    if grant.refund_due_on is None:
        raise RuleBroken(None, N_("先に返還命令書を施行してください。"))
    ordered = letter_queries.letter_of(grant, "refund")
    first = ordered.issued_on if ordered else clock.today()
    if not first <= received_on <= clock.today():
        raise RuleBroken("received_on", N_("入金日は、返還命令の日から今日までの日にしてください。"))


def reverse_refund(*, grant: Grant, reason: str, by: Actor) -> None:
    """訂正 of a mistaken record of the 戻入 by the cashier: the order stands, and the money is recorded again."""
    with taking(grant, Act.REVERSE_REFUND, by=by, reason=reason) as taken:
        repayment = payments.repayments(grant)[-1]
        reverse(
            grant=grant,
            transaction=ledger.booking_of_repayment(repayment),
            reason=reason.strip(),
            happened_on=repayment.received_on,  # as in `payments.reverse_payment`
            by=by,
        )
        taken.detail = {"amount_yen": repayment.amount_yen}


def _pending(grant: Grant) -> RefundOrder:
    draft = refunds.pending_refund(grant)
    if draft is None:
        raise Conflict(None, N_("決裁を待っている返還命令の起案はありません。"))
    return draft


def _decide(draft: RefundOrder, *, approved: bool, by: Actor) -> None:
    draft.approved = approved
    draft.decided_by_id = by.id
    draft.decided_at = clock.now()
