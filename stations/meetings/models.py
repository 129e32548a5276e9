"""The general meeting (全体会議): its agenda, who was there, and what it resolved."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import Status
from stations.core.access import Body
from stations.core.database import Model, Removable, enum_column
from stations.meetings.rules import MeetingStatus, Resolution


class Meeting(Model):
    """One session of 松戸市居場所づくり全体会議, convened by the secretariat (社協).

    Opened when people are there, closed when its items are resolved; nothing changes afterwards. Until then `minutes`
    are what people add by hand; at 閉会 the record of the resolutions is put before them. One that does not take place,
    or resolves nothing, is called off (中止) and keeps no items. Written by `meetings.services`.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        sa.CheckConstraint("quorum_numerator > 0 AND quorum_denominator >= quorum_numerator", name="quorum"),
        sa.CheckConstraint(
            "status = 'cancelled' OR (status = 'planned') = (opened_at IS NULL)", name="opened"
        ),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        sa.CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        sa.CheckConstraint(
            "(status = 'cancelled') = (coalesce(length(cancelled_reason), 0) > 0)", name="cancelled_reason"
        ),
    )

    fiscal_year: orm.Mapped[int]
    title: orm.Mapped[str]
    held_on: orm.Mapped[dt.date]
    starts_at: orm.Mapped[dt.time]
    place: orm.Mapped[str]
    status: orm.Mapped[MeetingStatus] = orm.mapped_column(
        enum_column(MeetingStatus), default=MeetingStatus.PLANNED
    )
    quorum_numerator: orm.Mapped[int] = orm.mapped_column(
        default=1, comment="more than this share must be present"
    )
    quorum_denominator: orm.Mapped[int] = orm.mapped_column(default=2)
    opened_at: orm.Mapped[dt.datetime | None]
    closed_at: orm.Mapped[dt.datetime | None]
    cancelled_at: orm.Mapped[dt.datetime | None]
    cancelled_reason: orm.Mapped[str | None] = orm.mapped_column(comment="members and committees read it")
    minutes: orm.Mapped[str] = orm.mapped_column(default="")

    items: orm.Mapped[list["AgendaItem"]] = orm.relationship(
        back_populates="meeting", order_by="AgendaItem.position"
    )
    presences: orm.Mapped[list["Presence"]] = orm.relationship(back_populates="meeting")

    def body(self) -> Body:
        """All committees': the meeting decides on the plans of each."""
        return Body(common=True)


class AgendaItem(Removable, Model):
    """One plan before one meeting, in the version that was tabled, and the resolution on it.

    Resolved once, by `meetings.services.resolve`; a deferred plan comes back as a new item of a later meeting.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "plan_id"),
        sa.CheckConstraint("(resolution IS NULL) = (resolved_at IS NULL)", name="resolved"),
        sa.CheckConstraint(
            "resolution IS NULL OR resolution NOT IN ('deferred','rejected') OR length(reason) > 0",
            name="reason",
        ),
        sa.CheckConstraint(
            "resolution IS NULL OR resolution <> 'approved_with_conditions' OR length(conditions) > 0",
            name="conditions",
        ),
        sa.CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0", name="votes"),
    )

    meeting_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("meeting.id"))
    plan_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan.id"), index=True)
    version_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan_version.id"))
    position: orm.Mapped[int]
    resolution: orm.Mapped[Resolution | None] = orm.mapped_column(enum_column(Resolution))
    reason: orm.Mapped[str] = orm.mapped_column(default="")
    conditions: orm.Mapped[str] = orm.mapped_column(default="")
    votes_for: orm.Mapped[int] = orm.mapped_column(default=0)
    votes_against: orm.Mapped[int] = orm.mapped_column(default=0)
    abstentions: orm.Mapped[int] = orm.mapped_column(default=0)
    resolved_at: orm.Mapped[dt.datetime | None]
    resolved_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))

    meeting: orm.Mapped[Meeting] = orm.relationship(back_populates="items")
    plan: orm.Mapped[Plan] = orm.relationship()
    version: orm.Mapped[PlanVersion] = orm.relationship()

    @property
    def pending(self) -> bool:
        """Still to be resolved; a plan that its committee withdrew needs no resolution any more."""
        return self.resolution is None and self.plan.status is Status.TABLED

    def body(self) -> Body:
        return self.plan.body()

    def maker_ids(self) -> frozenset[int]:
        return self.plan.maker_ids()


class Presence(Removable, Model):
    """A member of the general meeting who came, or gave a proxy, to one meeting."""

    __tablename__ = "presence"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "person_id"),)

    meeting_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("meeting.id"))
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    by_proxy: orm.Mapped[bool] = orm.mapped_column(default=False, comment="委任状")
    recorded_at: orm.Mapped[dt.datetime]

    meeting: orm.Mapped[Meeting] = orm.relationship(back_populates="presences")
