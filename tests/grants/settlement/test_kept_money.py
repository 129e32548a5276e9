"""What a committee keeps of the city's money: never more than inspected receipts carry, on whatever path it ends."""

import itertools

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.awards.queries import decisions
from stations.grants.awards.services import awards, cancellations
from stations.grants.books.queries import ledger
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.queries import payments
from stations.grants.rules import Status
from stations.grants.settlement.queries import calculation
from stations.grants.settlement.queries import refunds as refund_queries
from stations.grants.settlement.services import determinations, refunds
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import PageClient
from tests.support.refusals import refused


def trial(made: grants.Team) -> Grant:
    """The case of the first year: 62,000円 paid, 36,480円 spent, nothing inspected."""
    grant = grants.active(made)
    grants.paid(made, 62_000)
    receipt = grants.spent(made, 36_480, line=2)
    receipt.inspected_at = receipt.inspected_by_id = None
    return grant


def test_no_more_is_left_than_the_receipts_carry(db_session: Session):
    made = grants.team()
    grant = trial(made)
    with pytest.raises(RuleBroken) as broken:
        cancellations.draft_cancellation(
            grant=grant, reason="会場が使えない", kept_yen=60_000, by=made.officer
        )
    assert broken.value.field == "kept_yen"
    assert "36,000" in str(broken.value)
    assert decisions.pending_cancellation(grant) is None


def test_a_part_is_kept_only_after_report_and_inspection(db_session: Session):
    made = grants.team()
    grant = trial(made)
    grants.cancelled(made, kept_yen=36_000)
    assert (grant.status, grant.fixed_yen) == (Status.PARTLY_CANCELLED, None)
    assert decisions.decided_award(grant) == 36_000
    assert reports_due(grant)
    with refused(Conflict, None, "partly_cancelled"):
        refunds.draft_refund(grant=grant, by=made.officer)
    for receipt in grant.receipts:  # one of two receipts is refused in the inspection
        receipt.inspected_at, receipt.inspected_by_id = clock.now(), made.officer.id
    grants.inspected(made)
    with refused(RuleBroken, None, "交付決定取消通知書を施行"):
        determinations.draft_determination(grant=grant, by=made.officer)
    letters.issue_cancellation(grant=grant, by=made.officer)
    determinations.draft_determination(grant=grant, by=made.officer)
    determinations.determine(grant=grant, by=made.approver)
    letters.issue_determination(grant=grant, by=made.officer)
    assert grant.fixed_yen == 36_000
    grants.refunded(made)
    determinations.close(grant=grant, by=made.officer)
    assert ledger.balance(grant).paid == payments.paid_by_rows(grant) == 36_000


def reports_due(grant: Grant) -> bool:
    from stations.grants.reports.queries.reports import due_on

    due = due_on(grant)
    return due is not None and (due - clock.today()).days == 30


def test_what_inspection_does_not_find_is_not_kept(db_session: Session):
    made = grants.team()
    grant = trial(made)
    grants.cancelled(made, kept_yen=36_000)
    letters.issue_cancellation(grant=grant, by=made.officer)
    grants.inspected(made)  # nothing was ticked
    determinations.draft_determination(grant=grant, by=made.officer)
    assert grant.fixed_yen == 0


def test_after_the_inspection_its_amount_is_the_limit(db_session: Session):
    made = grants.team()
    grant = trial(made)
    grant.status = Status.REPORTED
    with pytest.raises(RuleBroken) as broken:
        cancellations.draft_cancellation(grant=grant, reason="目的外", kept_yen=30_000, by=made.officer)
    assert broken.value.field == "kept_yen"
    grants.inspected(made)
    with refused(RuleBroken, "kept_yen"):  # nothing is ticked, so nothing may be kept
        cancellations.draft_cancellation(grant=grant, reason="目的外", kept_yen=1_000, by=made.officer)
    grant.receipts[0].inspected_at, grant.receipts[0].inspected_by_id = clock.now(), made.officer.id
    grants.cancelled(made, kept_yen=36_000)
    assert (grant.status, grant.fixed_yen) == (Status.CANCELLED, 36_000)


def test_a_discontinued_grant_without_a_report_is_revoked(db_session: Session):
    """The case of the first year: 30,000円 paid, 11,941円 in hand, no report, and nothing but reminders."""
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 30_000)
    grants.spent(made, 18_059, line=2)
    awards.discontinue(grant=grant, reason="会場の閉鎖", by=made.chair)
    grants.cancelled(made, reason="期限までに実績報告がない")
    assert (grant.status, grant.fixed_yen) == (Status.CANCELLED, 0)
    letters.issue_cancellation(grant=grant, by=made.officer)
    grants.refunded(made)
    determinations.close(grant=grant, by=made.officer)
    assert (grant.status, payments.paid_by_rows(grant)) == (Status.CLOSED, 0)


@pytest.mark.parametrize("at", ["determined", "refund_due", "refunded", "balance_due", "balance_paid"])
def test_a_finding_after_the_determination_takes_back_what_was_paid(db_session: Session, at: str):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000 if at in {"determined", "refund_due", "refunded"} else 40_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    if at in {"refund_due", "refunded"}:
        grants.refund_due(made)
    if at == "refunded":
        refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)
    if at in {"balance_due", "balance_paid"}:
        request = determinations.order_balance(grant=grant, by=made.officer)
    if at == "balance_paid":
        grants.balance_paid(made, request)
    assert grant.status == at
    with pytest.raises(RuleBroken) as broken:  # no less than what is fixed is a 取消し
        cancellations.draft_cancellation(grant=grant, reason="架空の領収書", kept_yen=60_000, by=made.officer)
    assert broken.value.field == "kept_yen"
    grants.cancelled(made, reason="架空の領収書", kept_yen=25_000)
    assert (grant.status, grant.fixed_yen, payments.pending(grant)) == (Status.CANCELLED, 25_000, [])
    letters.issue_cancellation(grant=grant, by=made.officer)
    settled = calculation.settled(grant, payments.repayments(grant))
    assert settled is not None
    assert settled.refund - settled.repaid == ledger.balance(grant).paid - 25_000
    grants.refunded(made)
    determinations.close(grant=grant, by=made.officer)
    assert ledger.balance(grant).paid == payments.paid_by_rows(grant) == 25_000
    assert determinations.settlement_of(grant).refund == determinations.settlement_of(grant).balance == 0


def test_a_balance_that_is_ordered_is_answered_before_the_cancellation(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    request = determinations.order_balance(grant=grant, by=made.officer)
    grants.order(made, request)
    cancellations.draft_cancellation(grant=grant, reason="架空の領収書", by=made.officer)
    with refused(RuleBroken, None, "支出命令済みの支払"):
        cancellations.cancel(grant=grant, by=made.approver)


def test_each_cancellation_has_its_own_letter(db_session: Session):
    made = grants.team()
    grant = trial(made)
    grants.cancelled(made, kept_yen=36_000)
    letters.issue_cancellation(grant=grant, by=made.officer)
    grants.cancelled(made, reason="期限までに実績報告がない")
    assert grant.status is Status.CANCELLED
    assert decisions.cancellation_unpublished(grant)
    with refused(RuleBroken, None, "交付決定取消通知書を施行"):
        refunds.draft_refund(grant=grant, by=made.officer)
    letters.issue_cancellation(grant=grant, by=made.officer)
    with pytest.raises(Conflict):
        letters.issue_cancellation(grant=grant, by=made.officer)
    assert [letter.kind for letter in grant.letters] == ["award", "cancellation", "cancellation"]


# --- 返還命令 by two people -------------------------------------------------------------------------------------


def over(made: grants.Team) -> Grant:
    """40,000円 are to come back."""
    grants.active(made)
    grants.paid(made, 100_000)
    grants.spent(made, 60_000, line=2)
    return grants.determined(made)


def test_a_refund_is_ordered_by_two(db_session: Session):
    made = grants.team()
    grant = over(made)
    with pytest.raises(Conflict):
        refunds.order_refund(grant=grant, by=made.approver)
    for person in (made.approver, made.cashier, made.chair):
        with pytest.raises(NotAllowed):
            refunds.draft_refund(grant=grant, by=person)
    refunds.draft_refund(grant=grant, by=made.officer)
    assert (grant.status, grant.refund_yen) == (Status.DETERMINED, None)
    with pytest.raises(Conflict):
        refunds.draft_refund(grant=grant, by=made.other_officer)
    for person in (made.officer, made.other_officer, made.chair):
        with pytest.raises(NotAllowed):
            refunds.order_refund(grant=grant, by=person)
    refunds.order_refund(grant=grant, by=made.approver)
    assert (grant.status, grant.refund_yen, grant.refund_due_on) == (Status.REFUND_DUE, 40_000, None)
    with refused(RuleBroken, None, "返還命令書を施行"):
        refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)
    refunds.issue_refund(grant=grant, by=made.officer)
    assert grant.refund_due_on is not None
    assert clock.is_business_day(grant.refund_due_on)
    with pytest.raises(Conflict):
        refunds.issue_refund(grant=grant, by=made.officer)
    refunds.record_refund(grant=grant, received_on=clock.today(), by=made.cashier)


def test_nobody_approves_the_refund_order_that_they_drafted(db_session: Session):
    made = grants.team()
    cast.give(made.officer, Role.APPROVER)
    cast.give(made.officer, Role.CASHIER)
    cast.give(made.approver, Role.CASHIER)
    grant = over(made)
    refunds.draft_refund(grant=grant, by=made.officer)
    for decide in (
        lambda: refunds.order_refund(grant=grant, by=made.officer),
        lambda: refunds.return_refund(grant=grant, reason="不要", by=made.officer),
    ):
        with refused(RuleBroken, None, "ご自分が起案"):
            decide()
    refunds.order_refund(grant=grant, by=made.approver)
    refunds.issue_refund(grant=grant, by=made.other_officer)
    for person in (made.officer, made.approver):  # who drafted or approved does not record
        with refused(RuleBroken, None, "ご自分が起案"):
            refunds.record_refund(grant=grant, received_on=clock.today(), by=person)


def test_who_sits_on_the_committee_orders_no_refund_of_it(db_session: Session):
    made = grants.team()
    grant = over(made)
    refunds.draft_refund(grant=grant, by=made.officer)
    cast.give(made.approver, Role.DRAFTER, of=made.plan.committee)
    with pytest.raises(NotAllowed):
        refunds.order_refund(grant=grant, by=made.approver)


def test_a_drafted_refund_comes_back_with_a_reason(db_session: Session):
    made = grants.team()
    grant = over(made)
    refunds.draft_refund(grant=grant, by=made.officer)
    with refused(RuleBroken, "reason"):
        refunds.return_refund(grant=grant, reason=" ", by=made.approver)
    refunds.return_refund(grant=grant, reason="納期限を相談中", by=made.approver)
    assert refund_queries.pending_refund(grant) is None
    with pytest.raises(Conflict):
        refunds.order_refund(grant=grant, by=made.approver)
    grants.refund_due(made)
    assert grant.refund_yen == 40_000


def test_what_is_ordered_is_the_draft_that_was_read(db_session: Session):
    made = grants.team()
    grant = over(made)
    read = refunds.draft_refund(grant=grant, by=made.officer)
    refunds.return_refund(grant=grant, reason="書き直し", by=made.approver)
    refunds.draft_refund(grant=grant, by=made.officer)
    with pytest.raises(Conflict):
        refunds.order_refund(grant=grant, draft_id=read.id, by=made.approver)


def test_a_drafted_refund_falls_away_with_a_cancellation(db_session: Session):
    made = grants.team()
    grant = over(made)
    refunds.draft_refund(grant=grant, by=made.officer)
    grants.cancelled(made, reason="架空の領収書")
    assert refund_queries.pending_refund(grant) is None
    letters.issue_cancellation(grant=grant, by=made.officer)
    grants.refund_due(made)
    assert grant.refund_yen == 100_000


# --- every path -------------------------------------------------------------------------------------------------

_WAYS = (
    "none",
    "cancel_part",
    "discontinue",
    "discontinue_cancel",
    "cancel_all",
    "inspected_part",
    "late_finding",
)
_team = itertools.count()


@examples(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    way=st.sampled_from(_WAYS),
    paid=st.integers(0, 180_000),
    spent=st.integers(0, 250_000),
    found=st.booleans(),
    wanted=st.integers(1, 180_000),
)
def test_on_every_path_the_committee_keeps_what_inspected_receipts_carry(
    db_session: Session, way: str, paid: int, spent: int, found: bool, wanted: int
):
    """``found``: the inspection ticks the receipt. Income is none and the rate whole, so the rule is ⌊…⌋ to 1,000円."""
    made = grants.team()
    grant = grants.active(made)
    if paid:
        grants.paid(made, paid)
    if spent:
        receipt = grants.spent(made, spent, line=2)
        receipt.inspected_at = receipt.inspected_by_id = None
    if way.startswith("discontinue"):
        awards.discontinue(grant=grant, reason="閉店", by=made.chair)
    wholly = way in {"cancel_all", "discontinue_cancel"}
    ceiling = 180_000
    if wholly:
        grants.cancelled(made)
    elif way == "cancel_part":
        ceiling = min(spent // 1_000 * 1_000, paid, wanted, 179_999)
        grants.cancelled(made, kept_yen=ceiling)
    carried = 0
    if grant.status is not Status.CANCELLED:
        if found and spent:
            carried = min(spent // 1_000 * 1_000, ceiling)
            receipt.inspected_at, receipt.inspected_by_id = clock.now(), made.officer.id
        grants.inspected(made)
        if way == "inspected_part" and min(carried, paid) > 0:
            carried = min(carried, paid, wanted, 179_999)
            grants.cancelled(made, kept_yen=carried)
        else:
            _determine(made)
            if way == "late_finding" and carried > 1:
                carried = min(wanted, carried - 1, paid)
                grants.cancelled(made, kept_yen=carried)
    _settle(made)
    kept = ledger.balance(grant).paid
    assert grant.status is Status.CLOSED
    assert kept == grant.fixed_yen == payments.paid_by_rows(grant) == (0 if wholly else carried)
    assert kept <= (spent if found else 0)
    assert sum(posting.amount for posting in ledger.postings_of(grant)) == 0


def _determine(made: grants.Team) -> None:
    if decisions.cancellation_unpublished(made.grant):
        letters.issue_cancellation(grant=made.grant, by=made.officer)
    determinations.draft_determination(grant=made.grant, by=made.officer)
    determinations.determine(grant=made.grant, by=made.approver)
    letters.issue_determination(grant=made.grant, by=made.officer)


def _settle(made: grants.Team) -> None:
    grant = made.grant
    if decisions.cancellation_unpublished(grant):
        letters.issue_cancellation(grant=grant, by=made.officer)
    settled = determinations.settlement_of(grant)
    if settled.refund:
        grants.refunded(made)
    elif settled.balance:
        grants.balance_paid(made, determinations.order_balance(grant=grant, by=made.officer))
    determinations.close(grant=grant, by=made.officer)


def test_what_was_repaid_stays_in_sight_when_the_next_order_is_dropped(app: Flask, db_session: Session):
    made = grants.team(year=2026)
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 60_000, line=2)
    grants.determined(made)
    grants.refunded(made)
    for kept in (40_000, 0):
        grants.cancelled(made, kept_yen=kept)
        letters.issue_cancellation(grant=grant, by=made.officer)
        if kept:
            grants.refund_due(made)
    client = PageClient(app)
    client.sign_in(made.officer)
    assert grant.refund_yen is None
    assert client.get(f"/grants/{grant.id}").text.count("戻入（返還）") == 1
