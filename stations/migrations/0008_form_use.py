"""A form acts once: the marks of forms that did what they were for.

Revision ID: 0008_form_use
Revises: 0007_tablets
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_form_use"
down_revision = "0007_tablets"


def upgrade() -> None:
    op.create_table(
        "form_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False, comment="address of the result"),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_form_use_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_form_use"),
        sa.UniqueConstraint("person_id", "mark", name="uq_form_use_person_id_mark"),
    )
    op.create_index("ix_form_use_used_at", "form_use", ["used_at"])


def downgrade() -> None:
    op.drop_table("form_use")
