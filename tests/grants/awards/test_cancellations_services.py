"""取消し: drafted by one, decided by another, sent back with a reason; the award stands until then."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stations.core import audit, clock
from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants import disclosure
from stations.grants.awards.models import GrantCancellation
from stations.grants.awards.queries import changes as change_queries
from stations.grants.awards.queries import decisions
from stations.grants.awards.services import cancellations, changes
from stations.grants.payments.services import corrections
from stations.grants.queries import grants as grant_queries
from stations.grants.rules import Act, Status
from stations.grants.settlement.services import determinations
from stations.people.services import roles
from stations.reports.queries.home import home
from tests.grants import cast as grants
from tests.support import cast
from tests.support.refusals import refused


def test_an_officer_drafts_and_an_approver_decides(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    with pytest.raises(Conflict):
        cancellations.cancel(grant=grant, by=made.approver)
    for person in (made.approver, made.chair, made.cashier):
        with pytest.raises(NotAllowed):
            cancellations.draft_cancellation(grant=grant, reason="目的外", by=person)
    with refused(RuleBroken, "reason"):
        cancellations.draft_cancellation(grant=grant, reason=" ", by=made.officer)
    cancellations.draft_cancellation(grant=grant, reason="目的外の使用", by=made.officer)
    assert (grant.status, decisions.decided_award(grant)) == (Status.ACTIVE, grant.awarded_yen)
    with pytest.raises(Conflict):
        cancellations.draft_cancellation(grant=grant, reason="もう一度", by=made.other_officer)
    for person in (made.officer, made.chair):
        with pytest.raises(NotAllowed):
            cancellations.cancel(grant=grant, by=person)
    cancellations.cancel(grant=grant, by=made.approver)
    assert (grant.status, grant.fixed_yen) == (Status.CANCELLED, 0)
    assert grant_queries.reason_of(grant, Act.CANCEL) == "目的外の使用"
    with pytest.raises(Conflict):
        cancellations.cancel(grant=grant, by=made.approver)


def test_nobody_decides_the_cancellation_that_they_drafted(db_session: Session):
    made = grants.team()
    cast.give(made.other_officer, Role.APPROVER)
    grant = grants.active(made)
    cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.other_officer)
    for decide in (
        lambda: cancellations.cancel(grant=grant, by=made.other_officer),
        lambda: cancellations.return_cancellation(grant=grant, reason="不要", by=made.other_officer),
    ):
        with refused(RuleBroken, None, "ご自分が起案"):
            decide()
    draft = decisions.pending_cancellation(grant)
    assert draft is not None
    draft.approved, draft.decided_by_id, draft.decided_at = True, draft.drafted_by_id, draft.drafted_at
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()


def test_a_draft_is_sent_back_with_a_reason_and_the_award_stands(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.officer)
    with refused(RuleBroken, "reason"):
        cancellations.return_cancellation(grant=grant, reason="", by=made.approver)
    cancellations.return_cancellation(grant=grant, reason="一部の取消しで足りる", by=made.approver)
    assert decisions.pending_cancellation(grant) is None
    with pytest.raises(Conflict):
        cancellations.cancel(grant=grant, by=made.approver)
    assert (grant.status, grant.fixed_yen) == (Status.ACTIVE, None)
    grants.cancelled(made)
    rows = db_session.scalars(sa.select(GrantCancellation).order_by(GrantCancellation.id)).all()
    assert [(row.approved, row.decision_reason) for row in rows] == [
        (False, "一部の取消しで足りる"),
        (True, ""),
    ]


def test_what_is_left_was_paid_also_on_the_day_of_the_decision(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.paid(made, 90_000)
    grants.spent(made, 95_000, line=2)
    cancellations.draft_cancellation(grant=grant, reason="目的外", kept_yen=30_000, by=made.officer)
    corrections.reverse_payment(request=request, reason="日付の誤り", by=made.cashier)
    with pytest.raises(RuleBroken) as broken:
        cancellations.cancel(grant=grant, by=made.approver)
    assert broken.value.field == "kept_yen"


def test_the_committee_reads_of_it_when_it_is_decided(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    cancellations.draft_cancellation(grant=grant, reason="疑いのある領収書", by=made.officer)
    read = audit.timeline(grant, without=disclosure.hidden_acts(made.chair, grant))
    assert "疑いのある領収書" not in {entry.reason for entry in read}
    seen = audit.timeline(grant, without=disclosure.hidden_acts(made.approver, grant))
    assert "疑いのある領収書" in {entry.reason for entry in seen}


def test_what_is_decided_is_the_draft_that_was_read(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    read = cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.officer)
    cancellations.return_cancellation(grant=grant, reason="書き直し", by=made.approver)
    cancellations.draft_cancellation(grant=grant, reason="ほかの理由", by=made.officer)
    with pytest.raises(Conflict):
        cancellations.cancel(grant=grant, draft_id=read.id, by=made.approver)
    assert grant.status is Status.ACTIVE


def test_what_was_asked_for_falls_away_with_the_award(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    first, second = grant.lines[0], grant.lines[-1]
    budgets = {line.id: line.awarded_yen for line in grant.lines}
    moved = min(budgets[first.id], 50_000)
    change = changes.request_change(
        grant=grant,
        budgets=budgets | {first.id: budgets[first.id] - moved, second.id: budgets[second.id] + moved},
        reason="会場が変わった",
        by=made.chair,
    )
    assert grant.status is Status.CHANGE_REQUESTED
    grants.cancelled(made, reason="目的外")
    assert (change.approved, change.decision_reason, change.decided_by_id) == (
        False,
        "目的外",
        made.approver.id,
    )
    assert change_queries.pending_change(grant) is None
    assert {line.id: line.awarded_yen for line in grant.lines} == budgets


def test_no_amount_is_fixed_beside_a_pending_cancellation(db_session: Session):
    made = grants.team()
    grants.active(made)
    grant = grants.inspected(made)
    cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.officer)
    with refused(RuleBroken, None, "取消しの決裁が済んでいません"):
        determinations.draft_determination(grant=grant, by=made.officer)
    cancellations.return_cancellation(grant=grant, reason="足りない", by=made.approver)
    determinations.draft_determination(grant=grant, by=made.officer)
    assert grant.status is Status.DETERMINING


def test_a_never_published_award_stays_hidden_after_its_cancellation(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made)
    grants.cancelled(made)
    assert not disclosure.is_published(grant)
    assert disclosure.shown_award(made.chair, grant) is None
    assert disclosure.shown_award(made.officer, grant) == 0
    mine = next(one for one in home(made.chair).plans if one.grant_id == grant.id)
    assert mine.balance is not None and mine.balance.awarded == 0
    hidden = disclosure.hidden_acts(made.chair, grant)
    read = {entry.act for entry in audit.timeline(grant, without=hidden)}
    assert not read & {Act.APPROVE_AWARD.value, Act.DRAFT_AWARD.value}


def test_who_asked_for_the_change_does_not_decide_its_end(db_session: Session):
    made = grants.team()
    cast.give(made.chair, Role.APPROVER)
    grant = grants.active(made)
    budgets = {line.id: line.awarded_yen for line in grant.lines}
    first, last = grant.lines[0].id, grant.lines[-1].id
    moved = min(budgets[first], 50_000)
    wanted = budgets | {first: budgets[first] - moved, last: budgets[last] + moved}
    change = changes.request_change(grant=grant, budgets=wanted, reason="会場が変わった", by=made.chair)
    cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.officer)
    with pytest.raises(NotAllowed, match="除斥"):
        cancellations.cancel(grant=grant, by=made.chair)
    seat = next(role for role in made.chair.roles if role.role is Role.CHAIR)
    roles.end_role(seat, on=clock.today() - dt.timedelta(days=1), by=None)
    with refused(RuleBroken, None, "ご自分が起案"):
        cancellations.cancel(grant=grant, by=made.chair)
    cancellations.cancel(grant=grant, by=made.approver)
    shown = [
        entry.detail.get("change_id") for entry in audit.timeline(grant) if entry.act == Act.CANCEL.value
    ]
    assert shown == [change.id]
