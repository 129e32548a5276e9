"""What is printed for characters that no font has.

Revision ID: 0013_printed_as
Revises: 0012_receipt_inspection
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers

revision = "0013_printed_as"
down_revision = "0012_receipt_inspection"


def upgrade() -> None:
    op.create_table(
        "printed_as",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("character", sa.Text(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=False, comment="empty: it is left out"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(character) = 1", name=op.f("ck_printed_as_one_character")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_printed_as_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_printed_as_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_as")),
    )
    for statement in append_only_triggers("printed_as", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("printed_as")
