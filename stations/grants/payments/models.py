"""Money that moves: what is asked for and ordered, paid, and paid back."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import AppendOnly, Model, enum_column
from stations.grants.models import Grant
from stations.grants.rules import PaymentStatus


class PaymentRequest(Model):
    """One instalment: asked for (概算払請求) or due (精算払), ordered by two people (支出命令), paid. Numbered in its grant.

    Returned, failed or cancelled ones keep their number. Written by `payments.services`.
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
    `bookkeeping.payment`. Written only by `payments.services.payments.record_payment`.
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
