"""The date of a letter. Pure."""

from datetime import date

from stations.core import clock
from stations.core.messages import N_, RuleBroken


def check_issue_date(on: date, *, today: date) -> None:
    """A letter is dated today, or on the next day on which city hall is open. `RuleBroken` on "issued_on"."""
    if on not in {today, clock.open_day(today)}:
        raise RuleBroken(
            "issued_on",
            N_("施行日は、今日か、次の開庁日（%(next)s）にしてください。"),
            next=clock.open_day(today),
        )
