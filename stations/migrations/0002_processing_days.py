"""標準処理期間 of a year: how many days the city takes for what a committee hands in.

Revision ID: 0002_processing_days
Revises: 0001_initial
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_processing_days"
down_revision = "0001_initial"


def upgrade() -> None:
    op.add_column(
        "fiscal_year_setting",
        sa.Column(
            "processing_days",
            sa.Integer(),
            sa.CheckConstraint("processing_days >= 1", name=op.f("ck_fiscal_year_setting_processing")),
            server_default="30",
            nullable=False,
            comment="標準処理期間 of what a committee hands in",
        ),
    )


def downgrade() -> None:
    op.drop_column("fiscal_year_setting", "processing_days")
