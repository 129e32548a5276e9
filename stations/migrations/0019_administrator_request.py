"""What one administrator asks another for.

Revision ID: 0019_administrator_request
Revises: 0018_recoveries
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_administrator_request"
down_revision = "0018_recoveries"

KINDS = ("role", "reset")
STATUSES = ("waiting", "accepted", "declined")


def _one_of(column: str, name: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_administrator_request_{name}"))


def upgrade() -> None:
    op.create_table(
        "administrator_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "detail",
            sa.JSON(),
            nullable=False,
            comment="of a role: its name, body and term, as history keeps them",
        ),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        _one_of("kind", "people_requestkind", KINDS),
        _one_of("status", "people_requeststatus", STATUSES),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_by_id IS NULL)", name=op.f("ck_administrator_request_decided")
        ),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)", name=op.f("ck_administrator_request_decided_at")
        ),
        sa.CheckConstraint(
            "status <> 'accepted' OR (decided_by_id <> asked_by_id AND decided_by_id <> person_id)",
            name=op.f("ck_administrator_request_four_eyes"),
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_administrator_request_{column}"))
            for column in ("person_id", "asked_by_id", "decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrator_request")),
    )
    op.create_index(op.f("ix_administrator_request_person_id"), "administrator_request", ["person_id"])


def downgrade() -> None:
    op.drop_table("administrator_request")
