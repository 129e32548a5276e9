"""The tablets of stations, and the one-time codes by which they are enrolled."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance.devices import labels as labels  # registers what states and acts are called
from stations.attendance.devices.rules import NAME_LONGEST, DeviceStatus
from stations.committees.models import Station
from stations.core.access import Body
from stations.core.database import Model
from stations.people.models import Person


class Device(Model):
    """A tablet that counts for one station: enrolled once by a code that the leader or an official showed.

    It holds a token, of which only the hash is stored, and nobody is signed in on it. Revoked, it opens nothing any
    more; what it counted stays, and so does the row. Enrolled again, it is another device. Written by
    `attendance.devices.services`.
    """

    __tablename__ = "device"
    __table_args__ = (
        sa.CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_LONGEST}", name="name"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_reason"),
        sa.CheckConstraint("unsent >= 0", name="unsent"),
    )

    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"), index=True)
    public_id: orm.Mapped[str] = orm.mapped_column(
        unique=True, comment="UUID by which the tablet knows itself"
    )
    name: orm.Mapped[str]
    token_hash: orm.Mapped[str] = orm.mapped_column(unique=True, comment="SHA-256 of 32 random bytes")
    pin_salt: orm.Mapped[str] = orm.mapped_column(comment="base64")
    pin_hash: orm.Mapped[str] = orm.mapped_column(
        comment="PBKDF2-HMAC-SHA-256 in base64, for the tablet to compare with"
    )
    enrolled_at: orm.Mapped[dt.datetime]
    enrolled_by_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="who showed the code"
    )
    revoked_at: orm.Mapped[dt.datetime | None]
    revoked_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    revoked_reason: orm.Mapped[str | None]
    last_seen_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(comment="to the minute")
    last_synced_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(comment="when it last sent its events")
    app_version: orm.Mapped[str] = orm.mapped_column(default="", comment="of the page on the tablet")
    unsent: orm.Mapped[int] = orm.mapped_column(default=0, comment="events it still held when it last sent")
    clock_ahead_seconds: orm.Mapped[int] = orm.mapped_column(default=0)

    station: orm.Mapped[Station] = orm.relationship(lazy="joined", innerjoin=True)
    enrolled_by: orm.Mapped[Person] = orm.relationship(foreign_keys=[enrolled_by_id], lazy="raise")

    @property
    def status(self) -> DeviceStatus:
        return DeviceStatus.ENROLLED if self.revoked_at is None else DeviceStatus.REVOKED

    def body(self) -> Body:
        return self.station.body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset()


class DeviceCode(Model):
    """A code of eight digits that enrols one tablet at one station, once, within ten minutes.

    Shown once and kept as a keyed hash. A new one of the same station ends the one before. Written by
    `attendance.devices.services.enrolling`.
    """

    __tablename__ = "device_code"
    __table_args__ = (
        sa.CheckConstraint("(used_at IS NULL) = (device_id IS NULL)", name="used"),
        sa.CheckConstraint("expires_at >= made_at", name="life"),
    )

    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"), index=True)
    code_hash: orm.Mapped[str] = orm.mapped_column(unique=True, comment="keyed: eight digits can be guessed")
    made_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    made_at: orm.Mapped[dt.datetime]
    expires_at: orm.Mapped[dt.datetime]
    used_at: orm.Mapped[dt.datetime | None]
    device_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("device.id"), unique=True, comment="the tablet that it enrolled"
    )

    station: orm.Mapped[Station] = orm.relationship(lazy="joined", innerjoin=True)

    def body(self) -> Body:
        return self.station.body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset()
