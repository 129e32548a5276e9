"""返還命令: what an officer drafts and an approver decides. A table of its own beside `models`."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import Model


class RefundOrder(Model):
    """起案 of a 返還命令 with its amount, which is computed and never typed; approved or sent back once.

    A grant has at most one that is not decided. Another order follows when an award is taken back after the first.
    Written by `grants.services.refunds`.
    """

    __tablename__ = "refund_order"
    __table_args__ = (
        sa.CheckConstraint("amount_yen > 0", name="amount"),
        sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name="decided"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> drafted_by_id", name="four_eyes"),
        sa.Index(
            "uq_refund_order_pending",
            "grant_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"), index=True)
    amount_yen: orm.Mapped[int]
    drafted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafted_at: orm.Mapped[dt.datetime]
    approved: orm.Mapped[bool | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(default="", comment="why it was sent back")
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]
