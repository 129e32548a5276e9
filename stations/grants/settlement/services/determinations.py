"""From the inspected report to 完結: 額の確定, balance payment, close; 返還 is `refunds`."""

from stations.core import clock, edit_conflicts
from stations.core.access import Actor
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.awards.queries import decisions
from stations.grants.books.queries import ledger
from stations.grants.books.rules import bookkeeping
from stations.grants.books.services.ledger import book
from stations.grants.letters import queries as letters
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.queries import payments
from stations.grants.payments.services.instalments import new_request
from stations.grants.payments.services.payments import draft_order
from stations.grants.rules import Act, Status
from stations.grants.settings.queries import settings_of
from stations.grants.settlement.queries import calculation
from stations.grants.settlement.rules import amounts
from stations.grants.steps import taking


def fixed_of(grant: Grant) -> Yen:
    """額の確定 as the books and the inspected receipts give it: the settings' rate, unit, cap and the award applied."""
    settings_of(grant.fiscal_year)
    return calculation.calculation(grant).fixed


def draft_determination(*, grant: Grant, by: Actor) -> None:
    """起案 of the 額の確定 by an officer, computed and not typed. No payment may be under way."""
    with taking(grant, Act.DRAFT_DETERMINATION, by=by) as taken:
        if payments.pending(grant):
            raise RuleBroken(
                None, N_("支払の済んでいない請求があります。支払うか差し戻してから起案してください。")
            )
        if decisions.pending_cancellation(grant) is not None:
            raise RuleBroken(None, N_("取消しの決裁が済んでいません。決裁か差戻しのあとで起案してください。"))
        check_notified(grant)
        grant.fixed_yen = fixed_of(grant)
        grant.determination_drafted_by_id = by.id
        taken.detail = {"fixed_yen": grant.fixed_yen}


def mark_of_determination(grant: Grant) -> str:
    """Stands for the drafted 額の確定 and what it is computed from: what an approver has read is what they approve."""
    known = calculation.calculation(grant)
    return edit_conflicts.mark(
        grant.fixed_yen, grant.determination_drafted_by_id, known.eligible, known.income, known.paid
    )


def determine(*, grant: Grant, by: Actor, mark: str | None = None) -> None:
    """額の確定 by an approver who did not draft it; `Conflict` when the books have moved since the draft.

    ``mark``: of the draft that was read; `Conflict` when another draft has taken its place.
    """
    with taking(grant, Act.DETERMINE, by=by) as taken:
        if mark is not None and mark != mark_of_determination(grant):
            raise Conflict(
                None, N_("ページを開いた後に起案が変わりました。開き直して内容をお確かめください。")
            )
        if grant.fixed_yen != fixed_of(grant):
            raise Conflict(None, N_("起案の後に出納や検査が変わりました。差し戻して、起案し直してください。"))
        grant.determined_by_id = by.id
        grant.determined_on = clock.today()
        taken.detail = {"fixed_yen": grant.fixed_yen}


def settlement_of(grant: Grant) -> amounts.Settlement:
    """What is left between city and committee."""
    return amounts.settle(grant.fixed_yen or 0, ledger.balance(grant).paid)


def order_balance(*, grant: Grant, by: Actor) -> PaymentRequest:
    """精算払: what is fixed and not paid yet becomes a payment, and the officer's draft of its 支出命令.

    Its budget is that of the day (`rules.budget_year`): after 5-31 the new year's.
    """
    with taking(grant, Act.ORDER_BALANCE, by=by) as taken:
        check_notified(grant)
        settled = settlement_of(grant)
        amounts.check_next_act(settled, Act.ORDER_BALANCE)
        request = new_request(grant, kind="balance", amount_yen=settled.balance, by=by)
        taken.detail = {"balance_yen": settled.balance}
    draft_order(request=request, by=by)
    return request


def close(*, grant: Grant, by: Actor) -> None:
    """完結: nothing is left between city and committee, and the books agree with what was paid.

    What the committee spent beyond grant and income was its own money, and its books end by saying so; what it had
    only advanced of its own until the balance was paid goes back to it.
    """
    with taking(grant, Act.CLOSE, by=by) as taken:
        check_notified(grant)
        amounts.check_next_act(settlement_of(grant), Act.CLOSE)
        if payments.pending(grant):
            raise RuleBroken(None, N_("支払の済んでいない請求があります。"))
        if decisions.pending_cancellation(grant) is not None:
            raise RuleBroken(None, N_("取消しの決裁が済んでいません。決裁か差戻しのあとで完結してください。"))
        if own := own_funds_at_the_end(grant):
            _book_own_funds(grant, own, by=by)
            taken.detail = {"own_funds_yen": own}
        check_books(grant)
        grant.closed_on = clock.today()


def _book_own_funds(grant: Grant, own: Yen, *, by: Actor) -> None:
    put_in = own > 0
    book(
        grant=grant,
        postings=bookkeeping.own_funds(own) if put_in else bookkeeping.own_funds_back(-own),
        happened_on=clock.today(),
        description="自己資金（助成金と収入で足りない分の自己負担）"
        if put_in
        else "自己資金の戻し（立て替えていた分）",
        by=by,
    )


def own_funds_at_the_end(grant: Grant) -> Yen:
    """What the committee has spent beyond all it has received: rounding, a cut, costs that did not count.

    Below zero: of the money of its own that it had put in, what is left and goes back to it.
    """
    balances = bookkeeping.balances(ledger.postings_of(grant))
    in_hand = balances[bookkeeping.Account.COMMITTEE_CASH]
    put_in = -balances[bookkeeping.Account.OWN_FUNDS]
    return -min(in_hand, put_in) if in_hand > 0 else -in_hand


def check_books(grant: Grant) -> None:
    """`RuleBroken` unless the books sum to zero, say what the payments say, and nobody's money is missing."""
    postings = ledger.postings_of(grant)
    balances = bookkeeping.balances(postings)
    paid = -balances[bookkeeping.Account.CITY_CASH]
    in_hand = balances[bookkeeping.Account.COMMITTEE_CASH]
    if sum(balances.values()) != 0 or paid != payments.paid_by_rows(grant) or in_hand < 0:
        raise RuleBroken(None, N_("出納の記録と支払の記録が合いません。"))


def check_notified(grant: Grant) -> None:
    """The committee learns the fixed amount, or that its award is cancelled, before anything follows from it."""
    if grant.status is Status.DETERMINED and letters.letter_of(grant, "determination") is None:
        raise RuleBroken(None, N_("先に額の確定通知書を施行してください。"))
    if decisions.cancellation_unpublished(grant):
        raise RuleBroken(None, N_("先に交付決定取消通知書を施行してください。"))
