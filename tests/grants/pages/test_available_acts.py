"""What waits for whom on the home page, and what a grant's page offers."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.grants import labels
from stations.grants.awards.queries import decisions
from stations.grants.awards.rules import granting
from stations.grants.awards.services import awards, cancellations, changes
from stations.grants.letters.services import letters
from stations.grants.pages import available_acts, tasks
from stations.grants.payments.services import payments
from stations.grants.rules import Status
from stations.grants.settings import queries as settings
from stations.grants.settlement.services import determinations, refunds
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support import cast
from tests.support.statements import recorded


def waits(person: Person) -> list[str]:
    return [task.endpoint for task in tasks.waiting_for(person)]


def test_the_ball_goes_from_hand_to_hand(db_session: Session):
    made = grants.team()
    assert waits(made.chair) == ["grants.apply"]
    grant = grants.applied(made)
    assert waits(made.chair) == []
    assert waits(made.officer) == ["grants.begin_review"]
    awards.begin_review(grant=grant, by=made.officer)
    assert waits(made.officer) == ["grants.draft_award"]
    awards.draft_award(grant=grant, awarded_yen=100_000, by=made.officer)
    assert (waits(made.officer), waits(made.approver)) == ([], ["grants.decide"])
    awards.approve_decision(grant=grant, by=made.approver)
    assert (waits(made.approver), waits(made.officer)) == ([], ["grants.issue"])
    letters.issue(grant=grant, by=made.officer)
    assert "grants.advance" in waits(made.treasurer)
    request = grants.requested(made, 50_000)
    assert "grants.advance" not in waits(made.treasurer)
    assert waits(made.officer) == ["grants.draft_order"]
    payments.draft_order(request=request, by=made.officer)
    assert (waits(made.officer), waits(made.approver)) == ([], ["grants.order"])
    payments.order_payment(request=request, by=made.approver)
    assert (waits(made.approver), waits(made.cashier)) == ([], ["grants.record_payment"])
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    assert waits(made.cashier) == []


def test_a_refund_waits_with_its_due_date(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 40_000, line=2)
    grants.determined(made)
    assert waits(made.officer) == ["grants.draft_refund"]
    grants.refund_due(made)
    for person in (made.cashier, made.treasurer):
        assert [task.due_on for task in tasks.waiting_for(person)] == [grant.refund_due_on]


def test_what_a_committee_hands_in_is_due_at_the_end_of_the_processing_time(
    db_session: Session, monkeypatch: pytest.MonkeyPatch
):
    made = grants.team()
    setting = settings.settings(made.plan.fiscal_year)
    assert setting is not None
    setting.processing_days = 12
    today = clock.today()
    monkeypatch.setattr(clock, "is_business_day", lambda on: True)  # counted in plain days here

    def due(person: Person, on: dt.date) -> dict[str, int | None]:
        """Days from ``on`` to the end of each task."""
        return {
            task.endpoint: (task.due_on - on).days if task.due_on else None
            for task in tasks.waiting_for(person)
        }

    grants.deciding(made)
    made.grant.applied_at -= dt.timedelta(days=3)
    assert due(made.approver, today) == {"grants.decide": 9}
    awards.approve_decision(grant=made.grant, by=made.approver)
    assert due(made.officer, today) == {"grants.issue": 9}
    letters.issue(grant=made.grant, by=made.officer)
    request = grants.requested(made, 50_000)
    request.requested_at -= dt.timedelta(days=1)
    assert due(made.officer, today) == {"grants.draft_order": 11}
    grants.order(made, request)
    assert due(made.cashier, today) == {"grants.record_payment": 11}
    payments.record_payment(request=request, paid_on=today, by=made.cashier)
    moves = dict(zip(made.grant.lines, (20_000, -20_000, 0, 0), strict=True))
    budgets = {line.id: line.awarded_yen + move for line, move in moves.items()}
    change = changes.request_change(grant=made.grant, budgets=budgets, reason="広い部屋", by=made.chair)
    change.requested_at -= dt.timedelta(days=2)
    assert due(made.approver, today) == {"grants.decide_change": 10}
    changes.decide_change(grant=made.grant, approve=True, by=made.approver)
    assert due(made.officer, today) == {"grants.issue_change": 10}
    assert due(made.treasurer, today) == {}
    letters.issue_change(grant=made.grant, by=made.officer)
    grants.inspected(made)
    assert due(made.officer, today) == {"grants.draft_determination": 12}
    made.grant.status = Status.REPORTED
    assert due(made.officer, today) == {"grants.inspect": 12}


def test_a_returned_advance_waits_for_the_treasurer_also_after_one_was_paid(db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 50_000)
    assert waits(made.treasurer) == []
    payments.return_request(request=grants.requested(made, 20_000), reason="多すぎる", by=made.officer)
    assert waits(made.treasurer) == ["grants.advance"]
    assert available_acts.facts(made.grant).advance_returned
    grants.requested(made, 10_000)
    db.session.refresh(made.grant, ["payment_requests"])
    assert waits(made.treasurer) == []
    assert not available_acts.facts(made.grant).advance_returned


def test_until_when_to_apply_to_ask_for_an_advance_to_decide_on_and_settle_a_cancellation(
    db_session: Session,
):
    def due(person: Person) -> dict[str, dt.date | None]:
        return {task.endpoint: task.due_on for task in tasks.waiting_for(person)}

    made = grants.team()
    year_ends = clock.fiscal_year_period(made.plan.fiscal_year)[1]
    assert due(made.chair) == {"grants.apply": granting.apply_by(clock.today(), made.plan.fiscal_year)}
    grants.active(made)
    assert due(made.treasurer) == {"grants.advance": year_ends}
    grants.paid(made, 30_000)
    cancellations.draft_cancellation(grant=made.grant, reason="目的外", kept_yen=0, by=made.officer)
    drafted = decisions.pending_cancellation(made.grant)
    assert drafted is not None
    drafted.drafted_at -= dt.timedelta(days=60)
    decide_by = due(made.approver)["grants.cancel"]
    assert decide_by is not None and decide_by < clock.today(), "counted from the draft"
    cancellations.cancel(grant=made.grant, by=made.approver)
    letters.issue_cancellation(grant=made.grant, by=made.officer)
    order_by = due(made.officer)["grants.draft_refund"]
    assert order_by is not None and order_by > clock.today(), "counted from the 取消し"
    assert available_acts.facts(made.grant).since is not None


def test_until_when_to_close(db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 30_000)
    grants.determined(made)
    grants.refund_due(made)
    refunds.record_refund(grant=made.grant, received_on=clock.today(), by=made.cashier)
    made.grant.reported_at = clock.now() - dt.timedelta(days=90)
    (task,) = tasks.waiting_for(made.officer)
    assert task.endpoint == "grants.close"
    assert task.due_on is not None and task.due_on > clock.today(), "counted from the repayment"


def test_nobody_is_asked_to_decide_what_they_drafted_or_where_they_sit(db_session: Session):
    made = grants.team()
    cast.give(made.officer, Role.APPROVER)
    cast.give(made.approver, Role.DRAFTER, of=made.plan.committee)
    grants.deciding(made)
    assert "grants.decide" not in waits(made.officer) + waits(made.approver)


def test_tasks_name_the_plan_and_tell_why_a_draft_came_back(db_session: Session):
    made = grants.team()
    grant = grants.deciding(made)
    (task,) = tasks.waiting_for(made.approver)
    assert task.label.endswith(f"{grant.station.name}（見本の居場所）")
    awards.send_back(grant=grant, reason="条件を書き足してください", by=made.approver)
    (task,) = tasks.waiting_for(made.officer)
    assert "条件を書き足してください" in task.hint
    awards.draft_award(grant=grant, awarded_yen=100_000, by=made.officer)
    awards.approve_decision(grant=grant, by=made.approver)
    assert [task.hint for task in tasks.waiting_for(made.officer)] == [""]


def test_a_determination_that_came_back_says_so(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 40_000, line=2)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    awards.send_back(grant=grant, reason="領収書3をもう一度", by=made.approver)
    assert "領収書3をもう一度" in tasks.waiting_for(made.officer)[0].hint


def test_the_officer_sees_the_report_that_a_discontinued_station_owes(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 30_000)
    awards.discontinue(grant=grant, reason="担い手がいない", by=made.chair)
    assert "grants.report" in waits(made.chair)
    assert waits(made.officer) == [], "it is the committee that acts next"
    grant.completed_on = clock.today() - dt.timedelta(days=60)
    (task,) = tasks.waiting_for(made.officer)
    assert (task.endpoint, task.due_on) == ("grants.grant", clock.today() - dt.timedelta(days=30))
    assert "30,000円" in task.hint


def test_many_grants_cost_no_more_questions(db_session: Session):
    officer = cast.person(Role.OFFICER)
    for _ in range(4):
        made = grants.team()
        grants.active(made)
        grants.requested(made, 10_000)
    db_session.flush()
    with recorded(db.engine) as statements:
        assert len(tasks.waiting_for(officer)) == 4
    assert len(statements) <= 8


def test_a_cancellation_waits_for_its_letter_and_then_for_what_follows(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.officer)
    assert (waits(made.officer), waits(made.approver)) == ([], ["grants.cancel"])
    cancellations.return_cancellation(grant=grant, reason="一部だけにする", by=made.approver)
    assert waits(made.approver) == []
    offered = [act.endpoint for act in available_acts.available_acts(grant, available_acts.facts(grant))]
    assert "grants.draft_cancellation" in offered and "grants.cancel" not in offered
    grants.cancelled(made)
    assert (waits(made.officer), waits(made.approver)) == (["grants.issue_cancellation"], [])
    letters.issue_cancellation(grant=grant, by=made.officer)
    assert waits(made.officer) == ["grants.draft_refund"]
    refunds.draft_refund(grant=grant, by=made.officer)
    assert (waits(made.officer), waits(made.approver)) == ([], ["grants.order_refund"])
    refunds.order_refund(grant=grant, by=made.approver)
    assert (waits(made.officer), waits(made.cashier)) == (["grants.issue_refund"], [])
    refunds.issue_refund(grant=grant, by=made.officer)
    assert waits(made.cashier) == ["grants.record_refund"]


def test_a_cancelled_grant_does_not_claim_to_have_been_carried_out(db_session: Session):
    for status in (Status.CANCELLED, Status.REFUND_DUE, Status.REFUNDED, Status.CLOSED):
        steps = [(str(label), mark) for label, mark in labels.steps(status, cancelled=True)]
        assert steps[:3] == [("申請・審査", "done"), ("決裁・施行", "done"), ("取消し", "error")]
        assert {name for name, _mark in steps[3:]} == {"精算・返還", "完結"}
    assert labels.steps(Status.CANCELLED) == labels.steps(Status.CANCELLED, cancelled=True)
    assert ("取消し", "error") not in [(str(label), mark) for label, mark in labels.steps(Status.CLOSED)]


def test_no_advance_is_offered_when_all_of_the_award_is_asked_for(db_session: Session):
    made = grants.team()
    grants.active(made, 100_000)
    grants.paid(made, 60_000)
    request = grants.requested(made, 40_000)
    assert "grants.advance" not in offered(made)
    payments.withdraw_advance(request=request, reason="", by=made.treasurer)
    assert "grants.advance" in offered(made)


APRIL = dt.datetime(2027, 4, 1, 3, tzinfo=dt.UTC)


def offered(made: grants.Team) -> list[str]:
    return [
        act.endpoint for act in available_acts.available_acts(made.grant, available_acts.facts(made.grant))
    ]


def test_after_the_year_nothing_is_offered_that_would_bind_its_budget(db_session: Session):
    not_asked, reviewing, drafted, active = (grants.team() for _ in range(4))
    grants.reviewing(reviewing)
    grants.deciding(drafted)
    grants.active(active)
    assert waits(not_asked.chair) == ["grants.apply"]
    assert waits(active.treasurer) == ["grants.advance"]
    with clock.frozen_at(APRIL):
        assert waits(not_asked.chair) == []
        assert "grants.advance" not in waits(active.treasurer)
        assert not {"grants.advance", "grants.change"} & set(offered(active))
        assert "grants.report" in offered(active)
        assert (waits(reviewing.officer), offered(reviewing)[0]) == (
            ["grants.draft_refusal"],
            "grants.draft_refusal",
        )
        assert waits(drafted.approver) == ["grants.send_back"]
        awards.send_back(grant=drafted.grant, reason="年度が終わった", by=drafted.approver)
        awards.draft_refusal(grant=drafted.grant, reason="年度が終わった", by=drafted.officer)
        assert "grants.decide" in waits(drafted.approver)
