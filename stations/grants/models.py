"""Grants: what the city awards for one approved plan, line by line."""

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.schema import SchemaItem

from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import CostCategory
from stations.committees.models import Committee, Station
from stations.core.access import Body
from stations.core.database import Model, enum_column
from stations.grants import labels as labels  # registers what the enums are called
from stations.grants.rules import Status
from stations.grants.settings.models import FiscalYearSetting

if TYPE_CHECKING:
    from stations.grants.awards.models import GrantCancellation, GrantChange
    from stations.grants.books.models import LedgerTransaction, Receipt
    from stations.grants.letters.models import Letter
    from stations.grants.payments.models import PaymentRequest
    from stations.grants.settlement.models import GrantRecovery


class Grant(Model):
    """The money side of one approved plan: from 交付申請 to 完結. One per plan, made by one act.

    Its lines are copied from the frozen version that the meeting approved. Amounts are facts of decisions and
    are set once by the act that decides; what was paid and spent is the ledger's. Written by the services of the nouns.
    """

    __tablename__ = "grant"
    __table_args__ = (
        sa.CheckConstraint("requested_yen > 0", name="requested"),
        sa.CheckConstraint(
            "awarded_yen IS NULL OR (awarded_yen > 0 AND awarded_yen <= requested_yen)", name="award"
        ),
        sa.CheckConstraint(
            "fixed_yen IS NULL OR (fixed_yen >= 0 AND fixed_yen <= coalesce(kept_yen, awarded_yen))",
            name="fixed",
        ),
        sa.CheckConstraint("kept_yen IS NULL OR (kept_yen >= 0 AND kept_yen < awarded_yen)", name="kept"),
        sa.CheckConstraint(
            "status NOT IN ('cancelled','partly_cancelled') OR kept_yen IS NOT NULL", name="cancelled_fact"
        ),
        sa.CheckConstraint(
            "status NOT IN ('awarded','active','change_requested','reported','report_returned','inspected',"
            "'determining','determined','refund_due','refunded','balance_due','balance_paid',"
            "'partly_cancelled','cancelled') OR awarded_yen IS NOT NULL",
            name="awarded_fact",
        ),
        sa.CheckConstraint(
            "status NOT IN ('determined','balance_due','balance_paid','refunded','refund_due','cancelled') "
            "OR fixed_yen IS NOT NULL",
            name="fixed_fact",
        ),
        sa.CheckConstraint("status <> 'refused' OR refusal_reason IS NOT NULL", name="refused"),
        sa.CheckConstraint(
            "decision_approved_by_id IS NULL OR decision_approved_by_id <> decision_drafted_by_id",
            name="four_eyes",
        ),
        sa.CheckConstraint(
            "determined_by_id IS NULL OR determined_by_id <> determination_drafted_by_id",
            name="four_eyes_determination",
        ),
        sa.CheckConstraint(
            "refund_ordered_by_id IS NULL OR refund_ordered_by_id <> refund_drafted_by_id",
            name="four_eyes_refund",
        ),
        sa.Index("ix_grant_year_status", "fiscal_year", "status"),
    )

    plan_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan.id"), unique=True)
    version_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("plan_version.id"), unique=True)
    committee_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("committee.id"), index=True)
    station_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("station.id"), index=True)
    fiscal_year: orm.Mapped[int]
    status: orm.Mapped[Status] = orm.mapped_column(enum_column(Status), default=Status.APPLIED)
    requested_yen: orm.Mapped[int]
    applied_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    applied_at: orm.Mapped[dt.datetime]
    starts_on: orm.Mapped[dt.date | None] = orm.mapped_column(
        comment="when the project begins, as applied for; NULL: with its year"
    )

    awarded_yen: orm.Mapped[int | None] = orm.mapped_column(comment="as drafted; binding once approved")
    award_conditions: orm.Mapped[str] = orm.mapped_column(default="")
    refusal_reason: orm.Mapped[str | None] = orm.mapped_column(
        comment="set when the drafted decision is a refusal"
    )
    decision_drafted_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decision_approved_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_on: orm.Mapped[dt.date | None]

    report_summary: orm.Mapped[str] = orm.mapped_column(
        default="", comment="実績報告: what was done and what came of it"
    )
    report_results: orm.Mapped[str] = orm.mapped_column(default="", comment="成果と課題, told apart")
    completed_on: orm.Mapped[dt.date | None]
    accounts_audited_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="監査"
    )
    accounts_audited_at: orm.Mapped[dt.datetime | None]
    report_due_on: orm.Mapped[dt.date | None] = orm.mapped_column(
        comment="a deadline of its own, after 差戻し or 一部取消し; NULL: by the year's settings"
    )
    reported_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    reported_at: orm.Mapped[dt.datetime | None]
    report_file_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("stored_file.id"))
    inspected_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    inspected_at: orm.Mapped[dt.datetime | None]

    kept_yen: orm.Mapped[int | None] = orm.mapped_column(
        comment="what 取消し left of the award; NULL: nothing is cancelled"
    )
    fixed_yen: orm.Mapped[int | None] = orm.mapped_column(
        comment="額の確定, as drafted until determined; or what a 取消し left at last"
    )
    determination_drafted_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    determined_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    determined_on: orm.Mapped[dt.date | None]
    refund_yen: orm.Mapped[int | None] = orm.mapped_column(comment="返還命令, the last one")
    refund_due_on: orm.Mapped[dt.date | None] = orm.mapped_column(comment="NULL: its letter is not issued")
    refund_drafted_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    refund_ordered_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    closed_on: orm.Mapped[dt.date | None]

    plan: orm.Mapped[Plan] = orm.relationship()
    version: orm.Mapped[PlanVersion] = orm.relationship()
    committee: orm.Mapped[Committee] = orm.relationship(lazy="joined", innerjoin=True)
    station: orm.Mapped[Station] = orm.relationship(lazy="joined", innerjoin=True)
    setting: orm.Mapped[FiscalYearSetting | None] = orm.relationship(
        primaryjoin=lambda: orm.foreign(Grant.fiscal_year) == FiscalYearSetting.fiscal_year, viewonly=True
    )
    lines: orm.Mapped[list["GrantLine"]] = orm.relationship(
        back_populates="grant", order_by="GrantLine.position"
    )
    payment_requests: orm.Mapped[list["PaymentRequest"]] = orm.relationship(
        back_populates="grant", order_by="PaymentRequest.instalment"
    )
    receipts: orm.Mapped[list["Receipt"]] = orm.relationship(
        back_populates="grant", order_by="Receipt.number"
    )
    transactions: orm.Mapped[list["LedgerTransaction"]] = orm.relationship(
        order_by="(LedgerTransaction.happened_on, LedgerTransaction.id)", viewonly=True
    )
    letters: orm.Mapped[list["Letter"]] = orm.relationship(back_populates="grant", order_by="Letter.id")
    cancellations: orm.Mapped[list["GrantCancellation"]] = orm.relationship(
        order_by="GrantCancellation.id", viewonly=True
    )
    recoveries: orm.Mapped[list["GrantRecovery"]] = orm.relationship(
        order_by="GrantRecovery.id", viewonly=True
    )
    changes: orm.Mapped[list["GrantChange"]] = orm.relationship(
        back_populates="grant", order_by="GrantChange.id"
    )

    def body(self) -> Body:
        return Body(committee_id=self.committee_id, station_id=self.station_id)

    def maker_ids(self) -> frozenset[int]:
        """Who drafted what is now to be approved, or handed in what is now to be checked."""
        makers: dict[Status, tuple[int | None, ...]] = {
            Status.DECIDING: (self.decision_drafted_by_id,),
            Status.DETERMINING: (self.determination_drafted_by_id,),
            Status.REPORTED: (self.reported_by_id,),
        }
        return frozenset(i for i in makers.get(self.status, ()) if i is not None)


class GrantLine(Model):
    """A cost line of the approved version, with its life in the grant. What is spent is the ledger's.

    `awarded_yen` moves only by an approved change (流用・変更承認). Lines are never added or removed.
    """

    __tablename__ = "grant_line"
    __table_args__ = (
        sa.CheckConstraint("planned_yen > 0", name="planned"),
        sa.CheckConstraint("awarded_yen >= 0", name="awarded"),
        sa.CheckConstraint("decided_yen >= 0", name="decided"),
        sa.UniqueConstraint("grant_id", "position"),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"))
    position: orm.Mapped[int]
    category: orm.Mapped[CostCategory] = orm.mapped_column(enum_column(CostCategory))
    content: orm.Mapped[str]
    planned_yen: orm.Mapped[int] = orm.mapped_column(comment="amount in the approved plan")
    awarded_yen: orm.Mapped[int] = orm.mapped_column(comment="budget now, after approved changes and 流用")
    decided_yen: orm.Mapped[int] = orm.mapped_column(
        comment="budget by the last decision: base of 流用's 2割"
    )

    grant: orm.Mapped[Grant] = orm.relationship(back_populates="lines")


class DecisionDraft(Model):
    """起案 of a decision on a grant; approved or sent back by another official, once, and never changed.

    A grant has at most one of a kind that is not decided. Each kind has a table of its own with what is decided.
    """

    __abstract__ = True

    CHECKS: ClassVar[tuple[sa.CheckConstraint, ...]] = ()

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"), index=True)
    drafted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafted_at: orm.Mapped[dt.datetime]
    approved: orm.Mapped[bool | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(default="", comment="why it was sent back")
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]

    @orm.declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:
        waiting = sa.text("decided_at IS NULL")
        return (
            *cls.CHECKS,
            sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name="decided"),
            sa.CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
            sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> drafted_by_id", name="four_eyes"),
            sa.Index(
                f"uq_{cls.__tablename__}_pending",
                "grant_id",
                unique=True,
                sqlite_where=waiting,
                postgresql_where=waiting,
            ),
        )
