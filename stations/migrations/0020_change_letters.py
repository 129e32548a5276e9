"""A change that was decided has its letter; one that is withdrawn, or falls away with the award, names who ended it.

Revision ID: 0020_change_letters
Revises: 0019_administrator_request
"""

import sqlalchemy as sa
from alembic import op

from stations.core.migrations import without_foreign_keys

revision = "0020_change_letters"
down_revision = "0019_administrator_request"

KEYS = {"ended_by_id": "person", "letter_id": "letter"}
LETTERS = sa.text("SELECT id FROM letter WHERE grant_id = :grant_id AND kind = 'change' ORDER BY id")
TOLD = sa.text(
    "SELECT id FROM grant_change WHERE grant_id = :grant_id AND approved AND decided_by_id IS NOT NULL ORDER BY id"
)
# Refusals of the time before there were letters about them: the committee was told by mail.
REFUSED = sa.text(
    "UPDATE grant_change SET ended_by_id = decided_by_id WHERE NOT approved AND decided_by_id IS NOT NULL"
)


def upgrade() -> None:
    with without_foreign_keys(), op.batch_alter_table("grant_change") as change:
        change.add_column(
            sa.Column(
                "ended_by_id",
                sa.Integer(),
                nullable=True,
                comment="who withdrew it, or cancelled the award that it was part of",
            )
        )
        change.add_column(
            sa.Column("letter_id", sa.Integer(), nullable=True, comment="the letter that tells the decision")
        )
        for column, table in KEYS.items():
            change.create_foreign_key(op.f(f"fk_grant_change_{column}"), table, [column], ["id"])
        change.create_unique_constraint(op.f("uq_grant_change_letter_id"), ["letter_id"])
        change.create_check_constraint(op.f("ck_grant_change_ended"), "ended_by_id IS NULL OR NOT approved")
    connection = op.get_bind()
    connection.execute(REFUSED)
    for grant_id in list(connection.scalars(sa.text("SELECT DISTINCT grant_id FROM grant_change"))):
        changes = connection.scalars(TOLD, {"grant_id": grant_id}).all()
        letters = connection.scalars(LETTERS, {"grant_id": grant_id}).all()
        for change_id, letter_id in zip(changes, letters, strict=False):
            told = sa.text("UPDATE grant_change SET letter_id = :letter WHERE id = :change")
            connection.execute(told, {"letter": letter_id, "change": change_id})


def downgrade() -> None:
    with without_foreign_keys(), op.batch_alter_table("grant_change") as change:
        change.drop_constraint(op.f("ck_grant_change_ended"), type_="check")
        change.drop_constraint(op.f("uq_grant_change_letter_id"), type_="unique")
        for column in KEYS:
            change.drop_constraint(op.f(f"fk_grant_change_{column}"), type_="foreignkey")
            change.drop_column(column)
