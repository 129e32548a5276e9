"""Document numbers without gaps: the next one is taken under a row lock, in the transaction of the 施行."""

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core.database import Model, add, db, lock


class DocumentSeries(Model):
    """The last number given in one fiscal year and series (a grant letter, a plan's reception).

    Changed only by `next_number`. A number once committed is never given again; one that was rolled back is.
    """

    __tablename__ = "document_series"
    __table_args__ = (
        sa.UniqueConstraint("fiscal_year", "series"),
        sa.CheckConstraint("last_number >= 0", name="last_number"),
    )

    fiscal_year: orm.Mapped[int]
    series: orm.Mapped[str]
    last_number: orm.Mapped[int]


def next_number(*, fiscal_year: int, series: str) -> int:
    """The next number of ``series`` in ``fiscal_year``, from 1."""
    find = sa.select(DocumentSeries).filter_by(fiscal_year=fiscal_year, series=series)
    row = db.session.scalars(find.with_for_update()).first()
    if row is None:
        try:
            with db.session.begin_nested():
                row = add(DocumentSeries(fiscal_year=fiscal_year, series=series, last_number=0))
        except sa.exc.IntegrityError:  # another transaction began this series first: wait for its row
            row = lock(db.session.scalars(find).one())
    row.last_number += 1
    db.session.flush()
    return row.last_number
