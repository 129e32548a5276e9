"""Reports that do not come: deadline and age in sight, reminders by mail once a day that is set, then 取消し."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.database import add
from stations.core.messages import RuleBroken
from stations.core.outbox import OutboxMail
from stations.grants import disclosure, notices
from stations.grants.models import Grant
from stations.grants.pages import tasks
from stations.grants.pages.late_reports import awaited
from stations.grants.reports import rules as reporting
from stations.grants.reports.models import ReportReminder
from stations.grants.reports.queries.reports import due_on
from stations.grants.reports.services import reminders, reports
from stations.grants.rules import Status
from stations.grants.settings import queries as year_settings
from stations.grants.settings import rules as terms
from stations.grants.settings import services as settings
from stations.grants.settings.rules import FiscalTerms
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support.client import PageClient

DAYS = (-7, 0, 7, 14)
DUE = dt.date(2027, 4, 10)


def signed_in(app: Flask, person: Person) -> PageClient:
    client = PageClient(app)
    client.sign_in(person)
    return client


def on(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(3), dt.UTC)


@pytest.mark.parametrize(
    ("today", "sent", "wanted"),
    [
        ((4, 2), [], None),
        ((4, 3), [], (4, 3)),
        ((4, 3), [(4, 3)], None),
        ((4, 5), [], (4, 3)),  # a missed night
        ((4, 10), [(4, 3)], (4, 10)),
        ((4, 20), [], (4, 17)),  # the newest of several that were missed, and no other
        ((4, 24), [(4, 3), (4, 17)], (4, 24)),
        ((9, 1), [(4, 24)], None),
        ((4, 11), [(4, 12)], None),  # the deadline moved to an earlier day meanwhile
    ],
)
def test_which_reminder_is_due(
    today: tuple[int, int], sent: list[tuple[int, int]], wanted: tuple[int, int] | None
) -> None:
    found = reporting.reminder_due(
        DUE, DAYS, today=dt.date(2027, *today), sent=[dt.date(2027, *day) for day in sent]
    )
    assert found == (None if wanted is None else dt.date(2027, *wanted))


@given(nights=st.sets(st.integers(0, 60)), days=st.sets(st.integers(-20, 30), max_size=5))
def test_on_whatever_nights_the_job_runs_each_day_is_reminded_of_at_most_once(
    nights: set[int], days: set[int]
) -> None:
    sent: list[dt.date] = []
    for night in sorted(nights):
        today = DUE + dt.timedelta(days=night - 30)
        for _run in range(2):
            day = reporting.reminder_due(DUE, sorted(days), today=today, sent=sent)
            if day is not None:
                sent.append(day)
                assert day <= today
    assert len(sent) == len(set(sent)) <= len(days)
    assert sent == sorted(sent)


@pytest.mark.parametrize(("text", "days"), [("-7, 0, 7, 14", DAYS), ("－７、０，７", (-7, 0, 7)), ("", ())])
def test_reminder_days_as_people_type_them(text: str, days: tuple[int, ...]) -> None:
    assert terms.parse_reminder_days(text) == days


@pytest.mark.parametrize("text", ["毎日", "1.5", "-400", "3, 3"])
def test_reminder_days_that_could_not_work(text: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        terms.parse_reminder_days(text)
    assert broken.value.field == "reminder_days"


def test_a_report_that_does_not_come_is_reminded_of_and_stands_on_the_officers_list(
    app: Flask, db_session: Session
):
    made = grants.team(year=2026)
    grant = grants.active(made)
    grants.paid(made, 30_000)
    made.chair.email, made.treasurer.email = "chair@demo.example", "treasurer@demo.example"
    db_session.execute(sa.delete(OutboxMail))
    with time_machine.travel(on(dt.date(2027, 4, 12))):  # the pages too
        assert disclosure.shown_status(made.officer, grant) is Status.ACTIVE
        (row,) = awaited(made.officer)
        assert (row.grant_id, row.due_on, row.days_late, row.cash) == (grant.id, DUE, 2, 30_000)
        (task,) = [one for one in tasks.waiting_for(made.officer) if one.due_on == DUE]
        assert task.late
        page = signed_in(app, made.officer).get("/grants/reports-due")
        assert "2日超過" in page.text and "30,000円" in page.text and "まだ" in page.text
        assert "2日超過" in signed_in(app, made.officer).get("/home").text
        assert reminders.remind_due() == 1
        assert reminders.remind_due() == 0
    mails = db_session.scalars(sa.select(OutboxMail)).all()
    assert {mail.to_address for mail in mails} == {made.chair.email, made.treasurer.email}
    said = "".join(mail.subject + mail.body for mail in mails)
    assert "提出期限を過ぎています" in said
    for private in (made.chair.name, made.treasurer.name, "30,000"):
        assert private not in said
    assert db_session.scalars(sa.select(ReportReminder.remind_on)).all() == [DUE]
    with clock.frozen_at(on(dt.date(2027, 4, 24))):
        assert reminders.remind_due() == 1
        (row,) = awaited(made.officer)
        assert (row.days_late, row.reminded_on) == (14, dt.date(2027, 4, 24))
        assert not row.reminders_over
    with clock.frozen_at(on(dt.date(2027, 4, 25))):
        assert awaited(made.officer)[0].reminders_over, "then the award is taken back"


def test_the_nightly_job_reminds_and_says_how_many(app: Flask, db_session: Session):
    made = grants.team(year=2026)
    grant = grants.active(made)
    grant.report_due_on = clock.today()
    db_session.commit()
    run = app.test_cli_runner().invoke
    assert [run(args=["grants", "remind"]).output for _night in range(2)] == ["reminded 1\n", "reminded 0\n"]


def test_a_grant_that_fails_keeps_no_other_from_its_reminder(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    before, broken, after = [grants.active(grants.team(year=2026)) for _nth in range(3)]
    for grant in (before, broken, after):
        grant.report_due_on = clock.today()
    db_session.commit()
    wanted, mail = [before.id, after.id], notices.notify

    def notify(grant: Grant, *args: Any, **more: Any) -> int:
        if grant.id == broken.id:
            raise RuntimeError("no such mail")
        return mail(grant, *args, **more)

    monkeypatch.setattr(reminders, "notify", notify)
    run = app.test_cli_runner().invoke(args=["grants", "remind"])
    db_session.rollback()
    assert (run.exit_code, run.output) == (1, "reminded 2\n")
    assert db_session.scalars(sa.select(ReportReminder.grant_id).order_by(ReportReminder.id)).all() == wanted
    assert "grant not reminded" in caplog.text


def test_one_reminder_a_day_is_held_by_the_database(db_session: Session):
    made = grants.team(year=2026)
    grant = grants.active(made)
    for expected in (None, IntegrityError):
        row = ReportReminder(grant_id=grant.id, remind_on=DUE, due_on=DUE, sent_at=clock.now(), mails=1)
        if expected is None:
            add(row)
            continue
        with pytest.raises(expected):
            add(row)
        db_session.rollback()


def test_who_has_reported_is_not_reminded(db_session: Session):
    made = grants.team(year=2026)
    grant = grants.active(made)
    grants.inspected(made)
    with clock.frozen_at(on(dt.date(2027, 4, 12))):
        assert reminders.remind_due() == 0
        assert awaited(made.officer) == []
    assert grant.status is Status.INSPECTED


def test_a_report_that_came_back_has_a_deadline_of_its_own(db_session: Session):
    made = grants.team(year=2026)
    grant = grants.active(made)
    grants.inspected(made)
    with clock.frozen_at(on(dt.date(2027, 4, 20))):
        reports.return_report(grant=grant, reason="宛名", by=made.officer)
        due = due_on(grant)
        assert due is not None and due >= dt.date(2027, 5, 4) and clock.is_business_day(due)
        assert [row.days_late for row in awaited(made.officer)] == [(clock.today() - due).days]


def test_committees_see_only_their_own_reports(db_session: Session):
    made, other = grants.team(year=2026), grants.team(year=2026)
    grants.active(made)
    grants.active(other)
    with clock.frozen_at(on(dt.date(2027, 4, 12))):
        assert len(awaited(made.officer)) == 2
        assert [row.grant_id for row in awaited(made.chair)] == [made.grant.id]


def test_the_days_are_a_setting_that_may_change_during_the_year(db_session: Session):
    made = grants.team(year=2026)
    grants.active(made)
    setting = year_settings.settings(2026)
    assert setting is not None and setting.terms.reminder_days == DAYS
    settings.change_deadlines(
        setting=setting, processing_days=40, resubmit_days=10, reminder_days=(3,), by=made.approver
    )
    assert setting.terms == FiscalTerms(
        fiscal_year=2026,
        document_prefix="見本共",
        processing_days=40,
        resubmit_days=10,
        reminder_days=(3,),
    )
    with clock.frozen_at(on(dt.date(2027, 4, 12))):
        assert reminders.remind_due() == 0
    with clock.frozen_at(on(dt.date(2027, 4, 13))):
        assert reminders.remind_due() == 1
