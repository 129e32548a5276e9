"""From the approved plan to the issued decision: amounts, states, who may, and what never happens twice."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.core import audit, clock
from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.grants.awards.queries import decisions
from stations.grants.awards.rules import granting
from stations.grants.awards.services import awards, cancellations
from stations.grants.books.queries import ledger
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.services import payments
from stations.grants.queries import grants as grant_queries
from stations.grants.reports.queries import reports
from stations.grants.rules import Status
from tests.grants import cast as grants
from tests.support import cast
from tests.support.refusals import refused


def test_a_grant_is_made_from_the_version_that_was_approved(db_session: Session):
    made = grants.team()
    grant = grants.applied(made)
    assert grant.status is Status.APPLIED
    assert [(line.category, line.planned_yen) for line in grant.lines] == [
        (category, quantity * price) for category, _text, quantity, price in grants.COSTS
    ]
    assert grant.requested_yen == grants.ASKED
    assert grant.version.sha256 in str(audit.timeline(grant)[0].detail)


@pytest.mark.parametrize(
    ("terms", "requested"),
    [({"cap_yen": 150_000}, 150_000), ({"rate_numerator": 9, "rate_denominator": 10}, 162_000)],
)
def test_what_is_asked_for_follows_the_years_settings(
    db_session: Session, terms: dict[str, Any], requested: int
):
    assert grants.applied(grants.team(**terms)).requested_yen == requested


def test_a_plan_becomes_a_grant_once(db_session: Session):
    made = grants.team()
    grants.applied(made)
    with pytest.raises(Conflict):
        grants.applied(made)


def test_a_plan_that_was_not_approved_becomes_no_grant(db_session: Session):
    made = grants.team()
    made.plan.status = type(made.plan.status).DEFERRED
    with pytest.raises(Conflict):
        grants.applied(made)


def test_a_version_that_was_tampered_with_becomes_no_grant(db_session: Session):
    made = grants.team()
    version = made.plan.versions[0]
    content = {**version.content, "title": "別の計画"}
    if db_session.get_bind().dialect.name == "sqlite":
        db_session.execute(sa.text("DROP TRIGGER IF EXISTS plan_version_no_update"))
    else:
        db_session.execute(sa.text("ALTER TABLE plan_version DISABLE TRIGGER USER"))
    table = sa.table("plan_version", sa.column("content", sa.JSON))
    db_session.execute(sa.update(table).values(content=content))
    db_session.expire_all()
    with refused(RuleBroken, None, "照合値"):
        grants.applied(made)


def test_without_the_years_settings_nothing_begins(db_session: Session):
    made = grants.team()
    made.plan.fiscal_year = 2031
    with refused(RuleBroken, None, "2031年度の制度設定"):
        grants.applied(made)


def test_only_the_committees_chair_applies(db_session: Session):
    made = grants.team()
    stranger = cast.person(Role.CHAIR, of=cast.committee("別"))
    for person in (made.treasurer, made.officer, made.approver, stranger):
        with pytest.raises(NotAllowed):
            awards.apply(plan=made.plan, by=person)


def test_an_award_is_what_was_drafted_and_approved(db_session: Session):
    made = grants.team()
    grant = grants.awarded(made, 160_000)
    assert (grant.status, grant.awarded_yen, grant.decided_on) == (Status.AWARDED, 160_000, clock.today())
    assert ledger.balance(grant).awarded == 160_000
    assert sum(line.awarded_yen for line in grant.lines) == 160_000 + grants.FEES, (
        "award and fees pay the lines"
    )


def test_an_award_as_asked_leaves_the_lines_as_planned(db_session: Session):
    grant = grants.awarded(grants.team())
    assert [line.awarded_yen for line in grant.lines] == [line.planned_yen for line in grant.lines]


@pytest.mark.parametrize("amount", [0, -1, grants.ASKED + 1])
def test_an_award_is_never_more_than_was_asked_for(db_session: Session, amount: int):
    made = grants.team()
    grant = grants.reviewing(made)
    with pytest.raises(RuleBroken) as broken:
        awards.draft_award(grant=grant, awarded_yen=amount, by=made.officer)
    assert broken.value.field == "awarded_yen"


def test_an_award_is_whole_units_of_the_years_rounding(db_session: Session):
    made = grants.team(unit_yen=1_000)
    grant = grants.reviewing(made)
    with pytest.raises(RuleBroken, match="1,000円") as broken:
        awards.draft_award(grant=grant, awarded_yen=123_456, by=made.officer)
    assert broken.value.field == "awarded_yen"
    awards.draft_award(grant=grant, awarded_yen=123_000, by=made.officer)
    # 143,000円 with the fees, of 36,000 + 60,000 + 84,000 + 20,000: each line in whole thousands.
    assert [line.decided_yen for line in grant.lines] == [26_000, 43_000, 60_000, 14_000]


def test_the_amount_is_in_sight_only_when_it_is_decided(db_session: Session):
    grant = grants.deciding(grants.team())
    assert decisions.decided_award(grant) is None
    assert ledger.balance(grant).awarded == 0


def test_nobody_approves_what_they_drafted(db_session: Session):
    made = grants.team()
    cast.give(made.officer, Role.APPROVER)
    grant = grants.deciding(made)
    with pytest.raises(NotAllowed):
        awards.approve_decision(grant=grant, by=made.officer)
    with pytest.raises(NotAllowed):
        awards.send_back(grant=grant, reason="見直し", by=made.officer)


def test_nobody_decides_on_a_committee_they_sit_on(db_session: Session):
    made = grants.team()
    cast.give(made.approver, Role.DRAFTER, of=made.plan.committee)
    with pytest.raises(NotAllowed):
        awards.approve_decision(grant=grants.deciding(made), by=made.approver)


@pytest.mark.parametrize("role", ["chair", "treasurer", "cashier", "approver"])
def test_others_do_not_review(db_session: Session, role: str):
    made = grants.team()
    grant = grants.applied(made)
    with pytest.raises(NotAllowed):
        awards.begin_review(grant=grant, by=getattr(made, role))


def test_each_press_counts_once(db_session: Session):
    made = grants.team()
    grant = grants.applied(made)
    steps = (
        lambda: awards.begin_review(grant=grant, by=made.officer),
        lambda: awards.draft_award(grant=grant, awarded_yen=100_000, by=made.officer),
        lambda: awards.approve_decision(grant=grant, by=made.approver),
        lambda: letters.issue(grant=grant, by=made.officer),
    )
    for step in steps:
        step()
        with pytest.raises(Conflict):
            step()


def test_a_draft_that_is_sent_back_leaves_nothing_decided(db_session: Session):
    made = grants.team()
    grant = grants.deciding(made)
    with refused(RuleBroken, "reason"):
        awards.send_back(grant=grant, reason=" ", by=made.approver)
    awards.send_back(grant=grant, reason="額を見直す", by=made.approver)
    assert (grant.status, grant.awarded_yen) == (Status.REVIEWING, None)
    awards.draft_refusal(grant=grant, reason="他の補助金と重なる", by=made.officer)
    awards.approve_decision(grant=grant, by=made.approver)
    assert grant.status is Status.REFUSED
    assert decisions.decided_award(grant) is None


def test_a_refusal_gives_its_reason_and_its_letter_once(db_session: Session):
    made = grants.team()
    grant = grants.reviewing(made)
    with refused(RuleBroken, "reason"):
        awards.draft_refusal(grant=grant, reason="", by=made.officer)
    awards.draft_refusal(grant=grant, reason="他の補助金と重なる", by=made.officer)
    awards.approve_decision(grant=grant, by=made.approver)
    letter = letters.issue(grant=grant, by=made.officer)
    assert (letter.kind, grant.status) == ("refusal", Status.REFUSED)
    with pytest.raises(Conflict):
        letters.issue(grant=grant, by=made.officer)


def test_a_decision_is_dated_inside_the_fiscal_year(db_session: Session):
    made = grants.team()
    grant = grants.deciding(made)
    first, last = clock.fiscal_year_period(grant.fiscal_year)
    for day, saying in (
        (first - dt.timedelta(days=1), "決定の日付は"),
        (last + dt.timedelta(days=1), "年度が終わったため"),
    ):
        with clock.frozen_at(dt.datetime.combine(day, dt.time(3), dt.UTC)), refused(RuleBroken, None, saying):
            awards.approve_decision(grant=grant, by=made.approver)
    assert grant.status is Status.DECIDING


def test_an_application_is_withdrawn_until_a_decision_is_drafted(db_session: Session):
    made = grants.team()
    grant = grants.reviewing(made)
    awards.withdraw(grant=grant, by=made.chair)
    assert grant.status is Status.WITHDRAWN
    other = grants.team()
    with pytest.raises(Conflict):
        awards.withdraw(grant=grants.deciding(other), by=other.chair)


def test_who_waits_is_notified_by_mail_in_the_same_transaction(db_session: Session):
    made = grants.team()
    made.approver.email = "approver@example.jp"
    grant = grants.deciding(made)
    mail = db_session.scalars(sa.select(OutboxMail)).one()
    assert mail.to_address == "approver@example.jp"
    assert f"/grants/{grant.id}" in mail.body
    assert "見本 花子" not in mail.subject + mail.body


def test_cancelling_takes_back_what_was_paid_and_drops_what_is_under_way(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    request = grants.requested(made, 50_000)
    grants.spent(made, 95_000, line=2)
    with refused(RuleBroken, "kept_yen"):
        grants.cancelled(made, kept_yen=90_001)
    grants.inspected(made)
    grants.cancelled(made, kept_yen=30_000)
    assert (grant.status, request.status.value) == (Status.CANCELLED, "cancelled")
    with pytest.raises(RuleBroken, match="取消通知書"):
        grants.refund_due(made)
    letters.issue_cancellation(grant=grant, by=made.officer)
    grants.refund_due(made)
    assert grant.refund_yen == 60_000


def test_a_discontinued_grant_is_paid_no_more(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.requested(made, 50_000)
    with refused(RuleBroken, "reason"):
        awards.discontinue(grant=grant, reason="", by=made.chair)
    awards.discontinue(grant=grant, reason="会場がなくなった", by=made.chair)
    with pytest.raises(Conflict):
        grants.order(made, request)
    with refused(RuleBroken, None, "実施中の間"):
        grants.requested(made, 1_000)


def test_money_that_may_have_left_the_bank_is_recorded_before_the_grant_ends(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    request = grants.ordered(made, 62_000)
    cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.officer)
    for end in (
        lambda: awards.discontinue(grant=grant, reason="会場がなくなった", by=made.chair),
        lambda: cancellations.cancel(grant=grant, by=made.approver),
    ):
        with pytest.raises(RuleBroken, match="出納が支払を記録する"):
            end()
    payments.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    awards.discontinue(grant=grant, reason="会場がなくなった", by=made.chair)
    assert (grant.status, ledger.balance(grant).paid) == (Status.DISCONTINUED, 62_000)


def test_an_award_is_never_cancelled_by_who_drafted_it(db_session: Session):
    made = grants.team()
    cast.give(made.officer, Role.APPROVER)
    grant = grants.active(made)
    cancellations.draft_cancellation(grant=grant, reason="目的外", by=made.other_officer)
    with refused(RuleBroken, None, "ご自分が起案"):
        cancellations.cancel(grant=grant, by=made.officer)
    cancellations.cancel(grant=grant, by=made.approver)
    assert made.approver.name in {entry.by_name for entry in audit.timeline(grant)}


def test_a_crash_midway_leaves_nothing(db_session: Session, monkeypatch: pytest.MonkeyPatch):
    made = grants.team()
    grant = grants.awarded(made)
    db_session.commit()
    monkeypatch.setattr("stations.grants.notices.notify", _crash)
    with pytest.raises(ZeroDivisionError):
        letters.issue(grant=grant, by=made.officer)
    db_session.rollback()
    db_session.expire_all()
    assert (grant.status, grant.letters) == (Status.AWARDED, [])
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Grant)) == 1


def _crash(*_args: object, **_named: object) -> None:
    raise ZeroDivisionError


def test_what_is_approved_is_what_was_read(db_session: Session):
    made = grants.team()
    grant = grants.deciding(made, 100_000)
    read = awards.mark_of_draft(grant)
    awards.send_back(grant=grant, reason="額を見直す", by=made.approver)
    awards.draft_award(grant=grant, awarded_yen=150_000, by=made.officer)
    with pytest.raises(Conflict):
        awards.approve_decision(grant=grant, mark=read, by=made.approver)
    awards.approve_decision(grant=grant, mark=awards.mark_of_draft(grant), by=made.approver)


def test_lines_that_cannot_use_the_award_up_are_refused(db_session: Session):
    made = grants.team()
    grant = grants.reviewing(made)
    budgets = {line.id: line.planned_yen for line in grant.lines}
    budgets[grant.lines[2].id] -= grants.FEES + 1
    with pytest.raises(RuleBroken) as broken:
        awards.draft_award(grant=grant, awarded_yen=grants.ASKED, budgets=budgets, by=made.officer)
    assert broken.value.field == "awarded_yen"


def test_a_project_given_up_is_reported_on_from_that_day_on(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    awards.discontinue(grant=grant, reason="会場がなくなった", by=made.chair)
    assert grant.completed_on == clock.today()
    due = reports.due_on(grant)
    assert due is not None and due <= clock.today() + dt.timedelta(days=30)


def test_giving_up_keeps_the_day_that_was_written_and_never_leaves_the_year(db_session: Session):
    made, late = grants.team(year=2025), grants.team(year=2025)
    with clock.frozen_at(dt.datetime(2026, 2, 1, 1, tzinfo=dt.UTC)):
        grants.active(made).completed_on = dt.date(2026, 1, 20)
        grants.active(late)
    with clock.frozen_at(dt.datetime(2026, 4, 5, 1, tzinfo=dt.UTC)):
        for one in (made, late):
            awards.discontinue(grant=one.grant, reason="会場がなくなった", by=one.chair)
    assert made.grant.completed_on == dt.date(2026, 1, 20)
    assert late.grant.completed_on == dt.date(2026, 3, 31)


def test_the_letters_period_begins_when_the_project_does(db_session: Session):
    made = grants.team()
    first, last = clock.fiscal_year_period(made.plan.fiscal_year)
    for day in (first - dt.timedelta(days=1), last + dt.timedelta(days=1)):
        with pytest.raises(RuleBroken) as broken:
            awards.apply(plan=made.plan, starts_on=day, by=made.chair)
        assert broken.value.field == "starts_on"
    begins = first.replace(month=10, day=5)
    grant = awards.apply(plan=made.plan, starts_on=begins, by=made.chair)
    assert grant_queries.begins_on(grant) == begins == reports.period(grant)[0]
    whole = grants.applied(grants.team())
    assert grant_queries.begins_on(whole) == first


@pytest.mark.parametrize(
    ("approved", "begins"),
    [
        (dt.date(2026, 3, 12), dt.date(2026, 4, 1)),
        (dt.date(2026, 4, 30), dt.date(2026, 4, 1)),
        (dt.date(2026, 10, 5), dt.date(2026, 10, 5)),
    ],
)
def test_a_project_approved_within_the_year_begins_then_unless_the_chair_says_otherwise(
    approved: dt.date, begins: dt.date
):
    assert granting.usual_beginning(2026, approved) == begins
