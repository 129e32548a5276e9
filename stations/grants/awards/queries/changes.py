"""流用 and changes: what was asked for, and what a change would move."""

from collections.abc import Mapping

import sqlalchemy as sa

from stations.applications.rules import CostCategory
from stations.core.database import db
from stations.core.money import Yen
from stations.grants.awards.models import GrantChange
from stations.grants.awards.rules import reallocation
from stations.grants.awards.rules.budgets import by_category
from stations.grants.models import Grant
from stations.grants.settings.queries import reallocation_rule


def pending_change(grant: Grant) -> GrantChange | None:
    """The change that waits for a decision."""
    return db.session.scalars(
        sa.select(GrantChange)
        .where(GrantChange.grant_id == grant.id, GrantChange.decided_at.is_(None))
        .order_by(GrantChange.id.desc())
        .limit(1)
    ).one_or_none()


def changes_without_letter(grant: Grant) -> list[GrantChange]:
    """Changes that the city decided, either way, and has not yet published by a letter, oldest first.

    流用 within the rule is nobody's decision and gets no letter; nor does a change that ended without one of its own.
    """
    return [
        change
        for change in grant.changes
        if change.decided_by_id is not None and change.ended_by_id is None and change.letter_id is None
    ]


def change_letter(change: GrantChange) -> str:
    """The kind of letter about the decision on a change."""
    return "change" if change.approved else "change_refusal"


Categories = dict[CostCategory, Yen]


def categories_moved(grant: Grant, budgets: Mapping[int, Yen]) -> tuple[Categories, Categories]:
    """By category: what the last decision gave, and what ``budgets`` (line id → yen) would give."""
    before = by_category((line.category, line.decided_yen) for line in grant.lines)
    after = by_category((line.category, budgets.get(line.id, 0)) for line in grant.lines)
    return before, after


def needs_approval(grant: Grant, budgets: Mapping[int, Yen]) -> bool:
    """Whether a change to ``budgets``, whose sum is the present one, goes beyond the free 流用 of the grant's year."""
    before, after = categories_moved(grant, budgets)
    if sum(budgets.values()) != sum(line.awarded_yen for line in grant.lines):
        return False  # nothing that could be approved
    return not reallocation.reallocation_allowed(before, after, reallocation_rule(grant))


def beyond_free(grant: Grant, budgets: Mapping[int, Yen]) -> list[reallocation.Excess]:
    """The categories that make a change to ``budgets`` need approval."""
    return reallocation.beyond_free(*categories_moved(grant, budgets), reallocation_rule(grant))
