"""検査: every receipt is looked at by an official, and nothing passes with a finding left."""

import pytest

from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.services import receipts
from stations.grants.reports.services import inspections, reports
from stations.grants.rules import Status
from tests.grants.active_grant import enter, reported, team
from tests.support import cast

pytestmark = pytest.mark.usefixtures("db_session")


def test_inspection_ends_when_every_active_receipt_is_ticked() -> None:
    made = team()
    one, two, gone = enter(made), enter(made, 900), enter(made, 40)
    receipts.cancel_receipt(receipt=gone, reason="誤り", by=made.treasurer)
    reported(made)
    inspections.tick(receipt=one, ok=True, by=made.officer)
    with pytest.raises(RuleBroken, match="1件"):
        inspections.inspect(grant=made.grant, by=made.officer)
    inspections.tick(receipt=two, ok=True, by=made.officer)
    inspections.inspect(grant=made.grant, by=made.officer)
    assert made.grant.status is Status.INSPECTED
    assert made.grant.inspected_by_id == made.officer.id
    with pytest.raises(Conflict):
        inspections.inspect(grant=made.grant, by=made.officer)


def test_a_finding_needs_words_and_stops_the_inspection() -> None:
    made = team()
    receipt = enter(made)
    reported(made)
    with pytest.raises(RuleBroken) as refused:
        inspections.tick(receipt=receipt, ok=False, finding=" ", by=made.officer)
    assert refused.value.field == "finding"
    inspections.tick(receipt=receipt, ok=False, finding="宛名が読めません。", by=made.officer)
    with pytest.raises(RuleBroken, match="指摘"):
        inspections.inspect(grant=made.grant, by=made.officer)
    inspections.tick(receipt=receipt, ok=True, by=made.officer)
    assert receipt.finding == ""


def test_a_changed_receipt_is_ticked_again_after_a_return_and_others_keep_their_tick() -> None:
    made = team()
    good, bad = enter(made), enter(made, 900)
    reported(made)
    inspections.tick(receipt=good, ok=False, finding="見間違いでした。", by=made.officer)
    inspections.tick(receipt=good, ok=True, by=made.officer)
    inspections.tick(receipt=bad, ok=False, finding="金額が違うようです。", by=made.officer)
    inspections.tick(receipt=bad, ok=False, finding="金額が違います。", by=made.officer)
    reports.return_report(grant=made.grant, reason="領収書2を直してください。", by=made.officer)
    receipts.cancel_receipt(receipt=bad, reason="市の指摘", by=made.treasurer)
    corrected = enter(made, 990)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    reports.submit_report(grant=made.grant, by=made.chair)
    (before,) = receipt_queries.found_before(made.grant)
    assert (before.number, before.cancelled, before.finding) == (bad.number, True, "金額が違います。")
    with pytest.raises(RuleBroken, match="1件"):
        inspections.inspect(grant=made.grant, by=made.officer)
    inspections.tick(receipt=corrected, ok=True, by=made.officer)
    inspections.inspect(grant=made.grant, by=made.officer)


def test_only_an_official_without_a_part_in_it_ticks_and_only_what_was_handed_in() -> None:
    made = team()
    receipt = enter(made)
    with pytest.raises(Conflict):
        inspections.tick(receipt=receipt, ok=True, by=made.officer)
    reported(made)
    involved = cast.person(Role.OFFICER)
    cast.give(involved, Role.DRAFTER, of=made.grant.committee)
    for person in (made.treasurer, made.chair, cast.person(Role.APPROVER), involved):
        with pytest.raises(NotAllowed):
            inspections.tick(receipt=receipt, ok=True, by=person)
        with pytest.raises(NotAllowed):
            inspections.inspect(grant=made.grant, by=person)


def test_a_cancelled_receipt_is_not_ticked() -> None:
    made = team()
    gone = enter(made)
    receipts.cancel_receipt(receipt=gone, reason="誤り", by=made.treasurer)
    reported(made)
    with pytest.raises(Conflict):
        inspections.tick(receipt=gone, ok=True, by=made.officer)
