"""取消し: what an officer drafts and an approver decides. A table of its own beside `models`."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import Model


class GrantCancellation(Model):
    """起案 of a 取消し (all, or all but ``kept_yen``), with its reason; approved or sent back once, never changed.

    Before the inspection ``kept_yen`` is only a ceiling: the report and its inspection say what is kept.

    A grant has at most one that is not decided. Written by `grants.services.cancellations`.
    """

    __tablename__ = "grant_cancellation"
    __table_args__ = (
        sa.CheckConstraint("kept_yen >= 0", name="kept"),
        sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name="decided"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> drafted_by_id", name="four_eyes"),
        sa.Index(
            "uq_grant_cancellation_pending",
            "grant_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"), index=True)
    reason: orm.Mapped[str]
    kept_yen: orm.Mapped[int] = orm.mapped_column(comment="what is left of the award; 0: all is cancelled")
    drafted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafted_at: orm.Mapped[dt.datetime]
    approved: orm.Mapped[bool | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(default="", comment="why it was sent back")
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]
