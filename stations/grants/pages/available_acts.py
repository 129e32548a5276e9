"""What can be done next with a grant, and by whom."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any

from stations.core import audit, clock
from stations.core.access import Permission, can
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.money import Yen
from stations.core.workflow import Step
from stations.grants.awards.queries.changes import change_letter, changes_without_letter
from stations.grants.awards.queries.decisions import (
    cancellations_without_letter,
    decided_award,
    pending_cancellation,
)
from stations.grants.books.queries.ledger import is_recovering, postings_of
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.bookkeeping import GrantBalance, Posting
from stations.grants.letters.labels import LETTERS
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.rules import paying
from stations.grants.payments.rules.paying import may_reverse
from stations.grants.rules import (
    AWAITS_CLOSING,
    PENDING,
    Act,
    InPlaceAct,
    PaymentStatus,
    RecoveryStart,
    Status,
    year_over,
)
from stations.grants.settlement.models import GrantRecovery
from stations.grants.settlement.queries.refunds import pending_refund
from stations.grants.settlement.rules import amounts
from stations.grants.workflow import GRANT, PAYMENT, RECOVERY
from stations.people.models import Person


@dataclass(frozen=True)
class AvailableAct:
    """One act that the state allows: its page, who may, and how it looks. ``waits``: somebody waits for it."""

    label: Any
    endpoint: str
    permission: Permission
    waits: bool = True
    kind: str = "primary"


@dataclass(frozen=True)
class Facts:
    """What beside the state decides on the next act, and until when. ``since``: see `AWAITS_CLOSING`.

    ``unpublished_changes``: when each was asked for and the kind of its letter, oldest first. ``pending``: asked for as
    概算払, not yet paid; lists of tasks leave it at 0, they know of each request by itself.
    ``recovering``: a finding about the closed grant is open.
    """

    letters: Counter[str]
    unpublished_changes: tuple[tuple[dt.datetime, str], ...]
    cancellations: int
    balance: GrantBalance
    cancelling_since: dt.datetime | None
    refunding_since: dt.datetime | None
    since: dt.datetime | None
    change_asked_at: dt.datetime | None
    advance_returned: bool
    pending: Yen = 0
    recovering: bool = False


Condition = Callable[[Grant, Facts], bool]


def _next(act: Act) -> Condition:
    """Whether ``act`` is what the difference between city and committee calls for."""

    def calls_for(grant: Grant, facts: Facts) -> bool:
        return (
            _determination_published(grant, facts)
            and facts.refunding_since is None
            and _next_act(grant, facts) is act
        )

    return calls_for


def _next_act(grant: Grant, facts: Facts) -> Act:
    return amounts.settle(grant.fixed_yen or 0, facts.balance.paid).next_act


def _determination_published(grant: Grant, facts: Facts) -> bool:
    """Whether nothing waits for the letter of the fixed amount."""
    return grant.status is not Status.DETERMINED or "determination" in facts.letters


def _refunding(grant: Grant, facts: Facts) -> bool:
    return _determination_published(grant, facts) and facts.refunding_since is not None


def _cancelling(_grant: Grant, facts: Facts) -> bool:
    return facts.cancelling_since is not None


_SETTLED = frozenset({Status.REFUNDED, Status.BALANCE_PAID})
# What beside the state an act hangs on; the others are offered in every state of their row.
_WHEN: dict[StrEnum, Condition] = {
    Act.APPROVE_AWARD: lambda grant, _facts: grant.refusal_reason is None,
    Act.APPROVE_REFUSAL: lambda grant, _facts: grant.refusal_reason is not None,
    Act.RETURN_REPORT: lambda grant, _facts: (
        grant.status is Status.INSPECTED
    ),  # before, the inspection offers it
    Act.ORDER_REFUND: _refunding,
    InPlaceAct.RETURN_REFUND: _refunding,
    InPlaceAct.DRAFT_REFUND: _next(Act.ORDER_REFUND),
    Act.ORDER_BALANCE: _next(Act.ORDER_BALANCE),
    Act.CLOSE: lambda grant, facts: grant.status in _SETTLED or _next(Act.CLOSE)(grant, facts),
    Act.RECORD_REFUND: lambda grant, _facts: grant.refund_due_on is not None,
    Act.CANCEL: _cancelling,
    Act.CANCEL_PART: _cancelling,
    InPlaceAct.RETURN_CANCELLATION: _cancelling,
    InPlaceAct.DRAFT_CANCELLATION: lambda grant, facts: not _cancelling(grant, facts),
    RecoveryStart.DRAFT_RECOVERY: lambda _grant, facts: not facts.recovering,
}
# What the button says where one page decides either way.
_CALLED: dict[StrEnum, Any] = {
    Act.APPROVE_CHANGE: _l("変更の申請を決裁する"),
    Act.CANCEL: _l("取消しを決裁する"),
    Act.ORDER_REFUND: _l("返還命令を決裁する"),
}


@cache
def available_act(step: Step[Any]) -> AvailableAct:
    """A step of a table as a button or a task. What waits for reports and inspections is known elsewhere (`pages.report_tasks`)."""
    waits = step.kind == "primary" and step.act is not Act.INSPECT
    said = _CALLED.get(step.act) or label(step.act)
    return AvailableAct(said, step.endpoint, step.permissions[0], waits, step.kind)


@cache
def _allowed(status: Status) -> tuple[tuple[AvailableAct, Condition | None], ...]:
    """What the table allows from a state, in its order, and what beside the state each hangs on."""
    steps = GRANT.steps_from(status)
    return tuple((available_act(step), _WHEN.get(step.act)) for step in steps if step.endpoint)


def _offered(grant: Grant, facts: Facts) -> list[AvailableAct]:
    """What the table allows from the grant's state, in its order; acts of one page are one available act."""
    found: dict[str, AvailableAct] = {}
    for act, when in _allowed(grant.status):
        if act.endpoint not in found and (when is None or when(grant, facts)):
            found[act.endpoint] = act
    return list(found.values())


def available_acts(grant: Grant, facts: Facts, on: dt.date | None = None) -> list[AvailableAct]:
    """What can be done next, the expected act first; who may is asked with `can`. ``on``: today, if a page has it."""
    found = _offered(grant, facts)
    deciding = [act for act in found if act.endpoint in _DECIDE_CANCELLATION]
    rest = [act for act in found if act not in deciding]
    if grant.status is Status.CANCELLED and _cancellation_due(facts):
        rest = []
    ahead = [*_advances(grant, facts), *_letters(grant, facts)]
    every = [*deciding, *ahead, *rest]
    return _after_the_year(grant, every) if year_over(grant.fiscal_year, on or clock.today()) else every


_DECIDE_CANCELLATION = frozenset({"grants.cancel", "grants.return_cancellation"})


def _advances(grant: Grant, facts: Facts) -> list[AvailableAct]:
    """概算払請求, while something of the award can still be asked for."""
    if grant.status is not Status.ACTIVE:
        return []
    if paying.advance_limit(facts.balance.awarded, facts.balance.paid, facts.pending) <= 0:
        return []
    again = facts.advance_returned
    words = _("差し戻された概算払を請求し直す") if again else _("概算払を請求する")
    waits = again or facts.balance.paid == 0
    kind = "primary" if waits else "secondary"
    return [AvailableAct(words, "grants.advance", Permission.ADVANCE_REQUEST, waits=waits, kind=kind)]


def _cancellation_due(facts: Facts) -> bool:
    """Whether a 取消し has no letter yet; of an award that was never published there is none."""
    return "award" in facts.letters and facts.cancellations > facts.letters.get("cancellation", 0)


def _letters(grant: Grant, facts: Facts) -> list[AvailableAct]:
    """Letters that wait for 施行, of what was decided last first."""
    due, status = [], grant.status
    if facts.unpublished_changes:
        due.append((facts.unpublished_changes[0][1], "grants.issue_change"))
    if _cancellation_due(facts):
        due.append(("cancellation", "grants.issue_cancellation"))
    if status is Status.REFUSED and "refusal" not in facts.letters:
        due.append(("refusal", "grants.issue"))
    if not _determination_published(grant, facts):
        due.append(("determination", "grants.issue_determination"))
    if status is Status.REFUND_DUE and grant.refund_due_on is None:
        due.append(("refund", "grants.issue_refund"))
    return [
        AvailableAct(_("%(letter)sを施行する", letter=LETTERS[kind]), endpoint, Permission.GRANT_ISSUE)
        for kind, endpoint in due
    ]


# What binds the budget of the year, and therefore ends with it.
_IN_THE_YEAR = frozenset({"grants.draft_award", "grants.change", "grants.advance"})
# What is left of an application that the year did not decide.
_REFUSE = frozenset({"grants.draft_refusal", "grants.send_back"})


def ended_with_the_year(grant: Grant) -> frozenset[str]:
    """Endpoints of acts that the state would allow, had the year not ended."""
    if not year_over(grant.fiscal_year, clock.today()):
        return frozenset()
    if _award_drafted(grant):
        return frozenset({"grants.decide"})
    allowed = {step.endpoint for step in GRANT.steps_from(grant.status)}
    return _IN_THE_YEAR & (allowed | ({"grants.advance"} if grant.status is Status.ACTIVE else set()))


def _award_drafted(grant: Grant) -> bool:
    return grant.status is Status.DECIDING and grant.refusal_reason is None


def _after_the_year(grant: Grant, found: list[AvailableAct]) -> list[AvailableAct]:
    """What the year left undecided can only be refused, or sent back to be refused: that is now what is expected."""
    ended = ended_with_the_year(grant)
    undecided = _award_drafted(grant) or grant.status is Status.REVIEWING
    return [
        replace(act, kind="primary", waits=True) if undecided and act.endpoint in _REFUSE else act
        for act in found
        if act.endpoint not in ended
    ]


def change_asked_at(
    pending: Sequence[dt.datetime], unpublished: Sequence[tuple[dt.datetime, str]]
) -> dt.datetime | None:
    """When the change was asked for that the city is at: the pending one, else the oldest without its letter."""
    if pending:
        return pending[0]
    return unpublished[0][0] if unpublished else None


def facts(grant: Grant, books: Sequence[Posting] | None = None) -> Facts:
    """The facts of one grant whose letters and changes are loaded. ``books``: its postings, if a page has them."""
    if books is None:
        books = postings_of(grant)
    unpublished = [(change.requested_at, change_letter(change)) for change in changes_without_letter(grant)]
    balance = bookkeeping.grant_balance(decided_award(grant) or 0, books)
    drafted = pending_cancellation(grant) if GRANT.allows(grant.status, Act.CANCEL) else None
    ordering = pending_refund(grant) if GRANT.allows(grant.status, Act.ORDER_REFUND) else None
    cancelled = cancellations_without_letter(grant)
    letters = Counter(letter.kind for letter in grant.letters)
    return Facts(
        letters=letters,
        cancellations=letters["cancellation"] + len(cancelled),
        unpublished_changes=tuple(unpublished),
        balance=balance,
        cancelling_since=None if drafted is None else drafted.drafted_at,
        refunding_since=None if ordering is None else ordering.drafted_at,
        since=audit.since_of(grant) if grant.status in AWAITS_CLOSING else None,
        change_asked_at=change_asked_at(
            [change.requested_at for change in grant.changes if change.approved is None],
            unpublished,
        ),
        pending=sum(one.amount_yen for one in grant.payment_requests if one.status in PENDING),
        advance_returned=[one.status for one in grant.payment_requests[-1:]] == [PaymentStatus.RETURNED],
        recovering=grant.status is Status.CLOSED and is_recovering(grant),
    )


def request_act(request: PaymentRequest) -> AvailableAct | None:
    """What comes next for a payment request, or how its payment is corrected."""
    if request.status is PaymentStatus.PAID and not may_reverse(request.kind, request.grant.status):
        return None
    return next((available_act(step) for step in PAYMENT.steps_from(request.status) if step.endpoint), None)


@dataclass(frozen=True)
class Buttons:
    """The acts on a grant's page for one person."""

    primary: list[AvailableAct] = field(default_factory=list)
    other: list[AvailableAct] = field(default_factory=list)


def buttons(person: Person, grant: Grant, known: Facts) -> Buttons:
    """What this person may do next: at most one primary act, the rest beside it."""
    mine = [act for act in available_acts(grant, known) if can(person, act.permission, grant)]
    first = next((act for act in mine if act.kind == "primary"), None)
    return Buttons([first] if first else [], [act for act in mine if act is not first])


def recovery_act(recovery: GrantRecovery) -> AvailableAct | None:
    """What comes next for a finding, or how the record of its money is corrected."""
    return next((available_act(step) for step in RECOVERY.steps_from(recovery.status)), None)
