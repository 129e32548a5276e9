"""Dates as each reader counts them."""

import datetime as dt

import pytest
from flask import Flask
from flask_login import login_user
from sqlalchemy.orm import Session

from stations.core import formatting
from stations.core.access import COMMITTEE_ROLES, Role
from tests.support import cast

DAY = dt.date(2026, 10, 3)


@pytest.mark.parametrize(
    ("role", "written"),
    [
        (Role.OFFICER, "令和8年10月3日（土）"),
        (Role.EXTERNAL_AUDITOR, "令和8年10月3日（土）"),
        (Role.SECRETARIAT, "令和8年10月3日（土）"),
        (Role.GENERAL_MEMBER, "2026年10月3日（土）"),
        (Role.CHAIR, "2026年10月3日（土）"),
        (Role.DRAFTER, "2026年10月3日（土）"),
    ],
)
def test_officials_count_by_era_and_everybody_else_in_western_years(
    app: Flask, db_session: Session, role: Role, written: str
):
    person = cast.person(role, of=cast.committee() if role in COMMITTEE_ROLES else None)
    with app.test_request_context():
        login_user(person)
        assert formatting.date(DAY) == written


def test_a_stranger_and_a_command_read_western_years(app: Flask, db_session: Session):
    assert formatting.date(DAY) == "2026年10月3日（土）"
    with app.test_request_context():
        assert formatting.date(DAY) == "2026年10月3日（土）"


def test_a_point_in_time_has_its_day_in_tokyo(app: Flask, db_session: Session):
    late = dt.datetime(2026, 10, 2, 15, 30, tzinfo=dt.UTC)
    with app.test_request_context():
        assert formatting.date(late) == "2026年10月3日（土）"
        assert formatting.datetime(late) == "2026年10月3日（土）00:30"
