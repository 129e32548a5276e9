"""How much one request may bring: bytes and fields, by who sends it and what the route takes.

The limit is set before anything is read, so that nobody's request makes a worker large or slow. Every route has one of
three (a test of the project tries each): what a stranger sends, what somebody signed in sends, and forms with a file.
"""

import time
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, abort, current_app, request, session

from stations.core import uploads
from stations.core.database import SAFE_METHODS


@dataclass(frozen=True)
class Limit:
    """``size`` is in bytes of the whole body, ``text`` in bytes of its text fields, ``fields`` counts them all."""

    size: int
    text: int
    fields: int


STRANGER: Final = Limit(64_000, 64_000, 50)
"""Sign-in, links, language: a public route, or any route without a session."""

SIGNED_IN: Final = Limit(1_000_000, 1_000_000, 2_000)
"""A plan with its cost lines: a kanji takes nine bytes on its way."""

WITH_FILE: Final = Limit(3 * uploads.MAX_BYTES + SIGNED_IN.size, SIGNED_IN.text, SIGNED_IN.fields)
"""More than one file may have: somebody who chose too large a one is answered beside the field, not by an error page."""


UNREAD_BYTES: Final = 2 * WITH_FILE.size
"""How much is taken in behind a refused request: a photo twice too large without a proxy, all that nginx passes on."""
UNREAD_SECONDS: Final = 10.0
PIECE: Final = 64 * 1024


def take_more() -> None:
    """For the guard of a route that has found out by itself who sends this, before anything of the body is read."""
    request.max_content_length = SIGNED_IN.size


def limit_of(endpoint: str | None, *, signed_in: bool) -> Limit:
    """The limit of a route for somebody with or without a session."""
    view = current_app.view_functions.get(endpoint or "")
    access = getattr(view, "access", None)
    if not signed_in or access is None or access.permission is None:
        return STRANGER
    return WITH_FILE if getattr(view, "takes_file", False) else SIGNED_IN


def _hold() -> None:
    # A session that has timed out still counts: what its owner typed is kept for them.
    limit = limit_of(request.endpoint, signed_in="_user_id" in session)
    request.max_content_length = limit.size
    request.max_form_memory_size = limit.text
    request.max_form_parts = limit.fields
    if request.mimetype == "application/x-www-form-urlencoded":
        # Werkzeug counts the parts of multipart forms only. What is read here is kept for the form.
        body = request.get_data(parse_form_data=False)
        if body.count(b"&") >= limit.fields:
            abort(413)


def _read_to_the_end(response: Response) -> Response:
    """Take in what was sent and not looked at, so that the answer arrives.

    A connection that is closed with half a body unread is reset: browsers then show their own error and nginx its 502
    in place of our page. Bounded in bytes and time; nothing is kept. Only where the server says where a body ends.
    """
    if request.method in SAFE_METHODS or not request.environ.get("wsgi.input_terminated"):
        return response
    stream, left, until = request.environ["wsgi.input"], UNREAD_BYTES, time.monotonic() + UNREAD_SECONDS
    try:
        while left > 0 and time.monotonic() < until and (piece := stream.read(PIECE)):
            left -= len(piece)
    except OSError:  # the sender has gone
        pass
    return response


def init_app(app: Flask) -> None:
    """Before the CSRF check, which reads the form."""
    app.before_request(_hold)
    app.after_request(_read_to_the_end)
