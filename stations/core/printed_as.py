"""What is printed for characters that no font of the letters has, as the city decided.

Texts are checked where they are saved; what was saved before, or came another way, may be frozen by now (an approved
plan has its fingerprint). It stays as it is, and is printed as this table says.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import AppendOnly, Model, db, fetch_all


class PrintedAs(AppendOnly, Model):
    """One decision on one character: what is printed in its place, and why. The latest one counts.

    Never changed: what a letter says was printed under the decision that counted then. Written only by
    `grants.letters.services.characters.print_as`.
    """

    __tablename__ = "printed_as"
    __table_args__ = (
        sa.CheckConstraint("length(character) = 1", name="one_character"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
    )

    character: orm.Mapped[str]
    printed: orm.Mapped[str] = orm.mapped_column(comment="empty: it is left out")
    reason: orm.Mapped[str]
    by_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    at: orm.Mapped[dt.datetime]


def decisions() -> list[PrintedAs]:
    """The decisions that count, by character."""
    latest = sa.select(sa.func.max(PrintedAs.id)).group_by(PrintedAs.character)
    return fetch_all(sa.select(PrintedAs).where(PrintedAs.id.in_(latest)).order_by(PrintedAs.character))


def current() -> dict[str, str]:
    """Character → what is printed for it; for `documents.render`."""
    db.session.flush()
    return {decision.character: decision.printed for decision in decisions()}
