"""返還 after 完結: a record of the open year that names the closed grant.

Revision ID: 0018_recoveries
Revises: 0017_station_kana
"""

import sqlalchemy as sa
from alembic import op

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
    op.create_table(
        "grant_recovery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False, comment="the open year in which it was found"),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "disallowed_yen", sa.Integer(), nullable=False, comment="costs that do not count after all"
        ),
        sa.Column(
            "kept_before_yen", sa.Integer(), nullable=False, comment="what the committee had kept until then"
        ),
        sa.Column("kept_yen", sa.Integer(), nullable=False, comment="what it may keep"),
        sa.Column("amount_yen", sa.Integer(), nullable=False, comment="what it pays back"),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False, comment="why it was sent back"),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("budget_year", sa.Integer(), nullable=True, comment="the budget that receives the money"),
        sa.Column("prior_year_income", sa.Boolean(), nullable=True, comment="過年度収入 instead of 戻入"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_grant_recovery_{name}")) for name, rule in _CHECKS.items()),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_recovery_grant_id")),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_grant_recovery_{name}"))
            for name in ("drafted_by_id", "decided_by_id", "recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_recovery")),
    )
    op.create_index(op.f("ix_grant_recovery_grant_id"), "grant_recovery", ["grant_id"])
    op.create_index(
        "uq_grant_recovery_open",
        "grant_recovery",
        ["grant_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_table("grant_recovery")
