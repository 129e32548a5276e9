"""The record of a day says when it was started, and by whom.

Revision ID: 0032_started
Revises: 0031_saved_sections
"""

from alembic import op

from stations.core.migrations import without_foreign_keys

revision = "0032_started"
down_revision = "0031_saved_sections"


def upgrade() -> None:
    _rename("begun", "started")


def downgrade() -> None:
    _rename("started", "begun")


def _rename(old: str, new: str) -> None:
    """In two goes: a batch knows its columns by the names that they had before it."""
    with without_foreign_keys(), op.batch_alter_table("opening_record") as record:
        record.drop_constraint(op.f(f"fk_opening_record_{old}_by_id"), type_="foreignkey")
        for column in ("at", "by_id"):
            record.alter_column(f"{old}_{column}", new_column_name=f"{new}_{column}")
    with without_foreign_keys(), op.batch_alter_table("opening_record") as record:
        record.create_foreign_key(op.f(f"fk_opening_record_{new}_by_id"), "person", [f"{new}_by_id"], ["id"])
