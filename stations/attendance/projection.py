"""What an opening's events say, whatever order they arrive in: the counts, whether its day is closed, what is unclear.

Pure. Tablets count without a network and send later, some events twice, a later one before an earlier one. So nothing
here asks when an event was received: the same set of events always gives the same answer.

- A count is in force unless some undo names it, or it was moved to another opening (there it is again, and an undo that
  names the first one takes it back there).
- A tile shows the sum of its counts in force and of its corrections, and never less than zero.
- A correction says which corrections of its tile its maker knew of (``after``). Heads are those that no other names. A
  correction adds its difference to what its maker saw: to what the latest of the heads it names corrects. Heads that
  correct the same are one correction that two people made; heads that differ are a question to the leader, and until it
  is answered the latest stands. The answer is a correction that names them all, be its difference nothing.
- Closings and reopenings likewise: the day is closed while every head is a closing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from stations.attendance.rules import MAX_COUNT, Counter, Tile, tile_key


class EventKind(StrEnum):
    """What happened, as a device or a page says it."""

    STARTED = "started"
    COUNT = "count"
    UNDO = "undo"
    MOVED = "moved"  # to another opening: made by the server only
    CORRECTION = "correction"
    CLOSED = "closed"
    REOPENED = "reopened"  # made by the server only
    NOTE = "note"
    INCIDENT = "incident"


TAKES_BACK = (EventKind.UNDO, EventKind.MOVED)
SAYS_HOW_MANY = (EventKind.COUNT, EventKind.UNDO, EventKind.CORRECTION)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One event, as far as the counts hang on it.

    made_at: by the clock of the device that made it. counter, band, delta: of a count or a correction.
    undoes: the count that an undo takes back or that is moved away. moved_from: the count that one stands for here.
    after: the events of its kind that its maker knew of. totals: the numbers by tile that a closing confirms.
    """

    event_id: str
    opening_id: int
    kind: EventKind
    made_at: datetime
    counter: Counter | None = None
    band: str | None = None
    delta: int = 0
    undoes: str | None = None
    moved_from: str | None = None
    after: tuple[str, ...] = ()
    totals: Mapping[str, int] | None = None

    @property
    def latest(self) -> tuple[datetime, str]:
        """By this, the same one of several is the latest everywhere."""
        return self.made_at, self.event_id


class Unclear(StrEnum):
    """What the leader is asked about, or only notified of."""

    CORRECTED_DIFFERENTLY = "corrected_differently"
    CLOSED_DIFFERENTLY = "closed_differently"
    CHANGED_SINCE = "changed_since"
    BELOW_ZERO = "below_zero"
    ABOVE_MOST = "above_most"


QUESTIONS = (Unclear.CORRECTED_DIFFERENTLY, Unclear.CLOSED_DIFFERENTLY, Unclear.CHANGED_SINCE)
"""What somebody must decide; the others are only said."""


@dataclass(frozen=True)
class Question:
    """Something unclear. tile: where it is about one; events: the sides, by their ids; numbers: the tile's by each side."""

    unclear: Unclear
    tile: Tile | None = None
    events: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Projection:
    """What the events of one opening say.

    totals: the number of every tile that any event names. corrections: the heads of each corrected tile, closings those
    of the day's end, as ids in the order of `Fact.latest`. closed_by: the closing that stands, while the day is closed.
    """

    totals: Mapping[Tile, int] = field(default_factory=dict)
    corrections: Mapping[Tile, tuple[str, ...]] = field(default_factory=dict)
    closings: tuple[str, ...] = ()
    closed_by: str | None = None
    questions: tuple[Question, ...] = ()

    @property
    def is_closed(self) -> bool:
        return self.closed_by is not None

    def asks(self) -> bool:
        """Whether somebody must decide something."""
        return any(one.unclear in QUESTIONS for one in self.questions)


def project(events: Iterable[Fact]) -> dict[int, Projection]:
    """What a set of events says, by opening; events that stand twice (by their ids) count once."""
    facts = list({one.event_id: one for one in events}.values())
    taken_back = {one.undoes for one in facts if one.kind in TAKES_BACK}
    undone = {one.undoes for one in facts if one.kind is EventKind.UNDO}
    sums: dict[int, dict[Tile, int]] = {one.opening_id: {} for one in facts}
    for one in facts:
        if one.kind is EventKind.COUNT and one.counter is not None:
            tile, in_force = (one.counter, one.band), sums[one.opening_id]
            gone = one.event_id in taken_back or (one.moved_from is not None and one.moved_from in undone)
            in_force[tile] = in_force.get(tile, 0) + (0 if gone else one.delta)
    return {
        opening_id: combine(counted, [one for one in facts if one.opening_id == opening_id])
        for opening_id, counted in sums.items()
    }


def combine(counted: Mapping[Tile, int], facts: Iterable[Fact]) -> Projection:
    """One opening's projection from the sums of its counts in force and its other events (of which the rest are none)."""
    corrections: dict[Tile, list[Fact]] = {}
    endings: list[Fact] = []
    for one in facts:
        if one.kind is EventKind.CORRECTION and one.counter is not None:
            corrections.setdefault((one.counter, one.band), []).append(one)
        elif one.kind in (EventKind.CLOSED, EventKind.REOPENED):
            endings.append(one)
    totals, questions = dict(counted), []
    heads: dict[Tile, tuple[str, ...]] = {}
    for tile, made in corrections.items():
        last, seen = _heads(made), totals.get(tile, 0)
        numbers = tuple(seen + _corrects(one, made) for one in last)
        heads[tile] = tuple(one.event_id for one in last)
        totals[tile] = numbers[-1]
        if len(set(numbers)) > 1:
            questions.append(Question(Unclear.CORRECTED_DIFFERENTLY, tile, heads[tile], numbers))
    for tile, number in totals.items():
        if number < 0:
            questions.append(Question(Unclear.BELOW_ZERO, tile))
            totals[tile] = 0
        elif number > MAX_COUNT:
            questions.append(Question(Unclear.ABOVE_MOST, tile))
    last = _heads(endings)
    closed_by = None
    if last and all(one.kind is EventKind.CLOSED for one in last):
        closed_by = last[-1].event_id
    questions += _about_closings(last, totals)
    return Projection(
        totals, heads, tuple(one.event_id for one in last), closed_by, tuple(sorted(questions, key=_order))
    )


def _order(one: Question) -> tuple[str, str]:
    return one.unclear, tile_key(*one.tile) if one.tile else ""


def _about_closings(last: Sequence[Fact], totals: Mapping[Tile, int]) -> list[Question]:
    closings = [one for one in last if one.kind is EventKind.CLOSED]
    confirmed = [_numbers(one.totals or {}) for one in closings]
    if len(last) > 1 and (len(closings) < len(last) or any(one != confirmed[0] for one in confirmed)):
        return [Question(Unclear.CLOSED_DIFFERENTLY, events=tuple(one.event_id for one in last))]
    now = _numbers({tile_key(*tile): number for tile, number in totals.items()})
    if closings and confirmed[-1] != now:
        return [Question(Unclear.CHANGED_SINCE, events=(closings[-1].event_id,))]
    return []


def _numbers(totals: Mapping[str, int]) -> dict[str, int]:
    return {key: number for key, number in totals.items() if number}


def _heads(made: Sequence[Fact]) -> list[Fact]:
    """Those that no other one names, the latest last."""
    known = {earlier for one in made for earlier in one.after if earlier != one.event_id}
    heads = [one for one in made if one.event_id not in known]
    # A ring (each names the other) is nothing a device makes; then all of them stand beside each other.
    return sorted(heads or made, key=lambda one: one.latest)


def _corrects(head: Fact, made: Sequence[Fact]) -> int:
    """What a correction and those before it, as its maker saw them, add to a tile."""
    by_id = {one.event_id: one for one in made}
    added, reached = 0, set[str]()
    ahead: Fact | None = head
    while ahead is not None:
        added += ahead.delta
        reached.add(ahead.event_id)
        known = [by_id[one] for one in dict.fromkeys(ahead.after) if one in by_id and one not in reached]
        ahead = _heads(known)[-1] if known else None
    return added
