"""Pages that everybody may read are compressed for who is not signed in, and no others.

A page that holds a secret and repeats what its address says tells the secret by its compressed length (BREACH): so
never what is for people who are signed in, and no page with a form of its own (docs/decisions/0010-compression.md).
Static files come compressed from the disk (`core.statics`).
"""

import gzip
from typing import Final

from flask import Flask, Response, current_app, request, session

SMALLEST: Final = 1_000
"""Bytes; less fits into one packet as it is."""
LEVEL: Final = 6
TEXTS: Final = frozenset({"text/html", "text/plain", "text/csv", "text/calendar", "application/json"})


def _may_be_compressed(response: Response) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    access = getattr(view, "access", None)
    if access is None or access.permission is not None or access.by_device or request.endpoint == "static":
        return False
    if request.url_rule is None or "POST" in (request.url_rule.methods or ()) or "_user_id" in session:
        return False
    return (
        response.status_code == 200
        and response.mimetype in TEXTS
        and not response.is_streamed
        and response.content_encoding is None
        and (response.content_length or 0) >= SMALLEST
    )


def _compress(response: Response) -> Response:
    if not _may_be_compressed(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.content_encoding = "gzip"
    return response


def init_app(app: Flask) -> None:
    app.after_request(_compress)
