"""Which device a person reads sheets on: a signed cookie of its own for each person, and a row for each cookie."""

from typing import TYPE_CHECKING

from flask import Response, after_this_request, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from stations.core import viewing
from stations.core.access import can
from stations.core.config import Config
from stations.core.database import SAFE_METHODS
from stations.people import device_queries, rules
from stations.people import session as people_session

if TYPE_CHECKING:
    from stations.people.models import Person


def is_proven() -> bool:
    """Whether the person who is signed in has shown a second factor: at sign-in, or on this device lately."""
    if session.get("second") is True:
        return True
    token = _token()
    return token is not None and device_queries.is_trusted(current_user, token)


def proof() -> ResponseReturnValue | None:
    """A page that asks for the second factor (`core.viewing`); what was sent meanwhile is kept for the writer."""
    if is_proven():
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("people.prove", next=request.full_path.rstrip("?")))
    people_session.hold_for_proof(current_user._get_current_object())
    return redirect(url_for("people.prove", next=url_for("people.held_form")), 303)


def proof_to_change(person: "Person") -> ResponseReturnValue | None:
    """`proof`, before somebody who reads sheets puts an app or an address in the place of the one that proves them.

    Somebody without an address has nothing to show it with: their first app is believed, as at a first sign-in.
    """
    return proof() if person.email and any(can(person, one) for one in viewing.SHEETS) else None


def keep(person: "Person", token: str, *, remembered: bool) -> None:
    """Let this device keep its token, until the browser is closed unless it is ``remembered``."""
    config: Config = current_app.config["STATIONS"]

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            _name(person),
            _signer().dumps(token),
            max_age=int(rules.DEVICE_LIFE.total_seconds()) if remembered else None,
            samesite="Lax",
            httponly=True,
            secure=config.production,
        )
        return response


def _token() -> str | None:
    try:
        token: str = _signer().loads(request.cookies.get(_name(current_user), ""))
    except BadSignature:
        return None
    return token


def _name(person: "Person") -> str:
    return f"trusted{person.id}"  # several people may read on one tablet


def _signer() -> URLSafeSerializer:
    config: Config = current_app.config["STATIONS"]
    return URLSafeSerializer(config.secret_key, salt="stations.people.trusted")
