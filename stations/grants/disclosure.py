"""What readers outside the city may know of a decision: nothing of its amount, until its letter has gone out (施行).

The decisions are three: on the application (交付決定, 不交付), the 額の確定, and each 取消し. Between a decision and its
letter a committee sees the state before it (for the 額の確定 that its decision is being prepared), the award as it was
published last, and that a letter will come; no fixed amount, no amount that is left, no act of the city, no reason.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import sqlalchemy as sa

from stations.core.access import Actor, Permission, committee_ids
from stations.core.audit import Event
from stations.core.database import db
from stations.core.money import Yen
from stations.grants.awards.models import GrantCancellation
from stations.grants.awards.queries.decisions import (
    award_as_published,
    cancellations_without_letter,
    decided_award,
)
from stations.grants.books.queries.ledger import balance, recovered
from stations.grants.books.rules.bookkeeping import GrantBalance
from stations.grants.letters.models import Letter
from stations.grants.models import Grant
from stations.grants.rules import FINAL, OVER, SETTLING, Act, InPlaceAct, RecoveryAct, RecoveryStart, Status
from stations.grants.settlement.rules.amounts import Settlement, settle

# The letters that publish a decision on the 交付申請.
_DECISIONS = frozenset({"award", "refusal"})
_BEFORE_LETTER = frozenset({Status.APPLIED, Status.REVIEWING, Status.DECIDING, Status.AWARDED})
# A grant may end here with or without a published decision.
_ENDED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.CANCELLED, Status.CLOSED})
# Work inside the city, and the decision itself while its letter has not gone out.
_INSIDE: frozenset[Act | InPlaceAct | RecoveryStart | RecoveryAct] = frozenset(
    {
        Act.DRAFT_AWARD,
        Act.DRAFT_REFUSAL,
        Act.SEND_BACK,
        Act.DRAFT_DETERMINATION,
        InPlaceAct.DRAFT_CANCELLATION,
        InPlaceAct.RETURN_CANCELLATION,
        InPlaceAct.DRAFT_REFUND,
        InPlaceAct.RETURN_REFUND,
        RecoveryStart.DRAFT_RECOVERY,
        RecoveryAct.APPROVE,
        RecoveryAct.SEND_BACK,
    }
)
_DECIDED: frozenset[Act | InPlaceAct] = frozenset({Act.APPROVE_AWARD, Act.APPROVE_REFUSAL})
_CANCELLING = frozenset({Act.CANCEL, Act.CANCEL_PART})


def sees_drafts(person: Actor) -> bool:
    """Whether a role in the city lets ``person`` read what is drafted and not yet decided."""
    return committee_ids(person, Permission.GRANT_READ) is None


def is_published(grant: Grant) -> bool:
    """Whether the decision on its application is published to the committee, by the letter (施行)."""
    if grant.status in _ENDED:
        return any(letter.kind in _DECISIONS for letter in grant.letters)
    return grant.status not in _BEFORE_LETTER


def may_know(person: Actor, grant: Grant) -> bool:
    """Whether ``person`` may read budgets, conditions and amounts of the grant's decision."""
    return sees_drafts(person) or is_published(grant)


def may_know_settlement(person: Actor, grant: Grant) -> bool:
    """Whether ``person`` may read what was fixed, or left by a 取消し: as soon as it is decided, or published."""
    return sees_drafts(person) or (is_published(grant) and not letter_comes(grant))


def letter_comes(grant: Grant) -> bool:
    """Whether a 額の確定 or a 取消し is decided, and its letter has not gone out."""
    return bool(cancellations_without_letter(grant)) or _determination_unpublished(grant, grant.status)


def _determination_unpublished(grant: Grant, status: Status) -> bool:
    """What follows from the 額の確定 needs its letter (`determinations.check_notified`): only this state is without."""
    return status is Status.DETERMINED and all(letter.kind != "determination" for letter in grant.letters)


def shown_status(person: Actor, grant: Grant) -> Status:
    """The state as ``person`` may know it: 審査, or what it was, until the decision is published."""
    if sees_drafts(person):
        return grant.status
    if grant.status in {Status.DECIDING, Status.AWARDED, Status.REFUSED} and not is_published(grant):
        return Status.REVIEWING
    status = grant.status
    if cancellations_without_letter(grant) and (before := _before_cancellation(grant)) is not None:
        status = before
    return Status.DETERMINING if _determination_unpublished(grant, status) else status


def _before_cancellation(grant: Grant) -> Status | None:
    """The state in which the last 取消し was decided."""
    found = db.session.scalar(sa.select(_state_before()).where(Grant.id == grant.id))
    return None if found is None else Status(found)


def shown_award(person: Actor, grant: Grant) -> Yen | None:
    """決定額 as ``person`` may know it: None until it is decided, or published; what was published last, until a 取消し is."""
    if not may_know(person, grant):
        return None
    return decided_award(grant) if sees_drafts(person) else award_as_published(grant)


@dataclass(frozen=True)
class Figures:
    """決定額・支払済・支出済・残額, always in sight. None: not decided, or not published.

    ``ended``: nothing is left to use; ``difference`` is then what is still to move between city and committee.
    ``cash``: what the committee has at hand, in the place of 残額 while the report settles it; else None.
    """

    awarded: Yen | None
    paid: Yen
    spent: Yen
    ended: bool
    difference: Settlement | None
    cash: Yen | None

    @property
    def left(self) -> Yen | None:
        return None if self.awarded is None else self.awarded - self.spent


def figures(person: Actor, grant: Grant, books: GrantBalance | None = None) -> Figures:
    """The four figures as ``person`` may know them. ``books``: the grant's balance, if a page has it.

    What was paid back after 完結 is taken off what is paid; only the closed books stay as they were.
    """
    now = books or balance(grant)
    status = shown_status(person, grant)
    settling = status in OVER - FINAL and grant.fixed_yen is not None and may_know_settlement(person, grant)
    return Figures(
        shown_award(person, grant),
        now.paid - (recovered(grant) if status is Status.CLOSED else 0),
        now.spent,
        status in OVER,
        settle(grant.fixed_yen or 0, now.paid) if settling else None,
        now.cash if status in SETTLING else None,
    )


def hidden_acts(person: Actor, grant: Grant) -> frozenset[str]:
    """The acts of the grant's history that are not for ``person`` to read."""
    if sees_drafts(person):
        return frozenset()
    acts: set[StrEnum] = set(_INSIDE)
    if not is_published(grant):
        acts |= _DECIDED
    if cancellations_without_letter(grant):
        acts |= _CANCELLING
    if all(letter.kind != "determination" for letter in grant.letters):
        acts.add(Act.DETERMINE)
    return frozenset(act.value for act in acts)


def state_for(person: Actor) -> sa.ColumnElement[Status]:
    """`shown_status` for queries."""
    if sees_drafts(person):
        return Grant.status.expression
    return published_state()


@cache
def published_state() -> sa.ColumnElement[Status]:
    """The state of a grant as its committee may know it, for queries."""
    hidden = sa.or_(
        Grant.status.in_([Status.DECIDING, Status.AWARDED]),
        sa.and_(Grant.status == Status.REFUSED, ~_letter_out(*_DECISIONS)),
    )
    before = sa.func.coalesce(sa.case((_cancellation_unpublished(), _state_before())), Grant.status)
    waits = sa.and_(before == Status.DETERMINED.value, ~_letter_out("determination"))
    return sa.type_coerce(
        sa.case(
            (hidden, Status.REVIEWING.value),
            (waits, Status.DETERMINING.value),
            else_=before,
        ),
        Grant.status.type,
    )


@cache
def published() -> sa.ColumnElement[bool]:
    """`is_published` for queries."""
    return sa.and_(
        Grant.status.not_in(_BEFORE_LETTER), sa.or_(Grant.status.not_in(_ENDED), _letter_out(*_DECISIONS))
    )


@cache
def published_award() -> sa.ColumnElement[Yen]:
    """`shown_award` of a committee, for queries: 0 without one; before a 取消し is published, the award without any."""
    return sa.case(
        (~published(), 0),
        (_cancellation_unpublished(), Grant.awarded_yen),
        else_=sa.func.coalesce(Grant.kept_yen, Grant.awarded_yen),
    )


def _letter_out(*kinds: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(Letter.grant_id == Grant.id, Letter.kind.in_(kinds)).correlate(Grant)


def _cancellation_unpublished() -> sa.ColumnElement[bool]:
    """`cancellations_without_letter` for queries; an award that was not published is taken back without one."""
    number = sa.func.count
    decided = sa.select(number(GrantCancellation.id)).where(
        GrantCancellation.grant_id == Grant.id, GrantCancellation.approved.is_(True)
    )
    published_letters = sa.select(number(Letter.id)).where(
        Letter.grant_id == Grant.id, Letter.kind == "cancellation"
    )
    more = decided.correlate(Grant).scalar_subquery() > published_letters.correlate(Grant).scalar_subquery()
    return sa.and_(Grant.kept_yen.is_not(None), more, _letter_out("award"))


def _state_before() -> sa.ScalarSelect[str]:
    """The state in which a grant's last 取消し was decided, from its history."""
    acts = [act.value for act in _CANCELLING]
    return (
        sa.select(Event.from_status)
        .where(
            Event.object_type == Grant.__tablename__,
            Event.object_id == Grant.id,
            Event.act.in_(acts),
            Event.to_status.is_not(None),
        )
        .order_by(Event.id.desc())
        .limit(1)
        .correlate(Grant)
        .scalar_subquery()
    )
