"""Whose turn it is: what can be done next with a grant, and by whom."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stations.core import audit, clock
from stations.core.access import Permission, can
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.money import Yen
from stations.grants import bookkeeping, settlement
from stations.grants.bookkeeping import Posting, Standing
from stations.grants.labels import LETTERS, Deed, RecoveryDeed
from stations.grants.models import Grant, PaymentRequest
from stations.grants.queries.cancellations import (
    cancellations_without_letter,
    pending_cancellation,
    pending_refund,
)
from stations.grants.queries.grants import change_letter, changes_without_letter
from stations.grants.queries.ledger import decided_award, is_recovering, postings_of
from stations.grants.rules import (
    PENDING,
    TRANSITIONS,
    Act,
    PaymentAct,
    PaymentStatus,
    Status,
    may_reverse,
    year_over,
)
from stations.people.models import Person


@dataclass(frozen=True)
class Turn:
    """One act that the state allows: its page, who may, and how it looks. ``waits``: somebody waits for it."""

    label: Any
    endpoint: str
    permission: Permission
    waits: bool = True
    kind: str = "primary"


# What the city still has to do here answers nothing of the committee's: it counts from when the grant came to the state.
AWAITS_CLOSING = frozenset({Status.CANCELLED, Status.REFUNDED, Status.BALANCE_PAID})


@dataclass(frozen=True)
class Facts:
    """What beside the state decides on the next act, and until when. ``since``: see `AWAITS_CLOSING`.

    ``untold_changes``: when each was asked for and the kind of its letter, oldest first. ``pending``: asked for as
    概算払, not yet paid; lists of tasks leave it at 0, they know of each request by itself.
    ``recovering``: a finding about the closed grant is open.
    """

    letters: Counter[str]
    untold_changes: tuple[tuple[dt.datetime, str], ...]
    cancellations: int
    standing: Standing
    cancelling_since: dt.datetime | None
    refunding_since: dt.datetime | None
    since: dt.datetime | None
    change_asked_at: dt.datetime | None
    advance_returned: bool
    pending: Yen = 0
    recovering: bool = False


def _turn(
    act: Act, endpoint: str, permission: Permission, *, waits: bool = True, kind: str = "primary"
) -> Turn:
    return Turn(label(act), endpoint, permission, waits, kind)


_WITHDRAW = _turn(Act.WITHDRAW, "grants.withdraw", Permission.GRANT_APPLY, waits=False, kind="danger")
_WITHDRAW_CHANGE = _turn(
    Act.WITHDRAW_CHANGE, "grants.withdraw_change", Permission.GRANT_APPLY, waits=False, kind="secondary"
)
_CANCEL = Turn(
    label(Deed.DRAFT_CANCELLATION),
    "grants.draft_cancellation",
    Permission.GRANT_REVIEW,
    waits=False,
    kind="danger",
)
_DRAFT_REFUSAL = _turn(
    Act.DRAFT_REFUSAL, "grants.draft_refusal", Permission.GRANT_REVIEW, waits=False, kind="secondary"
)
_SEND_BACK = _turn(Act.SEND_BACK, "grants.send_back", Permission.GRANT_APPROVE, waits=False, kind="secondary")
_CLOSE = _turn(Act.CLOSE, "grants.close", Permission.GRANT_REVIEW)
_REPORT = _turn(Act.REPORT, "grants.report", Permission.REPORT_SUBMIT, waits=False, kind="secondary")

# Reports and inspection tell for themselves what waits (`queries.reports`).
_BY_STATUS: dict[Status, tuple[Turn, ...]] = {
    Status.APPLIED: (_turn(Act.BEGIN_REVIEW, "grants.begin_review", Permission.GRANT_REVIEW), _WITHDRAW),
    Status.REVIEWING: (
        _turn(Act.DRAFT_AWARD, "grants.draft_award", Permission.GRANT_REVIEW),
        _DRAFT_REFUSAL,
        _WITHDRAW,
    ),
    Status.AWARDED: (_turn(Act.ISSUE_AWARD, "grants.issue", Permission.GRANT_ISSUE), _CANCEL),
    Status.ACTIVE: (
        _turn(Act.REQUEST_CHANGE, "grants.change", Permission.GRANT_APPLY, waits=False, kind="secondary"),
        _REPORT,
        _turn(Act.DISCONTINUE, "grants.discontinue", Permission.GRANT_APPLY, waits=False, kind="danger"),
        _CANCEL,
    ),
    Status.REPORTED: (
        _turn(Act.INSPECT, "grants.inspect", Permission.REPORT_INSPECT, waits=False),
        _CANCEL,
    ),
    Status.REPORT_RETURNED: (_REPORT, _CANCEL),
    Status.DISCONTINUED: (_REPORT, _CANCEL),
    Status.PARTLY_CANCELLED: (_REPORT, _CANCEL),
    Status.INSPECTED: (
        _turn(Act.DRAFT_DETERMINATION, "grants.draft_determination", Permission.GRANT_REVIEW),
        _turn(
            Act.RETURN_REPORT,
            "grants.return_report",
            Permission.REPORT_INSPECT,
            waits=False,
            kind="secondary",
        ),
        _CANCEL,
    ),
    Status.DETERMINING: (
        _turn(Act.DETERMINE, "grants.determine", Permission.GRANT_APPROVE),
        _SEND_BACK,
    ),
    Status.REFUND_DUE: (
        _turn(Act.RECORD_REFUND, "grants.record_refund", Permission.PAYMENT_RECORD),
        _CANCEL,
    ),
    Status.BALANCE_DUE: (_CANCEL,),
    Status.REFUNDED: (
        _CLOSE,
        _turn(
            Act.REVERSE_REFUND,
            "grants.reverse_refund",
            Permission.PAYMENT_RECORD,
            waits=False,
            kind="secondary",
        ),
        _CANCEL,
    ),
    Status.BALANCE_PAID: (_CLOSE, _CANCEL),
    Status.CLOSED: (
        Turn(
            label(RecoveryDeed.DRAFT_RECOVERY),
            "grants.draft_recovery",
            Permission.GRANT_REVIEW,
            waits=False,
            kind="danger",
        ),
    ),
}

_BY_SETTLEMENT = {
    Act.ORDER_REFUND: Turn(label(Deed.DRAFT_REFUND), "grants.draft_refund", Permission.GRANT_REVIEW),
    Act.ORDER_BALANCE: _turn(Act.ORDER_BALANCE, "grants.order_balance", Permission.PAYMENT_DRAFT),
    Act.CLOSE: _CLOSE,
}


def turns(grant: Grant, facts: Facts) -> list[Turn]:
    """What the state allows next, the expected act first; who may is asked with `can`."""
    found = list(_BY_STATUS.get(grant.status, ()))
    if grant.status is Status.DECIDING:
        act = Act.APPROVE_AWARD if grant.refusal_reason is None else Act.APPROVE_REFUSAL
        found = [_turn(act, "grants.decide", Permission.GRANT_APPROVE), _SEND_BACK]
    elif grant.status is Status.REFUSED and not facts.letters["refusal"]:
        found = [_letter("refusal", "grants.issue")]
    elif grant.status is Status.CHANGE_REQUESTED:
        found = [
            Turn(_("変更の申請を決裁する"), "grants.decide_change", Permission.GRANT_APPROVE),
            _WITHDRAW_CHANGE,
            _CANCEL,
        ]
    elif grant.status is Status.DETERMINED and not facts.letters["determination"]:
        found = [_letter("determination", "grants.issue_determination"), _CANCEL]
    elif grant.status in {Status.DETERMINED, Status.CANCELLED}:
        found = _settling(grant, facts)
    elif grant.status is Status.REFUND_DUE and grant.refund_due_on is None:
        found = [_letter("refund", "grants.issue_refund"), _CANCEL]
    if facts.letters["award"] and facts.cancellations > facts.letters["cancellation"]:
        ahead = [] if grant.status is Status.CANCELLED else found
        found = [_letter("cancellation", "grants.issue_cancellation"), *ahead]
    if facts.untold_changes:
        found.insert(0, _letter(facts.untold_changes[0][1], "grants.issue_change"))
    claimable = settlement.advance_limit(facts.standing.awarded, facts.standing.paid, facts.pending)
    if grant.status is Status.ACTIVE and claimable > 0:
        again = facts.advance_returned
        words = _("差し戻された概算払を請求し直す") if again else _("概算払を請求する")
        waits = again or facts.standing.paid == 0
        kind = "primary" if waits else "secondary"
        found.insert(0, Turn(words, "grants.advance", Permission.ADVANCE_REQUEST, waits=waits, kind=kind))
    if grant.status is Status.CLOSED and facts.recovering:
        found = []
    if year_over(grant.fiscal_year, clock.today()):
        found = _after_the_year(grant, found)
    return _cancelling(found) if facts.cancelling_since is not None and _CANCEL in found else found


# What binds the budget of the year, and therefore ends with it.
_IN_THE_YEAR = frozenset({"grants.draft_award", "grants.change", "grants.advance"})


def ended_with_the_year(grant: Grant) -> frozenset[str]:
    """Endpoints of acts that the state would allow, had the year not ended."""
    if not year_over(grant.fiscal_year, clock.today()):
        return frozenset()
    if grant.status is Status.DECIDING and grant.refusal_reason is None:
        return frozenset({"grants.decide"})
    allowed = {turn.endpoint for turn in _BY_STATUS.get(grant.status, ())}
    return _IN_THE_YEAR & (allowed | ({"grants.advance"} if grant.status is Status.ACTIVE else set()))


def _after_the_year(grant: Grant, found: list[Turn]) -> list[Turn]:
    """What the year left undecided can only be refused, or sent back to be refused: that is now what is expected."""
    award = grant.status is Status.DECIDING and grant.refusal_reason is None
    left = [
        turn
        for turn in found
        if turn.endpoint not in _IN_THE_YEAR and not (award and turn.endpoint == "grants.decide")
    ]
    instead = (_DRAFT_REFUSAL, _SEND_BACK) if award or grant.status is Status.REVIEWING else ()
    return [replace(turn, kind="primary", waits=True) if turn in instead else turn for turn in left]


def _settling(grant: Grant, facts: Facts) -> list[Turn]:
    """What the difference calls for; a 返還命令 that is drafted waits for its decision."""
    if facts.refunding_since is not None:
        found = [
            Turn(_("返還命令を決裁する"), "grants.order_refund", Permission.GRANT_APPROVE),
            Turn(
                label(Deed.RETURN_REFUND),
                "grants.return_refund",
                Permission.GRANT_APPROVE,
                waits=False,
                kind="secondary",
            ),
        ]
    else:
        found = [_BY_SETTLEMENT[settlement.settle(grant.fixed_yen or 0, facts.standing.paid).next_act]]
    return [*found, _CANCEL] if grant.status is Status.DETERMINED else found


def _cancelling(found: list[Turn]) -> list[Turn]:
    """With a drafted 取消し: its decision comes first, and no second draft is made."""
    decide = Turn(_("取消しを決裁する"), "grants.cancel", Permission.GRANT_APPROVE)
    back = Turn(
        label(Deed.RETURN_CANCELLATION),
        "grants.return_cancellation",
        Permission.GRANT_APPROVE,
        waits=False,
        kind="secondary",
    )
    return [decide, back, *(turn for turn in found if turn is not _CANCEL)]


def _letter(kind: str, endpoint: str) -> Turn:
    return Turn(_("%(letter)sを施行する", letter=LETTERS[kind]), endpoint, Permission.GRANT_ISSUE)


def change_asked_at(
    pending: Sequence[dt.datetime], untold: Sequence[tuple[dt.datetime, str]]
) -> dt.datetime | None:
    """When the change was asked for that the city is at: the pending one, else the oldest without its letter."""
    return next(iter([*pending, *(asked_at for asked_at, _kind in untold)]), None)


def facts(grant: Grant, books: Sequence[Posting] | None = None) -> Facts:
    """The facts of one grant whose letters and changes are loaded. ``books``: its postings, if a page has them."""
    if books is None:
        books = postings_of(grant)
    telling = [(change.requested_at, change_letter(change)) for change in changes_without_letter(grant)]
    standing = bookkeeping.standing(decided_award(grant) or 0, books)
    drafted = pending_cancellation(grant) if Act.CANCEL in TRANSITIONS[grant.status] else None
    ordering = pending_refund(grant) if Act.ORDER_REFUND in TRANSITIONS[grant.status] else None
    untold = cancellations_without_letter(grant)
    letters = Counter(letter.kind for letter in grant.letters)
    return Facts(
        letters=letters,
        cancellations=letters["cancellation"] + len(untold),
        untold_changes=tuple(telling),
        standing=standing,
        cancelling_since=None if drafted is None else drafted.drafted_at,
        refunding_since=None if ordering is None else ordering.drafted_at,
        since=audit.since_of(grant) if grant.status in AWAITS_CLOSING else None,
        change_asked_at=change_asked_at(
            [change.requested_at for change in grant.changes if change.approved is None],
            telling,
        ),
        pending=sum(one.amount_yen for one in grant.payment_requests if one.status in PENDING),
        advance_returned=[one.status for one in grant.payment_requests[-1:]] == [PaymentStatus.RETURNED],
        recovering=grant.status is Status.CLOSED and is_recovering(grant),
    )


_REQUEST_TURNS = {
    PaymentStatus.REQUESTED: (PaymentAct.DRAFT, "grants.draft_order", Permission.PAYMENT_DRAFT),
    PaymentStatus.DRAFTED: (PaymentAct.ORDER, "grants.order", Permission.PAYMENT_ORDER),
    PaymentStatus.ORDERED: (PaymentAct.PAY, "grants.record_payment", Permission.PAYMENT_RECORD),
}


_REVERSE_PAYMENT = Turn(
    label(PaymentAct.REVERSE),
    "grants.reverse_payment",
    Permission.PAYMENT_RECORD,
    waits=False,
    kind="secondary",
)


def request_turn(request: PaymentRequest) -> Turn | None:
    """What comes next for a payment request, or how its payment is corrected."""
    if request.status is PaymentStatus.PAID and may_reverse(request.kind, request.grant.status):
        return _REVERSE_PAYMENT
    found = _REQUEST_TURNS.get(request.status)
    return None if found is None else Turn(label(found[0]), found[1], found[2])


@dataclass(frozen=True)
class Buttons:
    """The acts on a grant's page for one person."""

    primary: list[Turn] = field(default_factory=list)
    other: list[Turn] = field(default_factory=list)


def buttons(person: Person, grant: Grant, known: Facts) -> Buttons:
    """What this person may do next: at most one primary act, the rest beside it."""
    mine = [turn for turn in turns(grant, known) if can(person, turn.permission, grant)]
    first = next((turn for turn in mine if turn.kind == "primary"), None)
    return Buttons([first] if first else [], [turn for turn in mine if turn is not first])
