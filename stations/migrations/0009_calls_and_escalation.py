"""Telephone calls about a memo, and when an urgent one goes on to the next in line.

Revision ID: 0009_calls_and_escalation
Revises: 0008_form_use
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import UtcDateTime, append_only_triggers
from stations.core.schema import make_table, moment, refers, text

revision = "0009_calls_and_escalation"
down_revision = "0008_form_use"


def upgrade() -> None:
    op.add_column(
        "observation",
        sa.Column(
            "escalate_at",
            UtcDateTime(timezone=True),
            nullable=True,
            comment="urgent and sent: when it goes on to the next in line unless somebody acknowledges it",
        ),
    )
    op.add_column(
        "observation",
        sa.Column(
            "section_alerted_at",
            UtcDateTime(timezone=True),
            nullable=True,
            comment="地域共生課, the last in line, was told by number that nobody acknowledged it",
        ),
    )
    make_table(
        "observation_call",
        refers("observation_id", "observation", index=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        text("whom", comment="an office, or who answered there"),
        moment("called_at", null=True),
        text("reason", comment="why no call was needed"),
        refers("recorded_by_id", "person"),
        moment("recorded_at"),
        checks={
            "referrals_calloutcome": "outcome IN ('reached', 'not_reached', 'not_needed')",
            "called": "(outcome = 'not_needed') = (called_at IS NULL)",
        },
    )
    for statement in append_only_triggers("observation_call", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("observation_call")
    op.drop_column("observation", "section_alerted_at")
    op.drop_column("observation", "escalate_at")
