"""What happened at an opening: how many came, of what age, and who helped. No personal data (mode A)."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance import labels  # noqa: F401  (registers what the enums are called)
from stations.attendance.band_rules import LONGEST, LONGEST_EN, MOST, UNKNOWN, Band
from stations.attendance.projection import EventKind, Fact
from stations.attendance.rules import Counter, RecordStatus
from stations.attendance.workflow import BANDS
from stations.committees.models import Opening
from stations.core.access import Body
from stations.core.database import AppendOnly, Model, Removable, enum_column
from stations.core.drafted import Drafted
from stations.core.language import lazy_gettext as _l
from stations.core.sealed import SealedText
from stations.people.models import Person

_NO_BAND = sa.text("band IS NULL")


class AgeBand(Removable, Model):
    """One age band (年代) of a fiscal year: what it is called, its place at the door and in figures, its colour there.

    A year's bands are drafted by one official and approved by another (`AgeBandDraft`), or else those of the year before
    stand when the year's first visitor is counted; from then on nothing changes them. Every year has 年代不明, at the end.
    Written by `attendance.services.bands`.
    """

    __tablename__ = "age_band"
    __table_args__ = (
        sa.UniqueConstraint("fiscal_year", "code"),
        sa.UniqueConstraint("fiscal_year", "position"),
        sa.UniqueConstraint("fiscal_year", "colour"),
        sa.CheckConstraint(f"length(label) BETWEEN 1 AND {LONGEST}", name="label"),
        sa.CheckConstraint(f"length(label_en) BETWEEN 1 AND {LONGEST_EN}", name="label_en"),
        sa.CheckConstraint(f"position BETWEEN 1 AND {MOST + 1}", name="position"),
        sa.CheckConstraint(f"colour BETWEEN 1 AND {MOST + 1}", name="colour"),
        sa.CheckConstraint(f"(code = '{UNKNOWN.code}') = (position = {MOST + 1})", name="unknown_last"),
        sa.CheckConstraint(f"(code = '{UNKNOWN.code}') = (colour = {UNKNOWN.colour})", name="unknown_grey"),
    )

    fiscal_year: orm.Mapped[int]
    code: orm.Mapped[str] = orm.mapped_column(
        sa.String(40), comment="the same in every year that calls it the same"
    )
    label: orm.Mapped[str]
    label_en: orm.Mapped[str]
    position: orm.Mapped[int] = orm.mapped_column(comment="from 1, as the tiles stand")
    colour: orm.Mapped[int] = orm.mapped_column(comment="place in the palette")

    @property
    def band(self) -> Band:
        return Band(self.code, self.label, self.label_en, self.colour)


class AgeBandDraft(Drafted):
    """起案 of a fiscal year's age bands, all of them. Written by `attendance.services.bands`."""

    __tablename__ = "age_band_draft"
    STEPS = BANDS
    PAGE = "attendance.bands"

    bands: orm.Mapped[list[dict[str, Any]]] = orm.mapped_column(
        sa.JSON(), comment="label, label_en and colour of each, in their order; without 年代不明"
    )

    @property
    def called(self) -> Any:
        return _l("年代の区分")

    @property
    def drafted(self) -> tuple[Band, ...]:
        """As they would stand, without codes and without 年代不明."""
        return tuple(Band("", **one) for one in self.bands)


class OpeningRecord(Model):
    """The record of one opening that took place: weather, note, incident. What was counted stands in `AttendanceEvent`.

    Started by the first tap or by opening the page's form; closed at the end of the day, reopened only with a
    reason. Written by `attendance.services`.
    """

    __tablename__ = "opening_record"
    __table_args__ = (sa.CheckConstraint("closed_at IS NOT NULL OR closed_by_id IS NULL", name="closed"),)

    opening_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("opening.id"), unique=True)
    weather: orm.Mapped[str] = orm.mapped_column(default="")
    note: orm.Mapped[str] = orm.mapped_column(SealedText("opening_record.note"), default="")
    incident: orm.Mapped[str] = orm.mapped_column(
        SealedText("opening_record.incident"), default="", comment="ヒヤリハット; facts, nobody's name"
    )
    late_entry: orm.Mapped[bool] = orm.mapped_column(
        default=False, comment="entered after the day, from paper"
    )
    started_at: orm.Mapped[dt.datetime]
    started_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="none: somebody at a tablet who is not among the station's people"
    )
    closed_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(
        comment="kept of the events, like what follows"
    )
    closed_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    asks: orm.Mapped[bool] = orm.mapped_column(
        default=False,
        server_default=sa.false(),
        comment="the events leave something for the leader to decide",
    )

    opening: orm.Mapped[Opening] = orm.relationship(lazy="joined", innerjoin=True)

    @property
    def status(self) -> RecordStatus:
        return RecordStatus.OPEN if self.closed_at is None else RecordStatus.CLOSED

    def body(self) -> Body:
        return self.opening.body()


class AttendanceEvent(AppendOnly, Model):
    """One thing that happened at an opening: somebody was counted, a count was taken back, the day was closed.

    `event_id` is made on the device, so the same event sent twice is stored once. Never changed or deleted: what a page
    shows is what all events of the opening say together (`attendance.projection`). Written by
    `attendance.services.events`.
    """

    __tablename__ = "attendance_event"
    __table_args__ = (
        sa.UniqueConstraint("event_id"),
        sa.CheckConstraint("(kind IN ('count', 'correction')) = (counter IS NOT NULL)", name="counter"),
        sa.CheckConstraint("(kind IN ('count', 'correction')) = (delta IS NOT NULL)", name="counted"),
        sa.CheckConstraint("kind = 'correction' OR delta <> 0", name="delta"),
        sa.CheckConstraint("(counter IS NOT NULL AND counter = 'visit') = (band IS NOT NULL)", name="band"),
        sa.CheckConstraint("(kind IN ('undo', 'moved')) = (undoes IS NOT NULL)", name="undoes"),
        sa.CheckConstraint("kind = 'count' OR moved_from IS NULL", name="moved_from"),
        sa.CheckConstraint("(kind = 'closed') = (totals IS NOT NULL)", name="totals"),
        sa.CheckConstraint(
            "kind = 'correction' OR (kind IN ('note', 'incident')) = (words IS NOT NULL)", name="words"
        ),
        # The counts of an opening are added up from this index alone.
        sa.Index(
            "ix_attendance_event_opening",
            "opening_id",
            "kind",
            "counter",
            "band",
            "delta",
            "event_id",
            "moved_from",
        ),
        sa.Index("ix_attendance_event_undoes", "undoes", "kind"),
        sa.Index("ix_attendance_event_moved_from", "moved_from"),
        sa.Index("ix_attendance_event_device", "device_id", "opening_id"),
    )

    event_id: orm.Mapped[str] = orm.mapped_column(sa.String(36), comment="a UUID, made where it happened")
    opening_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("opening.id"))
    kind: orm.Mapped[EventKind] = orm.mapped_column(enum_column(EventKind))
    counter: orm.Mapped[Counter | None] = orm.mapped_column(enum_column(Counter))
    band: orm.Mapped[str | None] = orm.mapped_column(
        sa.String(40), comment="code of an age band; its count is held to those of the fiscal year"
    )
    delta: orm.Mapped[int | None] = orm.mapped_column(
        comment="how many more, or fewer; a correction's difference"
    )
    undoes: orm.Mapped[str | None] = orm.mapped_column(
        sa.String(36), comment="event_id of what is taken back; it may arrive later than this"
    )
    moved_from: orm.Mapped[str | None] = orm.mapped_column(
        sa.String(36), comment="event_id of the count of another opening that this one stands for here"
    )
    after: orm.Mapped[list[str] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True),
        comment="of a correction, closing or reopening: event_id of those of its kind that its maker knew",
    )
    totals: orm.Mapped[dict[str, int] | None] = orm.mapped_column(
        sa.JSON(none_as_null=True), comment="the numbers by tile that a closing confirms"
    )
    words: orm.Mapped[str | None] = orm.mapped_column(
        SealedText("attendance_event.words"),
        comment="of a note or an incident, why a correction was made; facts, nobody's name",
    )
    device_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("device.id"),
        comment="the enrolled tablet; none: a page of somebody signed in",
    )
    sequence: orm.Mapped[int | None] = orm.mapped_column(comment="the device's own numbering")
    made_at: orm.Mapped[dt.datetime] = orm.mapped_column(comment="by the device's clock")
    happened_at: orm.Mapped[dt.datetime] = orm.mapped_column(comment="as judged by the time of receipt")
    received_at: orm.Mapped[dt.datetime]
    by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"),
        comment="who stood there: signed in, or chosen on the tablet; none: somebody else",
    )
    sent_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="who was signed in when it was sent, if that was somebody else"
    )
    author_unsure: orm.Mapped[bool] = orm.mapped_column(
        default=False,
        server_default=sa.false(),
        comment="the device could not prove who made it: by_id is who sent it",
    )

    @property
    def fact(self) -> Fact:
        return Fact(
            event_id=self.event_id,
            opening_id=self.opening_id,
            kind=self.kind,
            made_at=self.made_at,
            counter=self.counter,
            band=self.band,
            delta=self.delta or 0,
            undoes=self.undoes,
            moved_from=self.moved_from,
            after=tuple(self.after or ()),
            totals=self.totals,
        )


class OpeningCount(Model):
    """What stands on one tile of a record: what its events say, kept in the transaction that adds one.

    A record has a row of zero for 年代不明 from its beginning, so that an opening to which nobody came is one too.
    Pages read these rows, however many events there are; ``flask attendance recount`` proves them. Written by
    `attendance.services.events`.
    """

    __tablename__ = "opening_count"
    __table_args__ = (
        sa.CheckConstraint("(counter = 'visit') = (band IS NOT NULL)", name="band"),
        sa.CheckConstraint("number >= 0", name="number"),
        # A band of the year, and none in which somebody was counted goes away.
        sa.ForeignKeyConstraint(["fiscal_year", "band"], ["age_band.fiscal_year", "age_band.code"]),
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
    fiscal_year: orm.Mapped[int] = orm.mapped_column(
        comment="of the opening's day, whose age bands are counted"
    )
    band: orm.Mapped[str | None] = orm.mapped_column(sa.String(40))
    number: orm.Mapped[int]


class TallyDevice(Model):
    """What a tablet last reported about one opening: how many touches it still holds, and how its clock stands.

    Who closes the record reads from it that another tablet may still hold touches. Not history: each report
    overwrites the one before. Written by `attendance.services.devices`.
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
