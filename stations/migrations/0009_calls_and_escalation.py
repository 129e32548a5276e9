"""Telephone calls about a memo, and when an urgent one goes on to the next in line.

Revision ID: 0009_calls_and_escalation
Revises: 0008_form_use
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import UtcDateTime, append_only_triggers

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
    op.create_table(
        "observation_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False, comment="an office, or who answered there"),
        sa.Column("called_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="why no call was needed"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('reached', 'not_reached', 'not_needed')",
            name=op.f("ck_observation_call_referrals_calloutcome"),
        ),
        sa.CheckConstraint(
            "(outcome = 'not_needed') = (called_at IS NULL)", name=op.f("ck_observation_call_called")
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name=op.f("fk_observation_call_observation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_observation_call_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_call")),
    )
    op.create_index(op.f("ix_observation_call_observation_id"), "observation_call", ["observation_id"])
    for statement in append_only_triggers("observation_call", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("observation_call")
    op.drop_column("observation", "section_alerted_at")
    op.drop_column("observation", "escalate_at")
