"""What is said about people is encrypted; mail that holds a one-time link ends with it.

Revision ID: 0011_sealed
Revises: 0010_kept_money
"""

import sqlalchemy as sa
from alembic import op

from stations.core import sealed
from stations.core.database import UtcDateTime

revision = "0011_sealed"
down_revision = "0010_kept_money"

# As they were sealed here; later columns have migrations of their own.
PLACES = (
    "event.reason",
    "follow_up.note",
    "observation.alias",
    "observation.answer",
    "observation.facts",
    "observation_call.reason",
    "observation_call.whom",
    "opening_record.incident",
    "opening_record.note",
    "outbox_mail.body",
    "referral.alias",
    "referral.considerations",
    "referral.wishes",
)


def upgrade() -> None:
    ring = sealed.keyring()
    for place in PLACES:
        sealed.rewrite(op.get_bind(), place, ring.seal)
    op.add_column(
        "outbox_mail",
        sa.Column(
            "expires_at",
            UtcDateTime(timezone=True),
            nullable=True,
            comment="when what it holds ends: it is not sent after that, and emptied",
        ),
    )
    op.add_column(
        "one_time_link",
        sa.Column(
            "mail_id",
            sa.Integer(),
            nullable=True,
            comment="outbox_mail that brings it; it ends with the link",
        ),
    )


def downgrade() -> None:
    op.drop_column("one_time_link", "mail_id")
    op.drop_column("outbox_mail", "expires_at")
    ring = sealed.keyring()
    for place in PLACES:
        sealed.rewrite(op.get_bind(), place, ring.open)
