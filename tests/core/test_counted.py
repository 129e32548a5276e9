"""Sentences about a number of things: English has another one for one; what stands in them is escaped in pages."""

import datetime as dt

import pytest
from flask import Flask, render_template_string
from markupsafe import Markup

from stations.committees.rules import CalendarPattern, Frequency, describe
from stations.core import clock, formatting
from stations.core.language import counted, translate_counted
from stations.core.language import gettext as _
from stations.core.web import LANGUAGE_COOKIE

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
ENGLISH = {"Cookie": f"{LANGUAGE_COOKIE}=en"}


@pytest.mark.parametrize(
    ("n", "english", "japanese"),
    [(1, "1 day left", "あと1日"), (2, "2 days left", "あと2日"), (1_000, "1,000 days left", "あと1,000日")],
)
def test_one_and_many(app: Flask, n: int, english: str, japanese: str):
    with app.test_request_context(headers=ENGLISH):
        assert counted("あと%(n)s日", n=n) == english
    with app.test_request_context():
        assert counted("あと%(n)s日", n=n) == japanese


@pytest.mark.parametrize(
    ("days", "said"), [(1, "(1 day left)"), (-1, "(1 day overdue)"), (3, "(3 days left)")]
)
def test_a_deadline_of_tomorrow(app: Flask, days: int, said: str):
    with app.test_request_context(headers=ENGLISH):
        assert formatting.due(clock.today() + dt.timedelta(days=days)).endswith(said)


def test_what_somebody_wrote_is_escaped(app: Flask):
    with app.test_request_context(headers=ENGLISH):
        said = translate_counted("%(name)s %(n)s件", name="<b>花子</b>", n=1)
        page = render_template_string("{{ counted('%(name)s %(n)s件', name='<b>', n=2) }}")
    assert said == Markup("&lt;b&gt;花子&lt;/b&gt;: 1 entry")
    assert page == "&lt;b&gt;: 2 entries"


def test_english_joins_the_weeks_of_a_month_in_its_own_way(app: Flask):
    pattern = CalendarPattern(
        frequency=Frequency.MONTHLY_WEEKDAY,
        weekday=5,
        nths=(2, 4),
        from_on=dt.date(2026, 4, 1),
        until_on=dt.date(2027, 3, 31),
        starts_at=dt.time(10),
        ends_at=dt.time(12),
    )
    with app.test_request_context(headers=ENGLISH):
        assert "2nd and 4th" in describe(pattern, _)
