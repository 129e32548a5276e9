"""返還 after 完結: a record of the open year that names the closed grant.

Revision ID: 0018_recoveries
Revises: 0017_station_kana
"""

import sqlalchemy as sa
from alembic import op

from stations.core.schema import day, flag, integer, make_table, moment, refers, text, unique_where

revision = "0018_recoveries"
down_revision = "0017_station_kana"

_OPEN = sa.text("status IN ('decided', 'drafted', 'ordered')")
_CHECKS = {
    "grants_recoverystatus": "status IN ('drafted', 'returned', 'decided', 'ordered', 'repaid')",
    "disallowed": "disallowed_yen > 0",
    "amount": "amount_yen > 0",
    "kept": "kept_yen >= 0",
    "decided": "(status = 'drafted') = (decided_by_id IS NULL)",
    "four_eyes": "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
    "ordered": "(status IN ('ordered', 'repaid')) = (due_on IS NOT NULL)",
    "repaid": (
        "(status = 'repaid') = (received_on IS NOT NULL) AND (status = 'repaid') = (budget_year IS NOT NULL) "
        "AND (status = 'repaid') = (recorded_by_id IS NOT NULL)"
    ),
    "four_eyes_record": "recorded_by_id IS NULL OR recorded_by_id NOT IN (drafted_by_id, decided_by_id)",
}


def upgrade() -> None:
    make_table(
        "grant_recovery",
        refers("grant_id", "grant", index=True),
        integer("fiscal_year", comment="the open year in which it was found"),
        sa.Column("status", sa.String(40), nullable=False),
        text("reason"),
        integer("disallowed_yen", comment="costs that do not count after all"),
        integer("kept_before_yen", comment="what the committee had kept until then"),
        integer("kept_yen", comment="what it may keep"),
        integer("amount_yen", comment="what it pays back"),
        refers("drafted_by_id", "person"),
        moment("drafted_at"),
        text("decision_reason", comment="why it was sent back"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        day("issued_on", null=True),
        day("due_on", null=True),
        day("received_on", null=True),
        integer("budget_year", null=True, comment="the budget that receives the money"),
        flag("prior_year_income", null=True, comment="過年度収入 instead of 戻入"),
        text("reference"),
        refers("recorded_by_id", "person", null=True),
        checks={
            "grants_recoverystatus": "status IN ('drafted', 'returned', 'decided', 'ordered', 'repaid')",
            "disallowed": "disallowed_yen > 0",
            "amount": "amount_yen > 0",
            "kept": "kept_yen >= 0",
            "decided": "(status = 'drafted') = (decided_by_id IS NULL)",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
            "ordered": "(status IN ('ordered', 'repaid')) = (due_on IS NOT NULL)",
            "repaid": "(status = 'repaid') = (received_on IS NOT NULL) AND (status = 'repaid') = (budget_year IS NOT NULL) AND (status = 'repaid') = (recorded_by_id IS NOT NULL)",
            "four_eyes_record": "recorded_by_id IS NULL OR recorded_by_id NOT IN (drafted_by_id, decided_by_id)",
        },
    )
    unique_where("uq_grant_recovery_open", "grant_recovery", ["grant_id"], _OPEN)


def downgrade() -> None:
    op.drop_table("grant_recovery")
