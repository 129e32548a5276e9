"""A finding after 完結: a record of the open year that names the closed grant, whose books are never altered."""

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stations.core import audit, clock
from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.books.queries import ledger
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.pages import tasks
from stations.grants.rules import RecoveryAct, RecoveryStatus, Status
from stations.grants.settings.rules import FiscalTerms
from stations.grants.settlement.queries import recoveries as recovery_queries
from stations.grants.settlement.rules import recovering
from stations.grants.settlement.services import determinations, recoveries
from stations.grants.workflow import RECOVERY
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import PageClient
from tests.support.refusals import refused
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    drafted approve decided
    drafted send_back returned
    decided issue ordered
    ordered record repaid
    repaid reverse ordered
""")
OPEN = dt.datetime(2027, 11, 10, 3, tzinfo=dt.UTC)
"""A day of the year after the grant's (2026): its cash is closed."""


@every_pair(RecoveryStatus, RecoveryAct)
def test_every_act_in_every_state(status: RecoveryStatus, act: RecoveryAct) -> None:
    check_step(RECOVERY.next_status, status, act, STEPS)


def test_the_table_as_a_whole() -> None:
    check_whole(RecoveryStatus, RecoveryAct, STEPS, start="drafted", ends={"returned"})


TERMS = FiscalTerms(fiscal_year=2026)


@pytest.mark.parametrize(
    ("eligible", "income", "kept", "disallowed", "left"),
    [
        (60_000, 0, 60_000, 12_000, 48_000),
        (60_986, 0, 60_000, 500, 60_000),  # within the rounding: nothing comes back
        (60_000, 5_000, 55_000, 1, 54_000),
        (250_000, 0, 180_000, 70_000, 180_000),  # the award was less than what was spent
        (60_000, 0, 60_000, 60_000, 0),
        (60_000, 0, 20_000, 30_000, 20_000),  # a 取消し had left less already
    ],
)
def test_what_is_left_after_a_finding(eligible: int, income: int, kept: int, disallowed: int, left: int):
    assert recovering.left(eligible, income, TERMS, 180_000, kept=kept, disallowed=disallowed) == left


@given(st.integers(0, 300_000), st.integers(0, 50_000), st.integers(0, 180_000), st.integers(0, 300_000))
def test_a_finding_never_gives_more(eligible: int, income: int, kept: int, disallowed: int) -> None:
    left = recovering.left(eligible, income, TERMS, 180_000, kept=kept, disallowed=disallowed)
    assert 0 <= left <= kept
    assert left <= max(0, eligible - disallowed)


def closed(made: grants.Team) -> Grant:
    """60,000円 spent, inspected and kept."""
    grant = grants.active(made)
    grants.paid(made, 60_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    determinations.close(grant=grant, by=made.officer)
    grants.settings(2027, by=made.approver)
    return grant


def test_a_finding_goes_its_whole_way_in_the_open_year(db_session: Session):
    made = grants.team(year=2026)
    grant = closed(made)
    before = (ledger.postings_of(grant), grant.fixed_yen, ledger.balance(grant), grant.closed_on)
    with clock.frozen_at(OPEN):
        found = recoveries.draft(
            grant=grant, disallowed_yen=12_000, reason="架空の領収書が見つかった", by=made.officer
        )
        assert (found.fiscal_year, found.amount_yen, found.kept_yen) == (2027, 12_000, 48_000)
        with pytest.raises(Conflict):  # one at a time
            recoveries.draft(grant=grant, disallowed_yen=1_000, reason="ほか", by=made.officer)
        recoveries.approve(recovery=found, by=made.approver)
        letter = recoveries.issue(recovery=found, by=made.officer)
        assert (letter.kind, letter.fiscal_year) == ("recovery", 2027)
        assert found.due_on is not None and clock.is_business_day(found.due_on)
        recoveries.record(recovery=found, received_on=clock.today(), reference="納1", by=made.cashier)
        assert (found.status, found.budget_year, found.prior_year_income) == ("repaid", 2027, True)
    assert grant.status is Status.CLOSED
    assert before == (ledger.postings_of(grant), grant.fixed_yen, ledger.balance(grant), grant.closed_on)
    assert recovery_queries.kept_now(grant) == 48_000


def test_a_second_finding_counts_on_from_the_first(db_session: Session):
    made = grants.team(year=2026)
    grant = closed(made)
    with clock.frozen_at(OPEN):
        first = recoveries.draft(grant=grant, disallowed_yen=12_000, reason="架空", by=made.officer)
        recoveries.approve(recovery=first, by=made.approver)
        recoveries.issue(recovery=first, by=made.officer)
        recoveries.record(recovery=first, received_on=clock.today(), by=made.cashier)
        with pytest.raises(RuleBroken) as broken:
            recoveries.draft(grant=grant, disallowed_yen=48_001, reason="架空", by=made.officer)
        assert broken.value.field == "disallowed_yen"
        second = recoveries.draft(grant=grant, disallowed_yen=48_000, reason="架空", by=made.officer)
        assert (second.amount_yen, second.kept_yen) == (48_000, 0)


def test_four_eyes_recusal_and_roles(db_session: Session):
    made = grants.team(year=2026)
    grant = closed(made)
    cast.give(made.officer, Role.APPROVER)
    cast.give(made.approver, Role.CASHIER)
    for person in (made.approver, made.cashier, made.chair):
        with pytest.raises(NotAllowed):
            recoveries.draft(grant=grant, disallowed_yen=1_000, reason="架空", by=person)
    found = recoveries.draft(grant=grant, disallowed_yen=1_000, reason="架空", by=made.officer)
    for person in (made.officer, made.other_officer):
        with pytest.raises(NotAllowed):
            recoveries.approve(recovery=found, by=person)
    sitting = cast.person(Role.APPROVER)
    cast.give(sitting, Role.DRAFTER, of=made.plan.committee)
    with pytest.raises(NotAllowed):
        recoveries.approve(recovery=found, by=sitting)
    with refused(RuleBroken, "reason"):
        recoveries.send_back(recovery=found, reason=" ", by=made.approver)
    recoveries.approve(recovery=found, by=made.approver)
    recoveries.issue(recovery=found, by=made.other_officer)
    with pytest.raises(NotAllowed):
        recoveries.record(recovery=found, received_on=clock.today(), by=made.approver)
    recoveries.record(recovery=found, received_on=clock.today(), by=made.cashier)
    recoveries.reverse(recovery=found, reason="日付の誤り", by=made.cashier)
    assert (found.status, found.received_on) == ("ordered", None)


def test_only_a_closed_grant_has_findings_and_only_of_money_it_kept(db_session: Session):
    made = grants.team(year=2026)
    grant = grants.active(made)
    with pytest.raises(Conflict):
        recoveries.draft(grant=grant, disallowed_yen=1_000, reason="架空", by=made.officer)
    grants.cancelled(made)
    letters.issue_cancellation(grant=grant, by=made.officer)
    determinations.close(grant=grant, by=made.officer)
    with refused(RuleBroken, "disallowed_yen"):
        recoveries.draft(grant=grant, disallowed_yen=1_000, reason="架空", by=made.officer)


def test_the_database_holds_four_eyes(db_session: Session):
    made = grants.team(year=2026)
    found = recoveries.draft(grant=closed(made), disallowed_yen=1_000, reason="架空", by=made.officer)
    found.status, found.decided_by_id, found.decided_at = (
        RecoveryStatus.DECIDED,
        made.officer.id,
        clock.now(),
    )
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_through_the_pages_and_on_the_lists(app: Flask, db_session: Session):
    made = grants.team(year=2026)
    grant = closed(made)
    db_session.commit()

    def as_(person: Person) -> PageClient:
        client = PageClient(app)
        client.sign_in(person)
        return client

    here = f"/grants/{grant.id}"
    officer, approver, cashier, chair = map(as_, (made.officer, made.approver, made.cashier, made.chair))
    page = officer.click(officer.get(here), "完結後の返還を起案する")
    page = officer.submit(page, "起案して決裁に回す", disallowed_yen="70,000", reason="架空の領収書")
    assert "60,000円まで" in page.text
    officer.submit(page, "起案して決裁に回す", disallowed_yen="12,000")
    assert "架空の領収書" not in chair.get(here).text
    (task,) = tasks.waiting_for(made.approver)
    assert task.endpoint == "grants.approve_recovery"
    assert task.due_on is not None and task.due_on > clock.today(), "counted from the draft"
    page = approver.click(approver.get(here), "完結後の返還を決裁する")
    assert "48,000円" in page.text and "12,000円" in page.text
    approver.submit(page, "返還を命じる")
    assert [task.endpoint for task in tasks.waiting_for(made.officer)] == ["grants.issue_recovery"]
    officer.submit(officer.click(officer.get(here), "返還命令書（完結後）を施行する"), "施行する")
    assert "12,000円" in chair.get(here).text
    assert [task.endpoint for task in tasks.waiting_for(made.treasurer)] == ["grants.grant"]
    page = cashier.click(cashier.get(here), "入金を記録する")
    cashier.submit(page, "入金を記録する")
    assert "入金済" in officer.get(here).text
    acts = {entry.act for entry in audit.timeline(*recovery_queries.recoveries(grant))}
    assert acts == {"draft_recovery", "approve", "issue", "record"}
