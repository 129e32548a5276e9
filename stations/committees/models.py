"""Districts, their committees, the stations these run, the venues they use and the calendar of openings."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.committees import labels as labels  # registers what the enums are called
from stations.committees.rules import (
    CalendarPattern,
    OpeningStatus,
    StationKind,
    StationStage,
    pattern_of,
    stage,
)
from stations.core import clock
from stations.core.access import Body
from stations.core.database import Model, Removable, enum_column


class District(Model):
    """One of the city's 15 地区; the same borders as 地域包括支援センター, 町会自治会連合会 and 地区社協. Data, not code."""

    __tablename__ = "district"

    number: orm.Mapped[int] = orm.mapped_column(unique=True)
    code: orm.Mapped[str] = orm.mapped_column(unique=True)
    name: orm.Mapped[str]
    kana: orm.Mapped[str]
    latitude: orm.Mapped[float]
    longitude: orm.Mapped[float]

    committee: orm.Mapped["Committee"] = orm.relationship(back_populates="district")


class Committee(Model):
    """The 地区実行委員会 of one district: residents, citizens' groups, social welfare corporations, firms.

    Its officers are `people.RoleAssignment` rows with this committee_id. Written by `committees.services`.
    """

    __tablename__ = "committee"

    district_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("district.id"), unique=True)
    name: orm.Mapped[str] = orm.mapped_column(comment="receipts must be addressed to this name")
    phone: orm.Mapped[str] = orm.mapped_column(default="")
    address: orm.Mapped[str] = orm.mapped_column(default="")
    established_on: orm.Mapped[dt.date | None]

    district: orm.Mapped[District] = orm.relationship(
        back_populates="committee", lazy="joined", innerjoin=True
    )
    stations: orm.Mapped[list["Station"]] = orm.relationship(
        back_populates="committee", order_by="Station.id"
    )

    def body(self) -> Body:
        return Body(committee_id=self.id)


class Station(Model):
    """A つながるステーション: a place of belonging that a committee runs, open to anybody.

    Public as soon as `opened_on` is set and until `closed_on`. Never deleted. Written by `committees.services`.
    """

    __tablename__ = "station"
    __table_args__ = (
        sa.CheckConstraint(
            "closed_on IS NULL OR (opened_on IS NOT NULL AND closed_on >= opened_on)", name="period"
        ),
    )

    committee_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("committee.id"), index=True)
    name: orm.Mapped[str]
    kana: orm.Mapped[str | None] = orm.mapped_column(
        comment="ふりがな of the name; read in Latin letters on English pages"
    )
    kind: orm.Mapped[StationKind] = orm.mapped_column(enum_column(StationKind))
    summary: orm.Mapped[str] = orm.mapped_column(
        default="", comment="what one does there, in a sentence or two"
    )
    audience: orm.Mapped[str] = orm.mapped_column(default="", comment="who it is for")
    what_to_bring: orm.Mapped[str] = orm.mapped_column(default="")
    accessibility: orm.Mapped[str] = orm.mapped_column(default="")
    fee: orm.Mapped[str] = orm.mapped_column(default="", comment="what a visitor pays, as a sentence")
    phone: orm.Mapped[str] = orm.mapped_column(default="")
    opened_on: orm.Mapped[dt.date | None]
    closed_on: orm.Mapped[dt.date | None]

    committee: orm.Mapped[Committee] = orm.relationship(
        back_populates="stations", lazy="joined", innerjoin=True
    )
    venues: orm.Mapped[list["Venue"]] = orm.relationship(back_populates="station", order_by="Venue.id")
    calendar_rules: orm.Mapped[list["CalendarRule"]] = orm.relationship(
        back_populates="station", order_by="CalendarRule.id"
    )

    @property
    def stage(self) -> StationStage:
        return stage(self.opened_on, self.closed_on, clock.today())

    @property
    def open_venues(self) -> list["Venue"]:
        """Venues that are still in use."""
        return [venue for venue in self.venues if venue.in_use]

    def body(self) -> Body:
        return Body(committee_id=self.committee_id, station_id=self.id)


class Venue(Model):
    """A place where a station opens: a civic centre room, a field, a shop. A roving station has several."""

    __tablename__ = "venue"
    __table_args__ = (sa.CheckConstraint("rent_yen >= 0", name="rent"),)

    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"), index=True)
    name: orm.Mapped[str]
    postal_code: orm.Mapped[str] = orm.mapped_column(default="")
    address: orm.Mapped[str]
    directions: orm.Mapped[str] = orm.mapped_column(default="", comment="how to get there, walking time")
    owner: orm.Mapped[str] = orm.mapped_column(default="", comment="who lets the place")
    rent_yen: orm.Mapped[int] = orm.mapped_column(default=0, comment="for one use")
    latitude: orm.Mapped[float | None]
    longitude: orm.Mapped[float | None]
    closed_on: orm.Mapped[dt.date | None]

    station: orm.Mapped[Station] = orm.relationship(back_populates="venues")

    @property
    def in_use(self) -> bool:
        return self.closed_on is None or self.closed_on >= clock.today()

    def body(self) -> Body:
        return self.station.body()


class CalendarRule(Model):
    """When a station opens regularly: 毎月第2土曜 10–12時 at one venue.

    `committees.services.calendar` lays its openings out; ending it removes only future planned ones.
    `pattern` holds the fields of `committees.rules.CalendarPattern`.
    """

    __tablename__ = "calendar_rule"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="hours"),
        sa.CheckConstraint("until_on >= from_on", name="period"),
    )

    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"), index=True)
    venue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("venue.id"))
    pattern: orm.Mapped[dict[str, object]] = orm.mapped_column(sa.JSON())
    starts_at: orm.Mapped[dt.time]
    ends_at: orm.Mapped[dt.time]
    from_on: orm.Mapped[dt.date]
    until_on: orm.Mapped[dt.date]
    ended_on: orm.Mapped[dt.date | None] = orm.mapped_column(
        comment="last day it held, when it was ended early; before from_on: it never held"
    )

    station: orm.Mapped[Station] = orm.relationship(back_populates="calendar_rules")
    venue: orm.Mapped[Venue] = orm.relationship()

    @property
    def last_on(self) -> dt.date:
        return self.until_on if self.ended_on is None else self.ended_on

    @property
    def calendar_pattern(self) -> CalendarPattern:
        return pattern_of(
            self.pattern,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            from_on=self.from_on,
            until_on=self.last_on,
        )

    def body(self) -> Body:
        return self.station.body()


class Opening(Removable, Model):
    """One 開催(回): a station at one venue on one date. From a rule, or an extra date of its own.

    A cancelled one stays, with its reason, so that the public sees 中止. What happened there is kept by
    `attendance.OpeningRecord`. Written by `committees.services`; `held` is set when attendance closes it.
    """

    __tablename__ = "opening"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "on", "starts_at"),
        sa.CheckConstraint("ends_at > starts_at", name="hours"),
        sa.CheckConstraint("(status = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled"),
        sa.Index("ix_opening_on", "on"),
    )

    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"))
    venue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("venue.id"))
    rule_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("calendar_rule.id"), index=True, comment="NULL: extra date"
    )
    on: orm.Mapped[dt.date]
    starts_at: orm.Mapped[dt.time]
    ends_at: orm.Mapped[dt.time]
    status: orm.Mapped[OpeningStatus] = orm.mapped_column(
        enum_column(OpeningStatus), default=OpeningStatus.PLANNED
    )
    cancelled_reason: orm.Mapped[str | None]

    station: orm.Mapped[Station] = orm.relationship()
    venue: orm.Mapped[Venue] = orm.relationship()

    @property
    def in_history(self) -> dict[str, str | int]:
        """What an event keeps of the opening, readable when a rule's end has taken it out of the calendar."""
        return {
            "station_id": self.station_id,
            "venue_id": self.venue_id,
            "on": self.on.isoformat(),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }

    def body(self) -> Body:
        return self.station.body()
