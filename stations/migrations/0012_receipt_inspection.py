"""検査: parts that do not count, answers to findings, a second official; 訂正 of a receipt or income in one step.

Revision ID: 0012_receipt_inspection
Revises: 0011_sealed
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers
from stations.core.migrations import without_foreign_keys
from stations.core.schema import integer, make_table, moment, refers, text, unique_where

revision = "0012_receipt_inspection"
down_revision = "0011_sealed"

LIVE = sa.text("cancelled_at IS NULL")
CHECKS = {
    "ck_receipt_confirmed": "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
    "ck_receipt_four_eyes": (
        "confirmed_by_id IS NULL OR (inspected_by_id IS NOT NULL AND confirmed_by_id <> inspected_by_id)"
    ),
    "ck_receipt_answered": "(answered_at IS NULL) = (answered_by_id IS NULL)",
}
KEYS = {"answered_by_id": "person", "confirmed_by_id": "person", "replaces_id": "receipt"}


def upgrade() -> None:
    """SQLite builds ``receipt`` again: its number is now unique among the entries that stand."""
    with without_foreign_keys(), op.batch_alter_table("receipt") as receipt:
        receipt.drop_constraint(op.f("uq_receipt_grant_id_number"), type_="unique")
        receipt.add_column(
            sa.Column(
                "answer",
                sa.Text(),
                nullable=False,
                server_default=sa.text("''"),
                comment="the committee's words on the finding; '' until it answers",
            )
        )
        receipt.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        receipt.add_column(sa.Column("answered_by_id", sa.Integer(), nullable=True))
        receipt.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        receipt.add_column(
            sa.Column(
                "confirmed_by_id",
                sa.Integer(),
                nullable=True,
                comment="the second official, for one above the whole award",
            )
        )
        receipt.add_column(
            sa.Column(
                "replaces_id",
                sa.Integer(),
                nullable=True,
                comment="the entry of the same paper that this one corrects",
            )
        )
        for column, table in KEYS.items():
            receipt.create_foreign_key(op.f(f"fk_receipt_{column}"), table, [column], ["id"])
        receipt.create_unique_constraint(op.f("uq_receipt_replaces_id"), ["replaces_id"])
        for name, rule in CHECKS.items():
            receipt.create_check_constraint(op.f(name), rule)
    unique_where("uq_receipt_live_number", "receipt", ["grant_id", "number"], LIVE)
    with without_foreign_keys(), op.batch_alter_table("ledger_transaction") as transaction:
        transaction.add_column(
            sa.Column(
                "corrects_id",
                sa.Integer(),
                nullable=True,
                comment="the reversed one in whose place it stands",
            )
        )
        transaction.create_foreign_key(
            op.f("fk_ledger_transaction_corrects_id"), "ledger_transaction", ["corrects_id"], ["id"]
        )
        transaction.create_unique_constraint(op.f("uq_ledger_transaction_corrects_id"), ["corrects_id"])
    _triggers_again("ledger_transaction")
    make_table(
        "receipt_disallowance",
        refers("receipt_id", "receipt", index=True),
        refers("line_id", "grant_line"),
        integer("amount_yen"),
        text("reason"),
        refers("reverses_id", "receipt_disallowance", null=True, unique=True),
        refers("by_id", "person"),
        moment("at"),
        checks={
            "amount": "amount_yen <> 0 AND (amount_yen < 0) = (reverses_id IS NOT NULL)",
            "reason": "length(reason) > 0",
        },
    )
    for statement in append_only_triggers("receipt_disallowance", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """A corrected entry keeps its place in the books under a number of its own, behind all others."""
    op.drop_table("receipt_disallowance")
    with without_foreign_keys(), op.batch_alter_table("ledger_transaction") as transaction:
        transaction.drop_constraint(op.f("uq_ledger_transaction_corrects_id"), type_="unique")
        transaction.drop_constraint(op.f("fk_ledger_transaction_corrects_id"), type_="foreignkey")
        transaction.drop_column("corrects_id")
    _triggers_again("ledger_transaction")
    op.drop_index("uq_receipt_live_number", "receipt")
    op.execute(
        "UPDATE receipt SET number = id + (SELECT max(r.number) FROM receipt AS r) "
        "WHERE id IN (SELECT replaces_id FROM receipt)"
    )
    with without_foreign_keys(), op.batch_alter_table("receipt") as receipt:
        for name in CHECKS:
            receipt.drop_constraint(op.f(name), type_="check")
        receipt.drop_constraint(op.f("uq_receipt_replaces_id"), type_="unique")
        for column in KEYS:
            receipt.drop_constraint(op.f(f"fk_receipt_{column}"), type_="foreignkey")
        for column in ("answer", "answered_at", "confirmed_at", *KEYS):
            receipt.drop_column(column)
        receipt.create_unique_constraint(op.f("uq_receipt_grant_id_number"), ["grant_id", "number"])


def _triggers_again(table: str) -> None:
    """Building a table again loses its triggers; PostgreSQL changes it where it stands."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in append_only_triggers(table, "sqlite"):
            op.execute(statement)
