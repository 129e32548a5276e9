"""Error pages that say what to do next, with a reference number that stands in the log; the log itself."""

import datetime as dt
import json
import logging
import secrets
from typing import Any

from flask import Flask, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from stations.core.access import AGENCY_ROLES, CITY_ROLES, COMMITTEE_ROLES, STATION_ROLES, Role, roles_of
from stations.core.database import SAFE_METHODS, db
from stations.core.forms import fields_sent, say, typed_words
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.messages import Conflict, NotAllowed, Refusal, RuleBroken
from stations.core.once import UsedBefore
from stations.core.sealed import UnreadableError

UNIQUE_VIOLATION = "23505"  # of PostgreSQL

log = logging.getLogger(__name__)

REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 letters that nobody mistakes on the telephone

# Errors that happen after the form has been read and its token checked (a forged form's words are not shown).
GIVES_BACK = frozenset({409, 422, 500, 503})
# Refusals of an act on something that the reader may look at.
NAMES_THE_THING = frozenset({403, 409, 422})

# code: heading, what to do next
PAGES: dict[int, tuple[Any, Any]] = {
    400: (_l("送られた内容を読み取れませんでした"), _l("前のページに戻り、もう一度お試しください。")),
    403: (_l("この操作はできません"), _l("サインインし直すか、下の連絡先にお電話ください。")),
    404: (
        _l("ページが見つかりません"),
        _l("アドレスが変わったか、あなたには表示できないページです。ホームからたどってください。"),
    ),
    405: (_l("この開き方はできません"), _l("前のページに戻り、ボタンからもう一度お進みください。")),
    409: (
        _l("いまの状態では、この操作はできません"),
        _l(
            "ほかの方が先に処理したか、もう済んでいる操作です。いまの操作は記録されていません。前のページを開き直して、状態をお確かめください。"
        ),
    ),
    413: (
        _l("送られた内容が大きすぎます"),
        _l(
            "ファイルは1つ10MBまでです。前のページに戻り、写真を小さくするか文章を短くして、もう一度お試しください。"
        ),
    ),
    422: (_l("この内容では進められません"), _l("前のページに戻り、内容をお確かめください。")),
    429: (_l("回数が多すぎます"), _l("しばらく待ってから、もう一度お試しください。")),
    500: (
        _l("システムに問題が起きました"),
        _l(
            "入力は記録されていないことがあります。少し待ってからもう一度お試しください。続くときは下の番号をお伝えください。"
        ),
    ),
    503: (_l("ただいま混み合っています"), _l("1分ほど待ってから、もう一度お試しください。")),
}


# Whom to ask about one's role: nobody is sent to themselves. Who has several is told by the first.
ASK: tuple[tuple[frozenset[Role], Any], ...] = (
    (
        frozenset({Role.ADMINISTRATOR}),
        _l("役割に誤りがあるときは、ほかのシステム管理者に頼んでください。ご自分の役割は変えられません。"),
    ),
    (CITY_ROLES, _l("役割に誤りがあるときは、システム管理者にお伝えください。")),
    (AGENCY_ROLES, _l("役割に誤りがあるときは、下の連絡先（市の担当課）にお電話ください。")),
    (
        frozenset({Role.CHAIR}),
        _l("委員会の役割に誤りがあるときは、下の連絡先（市の担当課）にお電話ください。"),
    ),
    (
        COMMITTEE_ROLES,
        _l(
            "委員会の代表にお尋ねください。役割に誤りがあるときは、下の連絡先（市の担当課）にお電話ください。"
        ),
    ),
    (
        frozenset({Role.STATION_LEADER}),
        _l(
            "委員会の代表にお尋ねください。役割に誤りがあるときは、下の連絡先（市の担当課）にお電話ください。"
        ),
    ),
    (STATION_ROLES, _l("ステーションの責任者にお尋ねください。")),
)


class JsonLines(logging.Formatter):
    """One JSON object a line; only fields that carry no personal data."""

    KEEP = ("reference", "method", "endpoint", "status", "milliseconds", "person_id", "mail_id", "error")

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: getattr(record, key) for key in self.KEEP if hasattr(record, key)}
        if record.exc_info and record.exc_info[1] is not None:
            # The type and the place, never the text: a database error's text holds the row.
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["trace"] = _places(error)
        return json.dumps(line, ensure_ascii=False)


def _places(error: BaseException) -> list[str]:
    places, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/stations/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places[-12:]


def reference() -> str:
    """The number that stands on the page and in the log; the same within one request."""
    if "reference" not in g:
        letters = "".join(REFERENCE_ALPHABET[byte % 32] for byte in secrets.token_bytes(8))
        g.reference = f"{letters[:4]}-{letters[4:]}"
    return str(g.reference)


def log_refusal(code: int) -> str:
    """Log that the request is answered with ``code``; the reference number for its page."""
    log.log(
        logging.ERROR if code >= 500 else logging.INFO,
        "request refused",
        extra={
            "reference": reference(),
            "status": code,
            "endpoint": request.endpoint,
            "method": request.method,
        },
    )
    return reference()


def _what_next(code: int) -> Any:
    """What to do about a refusal; of a 403 whom to ask, which differs by who reads it."""
    heading_and_next = PAGES.get(code, PAGES[500 if code >= 500 else 400])
    if code != 403 or not current_user.is_authenticated:
        return heading_and_next[1]
    held = roles_of(current_user)
    return next((words for roles, words in ASK if held & roles), heading_and_next[1])


def _thing() -> str | None:
    """The address of what the refused act was about: the nearest page above the act's own that names something."""
    adapter = current_app.url_map.bind("")
    path = request.path
    while path := path.rpartition("/")[0]:
        try:
            endpoint, values = adapter.match(path, method="GET")
        except HTTPException:
            continue
        if values:
            return url_for(endpoint, **values)
    return None


def page(
    code: int,
    *,
    explanation: str = "",
    gives_back: bool | None = None,
    result: str = "",
    sign_in: str = "",
) -> tuple[str, int]:
    """The error page for ``code`` with its reference, logged.

    Somebody signed in keeps the menu, unless the fault is ours: then nobody is asked who is there.
    What was typed stands on it to be copied: the page it was typed on cannot be had back (no-store).
    ``gives_back``: whether it does; for None the code decides. ``result``: address of what exists already; ``sign_in``:
    of the page to sign in first.
    """
    gives_back = code in GIVES_BACK if gives_back is None else gives_back
    heading = PAGES.get(code, PAGES[500 if code >= 500 else 400])[0]
    framed = code < 500 and bool(current_user.is_authenticated)
    log_refusal(code)
    body = render_template(
        "core/error.html",
        code=code,
        heading=heading,
        explanation=explanation,
        what_next=_what_next(code),
        reference=reference(),
        result=result,
        sign_in=sign_in,
        thing=_thing() if framed and code in NAMES_THE_THING else None,
        framed=framed,
        typed=typed_words(fields_sent()) if gives_back and request.method not in SAFE_METHODS else [],
    )
    return body, code


def _log_to_standard_error() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger("stations")
    if not root.handlers:
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        root.propagate = False


def _integrity(error: Exception) -> Any:
    """When two do at once what only one may, the rule lets both through and the database only one."""
    cause = getattr(error, "orig", None)
    if getattr(cause, "sqlstate", "") != UNIQUE_VIOLATION and "UNIQUE constraint" not in str(cause):
        return _unexpected(error)
    db.session.rollback()
    log.warning("already there", exc_info=error, extra={"reference": reference()})
    words = _("ほかの方が、ちょうど同じものを登録しました。登録されたものを確かめてから、続けてください。")
    return page(409, explanation=words)


def _unexpected(error: Exception) -> Any:
    db.session.rollback()
    log.error("unexpected", exc_info=error, extra={"reference": reference(), "endpoint": request.endpoint})
    return page(500)


def init_app(app: Flask) -> None:
    _log_to_standard_error()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if isinstance(error, InternalServerError) or error.code is None:
            return page(500)
        if error.code < 400:
            return error
        explanation = str(_(error.description)) if error.code == 403 and error.description else ""
        return _with_allow(page(error.code, explanation=explanation), error)

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Any:
        db.session.rollback()
        if isinstance(refusal, UsedBefore):
            return page(409, explanation=say(refusal), result=refusal.location)
        if isinstance(refusal, Conflict):
            return page(409, explanation=say(refusal))
        if isinstance(refusal, NotAllowed):
            return page(403, explanation=say(refusal))
        return page(422, explanation=say(refusal))

    @app.errorhandler(OperationalError)
    def database(error: OperationalError) -> Any:
        db.session.rollback()
        log.error("database", exc_info=error, extra={"reference": reference()})
        return page(503)

    @app.errorhandler(UnreadableError)
    def unreadable(error: UnreadableError) -> Any:
        db.session.rollback()
        log.error("unreadable", exc_info=error, extra={"reference": reference()})
        explanation = _(
            "保存された内容を読むための鍵が合いません。下の番号を添えて、連絡先にお知らせください。"
        )
        return page(503, explanation=explanation)

    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(Exception, _unexpected)


def _with_allow(answer: tuple[str, int], error: HTTPException) -> Response:
    response = Response(answer[0], status=answer[1], content_type="text/html; charset=utf-8")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def back_with(broken: RuleBroken, url: str) -> BaseResponse:
    """For acts that are one button without a form of their own: say what is wrong on the page it stood on."""
    db.session.rollback()
    flash(say(broken), "error")
    return redirect(url)
