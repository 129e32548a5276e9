"""取下げ by who sent it: a claim before its order is drafted, a change before it is decided."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.core import audit
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.grants.awards.queries import changes as change_queries
from stations.grants.awards.services import changes
from stations.grants.letters.services import letters
from stations.grants.pages import tasks as grant_tasks
from stations.grants.payments.queries import payments as payment_queries
from stations.grants.payments.services import payments
from stations.grants.rules import PaymentStatus, Status
from tests.grants import cast as grants
from tests.grants.awards.test_changes_services import amounts, ask


def tasks(person: object) -> set[str]:
    return {task.endpoint for task in grant_tasks.waiting_for(person)}  # type: ignore[arg-type]  # a Person


def test_a_claim_is_withdrawn_until_its_order_is_drafted(db_session: Session):
    made = grants.team()
    made.officer.email = "officer@example.jp"
    grants.active(made)
    request = grants.requested(made, 50_000)
    assert "grants.draft_order" in tasks(made.officer)
    for person in (made.chair, made.officer):
        with pytest.raises(NotAllowed):
            payments.withdraw_advance(request=request, by=person)
    payments.withdraw_advance(request=request, reason="額を間違えたため", by=made.treasurer)
    assert request.status is PaymentStatus.CANCELLED
    assert "grants.draft_order" not in tasks(made.officer)
    (entry,) = [one for one in audit.timeline(request) if one.act == "withdraw_request"]
    assert (entry.by_name, entry.reason) == (made.treasurer.name, "額を間違えたため")
    subjects = [mail.subject for mail in db_session.scalars(sa.select(OutboxMail))]
    assert "概算払の請求が取り下げられました" in subjects
    with pytest.raises(Conflict):
        payments.withdraw_advance(request=request, by=made.treasurer)
    with pytest.raises(Conflict):
        payments.draft_order(request=request, by=made.officer)
    again = grants.requested(made, 60_000)
    assert (again.instalment, payment_queries.pending_yen(made.grant)) == (2, 60_000)
    payments.draft_order(request=again, by=made.officer)
    with pytest.raises(Conflict):
        payments.withdraw_advance(request=again, by=made.treasurer)
    assert again.status is PaymentStatus.DRAFTED


def test_a_change_is_withdrawn_until_it_is_decided_and_nothing_has_moved(db_session: Session):
    made = grants.team()
    made.approver.email = "approver@example.jp"
    grant = grants.active(made)
    change = ask(made, 20_000, -20_000)
    assert "grants.decide_change" in tasks(made.approver)
    for person in (made.treasurer, made.officer):
        with pytest.raises(NotAllowed):
            changes.withdraw_change(grant=grant, by=person)
    changes.withdraw_change(grant=grant, reason="計画を見直すため", by=made.chair)
    assert (grant.status, amounts(grant)[:2]) == (Status.ACTIVE, [36_000, 60_000])
    assert (change.approved, change.ended_by_id, change.decided_by_id) == (False, made.chair.id, None)
    assert not {"grants.decide_change", "grants.issue_change"} & (tasks(made.approver) | tasks(made.officer))
    assert change_queries.changes_without_letter(grant) == []
    subjects = [mail.subject for mail in db_session.scalars(sa.select(OutboxMail))]
    assert "変更の申請が取り下げられました" in subjects
    for late in (
        lambda: changes.withdraw_change(grant=grant, by=made.chair),
        lambda: changes.decide_change(grant=grant, approve=True, by=made.approver),
    ):
        with pytest.raises(Conflict):
            late()
    other = ask(made, 20_000, -20_000)
    changes.decide_change(grant=grant, approve=True, by=made.approver)
    assert other.approved
    with pytest.raises(Conflict):
        changes.withdraw_change(grant=grant, by=made.chair)


def test_who_sends_a_change_says_whether_they_know_that_it_needs_approval(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    before = amounts(grant)
    free = {line.id: line.awarded_yen for line in grant.lines}
    free[grant.lines[0].id] += 7_200
    free[grant.lines[1].id] -= 7_200
    over = free | {grant.lines[0].id: 56_000, grant.lines[1].id: 40_000}
    assert not change_queries.needs_approval(grant, free) and change_queries.needs_approval(grant, over)

    def send(budgets: dict[int, int], *, knows: bool) -> object:
        return changes.request_change(
            grant=grant, budgets=budgets, reason="会場が変わった", knows=knows, by=made.chair
        )

    for budgets, knows in ((over, False), (free, True)):
        with pytest.raises(RuleBroken) as broken:
            send(budgets, knows=knows)
        assert broken.value.field == "knows"
        assert (amounts(grant), grant.status) == (before, Status.ACTIVE)
    send(over, knows=True)
    assert (amounts(grant), grant.status) == (before, Status.CHANGE_REQUESTED)


def test_a_refused_change_is_answered_by_its_letter(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    ask(made, 20_000, -20_000)
    changes.decide_change(grant=grant, approve=False, reason="必要が認められない", by=made.approver)
    assert "grants.issue_change" in tasks(made.officer)
    ask(made, 10_000, -10_000)
    changes.decide_change(grant=grant, approve=True, by=made.approver)
    kinds = [letters.issue_change(grant=grant, by=made.officer).kind for _letter in range(2)]
    assert kinds == ["change_refusal", "change"]
    assert [change.letter_id is not None for change in grant.changes] == [True, True]
    assert "grants.issue_change" not in tasks(made.officer)
    with pytest.raises(Conflict):
        letters.issue_change(grant=grant, by=made.officer)


def test_a_change_that_ends_with_its_award_gets_no_letter_of_its_own(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    ask(made, 20_000, -20_000)
    grants.cancelled(made)
    assert change_queries.changes_without_letter(grant) == []
    assert "grants.issue_change" not in tasks(made.officer)
