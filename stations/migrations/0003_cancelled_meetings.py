"""中止 of a general meeting: when and why it was called off.

Revision ID: 0003_cancelled_meetings
Revises: 0002_processing_days
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from stations.core.migrations import without_foreign_keys

revision = "0003_cancelled_meetings"
down_revision = "0002_processing_days"

BEFORE = {
    "ck_meeting_meetings_meetingstatus": "status IN ('planned', 'open', 'closed')",
    "ck_meeting_opened": "(status = 'planned') = (opened_at IS NULL)",
}
AFTER = {
    "ck_meeting_meetings_meetingstatus": "status IN ('planned', 'open', 'closed', 'cancelled')",
    "ck_meeting_opened": "status = 'cancelled' OR (status = 'planned') = (opened_at IS NULL)",
    "ck_meeting_cancelled": "(status = 'cancelled') = (cancelled_at IS NOT NULL)",
    "ck_meeting_cancelled_reason": "(status = 'cancelled') = (coalesce(length(cancelled_reason), 0) > 0)",
}


def upgrade() -> None:
    with _changed(BEFORE, AFTER) as meeting:
        meeting.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        meeting.add_column(
            sa.Column("cancelled_reason", sa.Text(), nullable=True, comment="members and committees read it")
        )


def downgrade() -> None:
    """The nearest state is 閉会: nothing happens to the meeting any more. Why stays in its history."""
    op.execute(
        "UPDATE meeting SET status = 'closed', closed_at = cancelled_at, "
        "opened_at = coalesce(opened_at, cancelled_at), cancelled_at = NULL, cancelled_reason = NULL "
        "WHERE status = 'cancelled'"
    )
    with _changed(AFTER, BEFORE) as meeting:
        meeting.drop_column("cancelled_reason")
        meeting.drop_column("cancelled_at")


@contextmanager
def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[BatchOperations]:
    """The table ``meeting`` with other CHECKs; SQLite builds it again for that."""
    with without_foreign_keys(), op.batch_alter_table("meeting") as meeting:
        for name in before:
            meeting.drop_constraint(op.f(name), type_="check")
        yield meeting
        for name, rule in after.items():
            meeting.create_check_constraint(op.f(name), rule)
