"""Grants: what the city awards, pays and settles for one approved plan, and every letter about it."""

import datetime as dt
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import CostCategory
from stations.committees.models import Committee, Station
from stations.core.access import Body
from stations.core.database import AppendOnly, Model, enum_column
from stations.core.files import StoredFile
from stations.grants.rules import PaymentStatus, Status
from stations.grants.settings import FiscalYearSetting

if TYPE_CHECKING:
    from stations.grants.cancellations import GrantCancellation
    from stations.grants.changes import GrantChange
    from stations.grants.recoveries import GrantRecovery


class Grant(Model):
    """The money side of one approved plan: from 交付申請 to 完結. One per plan, made by one act.

    Its lines are copied from the frozen version that the meeting approved. Amounts are facts of decisions and
    are set once by the act that decides; what was paid and spent is the ledger's. Written by `grants.services`.
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


class PaymentRequest(Model):
    """One instalment: asked for (概算払請求) or due (精算払), ordered by two people (支出命令), paid. Numbered in its grant.

    Returned, failed or cancelled ones keep their number. Written by `services.payments` and `payment_corrections`.
    """

    __tablename__ = "payment_request"
    __table_args__ = (
        sa.UniqueConstraint("grant_id", "instalment"),
        sa.CheckConstraint("amount_yen > 0", name="amount"),
        sa.CheckConstraint("kind IN ('advance','balance')", name="kind"),
        sa.CheckConstraint("status <> 'drafted' OR drafted_by_id IS NOT NULL", name="drafted"),
        sa.CheckConstraint(
            "status NOT IN ('ordered','paid','failed') OR ordered_by_id IS NOT NULL", name="ordered"
        ),
        sa.CheckConstraint("(status = 'failed') = (returned_on IS NOT NULL)", name="failed"),
        sa.CheckConstraint("ordered_by_id IS NULL OR ordered_by_id <> requested_by_id", name="four_eyes"),
        sa.CheckConstraint("ordered_by_id IS NULL OR ordered_by_id <> drafted_by_id", name="four_eyes_order"),
        sa.Index("ix_payment_request_status", "status"),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"))
    instalment: orm.Mapped[int]
    kind: orm.Mapped[str] = orm.mapped_column(comment="advance 概算払, balance 精算払")
    status: orm.Mapped[PaymentStatus] = orm.mapped_column(
        enum_column(PaymentStatus), default=PaymentStatus.REQUESTED
    )
    amount_yen: orm.Mapped[int]
    purpose: orm.Mapped[str] = orm.mapped_column(default="", comment="what the advance is for")
    fiscal_year: orm.Mapped[int] = orm.mapped_column(comment="the budget it is paid from")
    programme_item: orm.Mapped[str] = orm.mapped_column(comment="重層 item, 第2号 for station grants")
    requested_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="NULL: a balance that follows from the determination"
    )
    requested_at: orm.Mapped[dt.datetime]
    drafted_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="起案 of the 支出命令; NULL: ordered before two people did so"
    )
    drafted_at: orm.Mapped[dt.datetime | None]
    ordered_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    ordered_at: orm.Mapped[dt.datetime | None]
    returned_on: orm.Mapped[dt.date | None] = orm.mapped_column(
        comment="組戻し: when the money of a failed transfer came back"
    )

    grant: orm.Mapped[Grant] = orm.relationship(back_populates="payment_requests")
    payment: orm.Mapped["Payment | None"] = orm.relationship(back_populates="request", lazy="joined")

    def body(self) -> Body:
        return self.grant.body()

    def maker_ids(self) -> frozenset[int]:
        makers = (self.requested_by_id, self.drafted_by_id, self.ordered_by_id)
        return frozenset(i for i in makers if i is not None)


class Payment(AppendOnly, Model):
    """One transfer from the city to a committee (概算払 or 精算払).

    Never changed or deleted: the sum is always what left the account. Its ledger transaction is
    `bookkeeping.payment`. Written only by `grants.services.record_payment`.
    """

    __tablename__ = "payment"
    __table_args__ = (sa.CheckConstraint("amount_yen > 0", name="amount"),)

    request_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("payment_request.id"), unique=True)
    amount_yen: orm.Mapped[int]
    paid_on: orm.Mapped[dt.date]
    reference: orm.Mapped[str] = orm.mapped_column(default="", comment="the bank's or the cashier's number")
    recorded_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    recorded_at: orm.Mapped[dt.datetime]

    request: orm.Mapped[PaymentRequest] = orm.relationship(back_populates="payment")


class Repayment(AppendOnly, Model):
    """What a committee paid back (返還 → 戻入; after 5-31 過年度収入 of the new year). Never changed."""

    __tablename__ = "repayment"
    __table_args__ = (sa.CheckConstraint("amount_yen > 0", name="amount"),)

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"), index=True)
    amount_yen: orm.Mapped[int]
    received_on: orm.Mapped[dt.date]
    prior_year_income: orm.Mapped[bool] = orm.mapped_column(comment="過年度収入 instead of 戻入")
    reference: orm.Mapped[str] = orm.mapped_column(default="")
    recorded_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    recorded_at: orm.Mapped[dt.datetime]


class Receipt(Model):
    """A 領収書 with its photo: what the committee paid, to whom, for what, split over the grant's lines.

    Numbered within its grant. A mistaken one is cancelled with a reason and its booking reversed, never deleted;
    a corrected one is cancelled too, and the entry that replaces it has its number and its photo, for they are one
    paper. Inspection ticks it. Written by `grants.services.receipts` and `grants.services.inspections`.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        sa.CheckConstraint("amount_yen > 0", name="amount"),
        sa.CheckConstraint("(cancelled_at IS NULL) = (cancelled_reason IS NULL)", name="cancelled"),
        sa.CheckConstraint("(inspected_at IS NULL) = (inspected_by_id IS NULL)", name="inspected"),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed"),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR (inspected_by_id IS NOT NULL AND confirmed_by_id <> inspected_by_id)",
            name="four_eyes",
        ),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered"),
        sa.Index(
            "uq_receipt_live_number",
            "grant_id",
            "number",
            unique=True,
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        ),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"))
    number: orm.Mapped[int]
    kind: orm.Mapped[str] = orm.mapped_column(comment="receipts.ReceiptKind: receipt or bank_slip")
    file_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    dated_on: orm.Mapped[dt.date]
    used_on: orm.Mapped[dt.date | None] = orm.mapped_column(comment="day of use, for a venue paid beforehand")
    payee: orm.Mapped[str] = orm.mapped_column(comment="who issued it")
    addressee: orm.Mapped[str]
    description: orm.Mapped[str] = orm.mapped_column(comment="但し書き")
    amount_yen: orm.Mapped[int]
    entered_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    entered_at: orm.Mapped[dt.datetime]
    cancelled_at: orm.Mapped[dt.datetime | None]
    cancelled_reason: orm.Mapped[str | None]
    inspected_at: orm.Mapped[dt.datetime | None]
    inspected_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    finding: orm.Mapped[str] = orm.mapped_column(
        default="", comment="what the inspector asks to mend; '' when fine"
    )
    answer: orm.Mapped[str] = orm.mapped_column(
        default="",
        server_default=sa.text("''"),
        comment="the committee's words on the finding; '' until it answers",
    )
    answered_at: orm.Mapped[dt.datetime | None]
    answered_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    confirmed_at: orm.Mapped[dt.datetime | None]
    confirmed_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="the second official, for one above the whole award"
    )
    replaces_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("receipt.id"), unique=True, comment="the entry of the same paper that this one corrects"
    )

    grant: orm.Mapped[Grant] = orm.relationship(back_populates="receipts")
    file: orm.Mapped[StoredFile] = orm.relationship(lazy="joined", innerjoin=True)
    splits: orm.Mapped[list["ReceiptSplit"]] = orm.relationship(order_by="ReceiptSplit.id", lazy="selectin")
    replaces: orm.Mapped["Receipt | None"] = orm.relationship(
        remote_side="Receipt.id", back_populates="replaced_by"
    )
    replaced_by: orm.Mapped["Receipt | None"] = orm.relationship(back_populates="replaces")

    def body(self) -> Body:
        return self.grant.body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset({self.entered_by_id})


class ReceiptSplit(AppendOnly, Model):
    """The part of a receipt that belongs to one line of the grant. The parts sum to the receipt's amount."""

    __tablename__ = "receipt_split"
    __table_args__ = (
        sa.UniqueConstraint("receipt_id", "line_id"),
        sa.CheckConstraint("amount_yen > 0", name="amount"),
    )

    receipt_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("receipt.id"))
    line_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant_line.id"), index=True)
    amount_yen: orm.Mapped[int]

    line: orm.Mapped[GrantLine] = orm.relationship()


class LedgerTransaction(AppendOnly, Model):
    """One cash movement of a grant: one line of the 出納帳. Its postings sum to zero.

    Answers "where is every yen". Never changed or deleted: a mistake is answered by a transaction that
    reverses it, with a reason, and the one that corrects it. Written only by `grants.services.ledger`.
    """

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        sa.CheckConstraint("(reverses_id IS NULL) = (reason IS NULL)", name="reversal_reason"),
        sa.Index("ix_ledger_transaction_grant", "grant_id", "happened_on"),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"))
    happened_on: orm.Mapped[dt.date]
    description: orm.Mapped[str]
    receipt_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("receipt.id"), index=True)
    payment_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("payment.id"), unique=True)
    repayment_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("repayment.id"), unique=True)
    reverses_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey(f"{__tablename__}.id"), unique=True)
    corrects_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey(f"{__tablename__}.id"), unique=True, comment="the reversed one in whose place it stands"
    )
    reason: orm.Mapped[str | None]
    client_event_id: orm.Mapped[str | None] = orm.mapped_column(unique=True, comment="one sending of a form")
    recorded_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    recorded_at: orm.Mapped[dt.datetime]

    postings: orm.Mapped[list["LedgerPosting"]] = orm.relationship(
        order_by="LedgerPosting.id", lazy="selectin"
    )


class LedgerPosting(AppendOnly, Model):
    """One side of a ledger transaction; signed yen. Never changed or deleted."""

    __tablename__ = "ledger_posting"
    __table_args__ = (sa.CheckConstraint("amount_yen <> 0", name="amount"),)

    transaction_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("ledger_transaction.id"), index=True)
    account: orm.Mapped[str] = orm.mapped_column(comment="bookkeeping.Account")
    category: orm.Mapped[str | None] = orm.mapped_column(comment="CostCategory of an expense")
    income_kind: orm.Mapped[str | None] = orm.mapped_column(comment="IncomeKind of an income")
    amount_yen: orm.Mapped[int]


class Letter(AppendOnly, Model):
    """An issued 通知書 with its gap-free number and its PDF/A. Never changed. Written by `services.letters` on 施行."""

    __tablename__ = "letter"
    __table_args__ = (sa.UniqueConstraint("fiscal_year", "number"),)

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"), index=True)
    kind: orm.Mapped[str] = orm.mapped_column(comment="as in labels.LETTERS: award, change, cancellation …")
    fiscal_year: orm.Mapped[int] = orm.mapped_column(comment="of the day of issue: numbers run within it")
    number: orm.Mapped[int]
    issued_on: orm.Mapped[dt.date]
    issued_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    file_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("stored_file.id"))

    grant: orm.Mapped[Grant] = orm.relationship(back_populates="letters")
    file: orm.Mapped[StoredFile] = orm.relationship(lazy="joined", innerjoin=True)

    def body(self) -> Body:
        return self.grant.body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset()
