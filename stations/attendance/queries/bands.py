"""The age bands of each fiscal year, and the drafts of those to come."""

from functools import cache

import sqlalchemy as sa

from stations.attendance.band_rules import STANDARD, Band
from stations.attendance.models import AgeBand, AgeBandDraft, OpeningCount
from stations.attendance.rules import Counter
from stations.core import clock, drafted
from stations.core.database import db, fetch_all


def bands_of(year: int) -> tuple[Band, ...]:
    """A fiscal year's age bands in their order, 年代不明 at the end; where none stand yet, those that would.

    That is those of the nearest year before, else the programme's.
    """
    return tuple(row.band for row in db.session.scalars(_bands(), {"year": year})) or STANDARD


@cache
def _bands() -> sa.Select[AgeBand]:
    nearest = (
        sa.select(sa.func.max(AgeBand.fiscal_year))
        .where(AgeBand.fiscal_year <= sa.bindparam("year"))
        .scalar_subquery()
    )
    return sa.select(AgeBand).where(AgeBand.fiscal_year == nearest).order_by(AgeBand.position)


def bands_of_every_year() -> list[Band]:
    """Every year's, the oldest first."""
    return [row.band for row in fetch_all(sa.select(AgeBand).order_by(AgeBand.fiscal_year, AgeBand.position))]


def years_with_bands() -> list[int]:
    """Fiscal years whose bands stand, because they were approved or somebody was counted."""
    return list(db.session.scalars(sa.select(AgeBand.fiscal_year).distinct().order_by(AgeBand.fiscal_year)))


def was_counted_in(year: int) -> bool:
    """Whether a day of the fiscal year has a record, were it one to which nobody came."""
    of_year = OpeningCount.month.between(*clock.fiscal_year_period(year))
    found = sa.select(OpeningCount.id).where(OpeningCount.counter == Counter.VISIT, of_year)
    return db.session.scalar(found.limit(1)) is not None


def band_draft(age_band_draft_id: int) -> AgeBandDraft | None:
    """Loader of views."""
    return drafted.draft(AgeBandDraft, age_band_draft_id)


def band_drafts(year: int) -> list[AgeBandDraft]:
    """A year's drafts, the oldest first."""
    return drafted.drafts(AgeBandDraft, fiscal_year=year)
