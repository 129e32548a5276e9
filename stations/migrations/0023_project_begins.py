"""A project may begin within its year: the award letter's period begins with it.

Revision ID: 0023_project_begins
Revises: 0022_settings_draft
"""

import sqlalchemy as sa
from alembic import op

revision = "0023_project_begins"
down_revision = "0022_settings_draft"


def upgrade() -> None:
    op.add_column(
        "grant",
        sa.Column(
            "starts_on",
            sa.Date(),
            nullable=True,
            comment="when the project begins, as applied for; NULL: with its year",
        ),
    )


def downgrade() -> None:
    op.drop_column("grant", "starts_on")
