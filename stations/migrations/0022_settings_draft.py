"""制度設定 takes two people: a draft waits for another official.

Revision ID: 0022_settings_draft
Revises: 0021_refused_views
"""

import sqlalchemy as sa
from alembic import op

from stations.core.schema import flag, integer, json, make_table, moment, refers, text, unique_where

revision = "0022_settings_draft"
down_revision = "0021_refused_views"

WAITING = sa.text("decided_at IS NULL")


def upgrade() -> None:
    make_table(
        "settings_draft",
        integer("fiscal_year"),
        json("values", comment="column of fiscal_year_setting → value"),
        refers("drafted_by_id", "person"),
        moment("drafted_at"),
        flag("approved", null=True),
        text("decision_reason", comment="why it was returned"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        checks={
            "decided": "(decided_at IS NULL) = (approved IS NULL)",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
            "approved": "approved IS NULL OR NOT approved OR decided_by_id IS NOT NULL",
        },
    )
    unique_where("uq_settings_draft_waiting", "settings_draft", ["fiscal_year"], WAITING)


def downgrade() -> None:
    op.drop_table("settings_draft")
