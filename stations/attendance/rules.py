"""Rules of attendance (来場者記録, mode A: tally by age band, no personal data)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

from stations.core import clock
from stations.core.messages import N_, Conflict, RuleBroken


class Counter(StrEnum):
    """What is counted at an opening. Only VISIT is told apart by age band."""

    VISIT = "visit"
    FIRST_TIMER = "first_timer"
    STAFF = "staff"
    VOLUNTEER = "volunteer"
    CONSULTATION = "consultation"
    CONNECTED = "connected"


Tile = tuple[Counter, str | None]
"""What is counted: visits of the age band with a code (`band_rules`), or something else, which has none."""


class Placed(Protocol):
    """An opening, as far as a rule names it."""

    @property
    def on(self) -> date: ...

    @property
    def starts_at(self) -> time: ...


# The largest tally of one tile in one day; a station is designed for 200 people, a festival fits too.
MAX_COUNT = 500


def check_tap(current: int, delta: int) -> int:
    """The tile's count after a change; `RuleBroken` on "count" below zero or above MAX_COUNT."""
    count = current + delta
    if count < 0:
        raise RuleBroken("count", N_("0より少なくはできません。"))
    if count > MAX_COUNT:
        raise RuleBroken("count", N_("1つの数は%(most)sまでです。数を確かめてください。"), most=MAX_COUNT)
    return count


@dataclass(frozen=True)
class Totals:
    """What was counted at one opening, or several added up."""

    by_band: dict[str, int]
    """By the code of an age band; those without visits are missing."""
    first_timers: int
    staff: int
    volunteers: int
    consultations: int
    connected: int

    @property
    def visits(self) -> int:
        """延べ人数: the sum over the age bands. Mode A never claims 実人数 (programme rule)."""
        return sum(self.by_band.values())

    def by_tile(self) -> dict[str, int]:
        """The tiles' numbers by their keys; age bands without visits are missing."""
        return {tile_key(*tile): number for tile, number in self.counts().items()}

    def on(self, tile: Tile) -> int:
        """What stands on one tile."""
        return self.counts().get(tile, 0)

    def counts(self) -> dict[Tile, int]:
        """The tiles' numbers; age bands without visits are missing."""
        bands: dict[Tile, int] = {(Counter.VISIT, band): count for band, count in self.by_band.items()}
        return bands | {
            (Counter.FIRST_TIMER, None): self.first_timers,
            (Counter.STAFF, None): self.staff,
            (Counter.VOLUNTEER, None): self.volunteers,
            (Counter.CONSULTATION, None): self.consultations,
            (Counter.CONNECTED, None): self.connected,
        }


def totals(changes: Iterable[tuple[Counter, str | None, int]]) -> Totals:
    """Add up changes (counter, age band for VISIT, +1/−1 or a number); their order does not matter.

    Raises ValueError when a visit has no age band or another counter has one.
    """
    by_band: dict[str, int] = {}
    others = dict.fromkeys(Counter, 0)
    for counter, band, delta in changes:
        if (counter is Counter.VISIT) != (band is not None):
            raise ValueError(f"{counter} with age band {band}")
        if band is None:
            others[counter] += delta
        else:
            by_band[band] = by_band.get(band, 0) + delta
    return Totals(
        by_band={band: visits for band, visits in by_band.items() if visits},
        first_timers=others[Counter.FIRST_TIMER],
        staff=others[Counter.STAFF],
        volunteers=others[Counter.VOLUNTEER],
        consultations=others[Counter.CONSULTATION],
        connected=others[Counter.CONNECTED],
    )


def has_started(on: date, starts_at: time, now: datetime) -> bool:
    """Whether the opening has started by the clock of Matsudo; before that its day is not closed."""
    here = now.astimezone(clock.TOKYO)
    return (on, starts_at) <= (here.date(), here.time())


def check_started(on: date, starts_at: time, now: datetime) -> None:
    """Before the day is closed: the opening has started. `RuleBroken` without a field."""
    if not has_started(on, starts_at, now):
        raise RuleBroken(None, N_("この開催は、まだ始まっていません。始まってから確定してください。"))


def check_totals(counted: Totals) -> None:
    """Before the day is closed: no more first-timers than visits. `RuleBroken` on "first_timers"."""
    if counted.first_timers > counted.visits:
        raise RuleBroken("first_timers", N_("初参加の数が、延べ人数より多くなっています。"))


def warnings(counted: Totals) -> list[str]:
    """What looks wrong but may be true: more people connected than consultations held."""
    if counted.connected > counted.consultations:
        return [N_("つないだ件数が、相談件数より多くなっています。")]
    return []


def check_recording_day(held_on: date, recorded_on: date) -> None:
    """`RuleBroken` for an opening that is still to come."""
    if recorded_on < held_on:
        raise RuleBroken(None, N_("開催日になってから記録してください。"))


def is_late(held_on: date, recorded_on: date) -> bool:
    """Whether an entry was made after the day itself, as from paper; such entries carry a mark."""
    return recorded_on > held_on


def check_unmoved(
    loaded: Totals,
    counted: Totals,
    changes: Iterable[tuple[Counter, str | None, int]],
    names: Mapping[str, object],
) -> None:
    """`RuleBroken` when a corrected tile was also counted by a tablet after the page was opened.

    ``names``: what age bands are called, by their codes.
    """
    for counter, band, _delta in changes:
        now = counted.on((counter, band))
        if loaded.on((counter, band)) != now:
            raise RuleBroken(
                None,
                N_(
                    "「%(tile)s」は、この画面を開いたあとに別の端末の入力が届き、いま%(now)sです。"
                    "その分も含めて数え直し、もう一度入力してください。"
                ),
                tile=names.get(band or "", counter),
                now=now,
            )


def differences(counted: Totals, typed: Totals) -> list[tuple[Counter, str | None, int]]:
    """The rows that turn what is counted into what was typed; nothing for counts that agree.

    Raises `RuleBroken` on "count" for a typed number below zero or above MAX_COUNT.
    """
    now, wanted = counted.counts(), typed.counts()
    changes = []
    for tile in now | wanted:
        before, number = now.get(tile, 0), wanted.get(tile, 0)
        check_tap(0, number)
        if number != before:
            changes.append((*tile, number - before))
    return changes


class RecordStatus(StrEnum):
    """記録中, then 確定 at the end of the day."""

    OPEN = "open"
    CLOSED = "closed"


class RecordAct(StrEnum):
    SAVE_DETAILS = "save_details"
    CORRECT = "correct"
    CLOSE = "close"
    REOPEN = "reopen"
    MOVE_OUT = "move_out"
    MOVE_IN = "move_in"


def check_countable(status: RecordStatus) -> None:
    """`Conflict` for a tap that reaches a record already closed: it must not be lost in silence."""
    if status is RecordStatus.CLOSED:
        raise Conflict(None, N_("この回の記録は確定しています。数えるには、記録を開き直してください。"))


def check_undoable(status: RecordStatus, moved_to: Placed | None) -> None:
    """`check_countable` for a taking back; ``moved_to``: the opening that the tap was moved to, if it was."""
    if moved_to is not None and status is RecordStatus.CLOSED:
        raise Conflict(
            None,
            N_(
                "取り消そうとした入力は、%(month)s月%(day)s日 %(starts_at)sからの回へ移されています。"
                "その回の記録は確定しているので、取り消すには、その記録を開き直してください。"
            ),
            month=moved_to.on.month,
            day=moved_to.on.day,
            starts_at=f"{moved_to.starts_at:%H:%M}",
        )
    check_countable(status)


def check_devices(behind: int, checked: bool) -> None:
    """Before the day is closed: who closes has looked after the other tablets. `RuleBroken` on "others_checked"."""
    if behind and not checked:
        raise RuleBroken(
            "others_checked", N_("ほかの端末に、まだ届いていない入力があるかもしれません。確かめてください。")
        )


def check_moved(counted: Totals, moved: Totals, counted_there: Totals) -> None:
    """Before taps are moved: no tile falls below zero here or rises above the most there. `RuleBroken` on "since"."""
    for tile, number in moved.counts().items():
        if counted.on(tile) < number or not 0 <= counted_there.on(tile) + number <= MAX_COUNT:
            raise RuleBroken(
                "since", N_("人数を直した回なので、この分は移せません。両方の回の人数を直してください。")
            )


class Verdict(StrEnum):
    """What became of one tap that a device sent."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CLOSED = "closed"  # the record is closed: the device keeps it and sends it again
    REFUSED = "refused"


def tile_key(counter: Counter, band: str | None) -> str:
    """The key of a tile, by which pages and devices name it."""
    return str(band if band is not None else counter)


OTHERS: tuple[str, ...] = tuple(str(one) for one in Counter if one is not Counter.VISIT)
"""The keys of the tiles beside the age bands."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def totals_of_tiles(numbers: Mapping[str, int]) -> Totals:
    """Totals from a number for each tile's key; missing ones are zero."""
    return totals((*tile(key), number) for key, number in numbers.items())


def tile(key: str) -> Tile:
    """What is counted by a tile's key: another counter's value, or an age band's code; `RuleBroken` for what is neither.

    Which bands there are is asked when somebody is counted, for each year has its own (`band_rules.check_band`).
    """
    if key in OTHERS:
        return Counter(key), None
    if key == Counter.VISIT or not _CODE.fullmatch(key):
        raise RuleBroken(None, N_("数える欄を読み取れませんでした。"))
    return Counter.VISIT, key
