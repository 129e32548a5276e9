"""Drafts that another official decides on have the same columns, states and CHECKs in every table.

Revision ID: 0033_drafts
Revises: 0032_started
"""

import sqlalchemy as sa
from alembic import op

from stations.core.schema import unique_where

revision = "0033_drafts"
down_revision = "0032_started"

STATES = ("waiting", "approved", "returned", "replaced")
BEFORE = {"age_band_draft": "attendance_banddraftstatus", "letter_text_draft": "grants_textstatus"}
NAMED = f"status IN ({', '.join(repr(state) for state in STATES)})"
DECIDED = {
    "decided": "(status = 'waiting') = (decided_at IS NULL)",
    "decided_by": "(status IN ('approved', 'returned')) = (decided_by_id IS NOT NULL)",
    "core_draftstatus": NAMED,
}
DECIDED_BEFORE = {
    "decided": "(decided_at IS NULL) = (approved IS NULL)",
    "approved": "approved IS NULL OR NOT approved OR decided_by_id IS NOT NULL",
}


def upgrade() -> None:
    for table, name in BEFORE.items():
        _rename_check(table, name, "core_draftstatus")
    with op.batch_alter_table("settings_draft") as draft:
        draft.add_column(sa.Column("status", sa.String(40), nullable=True))
    op.execute(
        "UPDATE settings_draft SET status = CASE WHEN decided_at IS NULL THEN 'waiting' "
        "WHEN decided_by_id IS NULL THEN 'replaced' WHEN approved THEN 'approved' ELSE 'returned' END"
    )
    _swap("status", DECIDED_BEFORE, DECIDED, "approved", "status = 'waiting'")


def downgrade() -> None:
    with op.batch_alter_table("settings_draft") as draft:
        draft.add_column(sa.Column("approved", sa.Boolean(), nullable=True))
    op.execute("UPDATE settings_draft SET approved = (status = 'approved') WHERE status <> 'waiting'")
    _swap("approved", DECIDED, DECIDED_BEFORE, "status", "decided_at IS NULL")
    for table, name in BEFORE.items():
        _rename_check(table, "core_draftstatus", name)


def _rename_check(table: str, before: str, after: str) -> None:
    with op.batch_alter_table(table) as draft:
        draft.drop_constraint(op.f(f"ck_{table}_{before}"), type_="check")
        draft.create_check_constraint(op.f(f"ck_{table}_{after}"), NAMED)


def _swap(kept: str, before: dict[str, str], after: dict[str, str], gone: str, waiting: str) -> None:
    """The column ``kept`` says what ``gone`` said, and the CHECKs and the index of what waits go by it."""
    op.drop_index("uq_settings_draft_waiting", "settings_draft")
    with op.batch_alter_table("settings_draft") as draft:
        for name in before:
            draft.drop_constraint(op.f(f"ck_settings_draft_{name}"), type_="check")
        draft.drop_column(gone)
        draft.alter_column(kept, existing_type=sa.String(40), nullable=kept != "status")
        for name, check in after.items():
            draft.create_check_constraint(op.f(f"ck_settings_draft_{name}"), check)
    unique_where("uq_settings_draft_waiting", "settings_draft", ["fiscal_year"], sa.text(waiting))
