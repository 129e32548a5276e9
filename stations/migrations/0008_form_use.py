"""A form acts once: the marks of forms that did what they were for.

Revision ID: 0008_form_use
Revises: 0007_tablets
"""

from alembic import op

from stations.core.schema import make_table, moment, refers, text

revision = "0008_form_use"
down_revision = "0007_tablets"


def upgrade() -> None:
    make_table(
        "form_use",
        refers("person_id", "person"),
        text("mark"),
        text("fingerprint"),
        text("location", comment="address of the result"),
        moment("used_at", index=True),
        unique=[("person_id", "mark")],
    )


def downgrade() -> None:
    op.drop_table("form_use")
