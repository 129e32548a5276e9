"""Age bands of a fiscal year: drafted by an officer, approved by another official, fixed once somebody is counted."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from stations.attendance import band_rules
from stations.attendance.band_rules import UNKNOWN, Band
from stations.attendance.models import AgeBand, AgeBandDraft
from stations.attendance.queries import bands as attendance_bands
from stations.core import clock
from stations.core.access import Actor, Permission, demand
from stations.core.database import db
from stations.people.services import drafts


def draft_bands(*, year: int, bands: Sequence[Band], by: Actor) -> AgeBandDraft:
    """起案 of all age bands of a year but 年代不明, in their order. A draft that waits already is replaced by this one.

    `RuleBroken` on what could not work, `Conflict` once somebody was counted in the year.
    """
    demand(by, Permission.VISIT_DRAFT_BANDS)
    band_rules.check_bands(bands)
    _check_year(year)
    names = [
        {"label": one.label.strip(), "label_en": one.label_en.strip(), "colour": one.colour} for one in bands
    ]
    return drafts.begin(AgeBandDraft(fiscal_year=year, bands=names), by=by)


def approve_bands(*, draft: AgeBandDraft, by: Actor) -> None:
    """決裁 by another official: the drafted bands stand. Its event keeps their labels by code.

    `Conflict` when the draft is decided already, or somebody was counted in the year meanwhile.
    """
    year = draft.fiscal_year
    with drafts.approving(draft, by=by, under=[keep_bands(year)]) as taken:
        _check_year(year)
        bands = band_rules.with_codes(draft.drafted, year, attendance_bands.bands_of_every_year())
        db.session.execute(
            sa.delete(AgeBand).where(AgeBand.fiscal_year == year, AgeBand.code != UNKNOWN.code)
        )
        db.session.execute(sa.insert(AgeBand), _rows(year, bands)[:-1])
        taken.detail = {one.code: one.label for one in bands}


def keep_bands(year: int) -> AgeBand:
    """The year's bands stand from now on, where nobody has approved others: those of the year before. Its 年代不明.

    Who approves holds that row, and every record of the year refers to it: so none is started while its bands change.
    """
    of_year = sa.select(AgeBand).where(AgeBand.fiscal_year == year, AgeBand.code == UNKNOWN.code)
    found = db.session.scalars(of_year).first()
    if found is None:
        # One of two at the same moment writes it, and then the others; the second waits here and finds them.
        *others, unknown = _rows(year, attendance_bands.bands_of(year))
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        mine = insert(AgeBand).values(unknown).on_conflict_do_nothing().returning(AgeBand.id)
        if db.session.scalar(mine) is not None:
            db.session.execute(sa.insert(AgeBand), others)
        found = db.session.scalars(of_year).one()
    return found


def _rows(year: int, bands: Sequence[Band]) -> list[dict[str, object]]:
    """As the table has them; 年代不明 last, also where fewer bands leave places free."""
    return [
        {
            "fiscal_year": year,
            "position": band_rules.MOST + 1 if one.code == UNKNOWN.code else place,
            **asdict(one),
        }
        for place, one in enumerate(bands, start=1)
    ]


def _check_year(year: int) -> None:
    band_rules.check_year(year, clock.fiscal_year(clock.today()), attendance_bands.was_counted_in(year))
