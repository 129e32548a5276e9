"""What the city writes about a report: 対象外 of a receipt, reminders of one that has not come."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import AppendOnly, Model
from stations.grants.books.models import Receipt
from stations.grants.models import GrantLine
from stations.grants.reports import labels as labels  # registers what the enums are called


class ReceiptDisallowance(AppendOnly, Model):
    """対象外: a part of a receipt, on one line, that the inspection does not accept; with its reason.

    Never changed: one that is taken back is answered by an entry of the same amount below zero. What counts is
    `eligibility.eligible`. Written only by `reports.services.inspections`.
    """

    __tablename__ = "receipt_disallowance"
    __table_args__ = (
        sa.CheckConstraint("amount_yen <> 0 AND (amount_yen < 0) = (reverses_id IS NOT NULL)", name="amount"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
    )

    receipt_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("receipt.id"), index=True)
    line_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant_line.id"))
    amount_yen: orm.Mapped[int]
    reason: orm.Mapped[str]
    reverses_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("receipt_disallowance.id"), unique=True
    )
    by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    at: orm.Mapped[dt.datetime]

    receipt: orm.Mapped[Receipt] = orm.relationship()
    line: orm.Mapped[GrantLine] = orm.relationship()

    def body(self) -> Body:
        return self.receipt.body()

    def maker_ids(self) -> frozenset[int]:
        return self.receipt.maker_ids()


class ReportReminder(AppendOnly, Model):
    """One 催促 of a 実績報告 by mail: for which day (the deadline, or so many days beside it), and how many mails.

    At most one for a grant and a day, whatever runs how often. Never changed. Written only by
    `reports.services.reminders`.
    """

    __tablename__ = "report_reminder"
    __table_args__ = (
        sa.UniqueConstraint("grant_id", "remind_on"),
        sa.CheckConstraint("mails >= 0", name="mails"),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"))
    remind_on: orm.Mapped[dt.date] = orm.mapped_column(comment="the day that was due, not that of the job")
    due_on: orm.Mapped[dt.date] = orm.mapped_column(comment="the deadline as it was then")
    sent_at: orm.Mapped[dt.datetime]
    mails: orm.Mapped[int] = orm.mapped_column(comment="0: nobody of the committee has an address")
