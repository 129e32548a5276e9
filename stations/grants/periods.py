"""When a project begins within its fiscal year, and until when a refund is paid. Pure."""

from datetime import date, timedelta

from stations.core import clock
from stations.core.messages import N_, RuleBroken
from stations.grants.rules import project_period

# A plan that the meeting approved by then is one of the whole year: custom, not law.
_WHOLE_YEAR_UNTIL = (4, 30)


def usual_beginning(fiscal_year: int, approved_on: date) -> date:
    """When a project usually begins: with its year, or on the day of a resolution later in the year."""
    first, _last = project_period(fiscal_year)
    return first if approved_on <= date(fiscal_year, *_WHOLE_YEAR_UNTIL) else approved_on


def check_beginning(fiscal_year: int, on: date) -> None:
    """A project begins inside its fiscal year. `RuleBroken` on "starts_on"."""
    first, last = project_period(fiscal_year)
    if not first <= on <= last:
        raise RuleBroken(
            "starts_on",
            N_("事業を始める日は、%(year)s年度（4月1日から3月31日まで）の日にしてください。"),
            year=fiscal_year,
        )


def refund_due_on(issued_on: date, days: int) -> date:
    """納期限 of a 返還命令: so many days (setting) after its letter, moved to a day on which city hall is open."""
    return clock.open_day(issued_on + timedelta(days=days))
