"""What one administrator asks another for.

Revision ID: 0019_administrator_request
Revises: 0018_recoveries
"""

import sqlalchemy as sa
from alembic import op

from stations.core.schema import json, make_table, moment, refers

revision = "0019_administrator_request"
down_revision = "0018_recoveries"

KINDS = ("role", "reset")
STATUSES = ("waiting", "accepted", "declined")


def _one_of(column: str, name: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_administrator_request_{name}"))


def upgrade() -> None:
    make_table(
        "administrator_request",
        sa.Column("kind", sa.String(length=40), nullable=False),
        refers("person_id", "person", index=True),
        json("detail", comment="of a role: its name, body and term, as history keeps them"),
        sa.Column("status", sa.String(length=40), nullable=False),
        refers("asked_by_id", "person"),
        moment("asked_at"),
        refers("decided_by_id", "person", null=True),
        moment("decided_at", null=True),
        checks={
            "people_requestkind": "kind IN ('role', 'reset')",
            "people_requeststatus": "status IN ('waiting', 'accepted', 'declined')",
            "decided": "(status = 'waiting') = (decided_by_id IS NULL)",
            "decided_at": "(decided_by_id IS NULL) = (decided_at IS NULL)",
            "four_eyes": "status <> 'accepted' OR (decided_by_id <> asked_by_id AND decided_by_id <> person_id)",
        },
    )


def downgrade() -> None:
    op.drop_table("administrator_request")
