"""The demonstration year could have been: people act when they are at work, money comes before it is spent."""

import datetime as dt
import io
import re
from collections.abc import Iterator

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask

from stations.applications.models import Plan, PlanAttachment
from stations.attendance.models import OpeningCount, OpeningRecord
from stations.attendance.rules import Counter
from stations.committees.models import Opening
from stations.core import clock, files
from stations.core.access import AGENCY_ROLES, OFFICIALS, Role
from stations.core.audit import Event
from stations.core.database import db
from stations.core.files import StoredFile
from stations.demo import referrals
from stations.demo.referrals import Said
from stations.grants.books.queries import cash_book, ledger
from stations.grants.letters.models import Letter
from stations.grants.models import Grant
from stations.grants.payments.models import Payment, Repayment
from stations.grants.rules import Status
from stations.meetings.models import Meeting
from stations.people.models import RoleAssignment
from stations.referrals.models import Observation, Referral
from stations.referrals.rules import AgeGroup
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
    lines = [(grant.id, line) for grant in every for line in cash_book.cash_book(grant).lines]
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
        assert 0 < ledger.balance(grant).spent <= grant.awarded_yen // 2


def frozen_figures(report: StoredFile) -> tuple[int, int]:
    """開催回数 and 延べ参加者数 as the PDF of a report says them."""
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(files.content(report))).pages)
    found = re.search(r"開催回数\D*([\d,]+)回\s*延べ参加者数\D*([\d,]+)人", text)
    assert found is not None
    openings, visits = (int(number.replace(",", "")) for number in found.groups())
    return openings, visits


def counted_by(grant: Grant, report: StoredFile) -> tuple[int, int]:
    """Openings of the report's period and their visits, of the records closed before the report was handed in."""
    first, _last = clock.fiscal_year_period(grant.fiscal_year)
    visits = sa.func.sum(sa.case((OpeningCount.counter == Counter.VISIT, OpeningCount.number), else_=0))
    row = db.session.execute(
        sa.select(sa.func.count(sa.distinct(Opening.id)), sa.func.coalesce(visits, 0))
        .join(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .join(OpeningCount, OpeningCount.record_id == OpeningRecord.id)
        .where(
            Opening.station_id == grant.station_id,
            Opening.on.between(first, grant.completed_on),
            OpeningRecord.closed_at <= report.stored_at,
        )
    ).one()
    return row[0], row[1]


def test_reports_count_what_was_recorded_by_then(in_demo: Flask):
    """Openings are written in the order of time with everything else: no report is frozen before its visits."""
    reported = db.session.scalars(sa.select(Grant).where(Grant.report_file_id.is_not(None))).all()
    said, counted = {}, {}
    for grant in reported:
        report = files.find(grant.report_file_id or 0)
        assert report is not None
        said[grant.id], counted[grant.id] = frozen_figures(report), counted_by(grant, report)
    assert said and said == counted


@pytest.mark.parametrize("demo", [LATE], indirect=True, ids=str)
def test_no_report_says_that_nobody_came(in_demo: Flask):
    reported = db.session.scalars(sa.select(Grant).where(Grant.report_file_id.is_not(None))).all()
    assert len(reported) >= 25 and {grant.fiscal_year for grant in reported} == {2025, 2026}
    reports = [files.find(grant.report_file_id or 0) for grant in reported]
    assert all(all(frozen_figures(report)) for report in reports if report is not None)


def test_some_plans_carry_papers(in_demo: Flask):
    """PDFs and pictures, of a plan still being written as well as of ones whose frozen version names them."""
    kept = db.session.scalars(sa.select(PlanAttachment).join(PlanAttachment.plan).order_by(Plan.id)).all()
    assert 3 <= len({paper.plan_id for paper in kept}) <= 6
    assert {paper.file.media_type for paper in kept} == {"application/pdf", "image/png"}
    assert all(paper.caption and len(files.content(paper.file)) == paper.file.size_bytes for paper in kept)
    frozen = {
        entry["sha256"]
        for paper in kept
        for version in paper.plan.versions
        for entry in version.content["attachments"]
    }
    assert frozen == {paper.file.sha256 for paper in kept if paper.plan.versions}
    assert frozen and any(not paper.plan.versions for paper in kept)


OLD = {AgeGroup.AGE_65_74, AgeGroup.AGE_75_PLUS}
# Words that tell how old somebody is or is not, whatever the table says.
TELLING = {
    "こどもだけ": {AgeGroup.UNDER_18},
    "学校": {AgeGroup.UNDER_18},
    "宿題": {AgeGroup.UNDER_18},
    "仕事を": {AgeGroup.AGE_18_39, AgeGroup.AGE_40_64},
    "午前中": set(AgeGroup) - {AgeGroup.UNDER_18},
    "帰りの道が分からなく": OLD,
    "長い距離を歩くのはつらい": {AgeGroup.AGE_40_64, *OLD},
}


def test_sentences_and_ages_agree_in_the_tables():
    for said in (*referrals.FACTS, *referrals.WISHES, *referrals.CARE):
        assert said.ages
        for word, ages in TELLING.items():
            assert word not in said.text or said.ages <= ages, said


def test_what_is_said_of_people_fits_their_age(in_demo: Flask):
    # One by one: what is sealed opens as what it was sealed as.
    every = [
        row
        for asked in (
            sa.select(Observation.facts, Observation.age_group),
            sa.select(Referral.wishes, Referral.age_group),
            sa.select(Referral.considerations, Referral.age_group),
        )
        for row in db.session.execute(asked)
    ]
    assert len(every) > 50
    tables: dict[str, Said] = {
        said.text: said for said in (*referrals.FACTS, *referrals.WISHES, *referrals.CARE)
    }
    assert [(text, age) for text, age in every if age not in tables[text].ages] == []
    assert [
        (text, age) for text, age in every for word in TELLING if word in text and age not in TELLING[word]
    ] == []
