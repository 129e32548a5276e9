"""The reading of a station's name: on English pages it stands in Latin letters.

Revision ID: 0017_station_kana
Revises: 0016_trusted_devices
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_station_kana"
down_revision = "0016_trusted_devices"


def upgrade() -> None:
    op.add_column(
        "station",
        sa.Column(
            "kana",
            sa.Text(),
            nullable=True,
            comment="ふりがな of the name; read in Latin letters on English pages",
        ),
    )


def downgrade() -> None:
    op.drop_column("station", "kana")
