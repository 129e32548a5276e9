"""制度設定 takes two people: a draft waits for another official.

Revision ID: 0022_settings_draft
Revises: 0021_refused_views
"""

import sqlalchemy as sa
from alembic import op

revision = "0022_settings_draft"
down_revision = "0021_refused_views"

WAITING = sa.text("decided_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "settings_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False, comment="column of fiscal_year_setting → value"),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False, comment="why it was returned"),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (approved IS NULL)", name=op.f("ck_settings_draft_decided")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
            name=op.f("ck_settings_draft_four_eyes"),
        ),
        sa.CheckConstraint(
            "approved IS NULL OR NOT approved OR decided_by_id IS NOT NULL",
            name=op.f("ck_settings_draft_approved"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_settings_draft_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_settings_draft_drafted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings_draft")),
    )
    op.create_index(
        "uq_settings_draft_waiting",
        "settings_draft",
        ["fiscal_year"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("settings_draft")
