"""What the regular jobs did on the days of the demonstration: they do not run there, but their mails have gone out."""

import datetime as dt

from stations.core import clock
from stations.demo.diary import Days, Story, at
from stations.grants.reports.services import reminders

_HOUR = 7


def story(days: Days) -> Story:
    """`grants remind`, each morning: committees are reminded of their reports."""
    on = clock.local_date(days.begins) + dt.timedelta(days=1)
    while (time := at(on, _HOUR)) < days.ends:
        yield time
        reminders.remind_due()
        on += dt.timedelta(days=1)
