"""対象外: what of a receipt the inspection does not accept. A table of its own beside `models`."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import AppendOnly, Model
from stations.grants.models import GrantLine, Receipt


class ReceiptDisallowance(AppendOnly, Model):
    """対象外: a part of a receipt, on one line, that the inspection does not accept; with its reason.

    Never changed: one that is taken back is answered by an entry of the same amount below zero. What counts is
    `eligibility.eligible`. Written only by `grants.services.inspections`.
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
