"""取消し: the draft that waits for its decision."""

from collections.abc import Collection

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


def cancelling(grant_ids: Collection[int]) -> frozenset[int]:
    """Those of the grants whose 取消し is drafted and waits for its decision."""
    return frozenset(
        db.session.scalars(
            sa.select(GrantCancellation.grant_id).where(
                GrantCancellation.grant_id.in_(grant_ids), GrantCancellation.decided_at.is_(None)
            )
        )
    )
