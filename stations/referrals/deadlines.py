"""Until when the next step of a referral or memo is taken, and when to follow up: the programme's custom, not law."""

from datetime import date, datetime, timedelta

from stations.core import clock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.referrals.rules import ObservationStatus, Status

# Working days of city hall from when the sheet came to a state until somebody takes its next step.
STEP_DAYS = {
    Status.DRAFT: 10,
    Status.SENT: 5,
    Status.RETURNED: 5,
    Status.ACCEPTED: 5,
    Status.ARRANGING: 20,
}
MEMO_STEP_DAYS = {
    ObservationStatus.DRAFT: 5,
    ObservationStatus.SENT: 5,
    ObservationStatus.RETURNED: 5,
    ObservationStatus.ACKNOWLEDGED: 5,
    ObservationStatus.IN_PROGRESS: 20,
}
URGENT_DAYS = 1

FOLLOW_UP_MONTHS = (1, 3)
FOLLOW_UP_EARLY = timedelta(days=7)


def step_by(status: Status, since: date) -> date | None:
    """The last day for the next step of a referral in a state since a day; None where nobody is waited for."""
    days = STEP_DAYS.get(status)
    return None if days is None else clock.add_business_days(since, days)


def memo_step_by(status: ObservationStatus, since: date, *, urgent: bool) -> date | None:
    """The same for a memo; what is urgent goes on by the next working day."""
    days = MEMO_STEP_DAYS.get(status)
    return None if days is None else clock.add_business_days(since, URGENT_DAYS if urgent else days)


def answer_by(sent_at: datetime, hours: int) -> datetime:
    """When an urgent memo that nobody acknowledged goes on to the next in line; nights and Sundays count."""
    return sent_at + timedelta(hours=hours)


def follow_ups(visited_on: date) -> tuple[date, ...]:
    """When to ask how it goes: one and three months after the first visit (programme rule)."""
    return tuple(clock.add_months(visited_on, months) for months in FOLLOW_UP_MONTHS)


def may_follow_up(due_on: date, today: date) -> bool:
    """Whether it is time to ask how it goes: from a week before the day on."""
    return today >= due_on - FOLLOW_UP_EARLY


def check_unrecorded(done_at: datetime | None) -> None:
    """`Conflict` when how it goes is written down already."""
    if done_at is not None:
        raise Conflict(None, N_("この様子は、もう記録されています。"))


def check_follow_up(due_on: date, today: date) -> None:
    """`RuleBroken` when it is too early to say how it goes one or three months later (programme rule, `follow_ups`)."""
    if not may_follow_up(due_on, today):
        raise RuleBroken(None, N_("その後の様子は、確かめる日の7日前から記録できます。"))
