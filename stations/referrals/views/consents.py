"""Consents: a further record, or the person takes it back. Nothing is ever overwritten."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from stations.core.access import Permission, requires
from stations.core.database import writes
from stations.core.forms import succeeds
from stations.referrals import queries, services
from stations.referrals.forms import ConsentForm, SendForm
from stations.referrals.views.pages import blueprint, memo_trail, referral_trail


@blueprint.route("/referrals/<int:referral_id>/consent", methods=["GET", "POST"])
@requires(Permission.REFERRAL_MAKE, of=queries.referral)
@writes
def consent(referral: Any) -> Any:
    here = _("同意の記録")
    own = url_for(".referral", referral_id=referral.id)
    return _record(referral, own, referral_trail(referral, here))


@blueprint.route("/observations/<int:observation_id>/consent", methods=["GET", "POST"])
@requires(Permission.OBSERVATION_WRITE, of=queries.observation)
@writes
def observation_consent(observation: Any) -> Any:
    own = url_for(".observation", observation_id=observation.id)
    return _record(observation, own, memo_trail(observation, _("同意の記録")))


@blueprint.route("/referrals/<int:referral_id>/consent/withdraw", methods=["GET", "POST"])
@requires(Permission.REFERRAL_MAKE, of=queries.referral)
@writes
def withdraw_consent(referral: Any) -> Any:
    own = url_for(".referral", referral_id=referral.id)
    return _withdraw(referral, own, referral_trail(referral, _("同意の撤回")))


@blueprint.route("/observations/<int:observation_id>/consent/withdraw", methods=["GET", "POST"])
@requires(Permission.OBSERVATION_WRITE, of=queries.observation)
@writes
def withdraw_observation_consent(observation: Any) -> Any:
    own = url_for(".observation", observation_id=observation.id)
    return _withdraw(observation, own, memo_trail(observation, _("同意の撤回")))


def _record(subject: Any, own: str, breadcrumb: Any) -> Any:
    form = ConsentForm()
    form.show_consent(subject.consent)
    if form.validate_on_submit() and succeeds(
        form,
        lambda: services.record_consent(subject=subject, consent=form.consent, by=current_user),
    ):
        flash(_("同意の記録を追加しました。前の記録もそのまま残ります。"), "success")
        return redirect(own, 303)
    return render_template(
        "referrals/consent.html", form=form, subject=subject, back=own, breadcrumb=breadcrumb
    )


def _withdraw(subject: Any, own: str, breadcrumb: Any) -> Any:
    form = SendForm()
    if form.validate_on_submit() and succeeds(
        form, lambda: services.withdraw_consent(subject=subject, by=current_user)
    ):
        flash(_("同意の撤回を記録しました。"), "success")
        return redirect(own, 303)
    return render_template(
        "referrals/withdraw_consent.html", form=form, subject=subject, back=own, breadcrumb=breadcrumb
    )
