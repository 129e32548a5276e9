"""一部取消し, 取消し after the 額の確定, and 返還命令 by two people.

Revision ID: 0010_kept_money
Revises: 0009_calls_and_escalation
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from stations.core.migrations import without_foreign_keys

revision = "0010_kept_money"
down_revision = "0009_calls_and_escalation"

_STATES = (
    "'applied', 'reviewing', 'deciding', 'awarded', 'refused', 'active', 'change_requested', 'reported', "
    "'report_returned', 'inspected', 'determining', 'determined', 'refund_due', 'refunded', 'balance_due', "
    "'balance_paid', 'closed', 'withdrawn', 'discontinued'"
)
_AWARDED = (
    "'awarded','active','change_requested','reported','report_returned','inspected',"
    "'determining','determined','refund_due','refunded','balance_due','balance_paid'"
)
_FIXED = "'determined','balance_due','balance_paid','refunded','refund_due'"
BEFORE = {
    "ck_grant_grants_status": f"status IN ({_STATES}, 'cancelled')",
    "ck_grant_awarded_fact": f"status NOT IN ({_AWARDED}) OR awarded_yen IS NOT NULL",
    "ck_grant_fixed_fact": f"status NOT IN ({_FIXED}) OR fixed_yen IS NOT NULL",
    "ck_grant_fixed": "fixed_yen IS NULL OR (fixed_yen >= 0 AND fixed_yen <= awarded_yen)",
}
AFTER = {
    "ck_grant_grants_status": f"status IN ({_STATES}, 'partly_cancelled', 'cancelled')",
    "ck_grant_awarded_fact": (
        f"status NOT IN ({_AWARDED},'partly_cancelled','cancelled') OR awarded_yen IS NOT NULL"
    ),
    "ck_grant_fixed_fact": f"status NOT IN ({_FIXED},'cancelled') OR fixed_yen IS NOT NULL",
    "ck_grant_fixed": (
        "fixed_yen IS NULL OR (fixed_yen >= 0 AND fixed_yen <= coalesce(kept_yen, awarded_yen))"
    ),
    "ck_grant_kept": "kept_yen IS NULL OR (kept_yen >= 0 AND kept_yen < awarded_yen)",
    "ck_grant_cancelled_fact": "status NOT IN ('cancelled','partly_cancelled') OR kept_yen IS NOT NULL",
    "ck_grant_four_eyes_refund": (
        "refund_ordered_by_id IS NULL OR refund_ordered_by_id <> refund_drafted_by_id"
    ),
}


def upgrade() -> None:
    with without_foreign_keys():
        with op.batch_alter_table("grant") as grant:
            grant.add_column(
                sa.Column(
                    "kept_yen",
                    sa.Integer(),
                    nullable=True,
                    comment="what 取消し left of the award; NULL: nothing is cancelled",
                )
            )
            grant.add_column(sa.Column("refund_drafted_by_id", sa.Integer(), nullable=True))
            grant.create_foreign_key(
                op.f("fk_grant_refund_drafted_by_id"), "person", ["refund_drafted_by_id"], ["id"]
            )
            for column, comment in (
                ("fixed_yen", "額の確定, as drafted until determined; or what a 取消し left at last"),
                ("refund_yen", "返還命令, the last one"),
            ):
                grant.alter_column(column, comment=comment)
            grant.alter_column("refund_due_on", comment="NULL: its letter is not issued")
        # Until now an amount that no 額の確定 had fixed was what a 取消し had left.
        op.execute(
            'UPDATE "grant" SET kept_yen = fixed_yen '
            "WHERE fixed_yen IS NOT NULL AND determination_drafted_by_id IS NULL"
        )
        _change(BEFORE, AFTER)
    op.create_table(
        "refund_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False, comment="why it was sent back"),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_refund_order_amount")),
        sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name=op.f("ck_refund_order_decided")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_refund_order_decided_by")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> drafted_by_id", name=op.f("ck_refund_order_four_eyes")
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_refund_order_grant_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["person.id"], name=op.f("fk_refund_order_drafted_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_refund_order_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_order")),
    )
    op.create_index(op.f("ix_refund_order_grant_id"), "refund_order", ["grant_id"])
    for table in ("refund_order", "grant_cancellation"):
        waits = sa.text("decided_at IS NULL")
        op.create_index(
            f"uq_{table}_pending",
            table,
            ["grant_id"],
            unique=True,
            sqlite_where=waits,
            postgresql_where=waits,
        )


def downgrade() -> None:
    """A 一部取消し that waits for its report is nearest to 中止・廃止. Decided orders stay in the history."""
    op.drop_index("uq_grant_cancellation_pending", "grant_cancellation")
    op.drop_table("refund_order")
    op.execute("UPDATE \"grant\" SET status = 'discontinued' WHERE status = 'partly_cancelled'")
    with without_foreign_keys():
        _change(AFTER, BEFORE)
        with op.batch_alter_table("grant") as grant:
            grant.drop_constraint(op.f("fk_grant_refund_drafted_by_id"), type_="foreignkey")
            grant.drop_column("refund_drafted_by_id")
            grant.drop_column("kept_yen")
            for column, comment in (
                ("fixed_yen", "額の確定; as drafted until determined"),
                ("refund_yen", "返還命令"),
                ("refund_due_on", None),
            ):
                grant.alter_column(column, comment=comment)


def _change(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """The table ``grant`` with other CHECKs; SQLite builds it again for that."""
    grant: BatchOperations
    with op.batch_alter_table("grant") as grant:
        for name in before:
            grant.drop_constraint(op.f(name), type_="check")
        for name, rule in after.items():
            grant.create_check_constraint(op.f(name), rule)
