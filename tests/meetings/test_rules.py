import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.applications import rules as plans
from stations.core.messages import RuleBroken
from stations.meetings.rules import (
    MeetingAct,
    MeetingStatus,
    Resolution,
    carried,
    check_resolution,
    check_vote,
    has_quorum,
    may_vote,
    needed,
    next_status,
    resolution_act,
)
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    planned open open
    open close closed
""")


@every_pair(MeetingStatus, MeetingAct)
def test_every_act_in_every_state(status: MeetingStatus, act: MeetingAct) -> None:
    check_step(next_status, status, act, STEPS)


def test_the_table_as_a_whole() -> None:
    check_whole(MeetingStatus, MeetingAct, STEPS, start="planned", ends={"closed"})


@pytest.mark.parametrize(
    ("present", "members", "enough"),
    [(10, 20, False), (11, 20, True), (10, 19, True), (9, 19, False), (0, 0, False), (1, 1, True)],
)
def test_more_than_half(present: int, members: int, enough: bool) -> None:
    assert has_quorum(present, members) is enough


def test_other_shares() -> None:
    assert has_quorum(10, 20, at_least=True)
    assert not has_quorum(9, 20, at_least=True)
    assert needed(20, numerator=2, denominator=3, at_least=True) == 14
    assert needed(21, numerator=2, denominator=3, at_least=True) == 14
    assert needed(21, numerator=2, denominator=3) == 15
    assert not has_quorum(0, 0, at_least=True)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_quorum_is_the_share_in_whole_numbers(p: int, m: int, n: int, d: int, at_least: bool) -> None:
    reached = p * d >= m * n if at_least else p * d > m * n
    assert has_quorum(p, m, numerator=n, denominator=d, at_least=at_least) is (reached and p > 0)


def test_majority_of_those_who_vote() -> None:
    assert carried(6, 10)
    assert not carried(5, 10)
    assert carried(5, 9)
    assert not carried(0, 0)


def test_nobody_decides_on_their_own_committee() -> None:
    assert may_vote([], 3)
    assert may_vote([1, 2], 3)
    assert not may_vote([1, 3], 3)
    check_vote([1, 2], 3)
    with pytest.raises(RuleBroken, match="所属"):
        check_vote([1, 3], 3)


@pytest.mark.parametrize("resolution", Resolution)
def test_a_resolution_brings_a_tabled_plan_to_the_state_of_its_name(resolution: Resolution) -> None:
    assert plans.next_status(plans.Status.TABLED, resolution_act(resolution)).value == resolution.value


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
