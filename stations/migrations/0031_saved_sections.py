"""A plan keeps which of its sections were saved, not with which number: pages carry a mark of what stood in theirs.

Revision ID: 0031_saved_sections
Revises: 0030_devices
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0031_saved_sections"
down_revision = "0030_devices"

NUMBERS = "section → lock_version at its last save"
NAMES = "sections saved at least once; of a copy, those looked at since"


def upgrade() -> None:
    _rename("section_saves", "saved_sections", NAMES)
    _rewrite("saved_sections", lambda numbers: sorted(numbers, key=numbers.__getitem__))
    op.drop_column("plan", "lock_version")


def downgrade() -> None:
    """Each section counts as saved once, in their order."""
    op.add_column(
        "plan",
        sa.Column(
            "lock_version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="raised at each save: two editors are noticed",
        ),
    )
    op.execute("UPDATE plan SET lock_version = 1 + json_array_length(saved_sections)")
    _rename("saved_sections", "section_saves", NUMBERS)
    _rewrite("section_saves", lambda names: {name: number for number, name in enumerate(names, start=2)})


def _rename(old: str, new: str, comment: str) -> None:
    op.alter_column(
        "plan",
        old,
        new_column_name=new,
        comment=comment if op.get_bind().dialect.name == "postgresql" else False,  # SQLite has none
        existing_type=sa.JSON(),
        existing_nullable=False,
    )


def _rewrite(column: str, to: Callable[[Any], Any]) -> None:
    plan = sa.table("plan", sa.column("id"), sa.column(column, sa.JSON()))
    for plan_id, kept in op.get_bind().execute(sa.select(plan.c.id, plan.c[column])).all():
        op.get_bind().execute(sa.update(plan).where(plan.c.id == plan_id).values({column: to(kept)}))
