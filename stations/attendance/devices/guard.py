"""``@by_device``: a view for an enrolled tablet and for nobody else.

The tablet is known by a token in a cookie that no script reads. It signs nobody in, and no session of a person opens what
is the tablet's. A request that changes something carries two headers that no page of another site can send without being
asked first: there is no form, and so no CSRF token.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec

from flask import Response, after_this_request, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from stations.attendance.devices import rules
from stations.attendance.devices.queries import devices
from stations.attendance.devices.rules import DeviceStatus
from stations.attendance.devices.services import managing
from stations.core import limits
from stations.core.database import SAFE_METHODS
from stations.core.guards import Access
from stations.core.language import gettext as _
from stations.core.throttle import Throttle
from stations.people.services import failures

if TYPE_CHECKING:
    from stations.attendance.devices.models import Device

P = ParamSpec("P")

COOKIE: Final = "mt_device"
COOKIE_SECONDS: Final = 365 * 24 * 3600
HEADER: Final = "X-Tablet"

_of_device = Throttle(rules.REQUESTS, rules.REQUESTS_SECONDS)
_of_address = Throttle(rules.REFUSALS, rules.REFUSALS_SECONDS)


def by_device(
    view: Callable[Concatenate["Device", P], ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let a view run only for a tablet that is enrolled; it is the view's first argument, with its ``station``.

    Answers in JSON otherwise, each with a ``code`` and a ``problem`` in words: 401 ``unknown`` or ``revoked`` (the cookie
    stays: the tablet keeps its queue and says so), 400 ``header``, 415 ``type``, 429 ``busy`` with Retry-After.
    """

    @wraps(view)
    def guarded(*args: P.args, **url_values: P.kwargs) -> ResponseReturnValue:
        token = token_sent()
        device = devices.by_token(token) if token else None
        if device is None or device.status is DeviceStatus.REVOKED:
            return _stranger(device)
        if refusal := _throttled(_of_device, str(device.id)) or _unmarked():
            return refusal
        limits.take_more()
        if managing.note_seen(device, only_reads=request.method in SAFE_METHODS):
            keep(token)
        return view(device, *args, **url_values)

    guarded.access = Access(None, by_device=True)  # type: ignore[attr-defined]  # the mark itself
    return guarded


def token_sent() -> str:
    """The token that came with the request; empty without one."""
    return request.cookies.get(COOKIE, "")


def keep(token: str) -> None:
    """Let the tablet keep its token for a year from now."""

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=current_app.config["STATIONS"].production,
        )
        return response


def refused(status: int, code: str, problem: str) -> Response:
    """The answer to a tablet that is refused: a code for its script and a sentence for its reader."""
    answer = jsonify(code=code, problem=problem)
    answer.status_code = status
    return answer


def _stranger(device: "Device | None") -> Response:
    if busy := _throttled(_of_address, failures.network(request.remote_addr or "")):
        return busy
    if device is None:
        return refused(401, "unknown", _("この端末は登録されていません。"))
    return refused(401, "revoked", _("この端末の登録は取り消されました。入力は、この端末に残っています。"))


def _throttled(throttle: Throttle, key: str) -> Response | None:
    seconds = throttle.wait(key)
    if not seconds:
        return None
    answer = refused(429, "busy", _("送る回数が多すぎます。少し待ってから、自動で送り直します。"))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _unmarked() -> Response | None:
    """A request that changes something, and may come from a page of another site."""
    if request.method in SAFE_METHODS:
        return None
    if request.headers.get(HEADER) != "1":
        return refused(400, "header", _("タブレットの画面から送られていません。"))
    if request.mimetype != "application/json":
        return refused(415, "type", _("JSONではない内容は受け取れません。"))
    return None
