"""The letters that went out, and the drafts of what letters say."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import AppendOnly, Model, enum_column
from stations.core.files import StoredFile
from stations.grants.letters import labels as labels  # registers what the enums are called
from stations.grants.letters.wording import TextStatus
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


class LetterTextDraft(Model):
    """起案 of the texts of one kind of letter for a fiscal year: one official drafts, another approves or returns it, once.

    The last one that was approved is what letters about that year's grants say from then on; letters that went out keep
    their PDF. A year and kind has at most one that waits. Written by `letters.services.texts`.
    """

    __tablename__ = "letter_text_draft"
    __table_args__ = (
        sa.CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint(
            "(status IN ('approved', 'returned')) = (decided_by_id IS NOT NULL)", name="decided_by"
        ),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> drafted_by_id", name="four_eyes"),
        sa.Index(
            "uq_letter_text_draft_waiting",
            "fiscal_year",
            "kind",
            unique=True,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        ),
    )

    fiscal_year: orm.Mapped[int] = orm.mapped_column(comment="of the grants that the letters are about")
    kind: orm.Mapped[str] = orm.mapped_column(comment="as in labels.LETTERS: award, change, cancellation …")
    texts: orm.Mapped[dict[str, str]] = orm.mapped_column(
        sa.JSON(), comment="by name, as in wording.KINDS, with placeholders"
    )
    status: orm.Mapped[TextStatus] = orm.mapped_column(enum_column(TextStatus), default=TextStatus.WAITING)
    drafted_by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafted_at: orm.Mapped[dt.datetime]
    decision_reason: orm.Mapped[str] = orm.mapped_column(default="", comment="why it was returned")
    decided_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[dt.datetime | None]

    def body(self) -> Body:
        return Body()

    def maker_ids(self) -> frozenset[int]:
        return frozenset({self.drafted_by_id})
