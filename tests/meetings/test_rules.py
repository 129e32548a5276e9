from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.applications import rules as plans
from stations.applications.workflow import PLAN
from stations.core.messages import RuleBroken
from stations.meetings.rules import (
    MeetingAct,
    MeetingStatus,
    Resolution,
    carried,
    check_cancelling,
    check_day,
    check_move,
    check_planned_day,
    check_resolution,
    check_votes,
    day_has_come,
    may_vote,
    needed,
    resolution_act,
    table_by,
)
from stations.meetings.workflow import MEETING
from tests.support.refusals import refused
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    planned open open
    open close closed
    planned|open cancel cancelled
""")


@every_pair(MeetingStatus, MeetingAct)
def test_every_act_in_every_state(status: MeetingStatus, act: MeetingAct) -> None:
    check_step(MEETING.next_status, status, act, STEPS)


def test_the_table_as_a_whole() -> None:
    check_whole(MeetingStatus, MeetingAct, STEPS, start="planned", ends={"closed", "cancelled"})
    assert MEETING.final == {"closed", "cancelled"}


@pytest.mark.parametrize(
    ("present", "members", "enough"),
    [(10, 20, False), (11, 20, True), (10, 19, True), (9, 19, False), (0, 0, False), (1, 1, True)],
)
def test_more_than_half(present: int, members: int, enough: bool) -> None:
    assert (present >= needed(members)) is enough


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 9), st.integers(1, 9))
def test_quorum_is_the_share_in_whole_numbers(p: int, m: int, n: int, d: int) -> None:
    assert (p >= needed(m, numerator=n, denominator=d)) is (p * d > m * n)


EVE, DAY, MORROW = date(2026, 12, 16), date(2026, 12, 17), date(2026, 12, 18)


def test_a_meeting_is_not_opened_or_recorded_before_its_day() -> None:
    assert not day_has_come(DAY, EVE)
    with pytest.raises(RuleBroken, match="開催日から"):
        check_day(DAY, EVE)
    for today in (DAY, MORROW):
        assert day_has_come(DAY, today)
        check_day(DAY, today)


def test_a_meeting_is_convened_for_today_or_later() -> None:
    check_planned_day(DAY, EVE)
    check_planned_day(DAY, DAY)
    with pytest.raises(RuleBroken) as caught:
        check_planned_day(DAY, MORROW)
    assert caught.value.field == "held_on"


@pytest.mark.parametrize(
    ("old", "new", "recorded", "goes"),
    [
        (EVE, DAY, False, True),
        (EVE, MORROW, False, True),
        (MORROW, EVE, False, False),
        (EVE, EVE, False, True),
        (DAY, MORROW, True, False),
        (DAY, DAY, True, True),
    ],
)
def test_a_meeting_moves_to_today_or_later_while_nobody_came(
    old: date, new: date, recorded: bool, goes: bool
) -> None:
    if goes:
        check_move(old, new, DAY, recorded=recorded)
        return
    with pytest.raises(RuleBroken) as caught:
        check_move(old, new, DAY, recorded=recorded)
    assert caught.value.field == "held_on"


def test_a_meeting_is_called_off_while_nothing_is_resolved_and_with_a_reason() -> None:
    with refused(RuleBroken, None, "議決した議案"):
        check_cancelling(resolved=True)
    check_cancelling(resolved=False)
    assert {act for act in MeetingAct if MEETING.row(act).needs_reason} == {"cancel"}


@pytest.mark.parametrize(
    ("resolution", "votes", "agrees"),
    [
        (Resolution.APPROVED, (8, 4, 3), True),
        (Resolution.APPROVED, (1, 0, 0), False),
        (Resolution.APPROVED, (15, 1, 0), False),
        (Resolution.APPROVED, (7, 4, 4), False),
        (Resolution.REJECTED, (0, 15, 0), True),
        (Resolution.REJECTED, (0, 0, 0), False),
        (Resolution.DEFERRED, (0, 0, 0), True),
        (Resolution.DEFERRED, (5, 5, 5), True),
        (Resolution.DEFERRED, (5, 5, 4), False),
    ],
)
def test_everybody_who_may_vote_is_counted_once(
    resolution: Resolution, votes: tuple[int, int, int], agrees: bool
) -> None:
    counted = dict(zip(("votes_for", "votes_against", "abstentions"), votes, strict=True))
    if agrees:
        check_votes(resolution, **counted, eligible=15)
        return
    with pytest.raises(RuleBroken) as caught:
        check_votes(resolution, **counted, eligible=15)
    assert caught.value.field == "votes_for"


def test_majority_of_those_who_vote() -> None:
    assert carried(6, 10)
    assert not carried(5, 10)
    assert carried(5, 9)
    assert not carried(0, 0)


def test_nobody_decides_on_their_own_committee() -> None:
    assert may_vote([], 3)
    assert may_vote([1, 2], 3)
    assert not may_vote([1, 3], 3)


@pytest.mark.parametrize("resolution", Resolution)
def test_a_resolution_brings_a_tabled_plan_to_the_state_of_its_name(resolution: Resolution) -> None:
    assert PLAN.next_status(plans.Status.TABLED, resolution_act(resolution)).value == resolution.value


@pytest.mark.parametrize(
    ("resolution", "field"),
    [
        (Resolution.APPROVED, None),
        (Resolution.APPROVED_WITH_CONDITIONS, "conditions"),
        (Resolution.DEFERRED, "reason"),
        (Resolution.REJECTED, "reason"),
    ],
)
def test_what_must_be_said(resolution: Resolution, field: str | None) -> None:
    said = {"reason": "", "conditions": ""}
    if field is None:
        check_resolution(resolution, **said)
        return
    with pytest.raises(RuleBroken) as caught:
        check_resolution(resolution, **said)
    assert caught.value.field == field
    check_resolution(resolution, **(said | {field: "参加費を見直すこと"}))


def test_a_confirmed_plan_waits_four_weeks_for_an_agenda() -> None:
    assert table_by(date(2026, 6, 1)) == date(2026, 6, 29)
