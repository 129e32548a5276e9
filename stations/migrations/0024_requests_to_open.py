"""Two administrators also send a link to a new address, and open a stopped account again.

Revision ID: 0024_requests_to_open
Revises: 0023_project_begins
"""

import sqlalchemy as sa
from alembic import op

revision = "0024_requests_to_open"
down_revision = "0023_project_begins"

TABLE = "administrator_request"
KIND = "ck_administrator_request_people_requestkind"
BEFORE = ("role", "reset")
AFTER = (*BEFORE, "link", "enable")
COMMENT_BEFORE = "of a role: its name, body and term, as history keeps them"
COMMENT_AFTER = (
    "`person`: name and address as asked for; of a role: its name, body and term, as history keeps them"
)


def _hold(values: tuple[str, ...], *, comment: str, instead_of: str) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(KIND), type_="check")
        table.create_check_constraint(op.f(KIND), f"kind IN ({listed})")
        table.alter_column("detail", existing_type=sa.JSON(), comment=comment, existing_comment=instead_of)


def upgrade() -> None:
    _hold(AFTER, comment=COMMENT_AFTER, instead_of=COMMENT_BEFORE)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM administrator_request WHERE kind IN ('link', 'enable')"))
    _hold(BEFORE, comment=COMMENT_BEFORE, instead_of=COMMENT_AFTER)
