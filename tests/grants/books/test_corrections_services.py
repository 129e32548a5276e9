"""訂正 in one step: the old entry is reversed, a new one stands behind it, the paper stays what it is."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from stations.applications.rules import CostCategory, IncomeKind
from stations.core import audit
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.books.models import LedgerTransaction, Receipt
from stations.grants.books.queries import cash_book, ledger
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.receipts import Split
from stations.grants.books.services import incomes, receipts
from stations.grants.books.services.receipts import ReceiptRefused
from stations.grants.reports.services import inspections, reports
from stations.people.models import Person
from tests.grants.active_grant import Team, enter, reported, team, written
from tests.grants.books.test_receipts_services import take_in
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("db_session")


def correct(
    made: Team,
    receipt: Receipt,
    *,
    reason: str = "日付を読み違えたため",
    by: Person | None = None,
    **changes: Any,
) -> Receipt:
    entry = replace(receipt_queries.as_rule(receipt), **changes)
    return receipts.correct_receipt(
        receipt=receipt, entry=entry, reason=reason, by=by or made.treasurer, accept_warnings=True
    )


def test_a_wrong_date_is_corrected_in_one_step() -> None:
    made = team()
    old = enter(made)
    enter(made, 500, dated_on=dt.date(2026, 10, 4))
    new = correct(made, old, dated_on=dt.date(2026, 10, 13))
    assert (new.number, new.file_id, new.replaces_id) == (old.number, old.file_id, old.id)
    assert old.cancelled_reason == "日付を読み違えたため"
    assert [row.number for row in receipt_queries.receipts(made.grant, active_only=True)] == [1, 2]
    assert enter(made, 700).number == 3
    rows = [row for row in cash_book.transactions(made.grant) if row.receipt_id or row.reverses_id]
    assert [(row.happened_on.day, cash_book.cash(row)) for row in rows] == [
        (3, -3_240),
        (3, 3_240),
        (3, -700),
        (4, -500),
        (13, -3_240),
    ]
    first, booked = cash_book.booking_of(old), cash_book.booking_of(new)
    assert booked is not None and first is not None and booked.corrects_id == first.id
    assert ledger.balance(made.grant).spent == 3_240 + 500 + 700


def test_the_cash_book_shows_one_line_with_its_correction() -> None:
    made = team()
    old = enter(made)
    between = enter(made, 500, dated_on=dt.date(2026, 10, 4))
    new = correct(made, old, dated_on=dt.date(2026, 10, 13), amount=3_420, splits=(Split(made.food, 3_420),))
    book = cash_book.cash_book(made.grant)
    spent = [line for line in book.lines if line.out_yen]
    assert [(line.happened_on.day, line.out_yen, line.balance_yen) for line in spent] == [
        (4, 500, 99_500),
        (13, 3_420, 96_080),
    ]
    assert (spent[0].voucher, spent[1].voucher) == (between.number, new.number)
    (before,) = spent[1].corrections
    assert (before.happened_on.day, before.yen, before.reason) == (3, 3_240, "日付を読み違えたため")
    assert (book.total_out, book.balance) == (3_920, 96_080)
    again = correct(made, new, purpose="夏の調理実習の食材代", reason="但し書きを直すため")
    (line,) = [line for line in cash_book.cash_book(made.grant).lines if line.voucher == 1]
    assert [one.reason for one in line.corrections] == ["日付を読み違えたため", "但し書きを直すため"]
    receipts.cancel_receipt(receipt=again, reason="二重に払ったため", by=made.treasurer)
    ends = [line.out_yen for line in cash_book.cash_book(made.grant).lines if line.voucher == 1]
    assert ends == [3_420, -3_420]


def test_the_new_entry_is_checked_as_every_other_and_the_old_stays_when_it_is_not_good(
    db_session: Session,
) -> None:
    made = team()
    old = enter(made)
    with refused(ReceiptRefused, "dated_on"):
        correct(made, old, dated_on=dt.date(2026, 12, 24))
    with pytest.raises(RuleBroken) as broken:
        correct(made, old, dated_on=dt.date(2026, 10, 4), reason=" ")
    assert broken.value.field == "reason"
    with refused(RuleBroken, None, "変わったところがありません"):
        correct(made, old)  # nothing differs
    assert old.cancelled_at is None
    assert len(cash_book.transactions(made.grant)) == 2
    # The paper itself and its own amount are no duplicate of it, and its budget is free again.
    correct(made, old, amount=84_000, splits=(Split(made.food, 84_000),))


def test_it_is_corrected_once_and_only_while_the_books_are_open() -> None:
    made = team()
    old = enter(made)
    new = correct(made, old, dated_on=dt.date(2026, 10, 13))
    with pytest.raises(Conflict):
        correct(made, old, dated_on=dt.date(2026, 10, 14))
    for person in (made.chair, made.officer):
        with pytest.raises(NotAllowed):
            correct(made, new, dated_on=dt.date(2026, 10, 14), by=person)
    written(made)
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    third = correct(made, new, dated_on=dt.date(2026, 10, 14))
    assert made.grant.accounts_audited_at is None
    reported(made)
    with pytest.raises(Conflict):
        correct(made, third, dated_on=dt.date(2026, 10, 15))


def test_a_corrected_paper_is_inspected_again_and_what_was_said_before_stays_in_sight() -> None:
    made = team()
    receipt = enter(made)
    reported(made)
    inspections.tick(receipt=receipt, ok=False, finding="日付が違います。", by=made.officer)
    reports.return_report(grant=made.grant, reason="領収書1を直してください。", by=made.officer)
    new = correct(made, receipt, dated_on=dt.date(2026, 10, 13))
    assert (new.finding, new.inspected_at) == ("", None)
    (said,) = receipt_queries.pointed_out(made.grant)
    assert said.id == receipt.id and said.replaced_by is not None and said.replaced_by.id == new.id
    reports.audit_accounts(grant=made.grant, by=made.auditor)
    reports.submit_report(grant=made.grant, by=made.chair)
    (before,) = receipt_queries.found_before(made.grant)
    assert (before.number, before.cancelled, before.finding) == (1, False, "日付が違います。")
    with refused(RuleBroken, None, "確認していない領収書が1件"):
        inspections.inspect(grant=made.grant, by=made.officer)


def test_an_income_is_corrected_in_one_step_too() -> None:
    made = team()
    old = take_in(made)

    def correct_income(transaction: LedgerTransaction, **changes: object) -> LedgerTransaction:
        values: dict[str, object] = {
            "grant": made.grant,
            "transaction": transaction,
            "kind": IncomeKind.FEES,
            "amount_yen": 5_000,
            "happened_on": dt.date(2026, 10, 10),
            "description": "参加費（当日分）",
            "reason": "数え直したため",
            "by": made.treasurer,
        }
        return incomes.correct_income(**(values | changes))  # type: ignore[arg-type]  # by name

    with refused(RuleBroken, None, "変わったところがありません"):
        correct_income(old)
    new = correct_income(old, amount_yen=5_500, happened_on=dt.date(2026, 10, 11))
    assert new.corrects_id == old.id
    with pytest.raises(Conflict):
        correct_income(old, amount_yen=6_000)
    lines = [line for line in cash_book.cash_book(made.grant).lines if line.transaction.id == new.id]
    assert [(line.in_yen, line.corrections[0].yen, line.is_active_income) for line in lines] == [
        (5_500, 5_000, True)
    ]
    sums = bookkeeping.balances(ledger.postings_of(made.grant))
    assert sum(sums.values()) == 0 and -sums[bookkeeping.Account.INCOME] == 5_500
    city = next(row for row in cash_book.transactions(made.grant) if row.description.startswith("概算払"))
    with refused(RuleBroken, None, "実行委員会が記録した収入だけ"):
        correct_income(city, amount_yen=1)
    assert "correct_income" in [entry.act for entry in audit.timeline(made.grant)]


def test_spending_follows_the_correction_into_its_category() -> None:
    made = team()
    old = enter(made)
    correct(made, old, splits=(Split(made.rent, 3_240),))
    assert bookkeeping.spent_by_category(ledger.postings_of(made.grant)) == {
        CostCategory.SUPPLIES: 0,
        CostCategory.RENT: 3_240,
    }
    assert ledger.spent_by_line(made.grant) == {made.rent: 3_240}
