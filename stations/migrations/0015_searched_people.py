"""People are found in whatever form their names are typed: the folded form stands beside the name.

Revision ID: 0015_searched_people
Revises: 0014_awaited_reports
"""

import sqlalchemy as sa
from alembic import op

from stations.core import text

revision = "0015_searched_people"
down_revision = "0014_awaited_reports"


def upgrade() -> None:
    op.add_column(
        "person",
        sa.Column(
            "searched",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="name, reading and login as `text.for_searching` has them",
        ),
    )
    person = sa.table("person", *(sa.column(name) for name in ("id", "name", "kana", "login", "searched")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(person)).all():
        searched = "\n".join(text.for_searching(one) for one in (row.name, row.kana, row.login))
        connection.execute(person.update().where(person.c.id == row.id).values(searched=searched))


def downgrade() -> None:
    op.drop_column("person", "searched")
