"""One's own account: name, password, authenticator app, sessions, roles."""

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import edit_conflicts, qr
from stations.core.access import Permission
from stations.core.database import writes
from stations.core.guards import public, requires
from stations.core.language import gettext as _
from stations.core.messages import EditConflict, Refusal, RuleBroken
from stations.people import device_queries, keys, queries, trusted
from stations.people import session as people_session
from stations.people.forms import (
    ChangePasswordForm,
    EnrolForm,
    EnrolLaterForm,
    OwnProfileForm,
    PasswordForm,
    ProfileForm,
)
from stations.people.services import accounts, passwords, second_factor
from stations.people.views import blueprint

if TYPE_CHECKING:
    from stations.core.forms import Form
    from stations.people.models import Person

ENROLLING = "enrolling"


def _trail(label: str) -> list[tuple[str, str | None]]:
    return [(_("アカウント"), url_for("people.account")), (label, None)]


@blueprint.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    return render_template(
        "people/account.html",
        person=current_user,
        roles=queries.role_rows(current_user),
        codes_left=queries.recovery_codes_left(current_user),
        devices=device_queries.trusted_devices(current_user),
        breadcrumb=[(_("アカウント"), None)],
    )


@blueprint.route("/account/profile", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
@writes
def profile() -> ResponseReturnValue:
    person = people_session.signed_in() or current_user
    if (held_up := trusted.proof_to_change(person)) is not None:
        return held_up
    form = (ProfileForm if people_session.password_is_fresh() else OwnProfileForm)(obj=person)
    form.share(lambda: edit_conflicts.stored(person, form.facts))
    if form.validate_on_submit():
        try:
            if (form.facts["email"] or None) != person.email:
                demand_typed(form, person)
            accounts.change_profile(person, by=current_user, loaded=form.loaded.data, **form.facts)
        except (RuleBroken, EditConflict) as refusal:
            refuse(form, refusal, person)
        else:
            flash(_("登録内容を変更しました。"), "success")
            return redirect(url_for("people.account"))
    return render_template("people/profile.html", form=form, breadcrumb=_trail(_("登録内容の変更")))


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
@writes
def password() -> ResponseReturnValue:
    """A new password; all other devices are signed out, this one stays."""
    form = ChangePasswordForm()
    person = people_session.signed_in()
    if person is not None and form.validate_on_submit():
        try:
            passwords.change_password(
                person, current=form.current_password.data or "", new=form.password.data or ""
            )
        except RuleBroken as broken:
            refuse(form, broken, person)
        else:
            people_session.renew(person)
            flash(_("パスワードを変更しました。ほかの端末からはサインアウトしました。"), "success")
            return redirect(url_for("people.account"))
    return render_template("people/password.html", form=form, breadcrumb=_trail(_("パスワードの変更")))


@blueprint.route("/account/authenticator", methods=["GET", "POST"])
@public
@writes
def enrol() -> ResponseReturnValue:
    """Set up the authenticator app: before the first sign-in is complete (compulsory for some), or once more."""
    pending = people_session.pending_person()
    entering = pending if pending is not None and pending.totp_secret is None else None
    signed_in = people_session.signed_in() if entering is None else None
    person = entering or signed_in  # who has just given a password, even in somebody else's open browser
    if person is None:
        return redirect(url_for("people.sign_in"))
    if signed_in is not None and (held_up := trusted.proof_to_change(signed_in)) is not None:
        return held_up
    again = person.totp_secret is not None
    just_typed = entering is not None or people_session.password_is_fresh()
    form = EnrolForm() if just_typed and not again else EnrolLaterForm()
    secret = _secret_being_enrolled()
    if form.validate_on_submit():
        try:
            demand_typed(form, person)
            codes = second_factor.confirm_enrolment(person, secret=secret, code=form.code.data or "")
        except RuleBroken as broken:
            refuse(form, broken, person)
        else:
            return _enrolled(entering, codes)
    return render_template(
        "people/enrol.html",
        form=form,
        again=again,
        signed_in=signed_in,
        qr=qr.svg(second_factor.enrolment_uri(person, secret), _("認証アプリで読み取るQRコード")),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        breadcrumb=_trail(_("認証アプリの登録")) if signed_in else None,
    )


def demand_typed(form: "Form", person: "Person") -> None:
    """Ask for the password that the form asks for, if it does; raises what `services.demand_password` raises."""
    if "current_password" in form:
        passwords.demand_password(person, form["current_password"].data or "")
        people_session.password_shown()


def refuse(form: "Form", refusal: Refusal, person: "Person") -> None:
    """Say on the form what is wrong; a wrong password is counted although the act is rolled back."""
    form.show(refusal)
    if isinstance(refusal, passwords.WrongPassword):
        passwords.count_wrong_password(person)


def _enrolled(entering: "Person | None", codes: list[str]) -> ResponseReturnValue:
    """Show the recovery codes, this once; somebody who was on their way in is signed in now."""
    session.pop(ENROLLING, None)
    onward = url_for("people.account")
    if entering is None:
        people_session.second_factor_shown()
    else:
        onward = people_session.landing(entering, people_session.pending_next())
        people_session.begin(entering, second_factor=True)
    return render_template("people/recovery_codes.html", codes=codes, onward=onward, first=True)


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
@writes
def recovery_codes() -> ResponseReturnValue:
    """How many recovery codes are left; ten new ones on request, shown this once."""
    codes: list[str] = []
    form = PasswordForm()
    person = people_session.signed_in()
    if person is not None and form.validate_on_submit():
        try:
            demand_typed(form, person)
            codes = second_factor.new_recovery_codes(person)
        except RuleBroken as broken:
            refuse(form, broken, person)
    return render_template(
        "people/recovery_codes.html",
        form=form,
        codes=codes,
        left=queries.recovery_codes_left(current_user),
        onward=url_for("people.account"),
        first=False,
        breadcrumb=_trail(_("予備コード")),
    )


@blueprint.post("/account/sign-out-everywhere")
@requires(Permission.OWN_ACCOUNT)
@writes
def sign_out_everywhere() -> ResponseReturnValue:
    if (person := people_session.signed_in()) is not None:
        accounts.sign_out_everywhere(person, by=person)
    people_session.end()
    flash(_("すべての端末からサインアウトしました。"), "success")
    return redirect(url_for("people.sign_in"))


def _secret_being_enrolled() -> str:
    """The seed shown now and confirmed by the next request; encrypted in the session, in no database yet."""
    try:
        return keys.decrypt(session[ENROLLING])
    except (KeyError, ValueError):
        secret = second_factor.new_secret()
        session[ENROLLING] = keys.encrypt(secret)
        return secret
