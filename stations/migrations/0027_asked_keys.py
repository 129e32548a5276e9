"""Indexes for keys that pages ask by, and for one person's part of the view log in its order.

Revision ID: 0027_asked_keys
Revises: 0026_ids_given_once
"""

from alembic import op

revision = "0027_asked_keys"
down_revision = "0026_ids_given_once"

KEYS = (
    ("ledger_transaction", "receipt_id"),
    ("opening", "rule_id"),
    ("plan_attachment", "file_id"),
    ("presence", "person_id"),
    ("receipt", "file_id"),
)
VIEWS = "personal_data_view"


def upgrade() -> None:
    for table, column in KEYS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_personal_data_view_by", VIEWS, ["by_id", "at"])
    op.drop_index(op.f("ix_personal_data_view_by_id"), VIEWS)


def downgrade() -> None:
    op.create_index(op.f("ix_personal_data_view_by_id"), VIEWS, ["by_id"])
    op.drop_index("ix_personal_data_view_by", VIEWS)
    for table, column in KEYS:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
