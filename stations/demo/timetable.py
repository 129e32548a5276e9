"""When things happen to a grant: days of last year as a city keeps them, parts of this year so far."""

import datetime as dt
from enum import StrEnum

from stations.demo.diary import Days
from stations.demo.undertakings import Session, Undertaking
from stations.grants.rules import Status


class When(StrEnum):
    """The dates of a grant's life, in order."""

    APPLY = "apply"
    REVIEW = "review"
    DRAFT = "draft"
    APPROVE = "approve"
    ISSUE = "issue"
    REQUEST = "request"
    ORDER = "order"
    PAY = "pay"
    SPEND_FROM = "spend_from"
    SPEND_TO = "spend_to"
    COMPLETE = "complete"
    AUDIT = "audit"
    REPORT = "report"
    INSPECT = "inspect"
    DETERMINE = "determine"
    NOTIFY = "notify"
    SETTLE = "settle"
    CASH = "cash"
    CLOSE = "close"


# (month, day) around the fiscal year before this one.
_LAST_YEAR = (
    (4, 3), (4, 4), (4, 9), (4, 14), (4, 16), (4, 18), (4, 24), (5, 1), (5, 7), (15, 20),
    (15, 25), (15, 30), (16, 3), (16, 13), (16, 20), (16, 22), (16, 24), (17, 11), (17, 18),
)  # fmt: skip
# Two were settled in June, when the cash of their year had closed: a balance out of the new budget (過年度支出), and a
# repayment into it (過年度収入).
_SETTLED_LATE = ("rokkodai", "engawa")
_IN_JUNE = {When.SETTLE: (18, 2), When.CASH: (18, 9), When.CLOSE: (18, 16)}
_LAST_AUTUMN = ((9, 24), (9, 25), (9, 29), (10, 2), (10, 5), (10, 6), (10, 8), (10, 14), (10, 16))
_PROJECT = (
    0.01, 0.02, 0.03, 0.05, 0.06, 0.07, 0.09, 0.11, 0.13, 0.4,
    0.42, 0.46, 0.5, 0.56, 0.62, 0.66, 0.7, 0.78, 0.86,
)  # fmt: skip
# Work that went on until lately: its report is due in these days.
_RECENT = (
    0.01, 0.02, 0.03, 0.05, 0.06, 0.07, 0.09, 0.11, 0.13, 0.86,
    0.88, 0.9, 0.94, 0.97, 0.975, 0.98, 0.985, 0.99, 0.995,
)  # fmt: skip
_DUE_SOON = (Status.REPORT_RETURNED, Status.DISCONTINUED)
_WHOLE_YEAR = (0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.09, 0.1, 0.95)
_LATER = {Session.SUMMER: 0.32, Session.AUTUMN: 0.74}


class Timetable:
    """The dates of one grant."""

    def __init__(self, days: Days, task: Undertaking, jitter: float) -> None:
        """``jitter`` (0 … 1) keeps grants from happening all at the same minute."""
        self._days, self._task, self._jitter = days, task, jitter

    def at(self, when: When, shift: float = 0) -> dt.datetime:
        """The time of ``when``; ``shift`` (0 … 1): so far on the way to the next date."""
        every = list(When)
        place = every.index(when)
        here = self._at(place)
        following = self._at(min(place + 1, len(every) - 1))
        return self._days.between(here, following, min(shift + self._jitter * 0.2, 0.95))

    def _at(self, place: int) -> dt.datetime:
        task = self._task
        if task.last_year:
            autumn = task.session is Session.LAST_AUTUMN and place < len(_LAST_AUTUMN)
            month, day = (_LAST_AUTUMN if autumn else _LAST_YEAR)[place]
            if task.whole_year and task.place.key in _SETTLED_LATE:
                month, day = _IN_JUNE.get(list(When)[place], (month, day))
            return self._day(month, day)
        if task.session in _LATER:
            first = _LATER[task.session]
            return self._days.share(first + (0.99 - first) * _PROJECT[place])
        if task.grant in _DUE_SOON:
            return self._days.share(_RECENT[place])
        parts = _WHOLE_YEAR if task.whole_year and place < len(_WHOLE_YEAR) else _PROJECT
        return self._days.share(parts[place])

    def _day(self, month: int, day: int) -> dt.datetime:
        """Months count on beyond December: 15 is March of the next calendar year."""
        year = self._days.year - 1 + (month - 1) // 12
        return self._days.office_day(dt.date(year, (month - 1) % 12 + 1, day), 10)
