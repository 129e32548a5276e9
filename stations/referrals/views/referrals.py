"""A referral: the list, four pages to write it, and the sheet."""

from enum import StrEnum
from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from stations.committees import queries as committees
from stations.committees.rules import WEEKDAYS
from stations.core import audit, clock
from stations.core.access import Permission
from stations.core.audit import Entry
from stations.core.database import creates, writes
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.lists import asked_page, page_of
from stations.core.messages import N_
from stations.core.workflow import Step
from stations.referrals import columns, consent_rules
from stations.referrals.forms import PersonForm, SendForm, StationForm, WishesForm, options
from stations.referrals.labels import CONCEALED_BECAUSE, PLAINLY, TONES
from stations.referrals.queries import lists, sheets
from stations.referrals.rules import Act, AgeGroup, SheetAct, Status
from stations.referrals.services import consents, contents, referrals
from stations.referrals.views.pages import (
    SHEET,
    Trail,
    blueprint,
    hints,
    history,
    moved_on,
    narrowed,
    offer_agencies,
    referral_trail,
    return_reason,
    saved,
    states,
    trail,
)
from stations.referrals.workflow import REFERRAL

if TYPE_CHECKING:
    from stations.committees.models import Station
    from stations.referrals.models import Referral


@blueprint.get("/referrals")
@requires(Permission.REFERRAL_READ)
def index() -> ResponseReturnValue:
    """The list by number, with what is late on top."""
    rows = lists.referrals(current_user)
    fitting, chosen = narrowed(rows)
    return saved(columns.REFERRALS, fitting, chosen, N_("つなぎの一覧")) or render_template(
        "referrals/index.html",
        overdue=sum(row.overdue for row in rows),
        total=len(rows),
        states=states(rows, Status),
        found=page_of(fitting, asked_page()),
        chosen=chosen,
        tones=TONES,
        breadcrumb=[(_("つなぎ"), None)],
    )


@blueprint.route("/referrals/new", methods=["GET", "POST"])
@requires(Permission.REFERRAL_MAKE)
@creates
def new() -> ResponseReturnValue:
    """Page 1: the station, found by district and weekday, with its next opening."""
    form = StationForm()
    agencies = sheets.own_agencies(current_user)
    form.agency_id.choices = options([(one.id, one.name) for one in agencies])
    stations = _offer(form)
    if form.validate_on_submit():
        agency = next(one for one in agencies if one.id == form.agency_id.data)
        referral = referrals.create_referral(
            agency=agency,
            station=stations[form.station_id.data],
            contact_name=current_user.name,
            by=current_user,
        )
        return redirect(url_for(".edit", referral_id=referral.id, part="person"), 303)
    return _station_page(form, None, trail((_("新しいつなぎ"), None)))


def _offer(form: StationForm) -> dict[int, "Station"]:
    """Put the running stations, narrowed by ?district= and ?weekday=, into the form."""
    running = committees.running_stations()
    following = committees.next_by_station([one.id for one in running])
    district = request.args.get("district", type=int)
    weekday = request.args.get("weekday", type=int)
    offered = [
        one
        for one in running
        if (district is None or one.committee.district_id == district)
        and (weekday is None or (one.id in following and following[one.id].on.weekday() == weekday))
    ]
    form.station_id.choices = options([(one.id, one.name) for one in offered])
    form.following, form.offered = following, offered
    return {one.id: one for one in offered}


def _station_page(form: StationForm, referral: "Referral | None", breadcrumb: Trail) -> str:
    return render_template(
        "referrals/station.html",
        form=form,
        referral=referral,
        districts=committees.districts(),
        weekdays=list(enumerate(WEEKDAYS)),
        district=request.args.get("district", type=int),
        weekday=request.args.get("weekday", type=int),
        returned=return_reason(referral) if referral else None,
        breadcrumb=breadcrumb,
    )


@blueprint.route("/referrals/<int:referral_id>/edit/<part>", methods=["GET", "POST"])
@requires(REFERRAL.permission(SheetAct.SAVE), of=sheets.referral, personal=SHEET)
@writes
def edit(referral: "Referral", part: str) -> ResponseReturnValue:
    """Pages 1 to 3 of a draft, or of a sheet that came back; saved page by page."""
    if (elsewhere := moved_on(referral, SheetAct.SAVE)) is not None:
        return elsewhere
    parts = {"station": _edit_station, "person": _edit_person, "wishes": _edit_wishes}
    if part not in parts:
        abort(404)
    return parts[part](referral)


def _edit_station(referral: "Referral") -> ResponseReturnValue:
    form = StationForm(data={"agency_id": referral.agency_id, "station_id": referral.station_id})
    form.agency_id.choices = options([(referral.agency_id, referral.agency.name)])
    stations = _offer(form)
    form.share(lambda: consents.stored(referral, ["station_id"]))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: referrals.save_referral(
            referral=referral,
            station=stations[form.station_id.data],
            loaded=form.loaded.data,
            by=current_user,
        ),
    ):
        return _onward(referral, "person")
    return _station_page(form, referral, referral_trail(referral, _("ステーションを選ぶ")))


def _edit_person(referral: "Referral") -> ResponseReturnValue:
    form = PersonForm(data={"alias": referral.alias, "age_group": str(referral.age_group)})
    offer_agencies(form, referral.station)
    form.show_consent(referral.consent)
    if not form.is_submitted() and referral.consent is None:
        form.given_on.data = clock.today()
    form.share(lambda: consents.stored(referral, ["alias", "age_group"], consent=True))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: referrals.save_referral(
            referral=referral,
            alias=form.alias.data or "",
            age_group=AgeGroup(form.age_group.data),
            consent=form.consent,
            loaded=form.loaded.data,
            by=current_user,
        ),
    ):
        return _onward(referral, "wishes")
    return render_template(
        "referrals/person.html",
        form=form,
        referral=referral,
        returned=return_reason(referral),
        breadcrumb=referral_trail(referral, _("ご本人と同意")),
    )


def _edit_wishes(referral: "Referral") -> ResponseReturnValue:
    form = WishesForm(obj=referral)
    form.begin(written=bool(referral.wishes))
    form.share(lambda: consents.stored(referral, form.own))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: referrals.save_referral(
            referral=referral, loaded=form.loaded.data, by=current_user, **form.facts
        ),
    ):
        return _onward(referral, "check")
    return render_template(
        "referrals/wishes.html",
        form=form,
        referral=referral,
        words=hints(referral.wishes, referral.considerations),
        returned=return_reason(referral),
        breadcrumb=referral_trail(referral, _("希望と配慮")),
    )


def _onward(referral: "Referral", part: str) -> Response:
    """保存して次へ, or 保存して中断する."""
    if request.form.get("act") == "pause":
        return redirect(url_for(".referral", referral_id=referral.id), 303)
    if part == "check":
        return redirect(url_for(".check", referral_id=referral.id), 303)
    return redirect(url_for(".edit", referral_id=referral.id, part=part), 303)


@blueprint.route("/referrals/<int:referral_id>/check", methods=["GET", "POST"])
@requires(REFERRAL.permission(Act.SEND), of=sheets.referral, personal=SHEET)
@writes
def check(referral: "Referral") -> ResponseReturnValue:
    """Page 4: everything once more, then it is sent."""
    if (elsewhere := moved_on(referral, SheetAct.SAVE)) is not None:
        return elsewhere
    form, found = SendForm(), sheets.personal_in(referral)

    def send() -> None:
        if found and form.needed.data:
            contents.confirm_content(subject=referral, reason=form.needed.data, by=current_user)
        referrals.send(referral=referral, by=current_user)

    if form.validate_on_submit() and succeeds(form, send):
        return redirect(url_for(".referral", referral_id=referral.id, sent=1), 303)
    open_gate = consent_rules.may_disclose(referral.consent, consent_rules.Recipient.STATION, clock.today())
    return render_template(
        "referrals/check.html",
        form=form,
        referral=referral,
        open_gate=open_gate,
        run_out=consent_rules.run_out_on(referral.consent, clock.today()),
        desk=None if open_gate else sheets.desk(),
        returned=return_reason(referral),
        found=found,
        agency_names=sheets.agency_names(),
        breadcrumb=referral_trail(referral, _("内容の確認")),
    )


# Acts that a page asks for, or asks about, before they are done.
ASKS = {step.act for step in REFERRAL.steps if step.needs_reason} | {
    Act.AGREE_VISIT,
    Act.RECORD_FIRST_VISIT,
    Act.START,
    Act.SETTLE,
}


def _agreed_visit(referral: "Referral", timeline: list[Entry]) -> str | None:
    """What was agreed last about the first visit, while it is being arranged."""
    if referral.status is not Status.ARRANGING:
        return None
    agreements = (one for one in timeline if one.act in {Act.AGREE_VISIT, Act.ARRANGE, Act.RESUME})
    return next((one.reason for one in agreements), None)


def _main_act(steps: list[Step[Status]], agreed: str | None) -> StrEnum | None:
    """The one that comes next: no way out, and not an agreement that is written down already."""
    done = {Act.AGREE_VISIT} if agreed else set()
    return next((one.act for one in steps if one.kind == "primary" and one.act not in done), None)


@blueprint.get("/referrals/<int:referral_id>")
@requires(Permission.REFERRAL_READ, of=sheets.referral, personal=SHEET)
def referral(referral: "Referral") -> ResponseReturnValue:
    """The sheet with its history and what one can do to it."""
    today = clock.today()
    concealed = referral.concealed_from(current_user)
    steps, due_follow_ups = (
        sheets.available_steps(current_user, referral),
        sheets.due_follow_ups(current_user, referral),
    )
    acts, may = [one for one in steps if one.endpoint == "referrals.act"], {one.act for one in steps}
    timeline = history(referral, concealed=concealed)
    agreed = _agreed_visit(referral, timeline)
    return render_template(
        "referrals/referral.html",
        referral=referral,
        concealed=concealed,
        concealed_because=CONCEALED_BECAUSE[referral.status],
        plainly=PLAINLY[referral.status],
        returned=return_reason(referral) if not concealed else None,
        acts=[one.act for one in acts],
        may=may,
        due_follow_ups=due_follow_ups,
        main=None if due_follow_ups else _main_act(acts, agreed),
        agreed=agreed,
        asks=ASKS,
        withdrawable=SheetAct.WITHDRAW_CONSENT in may and consent_rules.valid(referral.consent, today),
        agency_names=sheets.agency_names(),
        over=referral.status in REFERRAL.final,
        due_on=sheets.due_on(referral, audit.since_of(referral)),
        today=today,
        sent=request.args.get("sent") == "1",
        timeline=timeline,
        tones=TONES,
        breadcrumb=referral_trail(referral),
    )
