"""検査: a part of a receipt that does not count, a finding that is answered, a receipt that takes two officials."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.core import audit
from stations.core.access import Role
from stations.core.database import AppendOnlyError
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.grants.books.models import Receipt
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.services import receipts
from stations.grants.pages import tasks as grant_tasks
from stations.grants.reports.models import ReceiptDisallowance
from stations.grants.reports.queries import disallowances
from stations.grants.reports.queries import inspections as inspection_queries
from stations.grants.reports.services import inspections, reports
from stations.grants.rules import Status
from stations.grants.settlement.queries import calculation
from stations.grants.settlement.services import determinations
from tests.grants.active_grant import Team, enter, reported, team
from tests.grants.books.test_receipts_services import take_in
from tests.support import cast
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("db_session")


def split_receipt(made: Team) -> Receipt:
    return enter(made, 5_000, splits={made.food: 3_000, made.printing: 2_000})


def disallow(made: Team, receipt: Receipt, amount_yen: int = 800, **changes: object) -> ReceiptDisallowance:
    values: dict[str, object] = {
        "receipt": receipt,
        "line_id": made.food,
        "amount_yen": amount_yen,
        "reason": "酒類は対象外です。",
        "by": made.officer,
    }
    return inspections.disallow(**(values | changes))  # type: ignore[arg-type]  # by name


def test_a_disallowed_part_lowers_what_is_fixed_and_the_report_stays() -> None:
    made = team()
    receipt, other = split_receipt(made), enter(made, 60_000)
    reported(made)
    disallow(made, receipt, 800)
    assert made.grant.status is Status.REPORTED
    assert receipt.inspected_by_id == made.officer.id, "it is looked at by the same act"
    inspections.tick(receipt=other, ok=True, by=made.officer)
    inspections.inspect(grant=made.grant, by=made.officer)
    known = calculation.calculation(made.grant)
    assert (known.disallowed, known.eligible) == (800, 64_200)
    assert determinations.fixed_of(made.grant) == 64_000
    determinations.draft_determination(grant=made.grant, by=made.officer)
    with pytest.raises(Conflict):
        disallow(made, receipt, 100)


def test_both_parts_of_a_split_receipt_may_be_disallowed_each_up_to_its_own_amount() -> None:
    made = team()
    receipt = split_receipt(made)
    reported(made)
    disallow(made, receipt, 3_000)
    for line, amount in ((made.food, 1), (made.printing, 2_001)):
        with pytest.raises(RuleBroken) as broken:
            disallow(made, receipt, amount, line_id=line)
        assert broken.value.field == "amount_yen"
    with pytest.raises(RuleBroken) as broken:
        disallow(made, receipt, 1, line_id=made.rent)
    assert broken.value.field == "line_id"
    disallow(made, receipt, 2_000, line_id=made.printing)
    assert inspection_queries.receipt_counts(made.grant).eligible == 0


def test_it_is_taken_back_once_with_a_reason_and_looked_at_again(db_session: Session) -> None:
    made = team()
    receipt = split_receipt(made)
    reported(made)
    part = disallow(made, receipt, 800)
    with pytest.raises(RuleBroken) as broken:
        inspections.allow_again(disallowance=part, reason="", by=made.officer)
    assert broken.value.field == "reason"
    inspections.allow_again(disallowance=part, reason="調味料でした。", by=made.officer)
    with pytest.raises(Conflict):
        inspections.allow_again(disallowance=part, reason="もう一度", by=made.officer)
    kept = disallowances.of_receipt(receipt)
    assert [row.amount_yen for row in kept] == [800, -800]
    assert receipt.inspected_at is None
    inspections.tick(receipt=receipt, ok=True, by=made.officer)
    assert inspection_queries.receipt_counts(made.grant).eligible == 5_000
    kept[0].amount_yen = 1
    with pytest.raises(AppendOnlyError):
        db_session.flush()
    db_session.rollback()


def test_only_an_inspector_disallows_and_the_committee_is_notified(db_session: Session) -> None:
    made = team()
    made.treasurer.email = "treasurer@example.jp"
    receipt = split_receipt(made)
    with pytest.raises(Conflict):
        disallow(made, receipt)
    reported(made)
    for person in (made.treasurer, made.chair, cast.person(Role.APPROVER)):
        with pytest.raises(NotAllowed):
            disallow(made, receipt, by=person)
    disallow(made, receipt)
    (mail,) = db_session.scalars(sa.select(OutboxMail).where(OutboxMail.subject.contains("対象外")))
    assert "800円" in mail.body and "酒類" not in mail.body
    (entry,) = [one for one in audit.timeline(receipt) if one.act == "disallow"]
    assert entry.reason == "酒類は対象外です。" and entry.detail["amount_yen"] == 800


def test_a_cancelled_receipt_counts_nothing_with_or_without_a_disallowed_part() -> None:
    made = team()
    receipt = split_receipt(made)
    reported(made)
    disallow(made, receipt)
    reports.return_report(grant=made.grant, reason="ほかの領収書を直してください。", by=made.officer)
    receipts.cancel_receipt(receipt=receipt, reason="取り下げます。", by=made.treasurer)
    counts = inspection_queries.receipt_counts(made.grant)
    assert (counts.eligible, counts.disallowed) == (0, 0)


def test_a_finding_is_answered_in_words_and_the_report_stays_where_it_is(db_session: Session) -> None:
    made = team()
    made.officer.email = "officer@example.jp"
    receipt = enter(made)
    reported(made)
    with pytest.raises(Conflict):
        inspections.answer(receipt=receipt, text="何もありません。", by=made.treasurer)
    inspections.tick(receipt=receipt, ok=False, finding="誰の分の食材ですか。", by=made.officer)
    with pytest.raises(RuleBroken) as broken:
        inspections.answer(receipt=receipt, text=" ", by=made.treasurer)
    assert broken.value.field == "answer"
    inspections.answer(receipt=receipt, text="参加者24人の分です。", by=made.treasurer)
    assert (receipt.answer, receipt.answered_by_id) == ("参加者24人の分です。", made.treasurer.id)
    assert made.grant.status is Status.REPORTED and receipt.finding
    assert [m.to_address for m in db_session.scalars(sa.select(OutboxMail))].count("officer@example.jp") >= 1
    for person in (made.officer, made.auditor):
        with pytest.raises(NotAllowed):
            inspections.answer(receipt=receipt, text="代わりに。", by=person)
    inspections.answer(receipt=receipt, text="代表も確かめました。", by=made.chair)
    inspections.tick(receipt=receipt, ok=False, finding="人数の記録もください。", by=made.officer)
    assert receipt.answer == "", "another question waits for another answer"
    inspections.answer(receipt=receipt, text="開催の記録にあります。", by=made.treasurer)
    inspections.tick(receipt=receipt, ok=True, by=made.officer)
    assert receipt.finding == ""
    said = [entry.reason for entry in audit.timeline(receipt) if entry.act == "answer"]
    assert said == ["開催の記録にあります。", "代表も確かめました。", "参加者24人の分です。"]


def test_a_finding_is_answered_also_while_the_report_is_back_and_waits_on_the_home_page() -> None:
    made = team()
    receipt = enter(made)
    reported(made)
    inspections.tick(receipt=receipt, ok=False, finding="誰の分の食材ですか。", by=made.officer)

    def waits(person: object) -> list[str]:
        tasks = grant_tasks.waiting_for(person)  # type: ignore[arg-type]  # a Person
        return [task.endpoint for task in tasks if task.endpoint == "grants.answer_finding"]

    assert waits(made.treasurer) == waits(made.chair) == ["grants.answer_finding"]
    assert waits(made.auditor) == waits(made.officer) == []
    reports.return_report(grant=made.grant, reason="領収書1に答えてください。", by=made.officer)
    inspections.answer(receipt=receipt, text="参加者24人の分です。", by=made.treasurer)
    assert waits(made.treasurer) == []


def test_a_receipt_above_the_award_is_confirmed_by_a_second_official() -> None:
    made = team()
    big, small = enter(made, 100_001), enter(made, 900)
    made.grant.awarded_yen = 100_000
    take_in(made, 20_000)
    reported_with_funds(made)
    second = cast.person(Role.OFFICER)
    with refused(RuleBroken, None, "1人目の担当"):
        inspections.confirm(receipt=big, by=second)
    for receipt in (big, small):
        inspections.tick(receipt=receipt, ok=True, by=made.officer)
    with pytest.raises(RuleBroken, match="もう1人"):
        inspections.inspect(grant=made.grant, by=made.officer)
    with pytest.raises(RuleBroken, match="ほかの方"):
        inspections.confirm(receipt=big, by=made.officer)
    with refused(RuleBroken, None, "交付決定額を超える領収書だけ"):
        inspections.confirm(receipt=small, by=second)
    inspections.confirm(receipt=big, by=second)
    assert big.confirmed_by_id == second.id
    inspections.tick(receipt=big, ok=True, by=made.officer)
    assert big.confirmed_by_id is None, "another look takes another confirmation"
    inspections.confirm(receipt=big, by=second)
    inspections.inspect(grant=made.grant, by=made.officer)


def test_after_the_inspection_nobody_alone_lets_a_receipt_above_the_award_count_again() -> None:
    made = team()
    big, small = enter(made, 100_001), enter(made, 900)
    made.grant.awarded_yen = 100_000
    take_in(made, 20_000)
    reported_with_funds(made)
    parts = [disallow(made, receipt, 100, line_id=receipt.splits[0].line_id) for receipt in (big, small)]
    inspections.confirm(receipt=big, by=cast.person(Role.OFFICER))
    inspections.inspect(grant=made.grant, by=made.officer)
    with pytest.raises(RuleBroken, match="交付決定額を超える"):
        inspections.allow_again(disallowance=parts[0], reason="対象でした。", by=made.officer)
    inspections.allow_again(disallowance=parts[1], reason="対象でした。", by=made.officer)
    assert inspection_queries.receipt_counts(made.grant).eligible == 100_901 - 100


def test_the_second_officials_mark_survives_a_part_that_does_not_count() -> None:
    """It is about the receipt's amount, which a 対象外 does not change; nobody could give it again after the 検査."""
    made = team()
    big = enter(made, 100_001)
    made.grant.awarded_yen = 100_000
    take_in(made, 20_000)
    reported_with_funds(made)
    first, second = made.officer, cast.person(Role.OFFICER)
    inspections.tick(receipt=big, ok=True, by=first)
    inspections.confirm(receipt=big, by=second)
    line = big.splits[0].line_id
    for by in (first, second):
        disallow(made, big, 100, line_id=line, by=by)
        assert (big.inspected_by_id, big.confirmed_by_id) == (first.id, second.id)
    inspections.inspect(grant=made.grant, by=first)
    for by in (first, second):
        disallow(made, big, 100, line_id=line, by=by)
        assert (big.inspected_by_id, big.confirmed_by_id) == (first.id, second.id)
    assert inspection_queries.receipt_counts(made.grant).eligible == 100_001 - 400


def reported_with_funds(made: Team) -> None:
    """The big receipt takes 流用 with it, which is not this file's matter."""
    for line in made.grant.lines:
        line.decided_yen = line.awarded_yen = 200_000
    reported(made)


def test_found_before_names_each_paper_once() -> None:
    made = team()
    receipt = enter(made)
    reported(made)
    inspections.tick(receipt=receipt, ok=False, finding="読めません。", by=made.officer)
    assert [one.number for one in receipt_queries.with_findings(made.grant)] == [1]
