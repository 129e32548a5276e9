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
from stations.core.schema import flag, integer, make_table, moment, refers, text

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
    make_table(
        "tally_device",
        refers("opening_id", "opening"),
        text("device_id", comment="a UUID that the browser made for itself"),
        refers("person_id", "person", comment="who is signed in on it"),
        moment("heard_at"),
        integer("unsent", comment="touches not counted yet"),
        flag("gone", comment="it has left the counting page"),
        integer("clock_ahead_seconds"),
        unique=[("opening_id", "device_id")],
        checks={"unsent": "unsent >= 0"},
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
