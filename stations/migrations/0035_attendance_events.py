"""What happened at an opening is written down as events, each made where it happened; taps become events.

Revision ID: 0035_attendance_events
Revises: 0034_exported_views
"""

import sqlalchemy as sa
from alembic import op

from stations.core.database import append_only_triggers
from stations.core.migrations import without_foreign_keys

revision = "0035_attendance_events"
down_revision = "0034_exported_views"

TABLE = "attendance_event"
KINDS = ("started", "count", "undo", "moved", "correction", "closed", "reopened", "note", "incident")
COUNTERS = ("visit", "first_timer", "staff", "volunteer", "consultation", "connected")

# What was touched first names a tap wherever it is moved. A correction came after the one of its tile before it.
FILL = """
INSERT INTO attendance_event (event_id, opening_id, kind, counter, band, delta, undoes, moved_from, after, made_at,
                              happened_at, received_at, by_id, sent_by_id, author_unsure)
WITH RECURSIVE origin (id, event_id) AS (
    SELECT id, client_event_id FROM tap WHERE moved_from_id IS NULL
    UNION ALL SELECT moved.id, origin.event_id FROM tap moved JOIN origin ON origin.id = moved.moved_from_id
), corrected (id, earlier) AS (
    SELECT id, lag(client_event_id) OVER (PARTITION BY record_id, counter, band ORDER BY id) FROM tap
    WHERE correction AND undoes_id IS NULL
)
SELECT t.client_event_id, r.opening_id,
       CASE WHEN t.undoes_id IS NULL THEN CASE WHEN t.correction THEN 'correction' ELSE 'count' END
            WHEN EXISTS (SELECT 1 FROM tap moved WHERE moved.moved_from_id = t.undoes_id) THEN 'moved' ELSE 'undo' END,
       CASE WHEN t.undoes_id IS NULL THEN t.counter END,
       CASE WHEN t.undoes_id IS NULL THEN t.band END,
       CASE WHEN t.undoes_id IS NULL THEN t.delta END,
       undone.client_event_id,
       CASE WHEN t.moved_from_id IS NOT NULL THEN origin.event_id END,
       CASE WHEN corrected.earlier IS NOT NULL THEN {json} END,
       t.tapped_at, {earliest}(t.tapped_at, t.received_at), t.received_at, t.by_id, t.sent_by_id, t.author_unsure
FROM tap t JOIN opening_record r ON r.id = t.record_id
LEFT JOIN origin ON origin.id = t.id
LEFT JOIN tap undone ON undone.id = t.undoes_id
LEFT JOIN corrected ON corrected.id = t.id
ORDER BY t.id
"""
EMPTY = """
INSERT INTO tap (record_id, client_event_id, counter, band, delta, correction, tapped_at, received_at, by_id, sent_by_id,
                 author_unsure)
SELECT r.id, e.event_id, coalesce(e.counter, undone.counter), coalesce(e.band, undone.band),
       coalesce(e.delta, -undone.delta), e.kind = 'correction', e.made_at, e.received_at, e.by_id, e.sent_by_id,
       e.author_unsure
FROM attendance_event e JOIN opening_record r ON r.opening_id = e.opening_id
LEFT JOIN attendance_event undone ON undone.event_id = e.undoes
WHERE e.kind IN ('count', 'undo', 'moved', 'correction')
ORDER BY e.id
"""
REFER = """
UPDATE tap SET
    undoes_id = (SELECT undone.id FROM attendance_event e JOIN tap undone ON undone.client_event_id = e.undoes
                 WHERE e.event_id = tap.client_event_id),
    moved_from_id = (SELECT origin.id FROM attendance_event e JOIN tap origin ON origin.client_event_id = e.moved_from
                     WHERE e.event_id = tap.client_event_id)
"""


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    events = _make_events()
    json = "json_array(corrected.earlier)" if on_sqlite else "json_build_array(corrected.earlier)"
    op.execute(sa.text(FILL.format(json=json, earliest="min" if on_sqlite else "least")))
    _write_closings(events)
    for statement in append_only_triggers(TABLE, op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("tap")
    with without_foreign_keys(), op.batch_alter_table("opening_record") as record:
        record.add_column(
            sa.Column(
                "asks",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="the events leave something for the leader to decide",
            )
        )
        record.alter_column(
            "started_by_id",
            existing_type=sa.Integer(),
            nullable=True,
            comment="none: somebody at a tablet who is not among the station's people",
        )
        record.alter_column(
            "closed_at",
            existing_type=sa.DateTime(timezone=True),
            existing_nullable=True,
            comment="kept of the events, like what follows",
        )
        record.drop_constraint(op.f("ck_opening_record_closed"), type_="check")
        record.create_check_constraint(
            op.f("ck_opening_record_closed"), "closed_at IS NOT NULL OR closed_by_id IS NULL"
        )


def _make_events() -> sa.Table:
    table = op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False, comment="a UUID, made where it happened"),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("attendance_eventkind", KINDS), nullable=False),
        sa.Column("counter", _enum("attendance_counter", COUNTERS), nullable=True),
        sa.Column(
            "band",
            sa.String(40),
            nullable=True,
            comment="code of an age band; its count is held to those of the fiscal year",
        ),
        sa.Column(
            "delta", sa.Integer(), nullable=True, comment="how many more, or fewer; a correction's difference"
        ),
        sa.Column(
            "undoes",
            sa.String(36),
            nullable=True,
            comment="event_id of what is taken back; it may arrive later than this",
        ),
        sa.Column(
            "moved_from",
            sa.String(36),
            nullable=True,
            comment="event_id of the count of another opening that this one stands for here",
        ),
        sa.Column(
            "after",
            sa.JSON(),
            nullable=True,
            comment="of a correction, closing or reopening: event_id of those of its kind that its maker knew",
        ),
        sa.Column("totals", sa.JSON(), nullable=True, comment="the numbers by tile that a closing confirms"),
        sa.Column(
            "words",
            sa.Text(),
            nullable=True,
            comment="of a note or an incident, why a correction was made; facts, nobody's name",
        ),
        sa.Column(
            "device_id",
            sa.Integer(),
            nullable=True,
            comment="the enrolled tablet; none: a page of somebody signed in",
        ),
        sa.Column("sequence", sa.Integer(), nullable=True, comment="the device's own numbering"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="by the device's clock"),
        sa.Column(
            "happened_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="as judged by the time of receipt",
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "by_id",
            sa.Integer(),
            nullable=True,
            comment="who stood there: signed in, or chosen on the tablet; none: somebody else",
        ),
        sa.Column(
            "sent_by_id",
            sa.Integer(),
            nullable=True,
            comment="who was signed in when it was sent, if that was somebody else",
        ),
        sa.Column(
            "author_unsure",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="the device could not prove who made it: by_id is who sent it",
        ),
        sa.CheckConstraint(
            "(kind IN ('count', 'correction')) = (counter IS NOT NULL)",
            name=op.f("ck_attendance_event_counter"),
        ),
        sa.CheckConstraint(
            "(kind IN ('count', 'correction')) = (delta IS NOT NULL)",
            name=op.f("ck_attendance_event_counted"),
        ),
        sa.CheckConstraint("kind = 'correction' OR delta <> 0", name=op.f("ck_attendance_event_delta")),
        sa.CheckConstraint(
            "(counter IS NOT NULL AND counter = 'visit') = (band IS NOT NULL)",
            name=op.f("ck_attendance_event_band"),
        ),
        sa.CheckConstraint(
            "(kind IN ('undo', 'moved')) = (undoes IS NOT NULL)", name=op.f("ck_attendance_event_undoes")
        ),
        sa.CheckConstraint(
            "kind = 'count' OR moved_from IS NULL", name=op.f("ck_attendance_event_moved_from")
        ),
        sa.CheckConstraint(
            "(kind = 'closed') = (totals IS NOT NULL)", name=op.f("ck_attendance_event_totals")
        ),
        sa.CheckConstraint(
            "kind = 'correction' OR (kind IN ('note', 'incident')) = (words IS NOT NULL)",
            name=op.f("ck_attendance_event_words"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_attendance_event_{column}"))
            for column, other in (
                ("opening_id", "opening"),
                ("device_id", "device"),
                ("by_id", "person"),
                ("sent_by_id", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_attendance_event_event_id")),
    )
    op.create_index(
        "ix_attendance_event_opening",
        TABLE,
        ["opening_id", "kind", "counter", "band", "delta", "event_id", "moved_from"],
    )
    op.create_index("ix_attendance_event_undoes", TABLE, ["undoes", "kind"])
    op.create_index("ix_attendance_event_moved_from", TABLE, ["moved_from"])
    op.create_index("ix_attendance_event_device", TABLE, ["device_id", "opening_id"])
    return table


def _write_closings(events: sa.Table) -> None:
    """A closed record was closed by whom it says, with the numbers that are kept of it."""
    totals: dict[int, dict[str, int]] = {}
    for record_id, tile, number in op.get_bind().execute(
        sa.text("SELECT record_id, coalesce(band, counter), number FROM opening_count WHERE number <> 0")
    ):
        totals.setdefault(record_id, {})[tile] = number
    record = sa.table(
        "opening_record",
        sa.column("id"),
        sa.column("opening_id"),
        sa.column("closed_at", sa.DateTime(timezone=True)),
        sa.column("closed_by_id"),
    )
    closings = [
        {
            "event_id": f"00000000-0000-7000-8000-{row.id:012d}",
            "opening_id": row.opening_id,
            "kind": "closed",
            "totals": totals.get(row.id, {}),
            "made_at": row.closed_at,
            "happened_at": row.closed_at,
            "received_at": row.closed_at,
            "by_id": row.closed_by_id,
            "author_unsure": False,
        }
        for row in op.get_bind().execute(sa.select(record).where(record.c.closed_at.is_not(None)))
    ]
    if closings:
        op.bulk_insert(events, closings)


def downgrade() -> None:
    """What an older version could not read is not thrown away."""
    other = op.get_bind().scalar(
        sa.text("SELECT count(*) FROM attendance_event WHERE device_id IS NOT NULL OR by_id IS NULL")
    )
    if other:
        raise RuntimeError(f"events of tablets that an older version does not know: {other}")
    with without_foreign_keys(), op.batch_alter_table("opening_record") as record:
        record.drop_constraint(op.f("ck_opening_record_closed"), type_="check")
        record.create_check_constraint(
            op.f("ck_opening_record_closed"), "(closed_at IS NULL) = (closed_by_id IS NULL)"
        )
        record.alter_column(
            "closed_at",
            existing_type=sa.DateTime(timezone=True),
            existing_nullable=True,
            comment=None,
            existing_comment="kept of the events, like what follows",
        )
        record.alter_column(
            "started_by_id",
            existing_type=sa.Integer(),
            nullable=False,
            comment=None,
            existing_comment="none: somebody at a tablet who is not among the station's people",
        )
        record.drop_column("asks")
    _make_taps()
    op.execute(sa.text(EMPTY))
    op.execute(sa.text(REFER))
    for statement in append_only_triggers("tap", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table(TABLE)


def _make_taps() -> None:
    op.create_table(
        "tap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("client_event_id", sa.Text(), nullable=False),
        sa.Column("counter", _enum("attendance_counter", COUNTERS), nullable=False),
        sa.Column(
            "band",
            sa.String(40),
            nullable=True,
            comment="code of an age band; its count is held to those of the fiscal year",
        ),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column(
            "correction",
            sa.Boolean(),
            nullable=False,
            comment="a typed difference, not a touch of a tile; 「1つ取り消す」 leaves it alone",
        ),
        sa.Column("tapped_at", sa.DateTime(timezone=True), nullable=False, comment="by the device's clock"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "by_id",
            sa.Integer(),
            nullable=False,
            comment="who was signed in on the device when it was tapped",
        ),
        sa.Column(
            "sent_by_id",
            sa.Integer(),
            nullable=True,
            comment="who was signed in when it was sent, if that was somebody else",
        ),
        sa.Column(
            "author_unsure",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="the device could not prove who tapped: by_id is who sent it",
        ),
        sa.Column(
            "moved_from_id",
            sa.Integer(),
            nullable=True,
            comment="the tap of another opening that this one was moved from",
        ),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_tap_delta")),
        sa.CheckConstraint("(counter = 'visit') = (band IS NOT NULL)", name=op.f("ck_tap_band")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_tap_{column}"))
            for column, other in (
                ("record_id", "opening_record"),
                ("undoes_id", "tap"),
                ("moved_from_id", "tap"),
                ("by_id", "person"),
                ("sent_by_id", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tap")),
        sa.UniqueConstraint("client_event_id", name=op.f("uq_tap_client_event_id")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_tap_undoes_id")),
    )
    op.create_index("ix_tap_record_counter", "tap", ["record_id", "counter", "band"])
    op.create_index("uq_tap_moved_from_id", "tap", ["moved_from_id"], unique=True)
