"""What every response carries: security headers, the language, the health pages, the request log."""

import logging
import re
import time
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, Request, Response, abort, g, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, Map

from stations.core import errors, migrations, once, uploads
from stations.core.guards import public

log = logging.getLogger(__name__)

LANGUAGES = (("ja", "日本語"), ("en", "English"))
LANGUAGE_COOKIE = "language"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}

LARGEST_INTEGER = 2**31 - 1  # of the databases' integer columns

# For macros whose output hangs on their arguments alone (not on the reader or the language). A text and the same text
# as markup are two keys (typed), so nothing unescaped can stand in for something escaped.
REMEMBERED = lru_cache(maxsize=2_000, typed=True)

blueprint = Blueprint("core", __name__)


class DatabaseInteger(IntegerConverter):
    """``<int:…>`` in an address: what no column can hold is no page, rather than the database's error."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **({"max": LARGEST_INTEGER} | options))


# NUL is in no text that PostgreSQL stores, half a surrogate pair in none that can be written at all.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def storable(value: Any) -> Any:
    """``value`` with its texts as any database can hold them."""
    if isinstance(value, str):
        return _NO_TEXT.sub("", value)
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return [storable(one) for one in value] if isinstance(value, list) else value


class Parameters(ImmutableMultiDict[str, str]):
    """Fields of an address or a form, with what no text may hold left out.

    ``get(name, type=int)`` takes what no column can hold for no number.
    """

    def __init__(self, mapping: Any = None) -> None:
        pairs = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__([(storable(key), storable(value)) for key, value in pairs])

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # one for all overloads
        return super().get(key, default, type=_database_integer if type is int else type)


def _database_integer(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST_INTEGER:
        raise ValueError("larger than any integer column")
    return number


class BoundedRequest(Request):
    """A request whose numbers fit the database, and whose JSON is not nested without end."""

    parameter_storage_class = Parameters

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        try:
            return super().get_json(force, silent, cache)
        except RecursionError:
            return None if silent else abort(400)


def json_object() -> dict[str, Any]:
    """The JSON object that a script sent; an empty one for anything else, also if it is too deep to be read."""
    sent = request.get_json(silent=True)
    try:
        return storable(sent) if isinstance(sent, dict) else {}
    except RecursionError:
        return {}


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """The process and its database answer, and the database has been brought to this version."""
    try:
        missing = "" if migrations.is_up_to_date() else "migrations"
    except sa.exc.SQLAlchemyError as error:
        missing = type(error).__name__
    if missing:
        log.error("not ready", extra={"error": missing})
        return Response("not ready\n", status=503, content_type="text/plain; charset=utf-8")
    return Response("ready\n", content_type="text/plain; charset=utf-8")


def language() -> str:
    """The reader's language: what they chose, else Japanese."""
    if not has_request_context():
        return "ja"  # commands and services called outside a request
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in dict(LANGUAGES) else "ja"


def init_app(app: Flask) -> None:
    app.request_class = BoundedRequest
    app.url_map.converters["int"] = DatabaseInteger
    # `/static//x` is no page: leading to `/static/x` would name the host that the request itself claims to be for.
    app.url_map.merge_slashes = False
    app.register_blueprint(blueprint)
    always = HEADERS | {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        # Back and reload must never show a signed-out person's page from a cache.
        "Cache-Control": "no-store",
    }
    if app.config["STATIONS"].production:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    app.jinja_env.globals |= {"remembered": REMEMBERED, "once_mark": once.new_mark}
    app.jinja_env.globals["largest_file"] = uploads.MAX_BYTES

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        present = {name.lower() for name, _value in response.headers}
        for name, value in always.items():
            if name.lower() not in present:
                response.headers.add(name, value)
        if request.endpoint != "static":
            _log_request(response)
        return response


def _log_request(response: Response) -> None:
    started = g.get("started", time.perf_counter())
    person = g.get("_login_user")  # as far as anybody asked who it is
    log.info(
        "request",
        extra={
            "reference": errors.reference(),
            "method": request.method,
            "endpoint": request.endpoint,
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            "person_id": person.id if person is not None and person.is_authenticated else None,
        },
    )
