"""What readers outside the city may know of a decision: nothing of a draft, until its letter has gone out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import sqlalchemy as sa

from stations.core.access import Actor, Permission, committee_ids
from stations.core.money import Yen
from stations.grants.bookkeeping import Standing
from stations.grants.labels import Deed, RecoveryDeed
from stations.grants.models import Grant, Letter
from stations.grants.queries.ledger import decided_award, standing
from stations.grants.recovering import RecoveryAct
from stations.grants.rules import FINAL, OVER, Act, Status
from stations.grants.settlement import Settlement, settle

# The letters that tell a decision on the 交付申請.
_DECISIONS = frozenset({"award", "refusal"})
_BEFORE_LETTER = frozenset({Status.APPLIED, Status.REVIEWING, Status.DECIDING, Status.AWARDED})
# A grant may end here with or without a decision that was told.
_ENDED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.CANCELLED, Status.CLOSED})
# Work inside the city, and the decision itself while its letter has not gone out.
_INSIDE: frozenset[Act | Deed | RecoveryDeed | RecoveryAct] = frozenset(
    {
        Act.DRAFT_AWARD,
        Act.DRAFT_REFUSAL,
        Act.SEND_BACK,
        Act.DRAFT_DETERMINATION,
        Deed.DRAFT_CANCELLATION,
        Deed.RETURN_CANCELLATION,
        Deed.DRAFT_REFUND,
        Deed.RETURN_REFUND,
        RecoveryDeed.DRAFT_RECOVERY,
        RecoveryAct.APPROVE,
        RecoveryAct.SEND_BACK,
    }
)
_DECIDED: frozenset[Act | Deed] = frozenset({Act.APPROVE_AWARD, Act.APPROVE_REFUSAL})


def sees_drafts(person: Actor) -> bool:
    """Whether a role in the city lets ``person`` read what is drafted and not yet decided."""
    return committee_ids(person, Permission.GRANT_READ) is None


def is_told(grant: Grant) -> bool:
    """Whether the committee has been told the decision on its application, by the letter (施行)."""
    if grant.status in _ENDED:
        return any(letter.kind in _DECISIONS for letter in grant.letters)
    return grant.status not in _BEFORE_LETTER


def may_know(person: Actor, grant: Grant) -> bool:
    """Whether ``person`` may read budgets, conditions and amounts of the grant's decision."""
    return sees_drafts(person) or is_told(grant)


def shown_status(person: Actor, grant: Grant) -> Status:
    """The state as ``person`` may know it: 審査 until the decision is told."""
    hidden = grant.status in {Status.DECIDING, Status.AWARDED, Status.REFUSED} and not may_know(person, grant)
    return Status.REVIEWING if hidden else grant.status


def shown_award(person: Actor, grant: Grant) -> Yen | None:
    """決定額 as ``person`` may know it; None until it is decided, or told."""
    return decided_award(grant) if may_know(person, grant) else None


@dataclass(frozen=True)
class Figures:
    """決定額・支払済・支出済・残額, always in sight. None: not decided, or not told.

    ``ended``: nothing is left to use; ``difference`` is then what is still to move between city and committee.
    """

    awarded: Yen | None
    paid: Yen
    spent: Yen
    ended: bool
    difference: Settlement | None

    @property
    def left(self) -> Yen | None:
        return None if self.awarded is None else self.awarded - self.spent


def figures(person: Actor, grant: Grant, books: Standing | None = None) -> Figures:
    """The four figures as ``person`` may know them. ``books``: the grant's standing, if a page has it."""
    now = books or standing(grant)
    status = shown_status(person, grant)
    settling = status in OVER - FINAL and grant.fixed_yen is not None
    return Figures(
        shown_award(person, grant),
        now.paid,
        now.spent,
        status in OVER,
        settle(grant.fixed_yen or 0, now.paid) if settling else None,
    )


def hidden_acts(person: Actor, grant: Grant) -> frozenset[str]:
    """The acts of the grant's history that are not for ``person`` to read."""
    if sees_drafts(person):
        return frozenset()
    acts: Iterable[StrEnum] = _INSIDE if is_told(grant) else _INSIDE | _DECIDED
    return frozenset(act.value for act in acts)


def state_for(person: Actor) -> sa.ColumnElement[Status]:
    """`shown_status` for queries."""
    if sees_drafts(person):
        return Grant.status.expression
    return told_state()


@cache
def told_state() -> sa.ColumnElement[Status]:
    """The state of a grant as its committee may know it, for queries."""
    hidden = sa.or_(
        Grant.status.in_([Status.DECIDING, Status.AWARDED]),
        sa.and_(Grant.status == Status.REFUSED, ~_letter_out()),
    )
    return sa.case((hidden, sa.literal(Status.REVIEWING, Grant.status.type)), else_=Grant.status)


@cache
def told() -> sa.ColumnElement[bool]:
    """`is_told` for queries."""
    return sa.and_(Grant.status.not_in(_BEFORE_LETTER), sa.or_(Grant.status.not_in(_ENDED), _letter_out()))


@cache
def _letter_out() -> sa.ColumnElement[bool]:
    return sa.exists().where(Letter.grant_id == Grant.id, Letter.kind.in_(_DECISIONS)).correlate(Grant)
