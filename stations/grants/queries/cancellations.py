"""取消し and 返還命令: the drafts that wait for their decision, and what was decided."""

import sqlalchemy as sa

from stations.core.database import db
from stations.grants.cancellations import GrantCancellation
from stations.grants.models import Grant
from stations.grants.queries.ledger import decided_award
from stations.grants.refunds import RefundOrder


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


def cancellations_without_letter(grant: Grant) -> list[GrantCancellation]:
    """The decided 取消し that the committee has not been told, oldest first (letters follow in order).

    An award that was told is also taken back by a letter; of one that was not, nothing is told.
    """
    kinds = [letter.kind for letter in grant.letters]
    if grant.kept_yen is None or "award" not in kinds:
        return []
    return _decided(grant)[kinds.count("cancellation") :]


def award_before(cancellation: GrantCancellation, grant: Grant) -> int:
    """The award as it was before a decided 取消し: what an earlier one had left, else what was awarded."""
    earlier = [row.kept_yen for row in _decided(grant) if row.id < cancellation.id]
    return earlier[-1] if earlier else grant.awarded_yen or 0


def award_told(grant: Grant) -> int | None:
    """決定額 as the committee was told it last: a 取消し counts from its letter on."""
    untold = cancellations_without_letter(grant)
    return award_before(untold[0], grant) if untold else decided_award(grant)


def _decided(grant: Grant) -> list[GrantCancellation]:
    return [one for one in grant.cancellations if one.approved]


def cancellation_untold(grant: Grant) -> bool:
    """Whether a 取消し waits for its letter."""
    return bool(cancellations_without_letter(grant))


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
