"""返還命令: the draft that waits for its decision, or came back."""

import sqlalchemy as sa

from stations.core.database import db
from stations.grants.models import Grant
from stations.grants.settlement.models import RefundOrder


def pending_refund(grant: Grant) -> RefundOrder | None:
    """The drafted 返還命令 of a grant that nobody has decided yet."""
    return db.session.scalars(
        sa.select(RefundOrder).where(RefundOrder.grant_id == grant.id, RefundOrder.decided_at.is_(None))
    ).one_or_none()


def returned_refund(grant: Grant) -> RefundOrder | None:
    """The draft of a 返還命令 that came back last; None once another has been made."""
    last = db.session.scalar(
        sa.select(RefundOrder)
        .where(RefundOrder.grant_id == grant.id)
        .order_by(RefundOrder.id.desc())
        .limit(1)
    )
    return last if last is not None and last.approved is False else None
