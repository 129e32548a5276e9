"""What changes an award after its decision: 取消し, and 変更承認申請 with 流用."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import Model
from stations.grants.models import DecisionDraft, Grant


class GrantCancellation(DecisionDraft):
    """起案 of a 取消し (all, or all but ``kept_yen``), with its reason.

    Before the inspection ``kept_yen`` is only a ceiling: the report and its inspection say what is kept.
    Written by `awards.services.cancellations`.
    """

    __tablename__ = "grant_cancellation"
    CHECKS = (sa.CheckConstraint("kept_yen >= 0", name="kept"),)

    reason: orm.Mapped[str]
    kept_yen: orm.Mapped[int] = orm.mapped_column(comment="what is left of the award; 0: all is cancelled")


class GrantChange(Model):
    """A 変更承認申請: the committee asks to move money between lines; approved or refused once, and published by a letter.

    Nobody decided a 流用 within the rule (approved), and one that ended without a decision of its own: withdrawn, or
    lapsed with the award (取消し). Written by `awards.services.changes` and `awards.services.cancellations`.
    """

    __tablename__ = "grant_change"
    __table_args__ = (
        sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name="decided"),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="four_eyes"),
        sa.CheckConstraint("ended_by_id IS NULL OR NOT approved", name="ended"),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"), index=True)
    reason: orm.Mapped[str]
    budgets: orm.Mapped[dict[str, int]] = orm.mapped_column(sa.JSON(), comment="line id → asked budget")
    before: orm.Mapped[dict[str, int]] = orm.mapped_column(sa.JSON(), comment="line id → budget before")
    requested_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    requested_at: orm.Mapped[dt.datetime]
    approved: orm.Mapped[bool | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(default="")
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]
    ended_by_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("person.id"), comment="who withdrew it, or cancelled the award that it was part of"
    )
    letter_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("letter.id"), unique=True, comment="the letter that tells the decision"
    )

    grant: orm.Mapped[Grant] = orm.relationship(back_populates="changes")
