"""The letters that went out."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import AppendOnly, Model
from stations.core.files import StoredFile
from stations.grants.letters import labels as labels  # registers what the enums are called
from stations.grants.models import Grant


class Letter(AppendOnly, Model):
    """An issued 通知書 with its gap-free number and its PDF/A. Never changed. Written by `letters.services` on 施行."""

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
