"""催促 of a 実績報告: mails before and after its deadline, on the days that the year's settings name."""

from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import add, lock
from stations.core.messages import N_
from stations.grants.models import Grant
from stations.grants.notices import notify
from stations.grants.reports import rules
from stations.grants.reports.models import ReportReminder
from stations.grants.reports.queries import reminders
from stations.grants.reports.queries.reports import due_on as deadline
from stations.grants.rules import InPlaceAct


def remind_due() -> int:
    """Send what is due today and has not been sent; how many grants. It may run at any time and any number of times.

    What nights without a run have missed is made up for by the newest one only.
    """
    return sum(remind(grant=grant) for grant in reminders.owing_reports())


def remind(*, grant: Grant) -> bool:
    """Remind 代表 and 会計 of one report, if a day of reminding has come since the last one. Done by the system."""
    lock(grant)
    due_on = deadline(grant)
    if due_on is None or grant.setting is None or grant.status not in rules.REPORTABLE:
        return False
    today = clock.today()
    day = rules.reminder_due(
        due_on, grant.setting.terms.reminder_days, today=today, sent=reminders.reminded_days(grant)
    )
    if day is None:
        return False
    news = N_("実績報告の提出期限が近づいています")
    if today == due_on:
        news = N_("今日が実績報告の提出期限です")
    elif today > due_on:
        news = N_("実績報告の提出期限を過ぎています")
    mails = notify(grant, [Role.CHAIR, Role.TREASURER], news, by=None, due_on=due_on)
    add(ReportReminder(grant_id=grant.id, remind_on=day, due_on=due_on, sent_at=clock.now(), mails=mails))
    audit.record(grant, act=InPlaceAct.REMIND_REPORT, by=None, detail={"mails": mails})
    return True
