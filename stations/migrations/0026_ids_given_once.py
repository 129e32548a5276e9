"""SQLite gives no id of a deleted row again: an opening showed the history of one that had been removed.

PostgreSQL never did.

Revision ID: 0026_ids_given_once
Revises: 0025_opening_counts
"""

import sqlalchemy as sa
from alembic import op

from stations.core.migrations import without_foreign_keys

revision = "0026_ids_given_once"
down_revision = "0025_opening_counts"

TABLES = ("agenda_item", "cost_line", "income_line", "opening", "presence", "section_comment")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _build_again(given_once=True)
        _go_on_behind_what_history_names()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _build_again(given_once=False)


def _build_again(*, given_once: bool) -> None:
    with without_foreign_keys():
        for table in TABLES:
            with op.batch_alter_table(
                table, recreate="always", table_kwargs={"sqlite_autoincrement": given_once}
            ):
                pass


def _go_on_behind_what_history_names() -> None:
    """The next opening gets an id above every one that is named somewhere, whether or not it is still there."""
    highest = op.get_bind().scalar(
        sa.text(
            "SELECT max(id) FROM (SELECT max(id) AS id FROM opening "
            "UNION ALL SELECT max(object_id) FROM event WHERE object_type = 'opening' "
            "UNION ALL SELECT max(json_extract(detail, '$.opening_id')) FROM event WHERE object_type = 'station' "
            "UNION ALL SELECT max(json_extract(value, '$.opening_id')) "
            "FROM event, json_each(event.detail, '$.openings') WHERE object_type = 'station')"
        )
    )
    if highest is not None:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'opening'")
        op.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('opening', :seq)").bindparams(
                seq=highest
            )
        )
