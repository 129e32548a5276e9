"""Station plans: what a committee wants to do in a fiscal year and what it costs."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.rules import SEEN_BY_MEMBERS, CostCategory, IncomeKind, Section, Status
from stations.committees.models import Committee, Station, Venue
from stations.core import clock
from stations.core.access import COMMITTEE_ROLES, ROLE_PERMISSIONS, Actor, Body, Permission, Role
from stations.core.database import AppendOnly, Model, Removable, enum_column
from stations.core.files import StoredFile
from stations.people.models import Person

plan_venue = sa.Table(
    "plan_venue",
    Model.metadata,
    sa.Column("plan_id", sa.ForeignKey("plan.id"), primary_key=True),
    sa.Column("venue_id", sa.ForeignKey("venue.id"), primary_key=True),
    comment="the venues a plan means to use",
)


class Plan(Model):
    """One station's 計画(案) for one fiscal year: the working copy that its committee edits.

    Editable only in 下書き and 差戻し; every submission freezes a `PlanVersion`. A returned plan keeps its
    number and gets revision + 1. Never deleted, only withdrawn. Written by `applications.services`.
    """

    __tablename__ = "plan"
    __table_args__ = (
        sa.CheckConstraint(
            "(status = 'draft') = (submitted_at IS NULL) OR status = 'withdrawn'", name="submitted"
        ),
        sa.CheckConstraint("revision >= 1", name="revision"),
        sa.UniqueConstraint("fiscal_year", "number"),
        sa.Index("ix_plan_committee_year", "committee_id", "fiscal_year"),
        sa.Index("ix_plan_status", "status"),
    )

    committee_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("committee.id"))
    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"), index=True)
    fiscal_year: orm.Mapped[int]
    number: orm.Mapped[int | None] = orm.mapped_column(
        comment="受付番号 in the year; given at first submission, kept"
    )
    revision: orm.Mapped[int] = orm.mapped_column(default=1)
    status: orm.Mapped[Status] = orm.mapped_column(enum_column(Status), default=Status.DRAFT)
    status_since: orm.Mapped[dt.datetime] = orm.mapped_column(
        default=clock.now, comment="when the present status began; due dates count from it"
    )
    title: orm.Mapped[str]

    purpose: orm.Mapped[str] = orm.mapped_column(default="", comment="目的")
    activities: orm.Mapped[str] = orm.mapped_column(default="", comment="内容")
    audience: orm.Mapped[str] = orm.mapped_column(default="", comment="対象")
    expected_visits: orm.Mapped[int | None] = orm.mapped_column(comment="expected visitors per opening")
    venues_note: orm.Mapped[str] = orm.mapped_column(default="", comment="会場についての説明")
    openings_note: orm.Mapped[str] = orm.mapped_column(default="", comment="開催予定")
    openings_planned: orm.Mapped[int | None] = orm.mapped_column(comment="how many openings in the year")
    organisation: orm.Mapped[str] = orm.mapped_column(default="", comment="体制")
    safety: orm.Mapped[str] = orm.mapped_column(default="", comment="安全管理")

    drafted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    submitted_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    submitted_at: orm.Mapped[dt.datetime | None]
    saved_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    saved_at: orm.Mapped[dt.datetime]
    saved_sections: orm.Mapped[list[str]] = orm.mapped_column(
        sa.JSON(), default=list, comment="sections saved at least once; of a copy, those looked at since"
    )
    unfinished: orm.Mapped[dict[str, Any]] = orm.mapped_column(
        default=dict, comment="section → fields as typed and not yet readable; given back, never lost"
    )

    committee: orm.Mapped[Committee] = orm.relationship(lazy="joined", innerjoin=True)
    station: orm.Mapped[Station] = orm.relationship(lazy="joined", innerjoin=True)
    drafted_by: orm.Mapped[Person] = orm.relationship(foreign_keys=[drafted_by_id])
    saved_by: orm.Mapped[Person] = orm.relationship(foreign_keys=[saved_by_id])
    venues: orm.Mapped[list[Venue]] = orm.relationship(secondary=plan_venue, order_by=Venue.id)
    cost_lines: orm.Mapped[list["CostLine"]] = orm.relationship(
        order_by="CostLine.position", cascade="all, delete-orphan"
    )
    income_lines: orm.Mapped[list["IncomeLine"]] = orm.relationship(
        order_by="IncomeLine.position", cascade="all, delete-orphan"
    )
    attachments: orm.Mapped[list["PlanAttachment"]] = orm.relationship(
        back_populates="plan", order_by="PlanAttachment.id"
    )
    versions: orm.Mapped[list["PlanVersion"]] = orm.relationship(
        back_populates="plan", order_by="PlanVersion.revision"
    )
    comments: orm.Mapped[list["SectionComment"]] = orm.relationship(
        back_populates="plan", order_by="SectionComment.id"
    )

    def body(self) -> Body:
        return Body(committee_id=self.committee_id, station_id=self.station_id)

    def maker_ids(self) -> frozenset[int]:
        return frozenset(i for i in (self.drafted_by_id, self.submitted_by_id) if i is not None)

    def hidden_from(self, person: Actor, permission: Permission) -> bool:
        """A draft is its committee's own until it is submitted first; the meeting's members see what was tabled."""
        own = any(
            held.role in COMMITTEE_ROLES and held.committee_id == self.committee_id
            for held in person.held_roles
        )
        if own:
            return False
        if self.submitted_at is None and self.number is None:
            return True
        readers = {
            held.role for held in person.held_roles if Permission.PLAN_READ in ROLE_PERMISSIONS[held.role]
        }
        return readers == {Role.GENERAL_MEMBER} and self.status not in SEEN_BY_MEMBERS


class CostLine(Removable, Model):
    """One 費用明細 of a plan: quantity × unit price = amount. Belongs to the working copy; frozen in versions."""

    __tablename__ = "cost_line"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("unit_price_yen > 0", name="unit_price"),
        sa.CheckConstraint("amount_yen = quantity * unit_price_yen", name="amount"),
    )

    plan_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    position: orm.Mapped[int]
    category: orm.Mapped[CostCategory] = orm.mapped_column(enum_column(CostCategory))
    content: orm.Mapped[str]
    quantity: orm.Mapped[int]
    unit: orm.Mapped[str] = orm.mapped_column(default="", comment="回, 個, 人 …")
    unit_price_yen: orm.Mapped[int]
    amount_yen: orm.Mapped[int]


class IncomeLine(Removable, Model):
    """One expected income of a plan: 参加費, 寄附金, 他補助金 …, which lowers what the city pays."""

    __tablename__ = "income_line"
    __table_args__ = (sa.CheckConstraint("amount_yen > 0", name="amount"),)

    plan_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    position: orm.Mapped[int]
    kind: orm.Mapped[IncomeKind] = orm.mapped_column(enum_column(IncomeKind))
    content: orm.Mapped[str] = orm.mapped_column(default="")
    amount_yen: orm.Mapped[int]


class PlanAttachment(Model):
    """A file beside a plan: a quotation, a floor plan, a list of members. Removed ones stay in frozen versions."""

    __tablename__ = "plan_attachment"

    plan_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan.id"), index=True)
    file_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    caption: orm.Mapped[str] = orm.mapped_column(default="")
    removed_at: orm.Mapped[dt.datetime | None]

    plan: orm.Mapped[Plan] = orm.relationship(back_populates="attachments")
    file: orm.Mapped[StoredFile] = orm.relationship(lazy="joined", innerjoin=True)

    def body(self) -> Body:
        return self.plan.body()

    def maker_ids(self) -> frozenset[int]:
        return self.plan.maker_ids()

    def hidden_from(self, person: Actor, permission: Permission) -> bool:
        return self.plan.hidden_from(person, permission)


class PlanVersion(AppendOnly, Model):
    """What was submitted, frozen: the canonical content and its SHA-256. The approved one is what is granted.

    Never changed or deleted. Written only by `applications.services.submission`.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "revision"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    plan_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan.id"))
    revision: orm.Mapped[int]
    content: orm.Mapped[dict[str, Any]] = orm.mapped_column(
        comment="applications.rules.freeze gives its bytes"
    )
    sha256: orm.Mapped[str]
    submitted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    submitted_at: orm.Mapped[dt.datetime]

    plan: orm.Mapped[Plan] = orm.relationship(back_populates="versions")


class SectionComment(Removable, Model):
    """What an official asks the committee to correct in one section of one revision; shown beside that section.

    Its writer may change it or take it back until the plan is returned; from then on it stands.
    """

    __tablename__ = "section_comment"

    plan_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan.id"), index=True)
    revision: orm.Mapped[int]
    section: orm.Mapped[Section] = orm.mapped_column(enum_column(Section))
    field: orm.Mapped[str] = orm.mapped_column(
        default="", comment="input it is about; empty: the whole section"
    )
    text: orm.Mapped[str]
    by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    at: orm.Mapped[dt.datetime]
    resolved_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(comment="the committee says it is mended")

    by: orm.Mapped[Person] = orm.relationship()
    plan: orm.Mapped[Plan] = orm.relationship(back_populates="comments")

    def body(self) -> Body:
        return self.plan.body()

    def maker_ids(self) -> frozenset[int]:
        return self.plan.maker_ids()

    def hidden_from(self, person: Actor, permission: Permission) -> bool:
        return self.plan.hidden_from(person, permission)
