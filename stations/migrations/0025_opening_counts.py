"""What stands on each tile of a record is kept, so that pages need not sum taps.

Revision ID: 0025_opening_counts
Revises: 0024_requests_to_open
"""

import sqlalchemy as sa
from alembic import op

from stations.core.schema import choice, day, integer, make_table, refers, unique_where

revision = "0025_opening_counts"
down_revision = "0024_requests_to_open"

TABLE = "opening_count"
COUNTERS = ("visit", "first_timer", "staff", "volunteer", "consultation", "connected")
BANDS = ("preschool", "elementary", "teen", "age_18_39", "age_40_64", "age_65_plus", "unknown")


def upgrade() -> None:
    make_table(
        TABLE,
        refers("record_id", "opening_record"),
        refers("station_id", "station", comment="of the opening, which never changes it"),
        day("month", comment="the first day of the opening's month"),
        choice("counter", COUNTERS, "attendance_counter"),
        choice("band", BANDS, "attendance_ageband", null=True),
        integer("number"),
        checks={"band": "(counter = 'visit') = (band IS NOT NULL)", "number": "number >= 0"},
        indexes={"ix_opening_count_year": ("counter", "month", "station_id", "band", "number")},
    )
    op.create_index("uq_opening_count_tile", TABLE, ["record_id", "counter", "band"], unique=True)
    unique_where("uq_opening_count_without_band", TABLE, ["record_id", "counter"], sa.text("band IS NULL"))
    _fill()


def _fill() -> None:
    """Every tile with taps, and 年代不明 of every record."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    month = "date(o.\"on\", 'start of month')" if on_sqlite else "date_trunc('month', o.\"on\")::date"
    of_record = "FROM opening_record r JOIN opening o ON o.id = r.opening_id"
    op.execute(
        sa.text(
            "INSERT INTO opening_count (record_id, station_id, month, counter, band, number) "
            f"SELECT r.id, o.station_id, {month}, t.counter, t.band, sum(t.delta) {of_record} "
            'JOIN tap t ON t.record_id = r.id GROUP BY r.id, o.station_id, o."on", t.counter, t.band'
        )
    )
    op.execute(
        sa.text(
            "INSERT INTO opening_count (record_id, station_id, month, counter, band, number) "  # noqa: S608  (our own words)
            f"SELECT r.id, o.station_id, {month}, 'visit', 'unknown', 0 {of_record} WHERE NOT EXISTS "
            "(SELECT 1 FROM opening_count c WHERE c.record_id = r.id AND c.counter = 'visit' AND c.band = 'unknown')"
        )
    )


def downgrade() -> None:
    op.drop_table(TABLE)
