"""Drafts of decisions on a grant: the one that waits, or came back."""

from typing import TypeVar

import sqlalchemy as sa

from stations.core.database import db
from stations.grants.models import DecisionDraft, Grant

D = TypeVar("D", bound=DecisionDraft)


def pending(kind: type[D], grant: Grant) -> D | None:
    """The draft of a kind that nobody has decided yet."""
    return db.session.scalars(
        sa.select(kind).where(kind.grant_id == grant.id, kind.decided_at.is_(None))
    ).one_or_none()


def returned(kind: type[D], grant: Grant) -> D | None:
    """The draft of a kind that came back last (差戻し); None once another has been made."""
    last = db.session.scalar(
        sa.select(kind).where(kind.grant_id == grant.id).order_by(kind.id.desc()).limit(1)
    )
    return last if last is not None and last.approved is False else None
