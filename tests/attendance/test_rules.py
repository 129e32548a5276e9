from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.attendance.band_rules import STANDARD
from stations.attendance.rules import (
    MAX_COUNT,
    Counter,
    Totals,
    check_recording_day,
    check_started,
    check_tap,
    check_totals,
    is_late,
    totals,
    warnings,
)
from stations.core.messages import RuleBroken


def test_taps_stay_between_zero_and_the_cap() -> None:
    assert check_tap(0, 1) == 1
    assert check_tap(1, -1) == 0
    assert check_tap(MAX_COUNT - 1, 1) == MAX_COUNT == 500
    for current, delta in ((0, -1), (3, -4), (MAX_COUNT, 1)):
        with pytest.raises(RuleBroken) as caught:
            check_tap(current, delta)
        assert caught.value.field == "count"


BANDS = [band.code for band in STANDARD]
visit = st.tuples(st.just(Counter.VISIT), st.sampled_from(BANDS), st.sampled_from([1, -1]))
other = st.tuples(
    st.sampled_from([c for c in Counter if c is not Counter.VISIT]), st.none(), st.sampled_from([1, -1])
)
changes = st.lists(visit | other, max_size=60)


@given(changes.flatmap(lambda taps: st.tuples(st.just(taps), st.permutations(taps))))
def test_totals_do_not_depend_on_the_order_of_arrival(
    orders: tuple[list[tuple[Counter, str | None, int]], list[tuple[Counter, str | None, int]]],
) -> None:
    assert totals(orders[0]) == totals(orders[1])


@given(changes)
def test_visits_are_the_sum_over_the_bands(taps: list[tuple[Counter, str | None, int]]) -> None:
    counted = totals(taps)
    assert counted.visits == sum(delta for counter, _, delta in taps if counter is Counter.VISIT)
    for counter, number in [
        (Counter.FIRST_TIMER, counted.first_timers),
        (Counter.STAFF, counted.staff),
        (Counter.VOLUNTEER, counted.volunteers),
        (Counter.CONSULTATION, counted.consultations),
        (Counter.CONNECTED, counted.connected),
    ]:
        assert number == sum(delta for c, _, delta in taps if c is counter)


def test_only_visits_have_an_age_band() -> None:
    assert (
        totals([]).by_band == totals([(Counter.VISIT, "teen", 1), (Counter.VISIT, "teen", -1)]).by_band == {}
    )
    with pytest.raises(ValueError, match="visit"):
        totals([(Counter.VISIT, None, 1)])
    with pytest.raises(ValueError, match="staff"):
        totals([(Counter.STAFF, "teen", 1)])


def counted(visits: int = 0, first_timers: int = 0, consultations: int = 0, connected: int = 0) -> Totals:
    return Totals(
        by_band={"unknown": visits},
        first_timers=first_timers,
        staff=0,
        volunteers=0,
        consultations=consultations,
        connected=connected,
    )


def test_no_more_first_timers_than_visits() -> None:
    check_totals(counted(visits=3, first_timers=3))
    with pytest.raises(RuleBroken) as caught:
        check_totals(counted(visits=3, first_timers=4))
    assert caught.value.field == "first_timers"


def test_more_connected_than_consulted_is_only_a_warning() -> None:
    assert warnings(counted(consultations=1, connected=1)) == []
    assert len(warnings(counted(consultations=1, connected=2))) == 1


def test_late_entries() -> None:
    day = date(2026, 10, 3)
    assert not is_late(day, day)
    assert is_late(day, date(2026, 10, 4))
    check_recording_day(day, day)
    with pytest.raises(RuleBroken, match="開催日"):
        check_recording_day(day, date(2026, 10, 2))


def test_a_day_is_closed_once_it_has_started() -> None:
    noon = datetime(2026, 11, 23, 3, tzinfo=UTC)
    check_started(date(2026, 11, 23), time(12), noon)
    check_started(date(2026, 11, 22), time(23), noon)
    for on, starts_at in ((date(2026, 11, 23), time(12, 1)), (date(2026, 11, 24), time(0))):
        with pytest.raises(RuleBroken, match="まだ始まっていません"):
            check_started(on, starts_at, noon)
