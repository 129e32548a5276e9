"""Tries that were refused stand in the view log, too.

Revision ID: 0021_refused_views
Revises: 0020_change_letters
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_refused_views"
down_revision = "0020_change_letters"


def upgrade() -> None:
    op.add_column(
        "personal_data_view",
        sa.Column(
            "refused",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="somebody tried, and was not let in",
        ),
    )


def downgrade() -> None:
    op.drop_column("personal_data_view", "refused")
