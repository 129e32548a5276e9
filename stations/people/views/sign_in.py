"""Signing in and out: password, second factor, one-time links, the time-out, the demonstration's buttons."""

import re
from typing import TYPE_CHECKING

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import errors, web
from stations.core.access import Permission
from stations.core.database import writes
from stations.core.guards import public, requires
from stations.core.language import gettext as _
from stations.core.messages import RuleBroken
from stations.people import devices, queries
from stations.people import session as people_session
from stations.people.forms import CodeForm, NewPasswordForm, SignInForm
from stations.people.services import accounts, held_forms, links
from stations.people.services import sign_in as signing_in
from stations.people.services.sign_in import Attempt
from stations.people.views import blueprint

if TYPE_CHECKING:
    from stations.people.models import Person


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@writes
def sign_in() -> ResponseReturnValue:
    """Login and password; in the demonstration also one button for each role."""
    next_page = people_session.local_path(request.args.get("next"))
    if (person := people_session.signed_in()) is not None and request.method == "GET":
        return redirect(people_session.landing(person, next_page))
    form = SignInForm()
    attempt = Attempt()
    if form.validate_on_submit():
        attempt = signing_in.try_password(
            login=form.login.data or "",
            password=form.password.data or "",
            address=_address(),
            device=devices.current(),
        )
        if attempt.person is not None:
            return _after_password(attempt.person, next_page)
        _explain(attempt, form, _("ログイン名かパスワードが違います。もう一度お確かめください。"))
    return _answer(
        "people/sign_in.html",
        attempt,
        form=form,
        demo_accounts=queries.demo_accounts() if current_app.config["STATIONS"].demo else [],
        next_page=next_page,
    )


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
@writes
def second_factor() -> ResponseReturnValue:
    """The code of the authenticator app, or a recovery code, after a right password."""
    person = people_session.pending_person()
    if person is None:
        return redirect(url_for("people.sign_in"))
    if person.totp_secret is None:
        return redirect(url_for("people.enrol"))
    form = CodeForm()
    attempt = Attempt()
    if form.validate_on_submit():
        attempt = signing_in.try_code(
            person, code=form.code.data or "", address=_address(), device=devices.current()
        )
        if attempt.person is not None:
            return _enter(person, people_session.pending_next(), second_factor=True)
        _explain(
            attempt,
            form,
            _("コードが違うか、すでに使われています。新しいコードが表示されるのを待って、入力してください。"),
        )
    return _answer("people/second_factor.html", attempt, form=form)


@blueprint.post("/sign-in/demo")
@public
@writes
def demo_sign_in() -> ResponseReturnValue:
    """Sign in as a demo account with one click; this exists in the demonstration only."""
    if not current_app.config["STATIONS"].demo:
        abort(404)
    person_id = request.form.get("person_id", "")
    person = queries.demo_person(int(person_id)) if re.fullmatch(r"[0-9]{1,9}", person_id) else None
    if person is None:
        abort(404)
    return _enter(person, request.form.get("next"), second_factor=True)


@blueprint.post("/sign-out")
@public
@writes
def sign_out() -> ResponseReturnValue:
    people_session.sign_out()
    flash(_("サインアウトしました。"), "success")
    return redirect(url_for("people.sign_in"))


@blueprint.post("/session/extend")
@requires(Permission.OWN_ACCOUNT)
@writes
def extend() -> ResponseReturnValue:
    """「続ける」: being asked is enough, each request starts the idle time again."""
    return "", 204


@blueprint.get("/session/left")
@public
def session_left() -> ResponseReturnValue:
    """Seconds until the session ends, for the page that warns; asking does not extend it (`session.UNNOTICED`)."""
    return {"left": people_session.seconds_left()}


@blueprint.post("/language")
@public
@writes
def language() -> ResponseReturnValue:
    """Read the site in another language, on this device and wherever one signs in."""
    chosen = request.form.get("language", "")
    if chosen in dict(web.LANGUAGES):
        people_session.remember_language(chosen)
        if (person := people_session.signed_in()) is not None:
            accounts.choose_language(person, chosen)
    return redirect(people_session.local_path(request.form.get("next")) or url_for("people.sign_in"))


@blueprint.route("/links/<token>", methods=["GET", "POST"])
@public
@writes
def accept_link(token: str) -> ResponseReturnValue:
    """An invitation or reset link: its owner sets a password, once."""
    link = queries.usable_link(token)
    if link is None:
        return render_template("people/link_spent.html"), 410
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            person = links.accept_link(token, form.password.data or "")
        except RuleBroken as broken:
            form.show(broken)
        else:
            if people_session.signed_in() is not None:
                people_session.end()
            return _after_password(person, None)
    return render_template("people/accept_link.html", form=form, link=link, person=link.person)


@blueprint.route("/held-forms", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
@writes
def held_form() -> ResponseReturnValue:
    """What one had typed when the session timed out: send it on, or discard it."""
    held_form_id = request.form.get("discard", "")
    if request.method == "POST" and re.fullmatch(r"[0-9]{1,9}", held_form_id):
        held_forms.drop_form(current_user, int(held_form_id))
        flash(_("お預かりしていた入力を破棄しました。"), "success")
        return redirect(url_for("people.held_form"))
    return render_template("people/held_form.html", held=queries.held_forms(current_user))


def _after_password(person: "Person", next_page: str | None) -> ResponseReturnValue:
    """A right password: straight in, or on to the second factor where one is set up or compulsory."""
    if person.totp_secret is None and not person.needs_second_factor:
        return _enter(person, next_page, second_factor=False)
    people_session.await_second_factor(person, next_page)
    return redirect(url_for("people.second_factor" if person.totp_secret else "people.enrol"))


def _enter(person: "Person", next_page: str | None, *, second_factor: bool) -> ResponseReturnValue:
    people_session.begin(person, second_factor=second_factor)
    return redirect(people_session.landing(person, next_page))


def _explain(attempt: Attempt, form: SignInForm | CodeForm, wrong: str) -> None:
    """Say what was wrong and how long to wait. Not `form.show`: that would give up the count of the failure."""
    if attempt.checked:
        form.form_errors.append(wrong)
    if attempt.wait:
        form.form_errors.append(
            _("続けて間違えたため、%(n)s秒待ってから、もう一度お試しください。", n=attempt.wait_seconds)
        )


def _answer(template: str, attempt: Attempt, **context: object) -> ResponseReturnValue:
    """The page again; 429 with a reference number for who has to wait."""
    if attempt.checked:
        return render_template(template, reference="", **context)
    page = render_template(template, reference=errors.log_refusal(429), **context)
    return page, 429, {"Retry-After": str(attempt.wait_seconds)}


def _address() -> str:
    return request.remote_addr or ""
