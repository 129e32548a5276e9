"""取消し: the draft that waits for its decision."""

import sqlalchemy as sa

from stations.core.database import db
from stations.grants.cancellations import GrantCancellation
from stations.grants.models import Grant


def pending_cancellation(grant: Grant) -> GrantCancellation | None:
    """The drafted 取消し of a grant that nobody has decided yet."""
    return db.session.scalars(
        sa.select(GrantCancellation).where(
            GrantCancellation.grant_id == grant.id, GrantCancellation.decided_at.is_(None)
        )
    ).one_or_none()


def returned_cancellation(grant: Grant) -> GrantCancellation | None:
    """The draft that came back last (差戻し); None once another has been made."""
    last = db.session.scalar(
        sa.select(GrantCancellation)
        .where(GrantCancellation.grant_id == grant.id)
        .order_by(GrantCancellation.id.desc())
        .limit(1)
    )
    return last if last is not None and last.approved is False else None
