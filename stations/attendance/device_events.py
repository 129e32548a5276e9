"""What a device sends, read row by row: touches of tiles, the device's clock, and how many touches it still holds.

Pure. Nothing that a device says can fail a whole batch: an unreadable row is answered for by itself, and times are kept
as the device gave them but judged by the time of receipt, for a tablet's clock may stand anywhere.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeGuard

from stations.attendance.rules import MAX_COUNT, Counter, tile
from stations.core.messages import N_, RuleBroken

MAX_BATCH = 200
LONGEST_AUTHOR = 500
KINDS = ("tap", "undo")
CLOCK_TOLERANCE = timedelta(minutes=10)
"""A clock further off than this is reported to the station's leader."""

# Every time zone of the world can show these; the years 1 and 9999 of another zone may lie outside the calendar.
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_FURTHEST = timedelta(days=3650)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class DeviceEvent:
    """One touch on a device: a change of one tile, or (`undoes` or `undo`) the taking back of an earlier one.

    client_event_id: a UUID made on the device. tapped_at: aware, by the device's clock.
    undoes: the client_event_id of the tap to take back; None with undo=True: the last one.
    author: the mark of who was signed in when it was touched (`attendance.authors`), not yet checked.
    """

    client_event_id: str
    tapped_at: datetime
    counter: Counter = Counter.VISIT
    band: str | None = None
    delta: int = 0
    undo: bool = False
    undoes: str | None = None
    author: str | None = None


@dataclass(frozen=True)
class DeviceReport:
    """How many touches a device holds, those of this batch included; ``gone``: it has left the counting page."""

    device_id: str
    unsent: int
    gone: bool


@dataclass(frozen=True)
class Batch:
    """A device's batch: each row read, or the reason why not; when it was sent by the device's clock, if it says so."""

    rows: list[DeviceEvent | RuleBroken]
    sent_at: datetime | None
    report: DeviceReport | None


def parse_batch(body: object) -> Batch:
    """Read {events: [row…], now?, device?, unsent?, gone?}; `RuleBroken` when it is no such object, or too long."""
    rows = body.get("events") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(rows, list) or len(rows) > MAX_BATCH:
        raise _unreadable()
    return Batch([_read(row) for row in rows], parse_time(body.get("now")), _parse_report(body))


def _read(row: object) -> DeviceEvent | RuleBroken:
    try:
        return parse_event(row)
    except RuleBroken as broken:
        return broken


def parse_event(sent: object) -> DeviceEvent:
    """Read one row: {id, at, key, delta} or {id, at, undo: true, undoes?}, each with author? and kind?.

    `RuleBroken` for anything else; the row is then refused and the others still count.
    """
    if not isinstance(sent, dict):
        raise _unreadable()
    event_id, undoes, delta, author = (sent.get(name) for name in ("id", "undoes", "delta", "author"))
    at = parse_time(sent.get("at"))
    if at is None or not is_uuid(event_id) or not (undoes is None or is_uuid(undoes)):
        raise _unreadable()
    if not (author is None or (isinstance(author, str) and len(author) <= LONGEST_AUTHOR)):
        raise _unreadable()
    if sent.get("kind") not in (None, *KINDS):
        raise RuleBroken(None, N_("この種類の記録は、まだ受け取れません。"))
    if sent.get("undo") is True:
        return DeviceEvent(
            client_event_id=str(event_id), tapped_at=at, undo=True, undoes=undoes, author=author
        )
    if isinstance(delta, bool) or not isinstance(delta, int) or not 0 < abs(delta) <= MAX_COUNT:
        raise _unreadable()
    counter, band = tile(str(sent.get("key")))
    return DeviceEvent(
        client_event_id=str(event_id), tapped_at=at, counter=counter, band=band, delta=delta, author=author
    )


def happened_at(tapped_at: datetime, sent_at: datetime | None, received_at: datetime) -> datetime:
    """When a touch happened, as far as the server can know: its age by the device's clock, before the receipt.

    Without the device's own time, its clock is believed. Never later than ``received_at``.
    """
    if sent_at is None:
        return min(tapped_at, received_at)
    age = sent_at - tapped_at
    try:
        return received_at - max(age, timedelta(0))
    except OverflowError:
        return received_at


def clock_ahead(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """How far a device's clock is ahead of the server's (behind: negative), at most ten years; zero if unknown."""
    ahead = (sent_at or received_at) - received_at
    return max(-_FURTHEST, min(ahead, _FURTHEST))


def is_clock_wrong(ahead: timedelta) -> bool:
    """Whether somebody should set the device's clock."""
    return abs(ahead) > CLOCK_TOLERANCE


def _unreadable() -> RuleBroken:
    return RuleBroken(None, N_("送られた記録を読み取れませんでした。"))


def is_uuid(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def parse_time(value: object) -> datetime | None:
    """An aware time; at the ends of the calendar the nearest one that every zone can show."""
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return None
    return max(_EARLIEST, min(at, _LATEST)) if at.tzinfo is not None else None


def _parse_report(body: dict[str, object]) -> DeviceReport | None:
    device, unsent = body.get("device"), body.get("unsent", 0)
    if not is_uuid(device) or isinstance(unsent, bool) or not isinstance(unsent, int):
        return None
    return DeviceReport(str(device), unsent, body.get("gone") is True) if 0 <= unsent < 10**6 else None
