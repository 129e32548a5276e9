"""Where an enrolled tablet sends its events."""

import json
import zlib
from typing import TYPE_CHECKING

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from stations.attendance.devices.guard import by_device, refused
from stations.attendance.devices.services import managing
from stations.attendance.queries.sync import for_tablet
from stations.attendance.rules import OTHERS
from stations.attendance.services import sync
from stations.attendance.services.sync import SyncAnswer
from stations.attendance.sync_rows import MAX_BYTES, parse_message
from stations.attendance.views import blueprint
from stations.core import clock, web
from stations.core.database import writes
from stations.core.forms import say
from stations.core.messages import RuleBroken

if TYPE_CHECKING:
    from stations.attendance.devices.models import Device


@blueprint.post("/api/v1/attendance/events")
@by_device
@writes
def sync_events(device: "Device") -> ResponseReturnValue:
    """A tablet's events (`sync_rows.parse_message`): a verdict for each row, then how each opening it names stands."""
    try:
        message = parse_message(_body())
    except RuleBroken as broken:
        return refused(400, "unreadable", say(broken))
    answer = sync.take(device_id=device.id, station_id=device.station_id, message=message)
    managing.note_synced(
        device=device, version=message.version, unsent=answer.left, clock_ahead=answer.clock_ahead
    )
    return jsonify(
        server_time=clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        clock_ahead_seconds=round(answer.clock_ahead.total_seconds()),
        verdicts=[
            {
                "row": place,
                "id": one.event_id,
                "verdict": one.verdict,
                "reason": say(one.problem) if one.problem else None,
            }
            for place, one in enumerate(answer.rows)
        ],
        openings=_openings(answer),
    )


def _openings(answer: SyncAnswer) -> list[dict[str, object]]:
    found = []
    for opening_id, state in sorted(answer.states.items()):
        says = for_tablet(state)
        tiles = dict.fromkeys([*answer.bands[opening_id], *OTHERS], 0)
        found.append({"id": opening_id, **vars(says), "totals": tiles | says.totals})
    return found


def _body() -> object:
    """What was sent, unpacked and read; `RuleBroken` when it is no JSON, and 413 when it is too much."""
    sent = request.get_data(cache=False)
    if request.headers.get("Content-Encoding", "").lower() == "gzip":
        sent = _unpacked(sent)
    if len(sent) > MAX_BYTES:
        abort(413)
    try:
        return web.storable(json.loads(sent))
    except (ValueError, RecursionError):
        return None


def _unpacked(sent: bytes) -> bytes:
    """At most one byte more than may be: a small message can hold a very large one. Nothing when it is no gzip."""
    reading = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return reading.decompress(sent, MAX_BYTES + 1)
    except zlib.error:
        return b""
