"""年代の区分: a fiscal year's age bands, their drafts, and the decision on one."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.attendance.band_rules import UNKNOWN, Band, BandDraftStatus, is_open
from stations.attendance.forms import BandsForm, DecideBandsForm
from stations.attendance.labels import COLOURS
from stations.attendance.queries import bands as band_queries
from stations.attendance.services import bands as attendance_bands
from stations.attendance.views import blueprint
from stations.core import audit, clock
from stations.core.access import Permission, can
from stations.core.database import creates
from stations.core.formatting import fiscal_year
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.people import queries as people

if TYPE_CHECKING:
    from stations.attendance.models import AgeBandDraft


@blueprint.get("/attendance/bands")
@requires(Permission.VISIT_READ)
def bands() -> str:
    """The age bands of one year for everybody who reads its figures; drafts of them, for the city."""
    year, coming = _asked_year(), clock.fiscal_year(clock.today()) + 1
    stand = band_queries.years_with_bands()
    inside = can(current_user, Permission.OVERVIEW_READ).ok
    drafts = band_queries.band_drafts(year) if inside else []
    last = drafts[-1] if drafts else None
    return render_template(
        "attendance/bands.html",
        year=year,
        oldest=min(stand, default=coming),
        coming=coming,
        rows=_rows(band_queries.bands_of(year)),
        stands=year in stand,
        open_for_drafts=_may_be_drafted(year),
        waiting=_shown(last) if last is not None and last.status is BandDraftStatus.WAITING else None,
        returned=last if last is not None and last.status is BandDraftStatus.RETURNED else None,
        events=audit.timeline(*drafts),
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
    waiting = next(iter(band_queries.waiting_band_drafts(year)), None)
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
    form, there = DecideBandsForm(), url_for(".bands", year=draft.fiscal_year)
    returned = request.form.get("act") == "return"

    def decide() -> None:
        if returned:
            attendance_bands.return_bands(draft=draft, reason=form.reason.data or "", by=current_user)
        else:
            attendance_bands.approve_bands(draft=draft, by=current_user)

    if form.validate_on_submit() and succeeds(form, decide):
        flash(_("起案を差し戻しました。") if returned else _("年代の区分を決裁しました。"), "success")
        return redirect(there, 303)
    if request.method == "GET" and draft.status is not BandDraftStatus.WAITING:
        flash(_("この起案は、もう決裁を待っていません。"), "info")
        return redirect(there)
    return render_template(
        "attendance/bands_decide.html",
        form=form,
        year=draft.fiscal_year,
        draft=_shown(draft),
        rows=_rows(band_queries.bands_of(draft.fiscal_year)),
        breadcrumb=_trail(draft.fiscal_year, _("決裁")),
    )


def _shown(draft: "AgeBandDraft") -> dict[str, object]:
    """A draft as pages show it: who drafted it when, and its bands, marked where the year would not have such a one."""
    drafter = people.person(draft.drafted_by_id)
    return {
        "id": draft.id,
        "by": drafter.name if drafter is not None else "",
        "mine": draft.drafted_by_id == current_user.id,
        "at": draft.drafted_at,
        "rows": _rows(
            (*draft.drafted, UNKNOWN), {one.label for one in band_queries.bands_of(draft.fiscal_year)}
        ),
    }


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
