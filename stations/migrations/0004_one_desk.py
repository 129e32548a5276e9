"""At most one agency is 福祉まるごと相談窓口, held by the database too.

Revision ID: 0004_one_desk
Revises: 0003_cancelled_meetings
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_one_desk"
down_revision = "0003_cancelled_meetings"

NAME = "uq_agency_marugoto_desk"
IS_DESK = sa.text("is_marugoto_desk")


def upgrade() -> None:
    op.create_index(
        NAME, "agency", ["is_marugoto_desk"], unique=True, postgresql_where=IS_DESK, sqlite_where=IS_DESK
    )


def downgrade() -> None:
    op.drop_index(NAME, "agency")
