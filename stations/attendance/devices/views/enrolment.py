"""On the tablet itself, with nothing installed and nobody signed in: it becomes a station's by a code."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stations.attendance.devices import guard, rules
from stations.attendance.devices.forms import EnrolForm
from stations.attendance.devices.queries import devices
from stations.attendance.devices.rules import DeviceStatus
from stations.attendance.devices.services import enrolling
from stations.attendance.devices.services.enrolling import Attempt
from stations.attendance.views import blueprint
from stations.core import errors
from stations.core.database import writes
from stations.core.guards import public
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from stations.attendance.devices.models import Device


@blueprint.route("/tablet/enrol", methods=["GET", "POST"])
@public
@writes
def enrol() -> ResponseReturnValue:
    """The code that the leader or the city shows, a name for the tablet, and the PIN of its settings."""
    form, attempt = EnrolForm(), Attempt()
    if form.validate_on_submit():
        attempt = enrolling.enrol(
            code=form.code.data or "",
            name=form.name.data or "",
            pin=form.pin.pin,
            address=request.remote_addr or "",
            old_token=guard.token_sent() or None,
        )
        if attempt.device is not None:
            guard.keep(attempt.token)
            return redirect(url_for(".enrolled"), 303)
        # Not `form.show`: that would give up the count of the failure.
        form.code.errors = [_wrong(attempt)]
    page = render_template(
        "attendance/devices/enrol.html",
        form=form,
        device=_own(),
        longest=rules.NAME_LONGEST,
        reference="" if attempt.checked else errors.log_refusal(429),
    )
    if attempt.checked:
        return page
    return page, 429, {"Retry-After": str(int(attempt.wait.total_seconds()))}


def _wrong(attempt: Attempt) -> str:
    """One sentence for a code that is wrong, used or too old: nobody learns which there are."""
    if attempt.checked:
        return _(
            "この登録番号は使えません。番号が違うか、期限が過ぎたか、もう使われています。新しい番号を出してもらってください。"
        )
    minutes = int(attempt.wait.total_seconds() // 60)
    return _("番号の間違いが続いたため、%(n)s分ほど待ってから、もう一度お試しください。", n=minutes)


@blueprint.get("/tablet/enrolled")
@public
def enrolled() -> ResponseReturnValue:
    """Which station this tablet belongs to, and the way to its page for the door."""
    return render_template("attendance/devices/enrolled.html", device=_own())


def _own() -> "Device | None":
    """The tablet that this is, while it is enrolled."""
    token = guard.token_sent()
    found = devices.by_token(token) if token else None
    return found if found is not None and found.status is DeviceStatus.ENROLLED else None
