"""What stands on each tile of a record is kept, so that pages need not sum taps.

Revision ID: 0025_opening_counts
Revises: 0024_requests_to_open
"""

import sqlalchemy as sa
from alembic import op

revision = "0025_opening_counts"
down_revision = "0024_requests_to_open"

TABLE = "opening_count"
COUNTERS = ("visit", "first_timer", "staff", "volunteer", "consultation", "connected")
BANDS = ("preschool", "elementary", "teen", "age_18_39", "age_40_64", "age_65_plus", "unknown")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "station_id", sa.Integer(), nullable=False, comment="of the opening, which never changes it"
        ),
        sa.Column("month", sa.Date(), nullable=False, comment="the first day of the opening's month"),
        sa.Column("counter", _enum("attendance_counter", COUNTERS), nullable=False),
        sa.Column("band", _enum("attendance_ageband", BANDS), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("(counter = 'visit') = (band IS NOT NULL)", name=op.f("ck_opening_count_band")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_opening_count_number")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["opening_record.id"], name=op.f("fk_opening_count_record_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_opening_count_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_count")),
    )
    op.create_index("uq_opening_count_tile", TABLE, ["record_id", "counter", "band"], unique=True)
    without_band = sa.text("band IS NULL")
    op.create_index(
        "uq_opening_count_without_band",
        TABLE,
        ["record_id", "counter"],
        unique=True,
        sqlite_where=without_band,
        postgresql_where=without_band,
    )
    op.create_index("ix_opening_count_year", TABLE, ["counter", "month", "station_id", "band", "number"])
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
