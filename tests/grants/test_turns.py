"""What waits for whom on the home page, and what a grant's page offers."""

from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.grants import queries, services
from stations.people.models import Person
from tests.grants import cast as grants
from tests.support import cast
from tests.support.statements import recorded


def waits(person: Person) -> list[str]:
    return [task.endpoint for task in queries.waiting_for(person)]


def test_the_ball_goes_from_hand_to_hand(db_session: Session):
    made = grants.team()
    assert waits(made.chair) == ["grants.apply"]
    grant = grants.applied(made)
    assert waits(made.chair) == []
    assert waits(made.officer) == ["grants.begin_review"]
    services.begin_review(grant=grant, by=made.officer)
    assert waits(made.officer) == ["grants.draft_award"]
    services.draft_award(grant=grant, awarded_yen=100_000, by=made.officer)
    assert (waits(made.officer), waits(made.approver)) == ([], ["grants.decide"])
    services.approve_decision(grant=grant, by=made.approver)
    assert (waits(made.approver), waits(made.officer)) == ([], ["grants.issue"])
    services.issue(grant=grant, by=made.officer)
    assert "grants.advance" in waits(made.treasurer)
    request = grants.requested(made, 50_000)
    assert "grants.advance" not in waits(made.treasurer)
    assert waits(made.officer) == ["grants.order"]
    services.order_payment(request=request, by=made.officer)
    assert (waits(made.officer), waits(made.cashier)) == ([], ["grants.record_payment"])
    services.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    assert waits(made.cashier) == []


def test_a_refund_waits_with_its_due_date(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 40_000, line=2)
    grants.determined(made)
    assert waits(made.officer) == ["grants.refund_order"]
    services.order_refund(grant=grant, by=made.officer)
    for person in (made.cashier, made.treasurer):
        assert [task.due_on for task in queries.waiting_for(person)] == [grant.refund_due_on]


def test_nobody_is_asked_to_decide_what_they_drafted_or_where_they_sit(db_session: Session):
    made = grants.team()
    cast.give(made.officer, Role.APPROVER)
    cast.give(made.approver, Role.DRAFTER, of=made.plan.committee)
    grants.deciding(made)
    assert "grants.decide" not in waits(made.officer) + waits(made.approver)


def test_many_grants_cost_no_more_questions(db_session: Session):
    officer = cast.person(Role.OFFICER)
    for _ in range(4):
        made = grants.team()
        grants.active(made)
        grants.requested(made, 10_000)
    db_session.flush()
    with recorded(db.engine) as statements:
        assert len(queries.waiting_for(officer)) == 4
    assert len(statements) <= 8
