"""Reminders of reports that have not come. A table of its own beside `models`."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import AppendOnly, Model


class ReportReminder(AppendOnly, Model):
    """One 催促 of a 実績報告 by mail: for which day (the deadline, or so many days beside it), and how many mails.

    At most one for a grant and a day, whatever runs how often. Never changed. Written only by
    `grants.services.reminders`.
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
