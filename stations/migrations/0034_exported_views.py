"""The view log tells a list that was saved as a file from one that was looked at.

Revision ID: 0034_exported_views
Revises: 0033_drafts
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_exported_views"
down_revision = "0033_drafts"


def upgrade() -> None:
    op.add_column(
        "personal_data_view",
        sa.Column(
            "exported",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="taken along as a file of the list",
        ),
    )


def downgrade() -> None:
    op.drop_column("personal_data_view", "exported")
