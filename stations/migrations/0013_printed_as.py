"""What is printed for characters that no font has.

Revision ID: 0013_printed_as
Revises: 0012_receipt_inspection
"""

from alembic import op

from stations.core.database import append_only_triggers
from stations.core.schema import make_table, moment, refers, text

revision = "0013_printed_as"
down_revision = "0012_receipt_inspection"


def upgrade() -> None:
    make_table(
        "printed_as",
        text("character"),
        text("printed", comment="empty: it is left out"),
        text("reason"),
        refers("by_id", "person"),
        moment("at"),
        checks={"one_character": "length(character) = 1", "reason": "length(reason) > 0"},
    )
    for statement in append_only_triggers("printed_as", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("printed_as")
