"""一部取消し, 取消し after the 額の確定, and 返還命令 by two people.

Revision ID: 0010_kept_money
Revises: 0009_calls_and_escalation
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from stations.core.migrations import without_foreign_keys
from stations.core.schema import flag, integer, make_table, moment, refers, text, unique_where

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
    make_table(
        "refund_order",
        refers("grant_id", "grant", index=True),
        integer("amount_yen"),
        refers("drafted_by_id", "person"),
        moment("drafted_at"),
        flag("approved", null=True),
        text("decision_reason", comment="why it was sent back"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        checks={
            "amount": "amount_yen > 0",
            "decided": "(decided_at IS NULL) = (approved IS NULL)",
            "decided_by": "(decided_at IS NULL) = (decided_by_id IS NULL)",
            "four_eyes": "decided_by_id IS NULL OR decided_by_id <> drafted_by_id",
        },
    )
    for table in ("refund_order", "grant_cancellation"):
        waits = sa.text("decided_at IS NULL")
        unique_where(f"uq_{table}_pending", table, ["grant_id"], waits)


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
