"""Acts on a referral or a memo: a button, or a page that asks for the reason, the day or the answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import clock
from stations.core.access import Permission, demand_role
from stations.core.database import creates, writes
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.referrals import deadlines
from stations.referrals.forms import ActForm, AskingForm, FollowUpForm
from stations.referrals.labels import MEANS, OBSERVATION_MEANS
from stations.referrals.queries import sheets
from stations.referrals.rules import Act, ObservationAct, Outcome, SheetAct
from stations.referrals.services import contents, observations, referrals
from stations.referrals.views.pages import (
    MEMO,
    SHEET,
    blueprint,
    memo_trail,
    moved_on,
    phones,
    referral_trail,
)
from stations.referrals.workflow import OBSERVATION, REFERRAL

if TYPE_CHECKING:
    from stations.referrals.models import Observation, Referral
    from stations.referrals.queries.sheets import Sheet

# SEND has its own page, which shows once more what is sent; EXPIRE is the system's.
_PLAIN: dict[Act, Callable[..., object]] = {
    Act.ACCEPT: referrals.accept,
    Act.ARRANGE: referrals.arrange,
    Act.START: referrals.start,
    Act.SETTLE: referrals.settle,
    Act.RESUME: referrals.resume,
}
_WITH_REASON: dict[Act, Callable[..., object]] = {
    Act.RETURN: referrals.return_,
    Act.FAIL: referrals.fail,
    Act.SUSPEND: referrals.suspend,
    Act.WITHDRAW: referrals.withdraw,
    Act.CLOSE: referrals.close,
    Act.AGREE_VISIT: referrals.agree_visit,
}
_MEMO_PLAIN: dict[ObservationAct, Callable[..., object]] = {
    ObservationAct.ACKNOWLEDGE: observations.acknowledge_observation,
    ObservationAct.START: observations.start_observation,
    ObservationAct.REDIRECT: observations.redirect_observation,
}
_MEMO_WITH_REASON: dict[ObservationAct, Callable[..., object]] = {
    ObservationAct.RETURN: observations.return_observation,
    ObservationAct.WITHDRAW: observations.withdraw_observation,
}


@blueprint.route("/referrals/<int:referral_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.REFERRAL_READ, of=sheets.referral, personal=SHEET)
@creates
def act(referral: "Referral", act: str) -> ResponseReturnValue:
    """One step of a referral."""
    if act not in [*_PLAIN, *_WITH_REASON, Act.RECORD_FIRST_VISIT]:
        abort(404)
    step, form = Act(act), ActForm()
    demand_role(current_user, REFERRAL.row(step).permissions, referral)
    if (elsewhere := moved_on(referral, step)) is not None:
        return elsewhere
    if form.validate_on_submit() and succeeds(form, lambda: _do(referral, step, form)):
        now = label(referral.status)
        done = _("つなぎ %(number)s は「%(state)s」になりました。", number=referral.number, state=now)
        flash(_("見学の日程を記録しました。") if step is Act.AGREE_VISIT else done, "success")
        return redirect(url_for(".referral", referral_id=referral.id), 303)
    if not form.is_submitted() and step is Act.RECORD_FIRST_VISIT:
        form.first_visit_on.data = clock.today()
    return _act_page(
        form,
        step,
        field="first_visit_on"
        if step is Act.RECORD_FIRST_VISIT
        else "reason"
        if step in _WITH_REASON
        else None,
        means=MEANS.get(step),
        kind=REFERRAL.row(step).kind,
        agreeing=step is Act.AGREE_VISIT,
        unrecorded=[one for one in referral.follow_ups if one.done_at is None] if step is Act.SETTLE else [],
        first_visit_on=referral.first_visit_on,
        back=url_for(".referral", referral_id=referral.id),
        number=referral.number,
        breadcrumb=referral_trail(referral, label(step)),
    )


def _do(referral: "Referral", step: Act, form: ActForm) -> None:
    _say_why(referral, form)
    if step in _PLAIN:
        _PLAIN[step](referral=referral, by=current_user)
    elif step is Act.RECORD_FIRST_VISIT:
        on = form.first_visit_on.data or clock.today()
        referrals.record_first_visit(referral=referral, on=on, by=current_user)
    else:
        _WITH_REASON[step](referral=referral, reason=form.reason.data or "", by=current_user)


def _say_why(subject: "Sheet", form: AskingForm) -> None:
    """Keep the reason why a text of an act holds what could point at the person.

    Before the act: a memo that is sent back is no longer its receiver's to write on.
    """
    if form.questionable:
        contents.confirm_content(subject=subject, reason=form.needed.data or "", by=current_user)


@blueprint.route("/observations/<int:observation_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.OBSERVATION_READ, of=sheets.observation, personal=MEMO)
@writes
def observation_act(observation: "Observation", act: str) -> ResponseReturnValue:
    """One step of a memo."""
    if act not in [*_MEMO_PLAIN, *_MEMO_WITH_REASON, ObservationAct.CLOSE]:
        abort(404)
    step, form = ObservationAct(act), ActForm()
    demand_role(current_user, OBSERVATION.row(step).permissions, observation)
    if (elsewhere := moved_on(observation, step)) is not None:
        return elsewhere
    if form.validate_on_submit() and succeeds(form, lambda: _do_memo(observation, step, form)):
        now = label(observation.status)
        done = _("気づきメモ %(number)s は「%(state)s」になりました。", number=observation.number, state=now)
        sent = _("福祉まるごと相談窓口に送り直しました。")
        flash(sent if step is ObservationAct.REDIRECT else done, "success")
        back_to_list = step is ObservationAct.RETURN  # it is the station's own again
        own = url_for(".observation", observation_id=observation.id)
        return redirect(url_for(".observations") if back_to_list else own, 303)
    return _act_page(
        form,
        step,
        field="answer" if step is ObservationAct.CLOSE else "reason" if step in _MEMO_WITH_REASON else None,
        means=OBSERVATION_MEANS.get(step),
        kind=OBSERVATION.row(step).kind,
        back=url_for(".observation", observation_id=observation.id),
        number=observation.number,
        breadcrumb=memo_trail(observation, label(step)),
    )


def _do_memo(observation: "Observation", step: ObservationAct, form: ActForm) -> None:
    _say_why(observation, form)
    if step in _MEMO_PLAIN:
        _MEMO_PLAIN[step](observation=observation, by=current_user)
    elif step is ObservationAct.CLOSE:
        observations.close_observation(
            observation=observation, answer=form.answer.data or "", by=current_user
        )
    else:
        _MEMO_WITH_REASON[step](observation=observation, reason=form.reason.data or "", by=current_user)


def _act_page(form: ActForm, step: Act | ObservationAct, *, field: str | None, **page: object) -> str:
    if field is not None:
        form[field].flags.required = True
    return render_template("referrals/act.html", form=form, step=step, asked=field, phones=phones(), **page)


@blueprint.route("/referrals/<int:referral_id>/follow-ups/<int:follow_up_id>", methods=["GET", "POST"])
@requires(Permission.REFERRAL_READ, of=sheets.referral, personal=SHEET)
@writes
def follow_up(referral: "Referral", follow_up_id: int) -> ResponseReturnValue:
    """How it goes, one or three months after the first visit."""
    found = next((one for one in referral.follow_ups if one.id == follow_up_id), None)
    if found is None:
        abort(404)
    demand_role(current_user, REFERRAL.row(SheetAct.RECORD_FOLLOW_UP).permissions, referral)
    if (elsewhere := moved_on(referral, SheetAct.RECORD_FOLLOW_UP)) is not None:
        return elsewhere
    if request.method == "GET" and found not in sheets.due_follow_ups(current_user, referral):
        return redirect(url_for(".referral", referral_id=referral.id))
    deadlines.check_unrecorded(found.done_at)
    form = FollowUpForm()

    def record() -> None:
        referrals.record_follow_up(
            referral=referral,
            follow_up_id=follow_up_id,
            outcome=Outcome(form.outcome.data),
            note=form.note.data or "",
            by=current_user,
        )
        _say_why(referral, form)

    if form.validate_on_submit() and succeeds(form, record):
        flash(_("その後の様子を記録しました。"), "success")
        return redirect(url_for(".referral", referral_id=referral.id), 303)
    return render_template(
        "referrals/follow_up.html",
        form=form,
        referral=referral,
        follow_up=found,
        phones=phones(),
        breadcrumb=referral_trail(referral, _("その後の様子")),
    )
