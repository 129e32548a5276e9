"""Telephone calls about a memo: before it is sent, later, and by the section that was alerted to it."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.access import Permission
from stations.core.danger import danger_words
from stations.core.database import SAFE_METHODS, creates
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.referrals import danger
from stations.referrals.forms import CallForm
from stations.referrals.queries import sheets
from stations.referrals.rules import ObservationAct, SheetAct
from stations.referrals.services import observations
from stations.referrals.views.pages import MEMO, blueprint, history, memo_trail, moved_on, phones
from stations.referrals.workflow import OBSERVATION

if TYPE_CHECKING:
    from stations.referrals.models import Observation


@blueprint.route("/observations/<int:observation_id>/telephone", methods=["GET", "POST"])
@requires(Permission.OBSERVATION_READ, of=sheets.observation, personal=MEMO)
@creates
def telephone(observation: "Observation") -> ResponseReturnValue:
    """Who was telephoned; a memo that waits to be sent goes with it."""
    own = url_for(".observation", observation_id=observation.id)
    sends = OBSERVATION.allows(observation.status, ObservationAct.SEND)
    if (elsewhere := moved_on(observation, SheetAct.RECORD_CALL)) is not None:
        return elsewhere
    if not sheets.may_record_call(current_user, observation):
        return redirect(own)
    form = CallForm()
    form.offer(urgent=observation.urgent)
    if form.validate_on_submit() and _recorded(form, observation, sends=sends):
        return redirect(f"{own}?sent=1" if sends else own, 303)
    return render_template(
        "referrals/telephone.html",
        form=form,
        observation=observation,
        sends=sends,
        words=danger_words(observation.facts, observation.alias),
        phones=phones(sheets.desk(), observation.agency),
        breadcrumb=memo_trail(observation, _("電話の記録")),
    )


def _recorded(form: CallForm, observation: "Observation", *, sends: bool) -> bool:
    """Whether the call is written down, and the memo sent; every fault of the call at once, beside its field."""
    if faults := observations.call_faults(observation, form.call):
        form.show(*faults)
        return False

    def act() -> None:
        observations.record_call(observation=observation, call=form.call, by=current_user)
        if sends:
            observations.send_observation(observation=observation, by=current_user)

    return succeeds(form, act)


@blueprint.route("/observations/<int:observation_id>/alerted", methods=["GET", "POST"])
@requires(Permission.OBSERVATION_ALERTED, of=sheets.alerted_observation)
@creates
def alerted_observation(observation: "Observation") -> ResponseReturnValue:
    """For 地域共生課, the last in line: whom to telephone. Nothing of what the memo says, nor why its words are no danger."""
    if request.method not in SAFE_METHODS:
        sheets.check_offered(observation, SheetAct.RECORD_CALL)
    form = CallForm()
    form.offer(urgent=True)
    if form.validate_on_submit() and _recorded(form, observation, sends=False):
        return redirect(url_for(".alerted_observation", observation_id=observation.id), 303)
    return render_template(
        "referrals/alerted.html",
        form=form,
        observation=observation,
        callable=sheets.takes_calls(current_user, observation),
        calls=[one for one in sheets.calls(observation) if one.outcome is not danger.CallOutcome.NOT_NEEDED],
        phones=phones(observation.agency, sheets.desk()),
        timeline=history(observation, concealed=True),
        breadcrumb=[(_("気づきメモ %(number)s", number=observation.number), None)],
    )
