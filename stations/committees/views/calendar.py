"""The calendar of a station: rules, extra dates, cancellations."""

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.committees import columns, queries
from stations.committees.forms import CancelForm, EndRuleForm, OpeningForm, RuleForm
from stations.committees.labels import TONES
from stations.committees.rules import OpeningAct, describe, month_shown
from stations.committees.services import calendar as calendar_services
from stations.committees.views.pages import blueprint, trail
from stations.committees.workflow import OPENING
from stations.core import clock, formatting, list_files, lists
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.errors import back_with
from stations.core.forms import Form, succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.messages import RuleBroken

if TYPE_CHECKING:
    from stations.committees.models import CalendarRule, Opening, Station, Venue

MONTHS_AHEAD = 6


@blueprint.get("/stations/<int:station_id>/calendar")
@requires(Permission.STATION_READ, of=queries.station)
def calendar(station: "Station") -> ResponseReturnValue:
    """Rules as sentences, and half a year of openings from the first of this month or of ``?from=2026-04``."""
    start = month_shown(request.args.get("from", ""), clock.today())
    end = clock.add_months(start, MONTHS_AHEAD)
    openings = [one for one in queries.openings_between(start, end, station_ids=[station.id]) if one.on < end]
    found = lists.page_of(openings, lists.asked_page())
    rules = lists.page_of(queries.calendar_rules(station.id), lists.asked_page("rules"))
    months = groupby(found.rows, key=lambda one: one.on.replace(day=1))
    days = (formatting.date(day) for day in (start, end - dt.timedelta(days=1)))
    period = _("%(start)sから%(end)sまで", start=next(days), end=next(days))
    saved = list_files.saved(columns.OPENINGS, openings, _("開催予定"), station.name, period)
    saved = saved or list_files.saved(
        columns.RULES, rules.rows, _("開催のきまり"), station.name, part="rules"
    )
    return saved or render_template(
        "committees/calendar.html",
        station=station,
        found=found,
        rules=rules,
        said={rule.id: describe(rule.calendar_pattern, _) for rule in rules.rows},
        months=[(month, list(group)) for month, group in months],
        start=start,
        earlier=clock.add_months(start, -MONTHS_AHEAD),
        later=end,
        today=clock.today(),
        tones=TONES,
        breadcrumb=trail(station=station, here=_("開催予定")),
    )


@blueprint.route("/stations/<int:station_id>/rules/new", methods=["GET", "POST"])
@requires(Permission.OPENING_MANAGE, of=queries.station)
@creates
def new_rule(station: "Station") -> ResponseReturnValue:
    today = clock.today()
    form = RuleForm(from_on=today, until_on=clock.fiscal_year_period(clock.fiscal_year(today))[1])
    form.offer(station.open_venues)
    if form.validate_on_submit() and succeeds(
        form,
        lambda: calendar_services.add_rule(
            station=station, venue=_chosen_venue(form, station), pattern=form.pattern, by=current_user
        ),
    ):
        flash(_("開催のきまりを追加し、開催予定を作りました。"), "success")
        return redirect(url_for(".calendar", station_id=station.id))
    return render_template(
        "committees/rule_form.html",
        form=form,
        station=station,
        breadcrumb=trail(station=station, here=_("開催のきまりを追加する")),
    )


@blueprint.route("/calendar-rules/<int:calendar_rule_id>/end", methods=["GET", "POST"])
@requires(Permission.OPENING_MANAGE, of=queries.calendar_rule)
@writes
def end_rule(rule: "CalendarRule") -> ResponseReturnValue:
    form = EndRuleForm(on=clock.today())
    if form.validate_on_submit() and succeeds(
        form, lambda: calendar_services.end_rule(rule=rule, on=form.on.data, by=current_user)
    ):
        flash(_("開催のきまりを終えました。"), "success")
        return redirect(url_for(".calendar", station_id=rule.station_id))
    return _form(
        form,
        rule.station,
        _("開催のきまりを終える"),
        f"{describe(rule.calendar_pattern, _)}　{rule.venue.name}",
        _("この日で終える"),
        danger=True,
    )


@blueprint.route("/stations/<int:station_id>/openings/new", methods=["GET", "POST"])
@requires(Permission.OPENING_MANAGE, of=queries.station)
@creates
def new_opening(station: "Station") -> ResponseReturnValue:
    form = OpeningForm()
    form.offer(station.open_venues)
    if form.validate_on_submit() and succeeds(
        form,
        lambda: calendar_services.add_opening(
            station=station,
            venue=_chosen_venue(form, station),
            on=form.on.data,
            starts_at=form.starts_at.data,
            ends_at=form.ends_at.data,
            by=current_user,
        ),
    ):
        past = form.on.data < clock.today()
        flash(
            _("過ぎた日の開催を追加しました。続けて、この回の記録をつけてください。")
            if past
            else _("臨時の開催日を追加しました。"),
            "success",
        )
        month: dict[str, Any] = {"from": f"{form.on.data:%Y-%m}"} if past else {}
        return redirect(url_for(".calendar", station_id=station.id, **month))
    return _form(form, station, _("臨時の開催日を追加する"), station.name, _("追加する"))


@blueprint.route("/openings/<int:opening_id>/cancel", methods=["GET", "POST"])
@requires(OPENING.permission(OpeningAct.CANCEL), of=queries.opening)
@writes
def cancel_opening(opening: "Opening") -> ResponseReturnValue:
    OPENING.next_status(opening.status, OpeningAct.CANCEL)
    form = CancelForm()
    if form.validate_on_submit() and succeeds(
        form,
        lambda: calendar_services.cancel_opening(
            opening=opening, reason=form.reason.data or "", by=current_user
        ),
    ):
        flash(_("中止にしました。市民の方のページにも表示されます。"), "success")
        return redirect(url_for(".calendar", station_id=opening.station_id))
    return render_template(
        "committees/cancel_opening.html",
        form=form,
        opening=opening,
        breadcrumb=trail(station=opening.station, here=_("開催を中止する")),
    )


@blueprint.post("/openings/<int:opening_id>/restore")
@requires(OPENING.permission(OpeningAct.RESTORE), of=queries.opening)
@writes
def restore_opening(opening: "Opening") -> ResponseReturnValue:
    page = url_for(".calendar", station_id=opening.station_id)
    try:
        calendar_services.restore_opening(opening=opening, by=current_user)
    except RuleBroken as broken:
        return back_with(broken, page)
    flash(_("中止を取り消しました。予定どおり開催します。"), "success")
    return redirect(page)


def _chosen_venue(form: RuleForm | OpeningForm, station: "Station") -> "Venue":
    return next(venue for venue in station.open_venues if str(venue.id) == form.venue_id.data)


def _form(
    form: Form, station: "Station", title: str, lead: str, submit_label: str, *, danger: bool = False
) -> str:
    """The page of a form about a station's calendar."""
    return render_template(
        "committees/form.html",
        form=form,
        title=title,
        lead=lead,
        submit_label=submit_label,
        danger=danger,
        cancel_url=url_for(".calendar", station_id=station.id),
        breadcrumb=trail(station=station, here=title),
    )
