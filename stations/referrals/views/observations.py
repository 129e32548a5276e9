"""A 気づきメモ: the list, the form with its danger-to-life box, the receiver, and the memo itself."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from stations.core import audit, clock
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.lists import asked_page, page_of
from stations.core.messages import N_
from stations.referrals import columns, consent_rules
from stations.referrals.forms import MemoForm, ReceiverForm, options
from stations.referrals.labels import OBSERVATION_PLAINLY, OBSERVATION_TONES
from stations.referrals.queries import lists, sheets
from stations.referrals.rules import AgeGroup, ObservationAct, ObservationStatus, SheetAct
from stations.referrals.services import consents, contents
from stations.referrals.services import observations as referral_observations
from stations.referrals.views.pages import (
    MEMO,
    Trail,
    blueprint,
    hints,
    history,
    memo_trail,
    moved_on,
    narrowed,
    offer_agencies,
    phones,
    return_reason,
    saved,
    states,
    trail,
)
from stations.referrals.workflow import OBSERVATION

if TYPE_CHECKING:
    from stations.referrals.models import Agency, Observation


@blueprint.get("/observations")
@requires(Permission.OBSERVATION_READ)
def observations() -> ResponseReturnValue:
    """The list by number, with what is late or urgent on top."""
    rows = lists.observations(current_user)
    fitting, chosen = narrowed(rows)
    return saved(columns.OBSERVATIONS, fitting, chosen, N_("気づきメモの一覧")) or render_template(
        "referrals/observations.html",
        overdue=sum(row.overdue for row in rows),
        total=len(rows),
        states=states(rows, ObservationStatus),
        found=page_of(fitting, asked_page()),
        chosen=chosen,
        tones=OBSERVATION_TONES,
        breadcrumb=trail((_("気づきメモ"), None)),
    )


@blueprint.route("/observations/new", methods=["GET", "POST"])
@requires(Permission.OBSERVATION_WRITE)
@creates
def new_observation() -> ResponseReturnValue:
    form = MemoForm()
    form.begin()
    stations = {one.id: one for one in sheets.own_stations(current_user)}
    offer_agencies(form, next(iter(stations.values()), None))
    form.show_consent(None)
    form.station_id.choices = options([(one.id, one.name) for one in stations.values()])
    made: list[Observation] = []

    def create() -> None:
        memo = referral_observations.create_observation(
            station=stations[form.station_id.data], memo=_memo(form), by=current_user
        )
        consents.record_consent(subject=memo, consent=form.consent, by=current_user)
        made.append(memo)

    if form.validate_on_submit() and succeeds(form, create):
        return _onward(made[0])
    return _memo_page(form, None, trail((_("気づきメモ"), url_for(".observations")), (_("新しいメモ"), None)))


@blueprint.route("/observations/<int:observation_id>/edit", methods=["GET", "POST"])
@requires(OBSERVATION.permission(SheetAct.SAVE), of=sheets.observation, personal=MEMO)
@writes
def edit_observation(observation: "Observation") -> ResponseReturnValue:
    """A draft, or a memo that came back."""
    if (elsewhere := moved_on(observation, SheetAct.SAVE)) is not None:
        return elsewhere
    names = ("observed_on", "facts", "urgent", "alias", "station_id")
    form = MemoForm(
        data={name: getattr(observation, name) for name in names} | {"age_group": str(observation.age_group)}
    )
    offer_agencies(form, observation.station)
    form.show_consent(observation.consent)
    form.station_id.choices = options([(observation.station_id, observation.station.name)])
    form.share(lambda: consents.stored(observation, asdict(_memo(form)), consent=True))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: referral_observations.save_observation(
            observation=observation,
            memo=_memo(form),
            consent=form.consent,
            loaded=form.loaded.data,
            by=current_user,
        ),
    ):
        return _onward(observation)
    return _memo_page(form, observation, memo_trail(observation, _("メモを直す")))


def _memo(form: MemoForm) -> referral_observations.Memo:
    return referral_observations.Memo(
        facts=form.facts.data or "",
        observed_on=form.observed_on.data,
        age_group=AgeGroup(form.age_group.data),
        alias=form.alias.data or "",
        urgent=form.urgent.data,
    )


def _onward(observation: "Observation") -> Response:
    endpoint = ".observation" if request.form.get("act") == "pause" else ".receiver"
    return redirect(url_for(endpoint, observation_id=observation.id), 303)


def _memo_page(form: MemoForm, observation: "Observation | None", breadcrumb: Trail) -> str:
    return render_template(
        "referrals/memo.html",
        form=form,
        observation=observation,
        phones=phones(),
        words=hints(form.facts.data or ""),
        returned=return_reason(observation) if observation else None,
        breadcrumb=breadcrumb,
    )


@blueprint.route("/observations/<int:observation_id>/receiver", methods=["GET", "POST"])
@requires(OBSERVATION.permission(ObservationAct.SEND), of=sheets.observation, personal=MEMO)
@writes
def receiver(observation: "Observation") -> ResponseReturnValue:
    """To whom it goes: without a valid consent only 福祉まるごと相談窓口 is offered."""
    if (elsewhere := moved_on(observation, SheetAct.SAVE)) is not None:
        return elsewhere
    offered = {one.id: one for one in sheets.receivers(observation, clock.today())}
    form = ReceiverForm()
    form.offer((one.id, _called(one, observation)) for one in offered.values())

    def send() -> None:
        referral_observations.save_observation(
            observation=observation, agency=offered[form.agency_id.data], by=current_user
        )
        if found and form.needed.data:
            contents.confirm_content(subject=observation, reason=form.needed.data, by=current_user)
        elif found:
            raise contents.needed()
        if not calls_first:
            referral_observations.send_observation(observation=observation, by=current_user)

    calls_first, found = sheets.lacks_call(observation), sheets.personal_in(observation)
    if form.validate_on_submit() and succeeds(form, send):
        if calls_first:
            return redirect(url_for(".telephone", observation_id=observation.id), 303)
        return redirect(url_for(".observation", observation_id=observation.id, sent=1), 303)
    return render_template(
        "referrals/receiver.html",
        form=form,
        observation=observation,
        only_desk=all(one.is_marugoto_desk for one in offered.values()),
        found=found,
        returned=return_reason(observation),
        breadcrumb=memo_trail(observation, _("送り先と確認")),
    )


def _called(agency: "Agency", observation: "Observation") -> str:
    """A receiver's name; its kind where the name does not say it, and whether it is the one of this district."""
    name = agency.name if agency.kind in agency.name else f"{agency.name}（{agency.kind}）"
    return _("%(name)s：この地区の窓口", name=name) if sheets.is_local(agency, observation) else name


@blueprint.get("/observations/<int:observation_id>")
@requires(Permission.OBSERVATION_READ, of=sheets.observation, personal=MEMO)
def observation(observation: "Observation") -> ResponseReturnValue:
    """The memo with its history and what one can do to it."""
    today = clock.today()
    concealed = observation.concealed_from(current_user)
    steps = sheets.available_steps(current_user, observation)
    may = {one.act for one in steps}
    return render_template(
        "referrals/observation.html",
        observation=observation,
        concealed=concealed,
        acts=[one for one in steps if one.endpoint == "referrals.observation_act"],
        may=may,
        asks={ObservationAct.CLOSE, ObservationAct.REDIRECT},
        plainly=OBSERVATION_PLAINLY[observation.status],
        stranded=sheets.is_stranded(observation),
        returned=return_reason(observation) if not concealed else None,
        editable=OBSERVATION.allows(observation.status, SheetAct.SAVE),
        withdrawable=SheetAct.WITHDRAW_CONSENT in may and consent_rules.valid(observation.consent, today),
        agency_names=sheets.agency_names(),
        conference=consent_rules.conference(observation.consent, today),
        due_on=None if concealed else sheets.memo_due_on(observation, audit.since_of(observation)),
        today=today,
        sent=request.args.get("sent") == "1",
        phones=phones(observation.agency),
        calls=[] if concealed else sheets.calls(observation),
        callable=sheets.may_record_call(current_user, observation),
        timeline=history(observation, concealed=concealed),
        tones=OBSERVATION_TONES,
        breadcrumb=memo_trail(observation),
    )
