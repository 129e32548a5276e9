"""The demonstration: every state there is, books that balance, the same every time, accounts that sign in."""

import datetime as dt
import json
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import Status as PlanStatus
from stations.attendance.band_rules import STANDARD
from stations.attendance.models import AgeBandDraft, AttendanceEvent, OpeningCount
from stations.attendance.queries import bands, counts
from stations.attendance.rules import Counter
from stations.committees.models import Committee, District, Opening, Station
from stations.committees.rules import OpeningStatus, StationKind
from stations.core import clock
from stations.core.access import Role
from stations.core.audit import Event
from stations.core.config import Config
from stations.core.database import Model, db
from stations.core.drafts import DraftStatus
from stations.demo import load
from stations.grants.books.models import LedgerPosting, LedgerTransaction, Receipt
from stations.grants.books.queries import ledger
from stations.grants.letters.models import Letter
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.queries import budget_years
from stations.grants.reports.queries import reminders, reports
from stations.grants.reports.rules import reminder_due
from stations.grants.rules import PaymentStatus
from stations.grants.rules import Status as GrantStatus
from stations.grants.settings.models import SettingsDraft
from stations.meetings.models import Meeting
from stations.meetings.rules import MeetingStatus
from stations.people.models import Person, RoleAssignment
from stations.people.services.passwords import matches
from stations.people.services.sign_in import try_code, try_password
from stations.referrals.models import Agency, Observation, Referral
from stations.referrals.rules import ObservationStatus
from stations.referrals.rules import Status as ReferralStatus
from stations.reports.queries.home import home
from tests.demo.conftest import EARLY, LATE, loaded

# Loading takes half a minute of one core, and a busy machine gives a test only a part of one.
pytestmark = pytest.mark.timeout(900)

ACCOUNTS_NEEDED = [
    *(f"demo-{district}-{office}" for district in ("kogane", "mabashi") for office in ("chair", "drafter", "treasurer", "auditor")),
    "demo-farm-leader",
    "demo-farm-volunteer",
]  # fmt: skip


def count(model: type[Model], *which: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*which)) or 0


@pytest.mark.parametrize(
    ("model", "statuses"),
    [
        (Plan, PlanStatus),
        (Grant, GrantStatus),
        (Referral, ReferralStatus),
        (Observation, ObservationStatus),
        (Opening, OpeningStatus),
        (AgeBandDraft, {DraftStatus.APPROVED, DraftStatus.WAITING}),
        (PaymentRequest, PaymentStatus),
        (Meeting, set(MeetingStatus) - {MeetingStatus.OPEN}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_state_is_there(in_demo: Flask, model, statuses):
    assert set(db.session.scalars(sa.select(model.status).distinct())) >= set(statuses)


def test_every_role_is_held(in_demo: Flask):
    assert set(db.session.scalars(sa.select(RoleAssignment.role))) == set(Role)
    ended = count(RoleAssignment, RoleAssignment.to_on < clock.today())
    assert ended >= 2


def test_what_was_taken_back_and_what_waits_for_a_second_look_is_there(in_demo: Flask):
    withdrawn = {
        act for act in db.session.scalars(sa.select(Event.act).distinct()) if act.startswith("withdraw")
    }
    assert withdrawn >= {"withdraw", "withdraw_request", "withdraw_change"}
    assert count(SettingsDraft, SettingsDraft.decided_at.is_(None)) == 1
    second = count(
        Receipt,
        Receipt.grant_id == Grant.id,
        Grant.status == GrantStatus.REPORTED,
        Receipt.amount_yen > Grant.awarded_yen,
        Receipt.inspected_at.is_not(None),
        Receipt.finding == "",
        Receipt.confirmed_at.is_(None),
    )
    assert second >= 1


def test_each_year_has_its_own_age_bands(in_demo: Flask):
    last_year, this_year = bands.years_with_bands()
    last, now, coming = (
        [band.label for band in bands.bands_of(year)] for year in (last_year, this_year, this_year + 1)
    )
    assert now == coming == [band.label for band in STANDARD]
    assert [label for label in last if label not in now] == ["18–64歳"]
    counted = {band for (_month, band), visits in counts.visits_of_year(last_year).by_band.items() if visits}
    assert counted == {band.code for band in bands.bands_of(last_year)}


@pytest.mark.parametrize("demo", [LATE], indirect=True, ids=str)
def test_some_reports_are_due_in_these_days(in_demo: Flask):
    waiting = {GrantStatus.REPORT_RETURNED, GrantStatus.DISCONTINUED, GrantStatus.PARTLY_CANCELLED}
    due = [
        (day - LATE).days
        for grant in db.session.scalars(sa.select(Grant).where(Grant.status.in_(waiting)))
        if (day := reports.due_on(grant)) is not None
    ]
    assert [days for days in due if 0 <= days <= 14] and [days for days in due if days < 0]


def test_the_books_balance(in_demo: Flask):
    sums = db.session.execute(
        sa.select(LedgerTransaction.id, sa.func.sum(LedgerPosting.amount_yen))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .group_by(LedgerTransaction.id)
    ).all()
    assert len(sums) > 200
    assert {total for _transaction, total in sums} == {0}


@pytest.mark.parametrize("demo", [LATE], indirect=True, ids=str)
def test_last_year_closed_in_all_three_ways(in_demo: Flask):
    closed = db.session.scalars(
        sa.select(Grant).where(Grant.status == GrantStatus.CLOSED, Grant.fiscal_year == 2025)
    ).all()
    assert len(closed) >= 15
    refunds = [grant for grant in closed if grant.refund_yen]
    balances = count(PaymentRequest, PaymentRequest.kind == "balance")
    assert refunds and balances and len(closed) > len(refunds) + balances
    for grant in closed:
        balance = ledger.balance(grant)
        assert (balance.paid, balance.cash) == (grant.fixed_yen, 0)


@pytest.mark.parametrize("demo", [LATE], indirect=True, ids=str)
def test_two_of_last_year_were_settled_out_of_and_into_this_years_budget(in_demo: Flask):
    budgets = budget_years.budget_flows(2026).values()
    assert any(one.earlier for one in budgets) and any(one.income for one in budgets)


def test_letters_are_numbered_without_gaps_in_the_order_of_their_days(in_demo: Flask):
    for year in db.session.scalars(sa.select(Letter.fiscal_year).distinct()).all():
        letters = db.session.scalars(
            sa.select(Letter).where(Letter.fiscal_year == year).order_by(Letter.number)
        ).all()
        assert [letter.number for letter in letters] == list(range(1, len(letters) + 1))
        assert [letter.issued_on for letter in letters] == sorted(letter.issued_on for letter in letters)


def test_the_year_is_full_of_people(in_demo: Flask):
    visits = db.session.scalar(
        sa.select(sa.func.sum(OpeningCount.number)).where(OpeningCount.counter == Counter.VISIT)
    )
    assert 18_000 <= (visits or 0) <= 22_000


def test_the_city_is_whole(in_demo: Flask):
    assert count(District) == count(Committee) == 15
    running = db.session.scalars(
        sa.select(Station.committee_id).where(Station.opened_on.is_not(None)).distinct()
    ).all()
    assert len(running) == 13
    assert set(db.session.scalars(sa.select(Station.kind).distinct())) == set(StationKind)
    assert count(Agency, Agency.kind == "地域包括支援センター") == 15
    assert count(Agency, Agency.is_marugoto_desk.is_(True)) == 1
    assert count(Opening, Opening.rule_id.is_(None)) > 20  # roving stations and extra dates


def test_receipts_have_photos(in_demo: Flask):
    receipts = db.session.scalars(sa.select(Receipt)).all()
    assert len(receipts) > 150
    assert all(receipt.file.is_image for receipt in receipts)


def test_nothing_is_dated_after_the_day(demo: Flask, in_demo: Flask):
    newest = db.session.scalar(sa.select(sa.func.max(Event.at)))
    assert newest is not None
    last_paid = db.session.scalar(sa.select(sa.func.max(LedgerTransaction.happened_on)))
    assert last_paid is not None and last_paid <= clock.local_date(newest) <= LATE


def test_accounts_sign_in(demo: Flask):
    result = demo.test_cli_runner().invoke(args=["demo", "accounts"])
    assert result.exit_code == 0, result.output
    accounts = {account["login"]: account for account in map(json.loads, result.output.splitlines())}
    assert set(accounts) >= set(ACCOUNTS_NEEDED)
    assert {role for account in accounts.values() for role in account["roles"]} == {
        str(role) for role in Role
    }
    assert all(account["scope"] and "former" not in account["login"] for account in accounts.values())
    with demo.app_context():
        officer = accounts["demo-officer1"]
        attempt = try_password(login=officer["login"], password=officer["password"], address="192.0.2.1")
        assert attempt.person is not None
        code = pyotp.TOTP(officer["totp"]).now()
        assert try_code(attempt.person, code=code, address="192.0.2.1").person is attempt.person
        chair = db.session.scalars(sa.select(Person).filter_by(login="demo-kogane-chair")).one()
        assert matches(chair, accounts["demo-kogane-chair"]["password"])
        assert accounts["demo-kogane-chair"]["totp"] is None
        db.session.rollback()


def test_what_waits_for_somebody_tells_until_when(in_demo: Flask):
    tasks = [task for person in db.session.scalars(sa.select(Person)) for task in home(person).tasks]
    undated = {task.endpoint for task in tasks if task.due_on is None}
    account = {"people.enrol", "people.recovery_codes"}  # advice
    first_steps = {
        "committees.new_station",
        "applications.new",
    }  # no rule gives a new committee a day for them
    assert undated <= account | first_steps
    assert len({task.endpoint for task in tasks}) > 20


@pytest.mark.parametrize("demo", [EARLY], indirect=True, ids=str)
def test_the_same_day_gives_the_same_demonstration(demo: Flask, tmp_path: Path):
    again = loaded(tmp_path, EARLY)
    assert figures(demo) == figures(again)


def figures(app: Flask) -> list[object]:
    """How many rows each table has, who and how much stands in some, what plans carry and who was counted."""
    with app.app_context():
        tables = [
            (name, db.session.scalar(sa.select(sa.func.count()).select_from(table)))
            for name, table in sorted(Model.metadata.tables.items())
        ]
        money = db.session.execute(sa.select(Grant.id, Grant.status, Grant.awarded_yen, Grant.fixed_yen))
        names = db.session.scalars(sa.select(Person.name).order_by(Person.id))
        plans = db.session.scalars(sa.select(PlanVersion.sha256).order_by(PlanVersion.id))
        happened = (AttendanceEvent.opening_id, AttendanceEvent.kind)
        counted = (AttendanceEvent.counter, AttendanceEvent.band, AttendanceEvent.delta)
        taps = db.session.execute(sa.select(*happened, *counted).order_by(AttendanceEvent.id))
        found = [*tables, *(tuple(row) for row in money), *names, *plans, *(tuple(row) for row in taps)]
        db.session.rollback()
    return found


def test_it_is_loaded_once_only(demo: Flask):
    result = demo.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert "already holds people" in result.output


def test_it_is_never_loaded_into_production(in_demo: Flask):
    with pytest.raises(load.Refused, match="production"):
        load.check(
            Config(
                mode="production",
                database_url="sqlite:///x",
                secret_key="long enough to be a secret, really",
                data_keys="AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
                base_url="https://stations.example.jp",
                mayor_name="見本 太郎",
                contact_phone="047-000-1234",
            )
        )


def test_every_reminder_that_the_list_of_late_reports_promises_has_gone_out(in_demo: Flask):
    """The job does not run in the demonstration: what it would have sent until the last morning stands there."""
    last = db.session.scalars(sa.select(sa.func.max(Event.at))).one()
    yesterday = clock.local_date(last) - dt.timedelta(days=1)
    owing = reminders.owing_reports()
    waiting = []
    for grant in owing:
        due, setting, sent = reports.due_on(grant), grant.setting, reminders.reminded_days(grant)
        assert setting is not None
        if due is not None and reminder_due(due, setting.terms.reminder_days, today=yesterday, sent=sent):
            waiting.append(grant.id)
    assert owing and waiting == []
