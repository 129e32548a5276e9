"""The device somebody signs in on: a long-lived cookie by which it is known again.

It lets nobody in. A device that signed in to an account has its own allowance of failures (`services.sign_in`), so that
nobody else's guesses keep its owner out. The cookie is signed, so only ids that were given out count; the server keeps
a keyed hash of the id together with the login.
"""

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "device"
COOKIE_SECONDS = 365 * 24 * 3600


def current() -> str | None:
    """The id of the device that sent this request; None when it has none, or a forged one."""
    try:
        device: object = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    return device if isinstance(device, str) else None


def remember() -> str:
    """The device's id, a new one if it has none; the cookie is set, and lasts a year from now."""
    device = current() or secrets.token_urlsafe(16)

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            str(_signer().dumps(device)),
            max_age=COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=current_app.config["STATIONS"].production,
        )
        return response

    return device


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["STATIONS"].secret_key, salt="device")
