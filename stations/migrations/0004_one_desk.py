"""At most one agency is 福祉まるごと相談窓口, held by the database too.

Revision ID: 0004_one_desk
Revises: 0003_cancelled_meetings
"""

import sqlalchemy as sa
from alembic import op

from stations.core.schema import unique_where

revision = "0004_one_desk"
down_revision = "0003_cancelled_meetings"

NAME = "uq_agency_marugoto_desk"
IS_DESK = sa.text("is_marugoto_desk")


def upgrade() -> None:
    """Which of several desks stays is the city's decision: it stops and says who they are."""
    desks = list(op.get_bind().scalars(sa.text("SELECT name FROM agency WHERE is_marugoto_desk ORDER BY id")))
    if len(desks) > 1:
        raise RuntimeError(
            f"More than one 福祉まるごと相談窓口: {'、'.join(desks)}. Leave one, then upgrade again."
        )
    unique_where(NAME, "agency", ["is_marugoto_desk"], IS_DESK)


def downgrade() -> None:
    op.drop_index(NAME, "agency")
