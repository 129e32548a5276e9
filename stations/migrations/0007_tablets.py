"""Who tapped and who sent it, taps moved between openings, and what each tablet last reported.

Revision ID: 0007_tablets
Revises: 0006_two_people_order
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from stations.core.database import append_only_triggers
from stations.core.migrations import without_foreign_keys

revision = "0007_tablets"
down_revision = "0006_two_people_order"


def upgrade() -> None:
    with _tap() as tap:
        for column in _new_columns():
            tap.add_column(column)
        tap.alter_column(
            "by_id",
            existing_type=sa.Integer(),
            existing_nullable=False,
            comment="who was signed in on the device when it was tapped",
        )
        tap.create_foreign_key(op.f("fk_tap_sent_by_id"), "person", ["sent_by_id"], ["id"])
        tap.create_foreign_key(op.f("fk_tap_moved_from_id"), "tap", ["moved_from_id"], ["id"])
    op.create_index("uq_tap_moved_from_id", "tap", ["moved_from_id"], unique=True)
    op.create_table(
        "tally_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False, comment="a UUID that the browser made for itself"),
        sa.Column("person_id", sa.Integer(), nullable=False, comment="who is signed in on it"),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False, comment="touches not counted yet"),
        sa.Column("gone", sa.Boolean(), nullable=False, comment="it has left the counting page"),
        sa.Column("clock_ahead_seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("unsent >= 0", name=op.f("ck_tally_device_unsent")),
        sa.ForeignKeyConstraint(["opening_id"], ["opening.id"], name=op.f("fk_tally_device_opening_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tally_device_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_device")),
        sa.UniqueConstraint("opening_id", "device_id", name=op.f("uq_tally_device_opening_id_device_id")),
    )


def downgrade() -> None:
    """A moved tap stays where it was moved to; only that it was moved is forgotten."""
    op.drop_table("tally_device")
    op.drop_index("uq_tap_moved_from_id", "tap")
    with _tap() as tap:
        tap.drop_constraint(op.f("fk_tap_sent_by_id"), type_="foreignkey")
        tap.drop_constraint(op.f("fk_tap_moved_from_id"), type_="foreignkey")
        for column in _new_columns():
            tap.drop_column(column.name)
        tap.alter_column("by_id", existing_type=sa.Integer(), existing_nullable=False, comment=None)


def _new_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column(
            "sent_by_id",
            sa.Integer(),
            nullable=True,
            comment="who was signed in when it was sent, if that was somebody else",
        ),
        sa.Column(
            "author_unsure",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="the device could not prove who tapped: by_id is who sent it",
        ),
        sa.Column(
            "moved_from_id",
            sa.Integer(),
            nullable=True,
            comment="the tap of another opening that this one was moved from",
        ),
    )


@contextmanager
def _tap() -> Iterator[BatchOperations]:
    """The table ``tap`` with other columns; SQLite builds it again for that, and needs its triggers again."""
    with without_foreign_keys(), op.batch_alter_table("tap") as tap:
        yield tap
    if op.get_bind().dialect.name == "sqlite":
        for trigger in append_only_triggers("tap", "sqlite"):
            op.execute(trigger)
