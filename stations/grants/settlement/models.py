"""What comes back to the city: 返還命令, and 返還 after 完結."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import Model, enum_column
from stations.grants.models import DecisionDraft, Grant
from stations.grants.rules import RecoveryStatus
from stations.grants.settlement.rules.recovering import OPEN

_OPEN = sa.text("status IN ({})".format(", ".join(f"'{status.value}'" for status in sorted(OPEN))))


class GrantRecovery(Model):
    """A finding about a closed grant (完結): costs that do not count, and what has to be paid back for them.

    A record of the fiscal year in which it is found; the closed grant, its books and its amounts are never altered.
    What comes back is 過年度収入 of the year of the day, or 戻入 while the cash of the budget that paid it is open.
    Written by `settlement.services.recoveries`.
    """

    __tablename__ = "grant_recovery"
    __table_args__ = (
        sa.CheckConstraint("disallowed_yen > 0", name="disallowed"),
        sa.CheckConstraint("amount_yen > 0", name="amount"),
        sa.CheckConstraint("kept_yen >= 0", name="kept"),
        sa.CheckConstraint("(status = 'drafted') = (decided_by_id IS NULL)", name="decided"),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> drafted_by_id", name="four_eyes"),
        sa.CheckConstraint("(status IN ('ordered', 'repaid')) = (due_on IS NOT NULL)", name="ordered"),
        sa.CheckConstraint(
            "(status = 'repaid') = (received_on IS NOT NULL) AND "
            "(status = 'repaid') = (budget_year IS NOT NULL) AND "
            "(status = 'repaid') = (recorded_by_id IS NOT NULL)",
            name="repaid",
        ),
        sa.CheckConstraint(
            "recorded_by_id IS NULL OR recorded_by_id NOT IN (drafted_by_id, decided_by_id)",
            name="four_eyes_record",
        ),
        sa.Index(
            "uq_grant_recovery_open", "grant_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    grant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("grant.id"), index=True)
    fiscal_year: orm.Mapped[int] = orm.mapped_column(comment="the open year in which it was found")
    status: orm.Mapped[RecoveryStatus] = orm.mapped_column(
        enum_column(RecoveryStatus), default=RecoveryStatus.DRAFTED
    )
    reason: orm.Mapped[str]
    disallowed_yen: orm.Mapped[int] = orm.mapped_column(comment="costs that do not count after all")
    kept_before_yen: orm.Mapped[int] = orm.mapped_column(comment="what the committee had kept until then")
    kept_yen: orm.Mapped[int] = orm.mapped_column(comment="what it may keep")
    amount_yen: orm.Mapped[int] = orm.mapped_column(comment="what it pays back")
    drafted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafted_at: orm.Mapped[dt.datetime]
    decision_reason: orm.Mapped[str] = orm.mapped_column(default="", comment="why it was sent back")
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]
    issued_on: orm.Mapped[dt.date | None]
    due_on: orm.Mapped[dt.date | None]
    received_on: orm.Mapped[dt.date | None]
    budget_year: orm.Mapped[int | None] = orm.mapped_column(comment="the budget that receives the money")
    prior_year_income: orm.Mapped[bool | None] = orm.mapped_column(comment="過年度収入 instead of 戻入")
    reference: orm.Mapped[str] = orm.mapped_column(default="")
    recorded_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))

    grant: orm.Mapped[Grant] = orm.relationship()

    def body(self) -> Body:
        return self.grant.body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset(i for i in (self.drafted_by_id, self.decided_by_id) if i is not None)


class RefundOrder(DecisionDraft):
    """起案 of a 返還命令 with its amount, which is computed and never typed.

    Another order follows when an award is taken back after the first. Written by `settlement.services.refunds`.
    """

    __tablename__ = "refund_order"
    CHECKS = (sa.CheckConstraint("amount_yen > 0", name="amount"),)

    amount_yen: orm.Mapped[int]
