"""The index of districts; a station, its venues, its beginning and end."""

import datetime as dt
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.committees import columns, queries
from stations.committees.forms import (
    CloseStationForm,
    EditVenueForm,
    OpenStationForm,
    StationForm,
    VenueForm,
)
from stations.committees.labels import TONES
from stations.committees.rules import OpeningStatus, StationStage, describe
from stations.committees.services import stations
from stations.committees.views import history
from stations.committees.views.pages import blueprint, trail
from stations.core import access, clock, edit_conflicts, list_files, lists
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.forms import Form, succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.people.session import local_path

if TYPE_CHECKING:
    from stations.committees.models import Committee, Station, Venue

NEXT_SHOWN = 6
OF_A_DISTRICT_SHOWN = 10
CANCELLED_SINCE = dt.timedelta(days=30)


@blueprint.get("/districts")
@requires(Permission.STATION_READ)
def index() -> ResponseReturnValue:
    districts = queries.districts_for(current_user)
    shown = [station for district in districts for station in district.stations]
    whole_city = access.committee_ids(current_user, Permission.STATION_READ) is None
    following = queries.next_by_station(station.id for station in shown)
    of_districts = [(one, station) for one in districts for station in one.stations or (None,)]
    return list_files.saved(
        columns.districts(following), of_districts, _("地区とステーション")
    ) or render_template(
        "committees/index.html",
        districts=districts,
        next_by_station=following,
        shown=OF_A_DISTRICT_SHOWN,
        running=sum(
            any(station.stage is StationStage.RUNNING for station in district.stations)
            for district in districts
        ),
        whole_city=whole_city,
        tones=TONES,
    )


@blueprint.get("/stations/<int:station_id>/manage")
@requires(Permission.STATION_READ, of=queries.station)
def station(station: "Station") -> ResponseReturnValue:
    today = clock.today()
    openings = queries.next_openings(station_ids=[station.id], planned_only=True, limit=NEXT_SHOWN)
    cancelled = queries.openings_between(
        today - CANCELLED_SINCE,
        clock.add_months(today, 3),
        station_ids=[station.id],
        statuses=[OpeningStatus.CANCELLED],
    )
    return render_template(
        "committees/station.html",
        station=station,
        rules=[
            (rule, describe(rule.calendar_pattern, _))
            for rule in queries.calendar_rules(station.id)
            if rule.last_on >= today
        ],
        openings=openings,
        cancelled=cancelled,
        events=history.of_station(station),
        tones=TONES,
        breadcrumb=trail(station=station),
    )


@blueprint.route("/committees/<int:committee_id>/stations/new", methods=["GET", "POST"])
@requires(Permission.STATION_MANAGE, of=queries.committee)
@creates
def new_station(committee: "Committee") -> ResponseReturnValue:
    """``?first``: on the way to a plan, which needs a station."""
    form, first = StationForm(), "first" in request.args
    if form.validate_on_submit():
        made: list[Station] = []
        if succeeds(
            form,
            lambda: made.append(stations.create_station(committee=committee, by=current_user, **form.facts)),
        ):
            if first:
                flash(
                    _("登録しました。続けて計画をつくれます。会場は、計画を書きながら登録できます。"),
                    "success",
                )
                return redirect(url_for("applications.new", station=made[0].id))
            flash(_("登録しました。次に会場を登録してください。"), "success")
            return redirect(url_for(".new_venue", station_id=made[0].id))
    return render_template(
        "committees/form.html",
        form=form,
        title=_("ステーションを登録する"),
        lead=_("登録しただけでは、まだ市民の方には表示されません。"),
        submit_label=_("登録して計画へ進む") if first else _("登録して会場へ進む"),
        cancel_url=url_for("applications.new") if first else url_for(".committee", committee_id=committee.id),
        breadcrumb=trail(committee=committee, here=_("ステーションを登録する")),
    )


@blueprint.route("/stations/<int:station_id>/edit", methods=["GET", "POST"])
@requires(Permission.STATION_MANAGE, of=queries.station)
@writes
def edit_station(station: "Station") -> ResponseReturnValue:
    form = StationForm(obj=station)
    form.share(lambda: edit_conflicts.stored(station, form.facts))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: stations.edit_station(
            station=station, loaded=form.loaded.data, by=current_user, **form.facts
        ),
    ):
        flash(_("変更しました。"), "success")
        return redirect(url_for(".station", station_id=station.id))
    return _form(form, station, _("ステーションの内容を変える"), _("変更する"))


@blueprint.route("/stations/<int:station_id>/open", methods=["GET", "POST"])
@requires(Permission.STATION_MANAGE, of=queries.station)
@writes
def open_station(station: "Station") -> ResponseReturnValue:
    form = OpenStationForm(on=station.opened_on or clock.today())
    if form.validate_on_submit() and succeeds(
        form, lambda: stations.open_station(station=station, on=form.on.data, by=current_user)
    ):
        flash(_("活動を始める日を決めました。"), "success")
        return redirect(url_for(".station", station_id=station.id))
    return _form(form, station, _("活動を始める"), _("この日から始める"))


@blueprint.route("/stations/<int:station_id>/close", methods=["GET", "POST"])
@requires(Permission.STATION_MANAGE, of=queries.station)
@writes
def close_station(station: "Station") -> ResponseReturnValue:
    form = CloseStationForm()
    if form.validate_on_submit() and succeeds(
        form,
        lambda: stations.close_station(
            station=station, on=form.on.data, reason=form.reason.data or "", by=current_user
        ),
    ):
        flash(_("活動を終える日を決めました。"), "success")
        return redirect(url_for(".station", station_id=station.id))
    return _form(form, station, _("活動を終える"), _("この日で終える"), danger=True)


@blueprint.get("/stations/<int:station_id>/venues")
@requires(Permission.STATION_READ, of=queries.station)
def venues(station: "Station") -> ResponseReturnValue:
    chosen = lists.chosen("q")
    fitting = lists.holding(station.venues, chosen.get("q", ""), lambda one: (one.name, one.address))
    return list_files.saved(
        columns.VENUES, fitting, _("会場の一覧"), station.name, chosen.get("q")
    ) or render_template(
        "committees/venues.html",
        station=station,
        found=lists.page_of(fitting, lists.asked_page()),
        chosen=chosen,
        breadcrumb=trail(station=station, here=_("会場")),
    )


@blueprint.route("/stations/<int:station_id>/venues/new", methods=["GET", "POST"])
@requires(Permission.STATION_MANAGE, of=queries.station)
@creates
def new_venue(station: "Station") -> ResponseReturnValue:
    """``back`` in the address: the page that sent somebody here, as a plan that needs a venue."""
    form = VenueForm()
    back = local_path(request.args.get("back")) or url_for(".venues", station_id=station.id)
    if form.validate_on_submit() and succeeds(
        form, lambda: stations.add_venue(station=station, by=current_user, **form.facts)
    ):
        flash(_("会場を登録しました。"), "success")
        return redirect(back)
    return _form(form, station, _("会場を登録する"), _("登録する"), back=back)


@blueprint.route("/venues/<int:venue_id>/edit", methods=["GET", "POST"])
@requires(Permission.STATION_MANAGE, of=queries.venue)
@writes
def edit_venue(venue: "Venue") -> ResponseReturnValue:
    form = EditVenueForm(obj=venue)
    form.share(lambda: edit_conflicts.stored(venue, form.facts))
    if form.validate_on_submit() and succeeds(
        form, lambda: stations.edit_venue(venue=venue, loaded=form.loaded.data, by=current_user, **form.facts)
    ):
        flash(_("会場を変更しました。"), "success")
        return redirect(url_for(".venues", station_id=venue.station_id))
    return _form(
        form,
        venue.station,
        _("会場を変える"),
        _("変更する"),
        back=url_for(".venues", station_id=venue.station_id),
    )


def _form(
    form: Form, station: "Station", title: str, submit_label: str, *, back: str = "", danger: bool = False
) -> str:
    """The page of a form about a station; ``back``: where 「やめて戻る」 leads, else the station's page."""
    return render_template(
        "committees/form.html",
        form=form,
        title=title,
        lead=station.name,
        submit_label=submit_label,
        danger=danger,
        cancel_url=back or url_for(".station", station_id=station.id),
        breadcrumb=trail(station=station, here=title),
    )
