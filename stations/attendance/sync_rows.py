"""What an enrolled tablet sends, read row by row: events of several openings, and what it says of itself.

Pure. Only what is no such message at all is refused as a whole; an unreadable row is answered for by itself, so that it
never holds the others up. Times are kept as the device gave them, for its clock may stand anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from stations.attendance.device_events import is_uuid, parse_time
from stations.attendance.projection import EventKind
from stations.attendance.rules import MAX_COUNT, Counter, tile
from stations.core.messages import N_, RuleBroken

MAX_ROWS = 1_000
MAX_BYTES = 1_000_000
"""Of the message once unpacked."""
LONGEST_WORDS = 2_000
LONGEST_VERSION = 80
MOST_KNOWN = 50
"""So many earlier corrections or closings of its kind one event may name."""
MOST_OPENINGS = 200
_LARGEST = 2**31 - 1
_MOST_CONFIRMED = 100_000
_MOST_TILES = 40

SENT = (
    EventKind.STARTED,
    EventKind.COUNT,
    EventKind.UNDO,
    EventKind.CORRECTION,
    EventKind.CLOSED,
    EventKind.NOTE,
    EventKind.INCIDENT,
)
"""The kinds that a tablet may send."""


@dataclass(frozen=True, kw_only=True)
class SyncRow:
    """One event as a tablet sent it; ``by_id`` is who stood there as chosen on its screen, not yet checked."""

    event_id: str
    opening_id: int
    kind: EventKind
    made_at: datetime
    sequence: int | None = None
    by_id: int | None = None
    counter: Counter | None = None
    band: str | None = None
    delta: int | None = None
    undoes: str | None = None
    after: tuple[str, ...] = ()
    totals: Mapping[str, int] | None = None
    words: str | None = None

    @property
    def content(self) -> tuple[object, ...]:
        """What the event says; the same event sent again says the same."""
        return (self.opening_id, self.kind, self.counter, self.band, self.delta or 0, self.undoes)


@dataclass(frozen=True)
class BadRow:
    """A row that is no event, with its id as far as it has one, and why."""

    event_id: str | None
    problem: RuleBroken


@dataclass(frozen=True)
class SyncMessage:
    """A tablet's message. unsent: events it still holds by opening, these included; watch: openings it asks about."""

    rows: list[SyncRow | BadRow]
    device_time: datetime | None
    version: str
    unsent: Mapping[int, int]
    watch: tuple[int, ...]


def parse_message(body: object) -> SyncMessage:
    """Read the object of a message; `RuleBroken` when it is none, or has too many rows."""
    rows = body.get("events") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(rows, list) or len(rows) > MAX_ROWS:
        raise _unreadable()
    version, unsent, watch = body.get("version"), body.get("unsent"), body.get("watch")
    return SyncMessage(
        rows=[_read(row) for row in rows],
        device_time=parse_time(body.get("device_time")),
        version=version[:LONGEST_VERSION] if isinstance(version, str) else "",
        unsent=_unsent(unsent) if isinstance(unsent, dict) else {},
        watch=tuple(one for one in watch[:MOST_OPENINGS] if _is_id(one)) if isinstance(watch, list) else (),
    )


def _read(row: object) -> SyncRow | BadRow:
    try:
        return parse_row(row)
    except RuleBroken as broken:
        event_id = row.get("id") if isinstance(row, dict) else None
        return BadRow(event_id if is_uuid(event_id) else None, broken)


def parse_row(sent: object) -> SyncRow:
    """Read one row; `RuleBroken` for what is no event of a tablet."""
    if not isinstance(sent, dict):
        raise _unreadable()
    event_id, opening_id, made_at = sent.get("id"), sent.get("opening"), parse_time(sent.get("at"))
    if not is_uuid(event_id) or not _is_id(opening_id) or made_at is None:
        raise _unreadable()
    kind = sent.get("kind")
    if kind not in SENT:
        raise RuleBroken(None, N_("この種類の記録は、まだ受け取れません。"))
    sequence, by_id = sent.get("seq"), sent.get("by")
    return SyncRow(
        event_id=event_id,
        opening_id=opening_id,
        kind=EventKind(kind),
        made_at=made_at,
        sequence=sequence if _is_id(sequence) else None,
        by_id=by_id if _is_id(by_id) else None,
        **_CONTENT[EventKind(kind)](sent),
    )


def _count(sent: dict[str, Any], least: int = 1) -> dict[str, Any]:
    delta = sent.get("delta")
    if isinstance(delta, bool) or not isinstance(delta, int) or not least <= abs(delta) <= MAX_COUNT:
        raise _unreadable()
    counter, band = tile(str(sent.get("tile")))
    return {"counter": counter, "band": band, "delta": delta}


def _undo(sent: dict[str, Any]) -> dict[str, Any]:
    if not is_uuid(sent.get("undoes")):
        raise _unreadable()
    return {"undoes": sent["undoes"]}


def _correction(sent: dict[str, Any]) -> dict[str, Any]:
    reason = sent.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise RuleBroken(None, N_("理由のない訂正は受け取れません。"))
    return _count(sent, least=0) | {"after": _after(sent), "words": _words(reason)}


def _closed(sent: dict[str, Any]) -> dict[str, Any]:
    totals = sent.get("totals")
    if not isinstance(totals, dict) or len(totals) > _MOST_TILES:
        raise _unreadable()
    for key, number in totals.items():
        tile(str(key))
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _MOST_CONFIRMED:
            raise _unreadable()
    return {"totals": dict(totals), "after": _after(sent)}


def _note(sent: dict[str, Any]) -> dict[str, Any]:
    text = sent.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _unreadable()
    return {"words": _words(text)}


def _words(text: str) -> str:
    if len(text) > LONGEST_WORDS:
        raise RuleBroken(
            None, N_("%(most)s文字より長い文は受け取れません。分けて入力してください。"), most=LONGEST_WORDS
        )
    return text.strip()


def _nothing(_sent: dict[str, Any]) -> dict[str, Any]:
    return {}


_CONTENT: dict[EventKind, Callable[[dict[str, Any]], dict[str, Any]]] = {
    EventKind.STARTED: _nothing,
    EventKind.COUNT: _count,
    EventKind.UNDO: _undo,
    EventKind.CORRECTION: _correction,
    EventKind.CLOSED: _closed,
    EventKind.NOTE: _note,
    EventKind.INCIDENT: _note,
}


def _after(sent: dict[str, Any]) -> tuple[str, ...]:
    known = sent.get("after", [])
    if not isinstance(known, list) or len(known) > MOST_KNOWN or not all(is_uuid(one) for one in known):
        raise _unreadable()
    return tuple(known)


def _unsent(said: dict[Any, Any]) -> dict[int, int]:
    """By opening; what cannot be read is left out, for nothing hangs on it but a line on a page."""
    found = {}
    for key, number in list(said.items())[:MOST_OPENINGS]:
        opening_id = int(key) if str(key).isascii() and str(key).isdecimal() and len(str(key)) < 10 else 0
        if (
            _is_id(opening_id)
            and not isinstance(number, bool)
            and isinstance(number, int)
            and 0 <= number < 10**6
        ):
            found[opening_id] = number
    return found


def _is_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST


def _unreadable() -> RuleBroken:
    return RuleBroken(None, N_("送られた記録を読み取れませんでした。"))
