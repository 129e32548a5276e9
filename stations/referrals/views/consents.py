"""Consents: a further record, or the person takes it back. Nothing is ever overwritten."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.referrals.forms import ConsentForm, SendForm
from stations.referrals.queries import sheets
from stations.referrals.rules import SheetAct, Status
from stations.referrals.services import consents
from stations.referrals.views.pages import (
    MEMO,
    SHEET,
    Trail,
    blueprint,
    memo_trail,
    moved_on,
    offer_agencies,
    referral_trail,
)
from stations.referrals.workflow import OBSERVATION, REFERRAL

if TYPE_CHECKING:
    from stations.referrals.models import Observation, Referral
    from stations.referrals.queries.sheets import Sheet


@blueprint.route("/referrals/<int:referral_id>/consent", methods=["GET", "POST"])
@requires(REFERRAL.permission(SheetAct.RECORD_CONSENT), of=sheets.referral, personal=SHEET)
@writes
def consent(referral: "Referral") -> ResponseReturnValue:
    here = _("同意の記録")
    own = url_for(".referral", referral_id=referral.id)
    return _record(referral, own, referral_trail(referral, here))


@blueprint.route("/observations/<int:observation_id>/consent", methods=["GET", "POST"])
@requires(OBSERVATION.permission(SheetAct.RECORD_CONSENT), of=sheets.observation, personal=MEMO)
@writes
def observation_consent(observation: "Observation") -> ResponseReturnValue:
    own = url_for(".observation", observation_id=observation.id)
    return _record(observation, own, memo_trail(observation, _("同意の記録")))


@blueprint.route("/referrals/<int:referral_id>/consent/withdraw", methods=["GET", "POST"])
@requires(Permission.REFERRAL_READ, of=sheets.referral, personal=SHEET)
@creates
def withdraw_consent(referral: "Referral") -> ResponseReturnValue:
    own = url_for(".referral", referral_id=referral.id)
    effect = _effect_on_referral(referral)
    return _withdraw(referral, own, effect, referral_trail(referral, _("同意の撤回")))


@blueprint.route("/observations/<int:observation_id>/consent/withdraw", methods=["GET", "POST"])
@requires(Permission.OBSERVATION_READ, of=sheets.observation, personal=MEMO)
@creates
def withdraw_observation_consent(observation: "Observation") -> ResponseReturnValue:
    own = url_for(".observation", observation_id=observation.id)
    effect = _effect_on_memo(observation)
    return _withdraw(observation, own, effect, memo_trail(observation, _("同意の撤回")))


def _record(subject: "Sheet", own: str, breadcrumb: Trail) -> ResponseReturnValue:
    if (elsewhere := moved_on(subject, SheetAct.RECORD_CONSENT)) is not None:
        return elsewhere
    form = ConsentForm()
    offer_agencies(form, subject.station)
    form.show_consent(subject.consent)
    form.share(lambda: consents.stored(subject, (), consent=True))
    if form.validate_on_submit() and succeeds(
        form,
        lambda: consents.record_consent(
            subject=subject, consent=form.consent, loaded=form.loaded.data or "", by=current_user
        ),
    ):
        flash(_("同意の記録を追加しました。前の記録もそのまま残ります。"), "success")
        return redirect(own, 303)
    return render_template(
        "referrals/consent.html", form=form, subject=subject, back=own, breadcrumb=breadcrumb
    )


def _withdraw(subject: "Sheet", own: str, effect: str, breadcrumb: Trail) -> ResponseReturnValue:
    form = SendForm()
    if form.validate_on_submit() and succeeds(
        form, lambda: consents.withdraw_consent(subject=subject, by=current_user)
    ):
        flash(_("同意の撤回を記録しました。"), "success")
        return redirect(own, 303)
    return render_template(
        "referrals/withdraw_consent.html",
        form=form,
        subject=subject,
        effect=effect,
        back=own,
        breadcrumb=breadcrumb,
    )


def _effect_on_referral(referral: "Referral") -> str:
    if referral.status is Status.DRAFT:
        return _("まだ送っていないので、下書きはそのまま残ります。送るには、あらためて同意が必要です。")
    if referral.status in REFERRAL.final:
        return _("このつなぎは終わっています。ご本人が同意を撤回したことを記録し、相手に知らせます。")
    return _("このつなぎは取下げになり、ステーションからはご本人についての内容が見えなくなります。")


def _effect_on_memo(memo: "Observation") -> str:
    if OBSERVATION.allows(memo.status, SheetAct.SAVE):
        return _("まだ送っていないメモは残ります。送れる先は、福祉まるごと相談窓口だけになります。")
    if memo.agency.is_marugoto_desk:
        return _("メモは福祉まるごと相談窓口に届いたままです。窓口は同意がなくても、支援会議で話し合えます。")
    if memo.status in OBSERVATION.final:
        return _("送り先の相談機関からは、このメモの内容が見えなくなります。")
    return _(
        "送り先の相談機関からは、このメモの内容が見えなくなり、対応も止まります。"
        "記録したあと、福祉まるごと相談窓口に送り直すか、メモを取り下げるかを選んでください。"
    )
