"""Who is signed in: loading the person, the idle time-out, and keeping what was typed when it strikes.

The session is Flask's signed cookie. It holds ``_user_id`` (flask-login), ``loaded`` and ``since`` (seconds),
``typed`` (when the password was typed last), ``second`` (True: with a second factor, False: by password only), ``key``
(by which sign-out ends it on the server), ``pending`` (between password and second factor), ``ended`` (whose session
ended here last), ``late`` (when it timed out), ``left`` (who signed out here last) and flask-wtf's ``csrf_token``.
"""

import secrets
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    after_this_request,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError

from stations.core import clock, errors, once, web
from stations.core.access import Permission, can
from stations.core.config import Config
from stations.core.database import SAFE_METHODS, commits
from stations.core.forms import HELD_FIELD, fields_sent
from stations.core.language import gettext as _
from stations.people import devices, queries, rules
from stations.people.models import Person
from stations.people.services import accounts, held_forms, sign_in

# The cookie is written again at most this often, and the limit is generous by as much:
# the browser's own warning must never come later than the server's end.
REFRESH_SECONDS = 15
COOKIE_SECONDS = 365 * 24 * 3600

# A page that asks by itself how long the session still lasts is nobody's presence.
UNNOTICED = frozenset({"people.session_left"})

login_manager = LoginManager()
login_manager.session_protection = None


@login_manager.user_loader  # type: ignore[untyped-decorator]  # flask-login is untyped
def load(session_id: str) -> Person | None:
    """The person of a session, unless disabled, or signed out in it or everywhere since."""
    person = _named(session_id)
    return person if person is not None and person.get_id() == session_id else None


def _named(session_id: str) -> Person | None:
    """Who a session belongs to, even if a new password or 「すべての端末から」 has ended it meanwhile."""
    person_id = session_id.partition(".")[0]
    person = queries.person_with_roles(int(person_id)) if person_id.isdigit() else None
    if person is None or not person.is_active or person.has_left(session.get("key")):
        return None
    return person


def _timed_out() -> Person | None:
    """Whose session timed out in this browser within a day, if nobody has signed in since."""
    if _now() - session.get("late", 0) > rules.HELD_FORM_LIFE.total_seconds():
        return None
    person = queries.person_with_roles(session.get("ended", 0))
    return person if person is not None and person.is_active else None


def signed_in() -> Person | None:
    """The person behind this request, or None."""
    person = current_user._get_current_object()  # once: the proxy looks for it at each touch
    return person if person.is_authenticated else None


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]  # flask-login is untyped
def to_sign_in() -> ResponseReturnValue:
    """People go to the sign-in page and from there to the page they asked for; scripts get a plain 401.

    An open page asks how long its session lasts, which ends one that is over: what is sent from it after that is kept.
    """
    if _by_script():
        return Response(status=401)
    if request.method not in SAFE_METHODS and (writer := _timed_out()) is not None:
        return _keep_form(writer)
    page = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
    return redirect(url_for("people.sign_in", next=page), 303)


def idle_seconds() -> int:
    minutes: int = current_app.config["STATIONS"].idle_minutes
    return minutes * 60


def seconds_left() -> int:
    """Seconds until this session ends if nobody does anything; 0 when nobody is signed in."""
    if signed_in() is None:
        return 0
    now = _now()
    idle = idle_seconds() - (now - int(session.get("seen", now)))
    whole = int(rules.LONGEST_SESSION.total_seconds()) - (now - int(session.get("since", now)))
    return max(1, min(idle, whole))


def local_path(target: str | None) -> str | None:
    """``target`` if it is a path on this site, else None: a link from outside must not lead people elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 0x21 or char == "\\" for char in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def begin(person: Person, *, second_factor: bool) -> None:
    """Sign somebody in with a new session: nothing from before sign-in lives on (session fixation).

    Only when the same person comes back after a time-out the CSRF token stays, so that a form still open in another
    tab can be sent. Nobody can plant that mark: the cookie is signed.
    """
    token = session.get("csrf_token") if session.get("ended") == person.id else None
    session.clear()
    g.pop("csrf_token", None)  # flask-wtf's token of this request belongs to the old session
    if token:
        session["csrf_token"] = token
    login_user(person)
    session["seen"] = session["since"] = session["typed"] = _now()
    session["second"] = second_factor
    session["key"] = secrets.token_urlsafe(9)
    sign_in.record_sign_in(person, device=devices.remember())
    if web.LANGUAGE_COOKIE not in request.cookies and person.language in dict(web.LANGUAGES):
        remember_language(person.language)


def renew(person: Person) -> None:
    """Go on in this session after an act that ended all of the person's sessions."""
    login_user(person)


def second_factor_shown() -> None:
    """Somebody signed in by password only has just proved to have an authenticator app."""
    session["second"] = True


def password_shown() -> None:
    """Somebody signed in has just typed their password again."""
    session["typed"] = _now()


def password_is_fresh() -> bool:
    """Whether who sits here typed the password a few minutes ago; else an open session may be in others' hands."""
    return bool(_now() - session.get("typed", 0) <= rules.PASSWORD_FRESH.total_seconds())


def sign_out() -> None:
    """Sign out on this device; a copy of the cookie opens nothing any more either."""
    person, key = signed_in(), session.get("key")
    if person is not None and key is not None:
        accounts.end_session(person, key)
    end()
    if person is not None:
        session["left"] = person.id  # whose page may still be open in another tab


def end() -> None:
    """Empty the session of this device."""
    logout_user()
    session.clear()
    g.pop("csrf_token", None)


def await_second_factor(person: Person, next_page: str | None) -> None:
    """The password was right: remember for ten minutes whose second factor is awaited."""
    session["pending"] = {"id": person.get_id(), "at": _now(), "next": next_page}


def pending_person() -> Person | None:
    """Who has given a right password here and not yet a second factor."""
    pending = session.get("pending")
    if not pending or _now() - pending["at"] > rules.PENDING_LIFE.total_seconds():
        return None
    person: Person | None = load(pending["id"])
    return person


def pending_next() -> str | None:
    """The page that was asked for before sign-in."""
    next_page: str | None = session.get("pending", {}).get("next")
    return local_path(next_page)


def landing(person: Person, next_page: str | None) -> str:
    """Where somebody goes after signing in: to what they had typed, to the page they wanted, or home."""
    if queries.held_forms(person):
        return url_for("people.held_form")
    return local_path(next_page) or url_for("reports.home")


def remember_language(language: str) -> None:
    """Set the language cookie on the response being made."""
    config: Config = current_app.config["STATIONS"]

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            web.LANGUAGE_COOKIE,
            language,
            max_age=COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=config.production,
        )
        return response


def _now() -> int:
    return int(clock.now().timestamp())


def _by_script() -> bool:
    """Whether a script asks, which repeats its request by itself, and not a person who sees a page."""
    return request.is_json or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _watch() -> ResponseReturnValue | None:
    """Before each request (after the CSRF check): end a session that was idle, or too long, or lacks its second factor.

    A session that was ended elsewhere is left too; its form is kept while the session would still have lasted.
    """
    if request.endpoint is None or "_user_id" not in session:
        return None
    now, person = _now(), signed_in()
    if _is_over(now):
        _leave(person, _("時間が過ぎたため、自動でサインアウトしました。もう一度サインインしてください。"))
        session["late"] = now
    elif person is None:
        person = _named(session["_user_id"])
        _leave(
            person,
            _("ほかの端末での操作により、サインアウトしました。もう一度サインインしてください。"),
        )
    else:
        if now - session.get("seen", 0) >= REFRESH_SECONDS and request.endpoint not in UNNOTICED:
            session["seen"] = now
        return None
    access = getattr(current_app.view_functions[request.endpoint or ""], "access", None)
    if person is None or request.method in SAFE_METHODS or getattr(access, "permission", None) is None:
        return None  # goes on as somebody who is not signed in
    if _by_script():
        return Response(status=401)
    return _keep_form(person)


def _is_over(now: int) -> bool:
    if now - session.get("seen", now) > idle_seconds() + REFRESH_SECONDS:
        return True
    if now - session.get("since", now) > rules.LONGEST_SESSION.total_seconds():
        return True
    # A role that needs a second factor has started since this person signed in with the password only.
    person = signed_in() if session.get("second") is not True else None
    return person is not None and bool(person.needs_second_factor)


def _leave(person: Person | None, why: str) -> None:
    token = session.get("csrf_token")
    end()
    if person is not None:
        session["ended"] = person.id
        session["csrf_token"] = token
    flash(why, "info")


@commits
def _keep_form(person: Person) -> ResponseReturnValue:
    """Keep what arrived with a session that had ended, and ask for sign-in."""
    if _hold(person):
        flash(_("入力した内容はお預かりしています。サインインすると、続きから送れます。"), "info")
    return redirect(url_for("people.sign_in"), 303)


@commits
def hold_for_proof(person: Person) -> None:
    """Keep what was sent before the second factor was shown."""
    if _hold(person):
        flash(_("入力した内容はお預かりしています。確認のあと、続きから送れます。"), "info")


def _hold(person: Person) -> bool:
    """Keep what arrived for its writer to send again; whether there was anything to keep."""
    fields = fields_sent()
    path = local_path(request.full_path.rstrip("?"))
    typed = any(value.strip() for name, value in fields if name != once.FIELD)
    if not path or not typed or not once.is_for(person.id):
        return False
    held_forms.hold_form(person, path=path, fields=fields)
    return True


def _with_an_old_token(_error: CSRFError) -> ResponseReturnValue:
    """A form of a page that is older than the session: its words come back, as long as our own page sent it."""
    own, over = _from_our_page(), _is_over(_now())
    if own and request.endpoint == "people.sign_out":
        sign_out()
        return redirect(url_for("people.sign_in"), 303)
    person = signed_in()
    if over:
        _leave(person, _("時間が過ぎたため、自動でサインアウトしました。もう一度サインインしてください。"))
    elif own and person is not None and _is_work_of(person) and not _by_script():
        return _ask_again(person)
    if person is None and _asks_for_sign_in():
        return _signed_out_elsewhere(own=own)
    return errors.page(
        400,
        explanation=str(_("ページを開いてから時間がたちすぎたか、別の画面でサインインし直しました。")),
        gives_back=own,
    )


def _signed_out_elsewhere(*, own: bool) -> ResponseReturnValue:
    """A form of a page on which somebody was signed in until another tab signed out: theirs is kept for them."""
    left = queries.person_with_roles(session.get("left", 0))
    if own and not _by_script() and left is not None and left.is_active and _is_work_of(left):
        return _keep_form(left)
    return errors.page(
        400,
        explanation=str(_("サインアウトしたあとの画面から送られたため、受け付けていません。")),
        gives_back=own,
        sign_in=url_for("people.sign_in"),
    )


def _asks_for_sign_in() -> bool:
    """Whether what was asked for is for people who are signed in."""
    access_mark = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    return getattr(access_mark, "permission", None) is not None


def _is_work_of(person: Person) -> bool:
    """Whether the form belongs to a duty that this person has: not to everybody's account, nor to somebody who sat
    here before.
    """
    access_mark = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    permission = getattr(access_mark, "permission", None)
    if permission is None or permission is Permission.OWN_ACCOUNT or not once.is_for(person.id):
        return False
    return bool(can(person, permission))


@commits
def _ask_again(person: Person) -> ResponseReturnValue:
    kept = _hold(person)
    flash(
        _(
            "サインインし直したあとの画面ではなかったので、まだ送られていません。内容を確かめて、もう一度送ってください。"
        ),
        "info",
    )
    return redirect(url_for("people.held_form") if kept else url_for("reports.home"), 303)


def _from_our_page() -> bool:
    """Whether the browser says that a page of this site sent the request; scripts of other sites cannot say so."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def _drop_sent_form(response: Response) -> Response:
    """After a kept form was sent and answered, it need not be kept any more."""
    if (
        request.method == "POST"
        and response.status_code < 400
        and (held := request.form.get(HELD_FIELD, type=int)) is not None
        and current_user.is_authenticated
    ):
        _drop(held)
    return response


@commits
def _drop(held_form_id: int) -> None:
    held_forms.drop_form(current_user, held_form_id)


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    app.register_error_handler(CSRFError, _with_an_old_token)
    app.before_request(_watch)
    app.after_request(_drop_sent_form)
