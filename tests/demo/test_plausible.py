"""The demonstration year could have been: people act when they are at work, money comes before it is spent."""

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.core import clock
from stations.core.access import AGENCY_ROLES, OFFICIALS, Role
from stations.core.audit import Event
from stations.core.database import db
from stations.grants import queries
from stations.grants.models import Grant, Letter, Payment, Repayment
from stations.grants.queries import books
from stations.grants.rules import Status
from stations.meetings.models import Meeting
from stations.people.models import RoleAssignment
from tests.demo.conftest import EARLY, LATE

pytestmark = pytest.mark.timeout(900)  # as in test_demo

OFFICE_HOURS = (dt.time(8, 30), dt.time(17, 15))


def acts(*which: sa.ColumnElement[bool]) -> Iterator[tuple[dt.datetime, str]]:
    """When, in Matsudo, and what."""
    for at, object_type, act in db.session.execute(
        sa.select(Event.at, Event.object_type, Event.act).where(*which)
    ):
        yield at.astimezone(clock.TOKYO), f"{object_type} {act}"


def test_officials_and_case_workers_act_in_office_hours(in_demo: Flask):
    desks = sa.select(RoleAssignment.person_id).where(RoleAssignment.role.in_(OFFICIALS | AGENCY_ROLES))
    found = list(acts(Event.by_id.in_(desks)))
    assert len(found) > 1_000
    opens, closes = OFFICE_HOURS
    assert [
        (at, what)
        for at, what in found
        if not (clock.is_business_day(at.date()) and opens <= at.time() <= closes)
    ] == []


def test_nobody_acts_at_night(in_demo: Flask):
    assert [(at, what) for at, what in acts() if not dt.time(7) <= at.time() < dt.time(22)] == []


def test_what_the_city_dates_is_dated_on_office_days(in_demo: Flask):
    for column in (Letter.issued_on, Payment.paid_on, Repayment.received_on, Meeting.held_on):
        days = db.session.scalars(sa.select(column).distinct()).all()
        assert days and [day for day in days if not clock.is_business_day(day)] == []


@pytest.mark.parametrize("demo", [LATE], indirect=True, ids=str)
def test_committees_also_work_in_the_evening_and_at_weekends(in_demo: Flask):
    treasurers = sa.select(RoleAssignment.person_id).where(RoleAssignment.role == Role.TREASURER)
    found = [at for at, _what in acts(Event.by_id.in_(treasurers))]
    assert any(at.weekday() >= 5 for at in found) and any(at.hour >= 18 for at in found)


def awarded_last_year(today: dt.date) -> list[Grant]:
    return list(
        db.session.scalars(
            sa.select(Grant).where(
                Grant.fiscal_year == clock.fiscal_year(today) - 1,
                Grant.awarded_yen.is_not(None),
                Grant.status.not_in([Status.REFUSED, Status.WITHDRAWN]),
            )
        )
    )


@pytest.mark.parametrize("demo", [LATE], indirect=True, ids=str)
def test_last_year_is_closed(in_demo: Flask):
    """From 6-1 on, when the year's cash may move no more (出納整理期間): every award of last year is 完結."""
    last_year = awarded_last_year(LATE)
    assert len(last_year) >= 15
    assert {grant.status for grant in last_year} == {Status.CLOSED}


@pytest.mark.parametrize("demo", [EARLY], indirect=True, ids=str)
def test_in_april_last_year_is_being_reported(in_demo: Flask):
    """On 4-3 the work is done and the reports, due by 4-10, come in: nothing can be inspected or closed yet."""
    last_year = awarded_last_year(EARLY)
    assert len(last_year) >= 15
    assert {grant.status for grant in last_year} <= {Status.ACTIVE, Status.REPORTED}


def test_no_committee_spends_money_that_it_does_not_have(in_demo: Flask):
    every = db.session.scalars(sa.select(Grant)).all()
    lines = [(grant.id, line) for grant in every for line in books.cash_book(grant).lines]
    assert len(lines) > 200
    assert [
        (grant_id, line.happened_on, line.balance_yen) for grant_id, line in lines if line.balance_yen < 0
    ] == []


@pytest.mark.parametrize("status", [Status.DISCONTINUED, Status.CANCELLED])
def test_what_stopped_early_has_spent_a_part(in_demo: Flask, status: Status):
    stopped = db.session.scalars(sa.select(Grant).where(Grant.status == status)).all()
    assert stopped
    for grant in stopped:
        assert grant.awarded_yen is not None
        assert 0 < queries.standing(grant).spent <= grant.awarded_yen // 2
