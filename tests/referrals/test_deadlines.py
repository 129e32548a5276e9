"""Until when the next step of a referral or memo is taken, and when to follow up."""

from datetime import date

import pytest

from stations.core.messages import RuleBroken
from stations.referrals.deadlines import check_follow_up, follow_ups, memo_step_by, step_by
from stations.referrals.rules import ObservationStatus, Status
from stations.referrals.workflow import OBSERVATION

FRIDAY = date(2026, 11, 20)
"""Before the three-day weekend of 勤労感謝の日."""


def test_steps_are_counted_in_working_days() -> None:
    assert step_by(Status.SENT, FRIDAY) == date(2026, 11, 30)
    assert memo_step_by(ObservationStatus.SENT, FRIDAY, urgent=False) == date(2026, 11, 30)


def test_nobody_is_waited_for_once_the_person_comes_or_the_sheet_has_ended() -> None:
    waited_for = {status for status in Status if step_by(status, FRIDAY) is not None}
    assert waited_for == {Status.DRAFT, Status.SENT, Status.RETURNED, Status.ACCEPTED, Status.ARRANGING}


@pytest.mark.parametrize("status", ObservationStatus)
def test_an_urgent_memo_goes_on_by_the_next_working_day(status: ObservationStatus) -> None:
    expected = None if status in OBSERVATION.final else date(2026, 11, 24)
    assert memo_step_by(status, FRIDAY, urgent=True) == expected


def test_one_and_three_months_after_the_first_visit() -> None:
    assert follow_ups(date(2026, 11, 30)) == (date(2026, 12, 30), date(2027, 2, 28))


def test_how_it_goes_is_asked_from_a_week_before_its_day_on() -> None:
    due = date(2026, 12, 23)
    for on in (date(2026, 12, 16), due, date(2027, 2, 1)):
        check_follow_up(due, on)
    with pytest.raises(RuleBroken, match="7日前"):
        check_follow_up(due, date(2026, 12, 15))
