"""The letters that went out, and the drafts of what letters say."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.access import Body
from stations.core.database import AppendOnly, Model
from stations.core.drafted import Drafted
from stations.core.files import StoredFile
from stations.core.language import lazy_gettext as _l
from stations.grants.letters.labels import LETTERS
from stations.grants.letters.workflow import TEXTS
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


class LetterTextDraft(Drafted):
    """起案 of the texts of one kind of letter for a fiscal year.

    The last one that was approved is what letters about that year's grants say from then on; letters that went out keep
    their PDF. Written by `letters.services.texts`.
    """

    __tablename__ = "letter_text_draft"
    STEPS = TEXTS
    SUBJECT = ("fiscal_year", "kind")
    PAGE = "grants.texts_of_letter"

    fiscal_year: orm.Mapped[int] = orm.mapped_column(comment="of the grants that the letters are about")
    kind: orm.Mapped[str] = orm.mapped_column(comment="as in labels.LETTERS: award, change, cancellation …")
    texts: orm.Mapped[dict[str, str]] = orm.mapped_column(
        sa.JSON(), comment="by name, as in wording.KINDS, with placeholders"
    )

    @property
    def called(self) -> Any:
        return _l("%(letter)sの文", letter=LETTERS[self.kind])
