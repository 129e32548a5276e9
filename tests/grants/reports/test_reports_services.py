"""The 実績報告 from the first word to the city's desk: what is missing, 監査, the frozen PDF, 差戻し."""

import datetime as dt
import io
from dataclasses import replace

import pypdf
import pytest
import sqlalchemy as sa

from stations.applications.rules import CostCategory, IncomeKind
from stations.attendance.projection import EventKind
from stations.attendance.rules import Counter
from stations.attendance.services.events import Author, new_record, write
from stations.core import clock, files
from stations.core.access import Role
from stations.core.database import db
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.outbox import OutboxMail
from stations.grants.awards.services import changes
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.rules import bookkeeping
from stations.grants.books.services import incomes, ledger, receipts
from stations.grants.pages import report_tasks
from stations.grants.queries.desk import OpenGrant
from stations.grants.reports.queries import reports as report_queries
from stations.grants.reports.rules import Need
from stations.grants.reports.services import reports
from stations.grants.rules import Status
from tests.grants.active_grant import Team, enter, reported, team, written
from tests.support import cast
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("db_session")


def needs(made: Team) -> list[str | None]:
    return [broken.field for broken in report_queries.report(made.grant).missing]


def own_funds(made: Team, amount_yen: int) -> None:
    incomes.record_income(
        grant=made.grant,
        kind=IncomeKind.OWN_FUNDS,
        amount_yen=amount_yen,
        happened_on=dt.date(2026, 11, 1),
        description="実行委員会の自己資金",
        by=made.treasurer,
    )


def test_the_list_tells_what_is_missing_until_nothing_is() -> None:
    made = team()
    assert needs(made) == [Need.SUMMARY, Need.COMPLETED_ON, Need.AUDIT]
    enter(made, 101_000, splits={made.rent: 36_000, made.food: 65_000})
    assert Need.FUNDS in needs(made)
    own_funds(made, 1_000)
    written(made)
    assert needs(made) == [Need.AUDIT]
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    assert needs(made) == []


def test_an_unpaid_part_of_the_award_counts_as_cover() -> None:
    made = team(paid_yen=60_000)
    enter(made, 100_000)
    assert Need.FUNDS not in needs(made)
    assert report_queries.report(made.grant).balance.cash == -40_000


def test_the_statement_holds_every_yen_of_budget_and_books() -> None:
    made = team()
    enter(made, 30_000)
    enter(made, 12_000, splits={made.rent: 12_000}, description="会場の使用料")
    incomes.record_income(
        grant=made.grant,
        kind=IncomeKind.FEES,
        amount_yen=19_400,
        happened_on=dt.date(2026, 10, 10),
        description="参加費",
        by=made.treasurer,
    )
    statement = report_queries.report(made.grant).statement
    assert [(row.item, row.budget, row.actual) for row in statement.expenses] == [
        (CostCategory.RENT, 36_000, 12_000),
        (CostCategory.SUPPLIES, 84_000, 30_000),
    ]
    assert [(row.item, row.budget, row.actual) for row in statement.income] == [
        (None, 100_000, 100_000),
        (IncomeKind.FEES, 18_000, 19_400),
        (IncomeKind.OWN_FUNDS, 2_000, 0),
    ]
    assert statement.income_total.budget == statement.expense_total.budget
    assert statement.rest == 77_400


def test_the_budgets_of_the_statement_are_those_that_were_decided() -> None:
    """流用 moves money without a decision: the statement shows what was decided, and the 流用 beside it."""
    made = team()
    budgets = {made.rent: 43_000, made.food: 53_000, made.printing: 24_000}
    changes.request_change(grant=made.grant, budgets=budgets, reason="会場を増やすため", by=made.chair)
    rows = {row.item: row for row in report_queries.report(made.grant).statement.expenses}
    assert [(row.budget, row.moved) for row in rows.values()] == [(36_000, 7_000), (84_000, -7_000)]
    budgets = {made.rent: 60_000, made.food: 36_000, made.printing: 24_000}
    changes.request_change(grant=made.grant, budgets=budgets, reason="会場を増やすため", by=made.chair)
    changes.decide_change(grant=made.grant, approve=True, by=cast.person(Role.APPROVER))
    rows = {row.item: row for row in report_queries.report(made.grant).statement.expenses}
    assert [(row.budget, row.moved) for row in rows.values()] == [(60_000, 0), (60_000, 0)]


@pytest.mark.parametrize(
    ("spent", "paid", "expected"),
    [
        # 18,000円 of fees; the unit is 1,000円, the award 100,000円.
        (108_345, 50_000, 40_000),  # 90,345円 are left to pay: 90,000円 will be fixed
        (130_000, 50_000, 50_000),  # never above the award
        (60_000, 50_000, 0),  # 8,000円 will go back instead
        (18_900, 0, 0),
    ],
)
def test_the_balance_that_is_expected_is_the_one_that_will_be_decided(
    spent: int, paid: int, expected: int
) -> None:
    made = team(paid_yen=paid)
    enter(made, spent)
    incomes.record_income(
        grant=made.grant,
        kind=IncomeKind.FEES,
        amount_yen=18_000,
        happened_on=dt.date(2026, 10, 10),
        description="参加費",
        by=made.treasurer,
    )
    assert report_queries.report(made.grant).statement.expected == expected


def test_a_report_is_due_from_its_completion_or_the_end_of_the_year() -> None:
    made = team()
    assert report_queries.due_on(made.grant) == dt.date(2027, 4, 10)
    written(made)
    assert report_queries.due_on(made.grant) == dt.date(2026, 12, 14)


def test_the_auditor_waits_for_finished_accounts() -> None:
    made = team()
    with refused(RuleBroken, None, "実施した内容"):
        reports.audit_accounts(grant=made.grant, by=made.auditor)
    written(made)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    with pytest.raises(Conflict):
        reports.audit_accounts(grant=made.grant, by=made.auditor)


def test_who_kept_the_books_never_audits_them() -> None:
    made = team()
    cast.give(made.treasurer, Role.COMMITTEE_AUDITOR, of=made.grant.committee)
    enter(made)
    written(made)
    with pytest.raises(RuleBroken, match="監査"):
        reports.audit_accounts(grant=made.grant, by=made.treasurer)
    for person in (made.chair, made.officer, team("別").auditor):
        with pytest.raises(NotAllowed):
            reports.audit_accounts(grant=made.grant, by=person)


def test_changing_the_text_makes_the_audit_void_and_saving_the_same_does_not() -> None:
    made = team()
    written(made)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    written(made)
    assert made.grant.accounts_audited_at is not None
    reports.save_report(
        grant=made.grant, summary="書き直した。", completed_on=made.grant.completed_on, by=made.treasurer
    )
    assert made.grant.accounts_audited_at is None


@pytest.mark.parametrize("day", [dt.date(2026, 3, 31), dt.date(2026, 11, 25)])
def test_the_day_of_completion_lies_in_the_year_and_not_ahead(day: dt.date) -> None:
    made = team()
    with pytest.raises(RuleBroken) as caught:
        reports.save_report(grant=made.grant, summary="", completed_on=day, by=made.chair)
    assert caught.value.field == "completed_on"


def test_handing_in_freezes_one_pdf_and_closes_the_books() -> None:
    made = team()
    enter(made)
    reported(made)
    grant = made.grant
    assert grant.status is Status.REPORTED
    assert (grant.reported_by_id, grant.accounts_audited_by_id) == (made.chair.id, made.auditor.id)
    file = files.find(grant.report_file_id or 0)
    assert file is not None and file.media_type == "application/pdf"
    text = printed(made)
    for words in ("実績報告書", "収支決算書", "出納帳", "料理の会", "架空商店"):
        assert words in text
    with pytest.raises(Conflict):
        enter(made)
    with pytest.raises(Conflict):
        reports.submit_report(grant=grant, by=made.chair)


def test_the_report_counts_the_visits_of_its_period_only() -> None:
    made = team()
    enter(made)
    for day in (dt.date(2026, 3, 14), dt.date(2026, 5, 9), dt.date(2026, 11, 14), dt.date(2026, 11, 20)):
        visited(made, day, visits=3)
    reported(made)
    held = report_queries.activity(made.grant).held
    assert (held.openings, held.totals.visits) == (2, 6)
    text = "".join(printed(made).split())
    assert "開催回数2回" in text and "延べ参加者数6人" in text
    assert not report_queries.activity(made.grant).shared


def test_a_report_says_that_another_tells_of_the_same_station() -> None:
    made, other = team(), team("別")
    other.grant.station = made.grant.station
    db.session.flush()
    assert report_queries.activity(made.grant).shared and report_queries.activity(other.grant).shared
    other.grant.status = Status.WITHDRAWN
    db.session.flush()
    assert not report_queries.activity(made.grant).shared


def visited(made: Team, on: dt.date, *, visits: int) -> None:
    """An opening at the grant's station with a record of so many visits."""
    record = new_record(cast.opening(made.grant.station, on), made.officer.id)
    for _nth in range(visits):
        write(
            record,
            EventKind.COUNT,
            Author(made.officer.id),
            tile=(Counter.VISIT, "elementary"),
            delta=1,
            made_at=clock.now(),
        )


def printed(made: Team) -> str:
    """The words of the frozen report."""
    file = files.find(made.grant.report_file_id or 0)
    assert file is not None
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(files.content(file))).pages)


def test_the_pdf_lists_what_it_holds_says_nothing_of_its_own_and_breaks_no_date() -> None:
    made = team()
    enter(made, dated_on=dt.date(2026, 10, 23), payee="とても長い名前の架空の商店（見本駅前本店）")
    reports.save_report(
        grant=made.grant, summary="料理の会を開いた。", completed_on=dt.date(2026, 11, 14), by=made.chair
    )
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    reports.submit_report(grant=made.grant, by=made.chair)
    text = printed(made)
    assert "収支決算書" in text and "出納帳" in text
    assert "領収書の写し" not in text and "記載のとおり" not in text and "成果と課題" not in text
    assert "令和8年10月23日" in text


def test_the_pdf_shows_a_correction_in_its_own_line() -> None:
    made = team()
    receipt = enter(made)
    receipts.correct_receipt(
        receipt=receipt,
        entry=replace(receipt_queries.as_rule(receipt), dated_on=dt.date(2026, 10, 13)),
        reason="読み違い",
        by=made.treasurer,
        accept_warnings=True,
    )
    reported(made)
    text = printed(made).replace("\n", "")
    assert "訂正前" in text and "読み違い" in text and "△3,240" not in text


def test_nothing_is_handed_in_without_audit_or_with_a_hole_in_the_cash() -> None:
    made = team()
    written(made)
    with pytest.raises(RuleBroken, match="監査"):
        reports.submit_report(grant=made.grant, by=made.chair)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    enter(made, 100_500, splits={made.rent: 36_000, made.food: 64_500})
    with pytest.raises(RuleBroken, match="自己資金"):
        reports.submit_report(grant=made.grant, by=made.chair)
    with pytest.raises(NotAllowed):
        reports.submit_report(grant=made.grant, by=made.treasurer)


def test_a_returned_report_is_corrected_and_handed_in_again() -> None:
    made = team()
    enter(made)
    reported(made)
    first = made.grant.report_file_id
    with pytest.raises(RuleBroken) as caught:
        reports.return_report(grant=made.grant, reason="", by=made.officer)
    assert caught.value.field == "reason"
    reports.return_report(grant=made.grant, reason="領収書1の宛名を確かめてください。", by=made.officer)
    assert made.grant.status is Status.REPORT_RETURNED
    enter(made, 800)
    with refused(RuleBroken, None, "監査の確認"):
        reports.submit_report(grant=made.grant, by=made.chair)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    reports.submit_report(grant=made.grant, by=made.chair)
    assert made.grant.report_file_id != first


def test_those_who_wait_are_notified_by_mail() -> None:
    made = team()
    for person in (made.chair, made.treasurer, made.officer):
        person.email = f"{person.login}@stations.example"
    reported(made)
    reports.return_report(grant=made.grant, reason="確認", by=made.officer)
    shown = [mail.to_address for mail in db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]
    assert shown == [person.email for person in (made.chair, made.officer, made.chair, made.treasurer)]


def is_open(made: Team) -> OpenGrant:
    return OpenGrant(made.grant, "駅", "計画", [])


def test_each_sees_what_waits_for_them() -> None:
    made = team()

    def waiting() -> dict[str, list[str]]:
        people = {
            "chair": made.chair,
            "treasurer": made.treasurer,
            "auditor": made.auditor,
            "officer": made.officer,
        }
        found = {
            name: [task.endpoint for task in report_tasks.waiting_for(one, [is_open(made)])]
            for name, one in people.items()
        }
        return {name: tasks for name, tasks in found.items() if tasks}

    assert waiting() == {}
    written(made)
    assert waiting() == {
        "chair": ["grants.report"],
        "treasurer": ["grants.report"],
        "auditor": ["grants.audit_accounts"],
    }
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    assert waiting() == {"chair": ["grants.submit_report"]}
    reports.submit_report(grant=made.grant, by=made.chair)
    assert waiting() == {"officer": ["grants.inspect"]}
    reports.return_report(grant=made.grant, reason="確認", by=made.officer)
    assert waiting() == {"chair": ["grants.report"], "treasurer": ["grants.report"]}


def later(made: Team, postings: bookkeeping.Transaction, text: str) -> None:
    ledger.book(
        grant=made.grant,
        postings=postings,
        happened_on=dt.date(2026, 11, 20),
        description=text,
        by=made.officer,
    )


def test_the_statement_stays_as_it_was_handed_in() -> None:
    made = team(paid_yen=60_000)
    enter(made, 80_000, splits={made.rent: 20_000, made.food: 60_000})
    open_books = report_queries.report(made.grant)
    assert open_books.since is None
    reported(made)
    handed_in = report_queries.report(made.grant)
    assert handed_in.statement == open_books.statement
    assert handed_in.since == report_queries.Since((), None)
    later(made, bookkeeping.payment(40_000), "市補助金（精算払）")
    later(made, bookkeeping.own_funds(1_000), "自己資金")
    later(made, bookkeeping.refund(20_000), "市への返還")
    now = report_queries.report(made.grant)
    assert now.statement == handed_in.statement
    assert (now.balance.paid, now.balance.spent) == (80_000, 80_000)
    assert now.since is not None
    assert [(line.text, line.yen) for line in now.since.movements] == [
        ("市補助金（精算払）", 40_000),
        ("自己資金", 1_000),
        ("市への返還", -20_000),
    ]


def test_a_returned_report_follows_the_books_until_it_is_handed_in_again() -> None:
    made = team()
    enter(made, 20_000)
    reported(made)
    first = report_queries.report(made.grant).statement
    reports.return_report(grant=made.grant, reason="1枚足りません。", by=made.officer)
    enter(made, 30_000)
    corrected = report_queries.report(made.grant)
    assert corrected.since is None and corrected.statement != first
    made.grant.status, made.grant.kept_yen, made.grant.fixed_yen = Status.CANCELLED, 0, 0
    assert report_queries.report(made.grant).statement == corrected.statement
    made.grant.status, made.grant.kept_yen, made.grant.fixed_yen = Status.REPORT_RETURNED, None, None
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    reports.submit_report(grant=made.grant, by=made.chair)
    later(made, bookkeeping.refund(10_000), "市への返還")
    assert report_queries.report(made.grant).statement == corrected.statement


def test_a_report_that_is_settled_or_cancelled_tells_so_beside_its_figures() -> None:
    made = team()
    enter(made, 20_000)
    reported(made)
    handed_in = report_queries.report(made.grant).statement
    grant = made.grant
    grant.fixed_yen, grant.determination_drafted_by_id = 20_000, made.officer.id
    drafted = report_queries.report(grant)
    assert drafted.since is not None and drafted.since.settled is None
    grant.determined_on = dt.date(2026, 11, 21)
    fixed = report_queries.report(grant)
    assert fixed.since is not None and fixed.since.settled is not None
    assert (fixed.since.settled.fixed, fixed.since.settled.refund) == (20_000, 80_000)
    grant.determined_on = grant.determination_drafted_by_id = None
    grant.kept_yen, grant.fixed_yen, grant.status = 0, 0, Status.CANCELLED
    cancelled = report_queries.report(grant)
    assert cancelled.statement == handed_in
    assert cancelled.balance.awarded == 0
    assert cancelled.since is not None and cancelled.since.settled is not None
    assert cancelled.since.settled.refund == 100_000


def test_the_auditor_says_what_is_to_be_corrected_until_it_is() -> None:
    made = team()
    enter(made, 10_000)
    written(made)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    with pytest.raises(RuleBroken) as broken:
        reports.question_accounts(grant=made.grant, reason=" ", by=made.auditor)
    assert broken.value.field == "reason"
    with pytest.raises(NotAllowed):
        reports.question_accounts(grant=made.grant, reason="領収書1の金額", by=made.treasurer)
    reports.question_accounts(grant=made.grant, reason="領収書1の金額", by=made.auditor)
    assert needs(made) == [Need.AUDIT], "an audit already given is taken back"
    assert report_queries.question_of(made.grant) == "領収書1の金額"
    assert any(
        "直してほしい" in task.label for task in report_tasks.waiting_for(made.treasurer, [is_open(made)])
    )
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    assert report_queries.question_of(made.grant) == ""
    enter(made, 1_000)
    assert (needs(made), report_queries.question_of(made.grant)) == ([Need.AUDIT], ""), (
        "an answered question stays so"
    )
