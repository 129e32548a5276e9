"""The home page of each role, and the overview of 地域共生課 with its tables as CSV."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user

from stations.core import clock
from stations.core.access import Permission
from stations.core.database import one_snapshot
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.grants.letters.labels import LETTERS
from stations.grants.payments.labels import PAYMENT_KINDS
from stations.people.session import signed_in
from stations.reports import figures, tables
from stations.reports.queries import home as home_queries
from stations.reports.queries import overview as queries
from stations.reports.queries.overview import Overview
from stations.reports.queries.queue import in_lines
from stations.reports.tables import Table

blueprint = Blueprint("reports", __name__)


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
def overview() -> str:
    shown = _overview()
    return render_template(
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
            url_for("committees.committee", committee_id=district.committee_id)
            for district in shown.districts
        ],
        breadcrumb=_breadcrumb(),
    )


@blueprint.get("/overview/stages.csv")
@one_snapshot
@requires(Permission.OVERVIEW_READ)
def stages_csv() -> Response:
    return _csv("stages", tables.stages)


@blueprint.get("/overview/money.csv")
@one_snapshot
@requires(Permission.OVERVIEW_READ)
def money_csv() -> Response:
    return _csv("money", tables.money)


@blueprint.get("/overview/budget.csv")
@one_snapshot
@requires(Permission.OVERVIEW_READ)
def budget_csv() -> Response:
    return _csv("budget", tables.budget)


@blueprint.get("/overview/visits.csv")
@one_snapshot
@requires(Permission.OVERVIEW_READ)
def visits_csv() -> Response:
    return _csv("visits", tables.visits)


@blueprint.get("/overview/districts.csv")
@one_snapshot
@requires(Permission.OVERVIEW_READ)
def districts_csv() -> Response:
    return _csv("districts", tables.districts)


def _overview() -> Overview:
    """The fiscal year that ``?year=`` names, else the present one."""
    present = clock.fiscal_year(clock.today())
    year = request.args.get("year", default=present, type=int)
    return queries.overview(year if 2000 <= year <= present + 1 else present)


def _csv(name: str, table: Callable[[Overview], Table]) -> Response:
    shown = _overview()
    response = Response(table(shown).csv(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{shown.year}.csv"'
    return response


def _breadcrumb() -> list[tuple[str, str | None]]:
    return [(_("全体の状況"), None)]
