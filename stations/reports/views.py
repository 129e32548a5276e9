"""The home page of each role, and the overview of 地域共生課 with its tables as files."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import clock, formatting, list_files, lists
from stations.core.access import Permission
from stations.core.database import one_snapshot
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.tables import Table
from stations.grants.letters.labels import LETTERS
from stations.grants.payments.labels import PAYMENT_KINDS
from stations.people.session import signed_in
from stations.reports import figures, tables
from stations.reports.queries import home as home_queries
from stations.reports.queries import overview as queries
from stations.reports.queries.overview import Overview
from stations.reports.queries.queue import in_lines

blueprint = Blueprint("reports", __name__)

TABLES: Mapping[str, Callable[[Overview], Table]] = {
    "stages": tables.stages,
    "budget": tables.budget,
    "money": tables.money,
    "visits": tables.visits,
    "districts": tables.districts,
}
"""The tables of the overview by the names of their files."""


@blueprint.get("/home")
@requires(Permission.OWN_ACCOUNT)
def home() -> str:
    shown = home_queries.home(signed_in() or current_user)
    return render_template(
        "reports/home.html",
        home=shown,
        queue_lines=in_lines(shown.queue),
        letters=LETTERS,
        kinds=PAYMENT_KINDS,
    )


@blueprint.get("/overview")
@one_snapshot
@requires(Permission.OVERVIEW_READ)
def overview() -> ResponseReturnValue:
    shown = _overview()
    return _saved(shown) or render_template(
        "reports/overview.html",
        overview=shown,
        years=queries.years(),
        stages=tables.stages(shown),
        stages_finding=figures.stages_finding(shown),
        budget=tables.budget(shown),
        budget_finding=figures.budget_finding(shown),
        headline=figures.headline(shown),
        figures=figures.of(shown),
        district_links=[
            url_for("committees.committee", committee_id=line.committee_id) for line in shown.districts
        ],
        breadcrumb=_breadcrumb(),
    )


def _overview() -> Overview:
    """The fiscal year that ``?year=`` names, else the present one."""
    present = clock.fiscal_year(clock.today())
    year = request.args.get("year", default=present, type=int)
    return queries.overview(year if 2000 <= year <= present + 1 else present)


def _saved(overview: Overview) -> Response | None:
    """The table that the address asks for as a file."""
    for name, table in TABLES.items():
        if lists.asked_file(name) is not None:
            shown = table(overview)
            year = formatting.fiscal_year(overview.year)
            return list_files.sent(replace(shown, title=f"{shown.title}_{year}", narrowed=[year]), part=name)
    return None


def _breadcrumb() -> list[tuple[str, str | None]]:
    return [(_("全体の状況"), None)]
