"""Before the first sheet about a person: a code by mail, and the devices that need none for a while."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core.access import Permission
from stations.core.database import writes
from stations.core.errors import back_with
from stations.core.guards import requires
from stations.core.language import gettext as _
from stations.core.messages import RuleBroken
from stations.people import device_queries, rules, trusted
from stations.people import session as people_session
from stations.people.forms import MailCodeForm, MailCodeLaterForm
from stations.people.services import devices
from stations.people.views import blueprint
from stations.people.views.account import demand_typed, refuse

if TYPE_CHECKING:
    from stations.people.models import Person


@blueprint.get("/account/proof")
@requires(Permission.OWN_ACCOUNT)
def prove() -> ResponseReturnValue:
    """Ask for the code that was mailed, or offer to mail one."""
    if trusted.is_proven():
        return redirect(_next())
    return _page(_form(data={"remember": True}))


@blueprint.post("/account/proof/send")
@requires(Permission.OWN_ACCOUNT)
@writes
def send_code() -> ResponseReturnValue:
    """Mail a new code."""
    own = url_for(".prove", next=_next())
    try:
        devices.send_code(_me())
    except RuleBroken as broken:
        back: ResponseReturnValue = back_with(broken, own)
        return back
    return redirect(own, 303)


@blueprint.post("/account/proof")
@requires(Permission.OWN_ACCOUNT)
@writes
def check_code() -> ResponseReturnValue:
    """The code; a wrong one is counted, so nothing is given up when the page is shown again."""
    form, person = _form(), _me()
    if form.validate_on_submit():
        try:
            demand_typed(form, person)
        except RuleBroken as broken:
            refuse(form, broken, person)
            return _page(form)
        remembered = bool(form.remember.data)
        if devices.use_code(person, form.code.data or ""):
            name = rules.device_name(request.user_agent.string)
            token = devices.trust_device(person, name=name, remembered=remembered)
            trusted.keep(person, token, remembered=remembered)
            return redirect(_next(), 303)
        form.code.errors = [
            _("コードが違うか、期限が過ぎています。5回間違えたときは、新しいコードを送ってください。")
        ]
    return _page(form)


@blueprint.post("/account/devices/<int:trusted_device_id>/revoke")
@requires(Permission.OWN_ACCOUNT)
@writes
def revoke_device(trusted_device_id: int) -> ResponseReturnValue:
    devices.revoke_device(_me(), trusted_device_id)
    flash(_("端末の登録を取り消しました。"), "success")
    return redirect(url_for("people.account"), 303)


def _form(**values: object) -> MailCodeForm:
    """The code; a device is trusted by who has just typed the password, not by who found a session open."""
    return (MailCodeForm if people_session.password_is_fresh() else MailCodeLaterForm)(**values)


def _me() -> "Person":
    person: Person = current_user._get_current_object()
    return person


def _next() -> str:
    return people_session.local_path(request.args.get("next")) or url_for("reports.home")


def _page(form: MailCodeForm) -> ResponseReturnValue:
    return render_template(
        "people/proof.html",
        form=form,
        person=current_user,
        sent=device_queries.open_code(_me()),
        next_page=_next(),
        days=rules.DEVICE_LIFE.days,
        minutes=int(rules.CODE_LIFE.total_seconds() // 60),
    )
