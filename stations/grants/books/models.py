"""The books of a grant: receipts split over its lines, and the ledger with its postings."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import AppendOnly, Model
from stations.core.files import StoredFile
from stations.grants.books import labels as labels  # registers what the enums are called
from stations.grants.models import Grant, GrantLine


class Receipt(Model):
    """A 領収書 with its photo: what the committee paid, to whom, for what, split over the grant's lines.

    Numbered within its grant. A mistaken one is cancelled with a reason and its booking reversed, never deleted;
    a corrected one is cancelled too, and the entry that replaces it has its number and its photo, for they are one
    paper. Inspection ticks it. Written by `books.services.receipts` and `reports.services.inspections`.
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
    reverses it, with a reason, and the one that corrects it. Written only by `books.services.ledger`.
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
