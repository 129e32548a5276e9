"""What happened at an opening: how many came, of what age, and who helped. No personal data (mode A)."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance import labels  # noqa: F401  (registers what the enums are called)
from stations.attendance.rules import AgeBand, Counter, RecordStatus
from stations.committees.models import Opening
from stations.core.access import Body
from stations.core.database import AppendOnly, Model, enum_column
from stations.core.sealed import SealedText
from stations.people.models import Person

_NO_BAND = sa.text("band IS NULL")


class OpeningRecord(Model):
    """The record of one opening that took place: weather, note, incident. Counts are sums of `Tap` rows, kept as `OpeningCount`.

    Started by the first tap or by opening the page's form; closed at the end of the day, reopened only with a
    reason. Written by `attendance.services`.
    """

    __tablename__ = "opening_record"
    __table_args__ = (sa.CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed"),)

    opening_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("opening.id"), unique=True)
    weather: orm.Mapped[str] = orm.mapped_column(default="")
    note: orm.Mapped[str] = orm.mapped_column(SealedText("opening_record.note"), default="")
    incident: orm.Mapped[str] = orm.mapped_column(
        SealedText("opening_record.incident"), default="", comment="ヒヤリハット; facts, nobody's name"
    )
    late_entry: orm.Mapped[bool] = orm.mapped_column(
        default=False, comment="entered after the day, from paper"
    )
    begun_at: orm.Mapped[dt.datetime]
    begun_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    closed_at: orm.Mapped[dt.datetime | None]
    closed_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))

    opening: orm.Mapped[Opening] = orm.relationship(lazy="joined", innerjoin=True)

    @property
    def status(self) -> RecordStatus:
        return RecordStatus.OPEN if self.closed_at is None else RecordStatus.CLOSED

    def body(self) -> Body:
        return self.opening.body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset()


class Tap(AppendOnly, Model):
    """One tap on a tile (or one typed correction): +1, −1, or n of one counter.

    `client_event_id` is made on the device, so the same tap sent twice is stored once. Undoing adds the
    opposite row; moving it to another opening adds that and a row there. Never changed or deleted; a count is the sum
    of its rows.
    """

    __tablename__ = "tap"
    __table_args__ = (
        sa.UniqueConstraint("client_event_id"),
        sa.CheckConstraint("delta <> 0", name="delta"),
        sa.CheckConstraint("(counter = 'visit') = (band IS NOT NULL)", name="band"),
        sa.Index("ix_tap_record_counter", "record_id", "counter", "band"),
        sa.Index("uq_tap_moved_from_id", "moved_from_id", unique=True),
    )

    record_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("opening_record.id"))
    client_event_id: orm.Mapped[str]
    counter: orm.Mapped[Counter] = orm.mapped_column(enum_column(Counter))
    band: orm.Mapped[AgeBand | None] = orm.mapped_column(enum_column(AgeBand))
    delta: orm.Mapped[int]
    undoes_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("tap.id"), unique=True)
    correction: orm.Mapped[bool] = orm.mapped_column(
        default=False, comment="a typed difference, not a touch of a tile; 「1つ取り消す」 leaves it alone"
    )
    tapped_at: orm.Mapped[dt.datetime] = orm.mapped_column(comment="by the device's clock")
    received_at: orm.Mapped[dt.datetime]
    by_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="who was signed in on the device when it was tapped"
    )
    sent_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="who was signed in when it was sent, if that was somebody else"
    )
    author_unsure: orm.Mapped[bool] = orm.mapped_column(
        default=False,
        server_default=sa.false(),
        comment="the device could not prove who tapped: by_id is who sent it",
    )
    moved_from_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("tap.id"), comment="the tap of another opening that this one was moved from"
    )


class OpeningCount(Model):
    """What stands on one tile of a record: the sum of its taps, kept in the transaction that adds one.

    A record has a row of zero for 年代不明 from its beginning, so that an opening to which nobody came is one too.
    Pages read these rows, however many taps there are; ``flask attendance recount`` proves them. Written by
    `attendance.services.rows`.
    """

    __tablename__ = "opening_count"
    __table_args__ = (
        sa.CheckConstraint("(counter = 'visit') = (band IS NOT NULL)", name="band"),
        sa.CheckConstraint("number >= 0", name="number"),
        sa.Index("uq_opening_count_tile", "record_id", "counter", "band", unique=True),
        # To the index above, two rows without a band are two.
        sa.Index(
            "uq_opening_count_without_band",
            "record_id",
            "counter",
            unique=True,
            sqlite_where=_NO_BAND,
            postgresql_where=_NO_BAND,
        ),
        # A year's figures are read from this index alone.
        sa.Index("ix_opening_count_year", "counter", "month", "station_id", "band", "number"),
    )

    record_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("opening_record.id"))
    station_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("station.id"), comment="of the opening, which never changes it"
    )
    month: orm.Mapped[dt.date] = orm.mapped_column(comment="the first day of the opening's month")
    counter: orm.Mapped[Counter] = orm.mapped_column(enum_column(Counter))
    band: orm.Mapped[AgeBand | None] = orm.mapped_column(enum_column(AgeBand))
    number: orm.Mapped[int]


class TallyDevice(Model):
    """What a tablet last reported about one opening: how many touches it still holds, and how its clock stands.

    Who closes the record reads from it that another tablet may still hold touches. Not history: each report
    overwrites the one before. Written by `attendance.services.note_report`.
    """

    __tablename__ = "tally_device"
    __table_args__ = (
        sa.UniqueConstraint("opening_id", "device_id"),
        sa.CheckConstraint("unsent >= 0", name="unsent"),
    )

    opening_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("opening.id"))
    device_id: orm.Mapped[str] = orm.mapped_column(comment="a UUID that the browser made for itself")
    person_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="who is signed in on it"
    )
    heard_at: orm.Mapped[dt.datetime]
    unsent: orm.Mapped[int] = orm.mapped_column(comment="touches not counted yet")
    gone: orm.Mapped[bool] = orm.mapped_column(comment="it has left the counting page")
    clock_ahead_seconds: orm.Mapped[int]

    person: orm.Mapped[Person] = orm.relationship(lazy="joined", innerjoin=True)
    opening: orm.Mapped[Opening] = orm.relationship(lazy="raise")
