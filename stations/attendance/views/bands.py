"""年代の区分: a fiscal year's age bands, their drafts, and the decision on one."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.attendance.band_rules import UNKNOWN, Band, is_open
from stations.attendance.forms import BandsForm
from stations.attendance.labels import COLOURS
from stations.attendance.queries import bands as band_queries
from stations.attendance.services import bands as attendance_bands
from stations.attendance.views import blueprint
from stations.core import clock
from stations.core.access import Permission, can
from stations.core.database import creates
from stations.core.drafted import last_waiting
from stations.core.formatting import fiscal_year
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.people import deciding

if TYPE_CHECKING:
    from stations.attendance.models import AgeBandDraft


@blueprint.get("/attendance/bands")
@requires(Permission.VISIT_READ)
def bands() -> str:
    """The age bands of one year for everybody who reads its figures; drafts of them, for the city."""
    year, coming = _asked_year(), clock.fiscal_year(clock.today()) + 1
    stand = band_queries.years_with_bands()
    inside = can(current_user, Permission.OVERVIEW_READ).ok
    standing = deciding.standing(band_queries.band_drafts(year) if inside else [])
    return render_template(
        "attendance/bands.html",
        year=year,
        oldest=min(stand, default=coming),
        coming=coming,
        rows=_rows(band_queries.bands_of(year)),
        stands=year in stand,
        open_for_drafts=_may_be_drafted(year),
        drafted_rows=_drafted_rows,
        **standing,
        breadcrumb=_trail(year),
    )


@blueprint.route("/attendance/bands/draft", methods=["GET", "POST"])
@requires(Permission.VISIT_DRAFT_BANDS)
@creates
def draft_bands() -> ResponseReturnValue:
    """起案 of a year's bands, beginning with those that wait, else with those that would stand."""
    year = _asked_year()
    there = url_for(".bands", year=year)
    if request.method == "GET" and not _may_be_drafted(year):
        return redirect(there)
    waiting = last_waiting(band_queries.band_drafts(year))
    form = BandsForm(drafted=waiting.drafted if waiting is not None else band_queries.bands_of(year)[:-1])
    if form.validate_on_submit() and succeeds(
        form, lambda: attendance_bands.draft_bands(year=year, bands=form.typed, by=current_user)
    ):
        flash(
            _("%(year)sの年代の区分を起案しました。ほかの方の決裁をお待ちください。", year=fiscal_year(year)),
            "success",
        )
        return redirect(there, 303)
    return render_template(
        "attendance/bands_form.html",
        form=form,
        year=year,
        waiting=waiting,
        colours=list(enumerate(COLOURS[:-1], start=1)),
        breadcrumb=_trail(year, _("起案")),
    )


@blueprint.route("/attendance/bands/drafts/<int:age_band_draft_id>", methods=["GET", "POST"])
@requires(Permission.VISIT_APPROVE_BANDS, of=band_queries.band_draft)
@creates
def decide_bands(draft: "AgeBandDraft") -> ResponseReturnValue:
    """決裁 of a draft, beside what would stand without it."""
    return deciding.decide(
        draft,
        lambda: attendance_bands.approve_bands(draft=draft, by=current_user),
        done=_("年代の区分を決裁しました。"),
        template="attendance/bands_decide.html",
        drafted_rows=_drafted_rows,
        rows=_rows(band_queries.bands_of(draft.fiscal_year)),
        breadcrumb=_trail(draft.fiscal_year, _("決裁")),
    )


def _drafted_rows(draft: "AgeBandDraft") -> list[dict[str, object]]:
    """The bands of a draft, marked where the year would not have such a one."""
    known = {one.label for one in band_queries.bands_of(draft.fiscal_year)}
    return _rows((*draft.drafted, UNKNOWN), known)


def _rows(bands: tuple[Band, ...], known: set[str] | None = None) -> list[dict[str, object]]:
    """Each band as a line of a table; ``known``: the labels that are nothing new."""
    return [
        {
            "label": one.label,
            "label_en": one.label_en,
            "colour": one.colour,
            "colour_name": COLOURS[one.colour - 1],
            "new": known is not None and one.label not in known,
        }
        for one in bands
    ]


def _may_be_drafted(year: int) -> bool:
    return is_open(year, clock.fiscal_year(clock.today())) and not band_queries.was_counted_in(year)


def _asked_year() -> int:
    """The year of the address; without one, the next, which is to be decided."""
    coming = clock.fiscal_year(clock.today()) + 1
    year = request.args.get("year", coming, type=int)
    return year if coming - 20 <= year <= coming else coming


def _trail(year: int, step: str = "") -> list[tuple[str, str | None]]:
    here = (_("年代の区分"), url_for(".bands", year=year) if step else None)
    return [(_("開催の記録"), url_for(".index")), here, *([(step, None)] if step else [])]
