"""The pages anybody may open: stations, their calendar, one station, its calendar file."""

from itertools import groupby

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stations.committees.queries import calendar_rules
from stations.committees.rules import OpeningStatus, StationStage, describe, month_shown
from stations.core import clock, lists
from stations.core.guards import public
from stations.core.language import gettext as _
from stations.core.notices import address_of
from stations.directory import queries
from stations.directory.calendar_file import calendar_file
from stations.directory.forms import SearchForm

blueprint = Blueprint("directory", __name__)

FIRST_SHOWN = 3
TODAYS_SHOWN = 25
CANCELLED_SHOWN = 5


@blueprint.get("/")
@public
def index() -> ResponseReturnValue:
    stations, districts = queries.running(), queries.districts()
    form = SearchForm(districts)
    wish = form.wish
    near = queries.near(stations)
    listed = queries.listing(stations, wish, near)
    return render_template(
        "directory/index.html",
        form=form,
        wish=wish,
        found=lists.page_of(listed, lists.asked_page("stations")),
        todays=[] if wish.given else queries.today_of(near),
        todays_shown=TODAYS_SHOWN,
        soonest=[] if wish.given else queries.soonest(listed)[:FIRST_SHOWN],
        today=clock.today(),
        cancelled=queries.cancelled_soon(near),
        cancelled_shown=CANCELLED_SHOWN,
        preparing=queries.in_preparation(districts, stations),
        running=len(stations),
    )


@blueprint.get("/calendar")
@public
def calendar() -> ResponseReturnValue:
    """The openings of this month, or of ``?month=2026-12``, as a list by day."""
    districts = queries.districts()
    form = SearchForm(districts)
    first = month_shown(request.args.get("month", ""), clock.today())
    openings = queries.month(queries.running(), first, form.wish)
    found = lists.page_of(openings, lists.asked_page())
    return render_template(
        "directory/calendar.html",
        form=form,
        wish=form.wish,
        month=first,
        earlier=clock.add_months(first, -1),
        later=clock.add_months(first, 1),
        today=clock.today(),
        over=queries.is_over,
        found=found,
        days=[
            (on, list(group))
            for on, group in groupby(
                openings if "all" in request.args else found.rows, key=lambda one: one.on
            )
        ],
        breadcrumb=[(_("ステーションをさがす"), url_for(".index")), (_("カレンダー"), None)],
    )


@blueprint.get("/stations/<int:station_id>")
@public
def station(station_id: int) -> ResponseReturnValue:
    station = queries.station(station_id) or abort(404)
    openings = queries.openings_of(station)
    to_come = [one for one in openings if not queries.is_over(one)]
    return render_template(
        "directory/station.html",
        station=station,
        closed=station.stage is StationStage.CLOSED,
        openings=to_come,
        shown=lists.page_of(to_come, lists.asked_page("openings")),
        cancelled_shown=CANCELLED_SHOWN,
        ended_today=any(one.status is not OpeningStatus.CANCELLED for one in openings if one not in to_come),
        today=clock.today(),
        next=next((one for one in to_come if one.status is not OpeningStatus.CANCELLED), None),
        cancelled=[one for one in to_come if one.status is OpeningStatus.CANCELLED],
        venues=lists.page_of(station.open_venues, lists.asked_page("venues")),
        rules=lists.page_of(
            [rule for rule in calendar_rules(station.id) if rule.last_on >= clock.today()],
            lists.asked_page("rules"),
        ),
        said=lambda rule: describe(rule.calendar_pattern, _),
        breadcrumb=[(_("ステーションをさがす"), url_for(".index")), (station.name, None)],
    )


@blueprint.get("/stations/<int:station_id>/calendar.ics")
@public
def station_ics(station_id: int) -> Response:
    station = queries.station(station_id) or abort(404)
    base_url = current_app.config["STATIONS"].base_url
    content = calendar_file(
        station,
        queries.dates_for_file(station),
        base_url=base_url,
        page_url=address_of("directory.station", station_id=station.id),
    )
    return Response(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="station-{station.id}.ics"'},
    )
