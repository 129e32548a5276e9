"""Rules of attendance (来場者記録, mode A: tally by age band, no personal data)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stations.core.messages import N_, RuleBroken


class AgeBand(StrEnum):
    """未就学, 小学生, 中高生, 18–39, 40–64, 65以上, 不明 (programme rule)."""

    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    TEEN = "teen"
    AGE_18_39 = "age_18_39"
    AGE_40_64 = "age_40_64"
    AGE_65_PLUS = "age_65_plus"
    UNKNOWN = "unknown"


class Counter(StrEnum):
    """What is counted at an opening. Only VISIT is told apart by age band."""

    VISIT = "visit"
    FIRST_TIMER = "first_timer"
    STAFF = "staff"
    VOLUNTEER = "volunteer"
    CONSULTATION = "consultation"
    CONNECTED = "connected"


# The largest tally of one tile in one day; a station is designed for 200 people, a festival fits too.
MAX_COUNT = 500

# A count of 1 … 4 could point at a person, so the public sees only that it is small.
SMALLEST_PUBLIC = 5


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

    by_band: dict[AgeBand, int]
    first_timers: int
    staff: int
    volunteers: int
    consultations: int
    connected: int

    @property
    def visits(self) -> int:
        """延べ人数: the sum over the age bands. Mode A never claims 実人数 (programme rule)."""
        return sum(self.by_band.values())


def totals(changes: Iterable[tuple[Counter, AgeBand | None, int]]) -> Totals:
    """Add up changes (counter, age band for VISIT, +1/−1 or a number); their order does not matter.

    Raises ValueError when a visit has no age band or another counter has one.
    """
    by_band = dict.fromkeys(AgeBand, 0)
    others = dict.fromkeys(Counter, 0)
    for counter, band, delta in changes:
        if (counter is Counter.VISIT) != (band is not None):
            raise ValueError(f"{counter} with age band {band}")
        if band is None:
            others[counter] += delta
        else:
            by_band[band] += delta
    return Totals(
        by_band=by_band,
        first_timers=others[Counter.FIRST_TIMER],
        staff=others[Counter.STAFF],
        volunteers=others[Counter.VOLUNTEER],
        consultations=others[Counter.CONSULTATION],
        connected=others[Counter.CONNECTED],
    )


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


def is_suppressed(count: int) -> bool:
    """Whether a public count is too small to be shown (1 … 4)."""
    return 0 < count < SMALLEST_PUBLIC


def public_count(count: int, translate: Callable[[str], str] = str) -> str:
    """「12人」, or 「5人未満」 for 1 … 4; a view passes gettext as `translate`."""
    if is_suppressed(count):
        return translate(N_("%(count)s人未満")) % {"count": SMALLEST_PUBLIC}
    return translate(N_("%(count)s人")) % {"count": f"{count:,}"}
