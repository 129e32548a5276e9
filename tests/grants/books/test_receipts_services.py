"""Entering and cancelling receipts and incomes, on a real database."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from stations.applications.rules import CostCategory, IncomeKind
from stations.core import audit, files
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.books.queries import cash_book, ledger
from stations.grants.books.queries import receipts as receipt_queries
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.bookkeeping import Account
from stations.grants.books.rules.receipts import Level, ReceiptKind
from stations.grants.books.services import incomes, receipts
from stations.grants.books.services.receipts import ReceiptRefused
from stations.grants.models import Grant
from stations.grants.reports.services import reports
from stations.grants.rules import Status, project_period
from tests.grants.active_grant import Team, enter, picture, team, written
from tests.support.refusals import refused

pytestmark = pytest.mark.usefixtures("db_session")


def sums(grant: Grant) -> dict[Account, int]:
    return bookkeeping.balances(ledger.postings_of(grant))


def take_in(
    made: Team,
    amount_yen: int = 5_000,
    kind: IncomeKind = IncomeKind.FEES,
    client_event_id: str | None = None,
) -> Any:
    return incomes.record_income(
        grant=made.grant,
        kind=kind,
        amount_yen=amount_yen,
        happened_on=dt.date(2026, 10, 10),
        description="参加費（当日分）",
        by=made.treasurer,
        client_event_id=client_event_id,
    )


def test_a_receipt_is_numbered_and_booked_with_its_split() -> None:
    made = team()
    first = enter(made)
    second = enter(
        made, 5_000, payee="見本印刷", splits={made.rent: 3_000, made.food: 1_500, made.printing: 500}
    )

    assert (first.number, second.number) == (1, 2)
    booked = cash_book.booking_of(second)
    assert booked is not None and booked.happened_on == second.dated_on
    assert {p.category: p.amount_yen for p in booked.postings if p.category} == {
        CostCategory.RENT: 3_000,
        CostCategory.SUPPLIES: 2_000,
    }
    spent = {total.line.id: total.spent for total in receipt_queries.line_totals(made.grant)}
    assert spent == {made.rent: 3_000, made.food: 4_740, made.printing: 500}
    assert sum(spent.values()) == sums(made.grant)[Account.EXPENSE]
    assert audit.timeline(first)[0].by_name == made.treasurer.name


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"kind": ReceiptKind.INVOICE}, "kind"),
    ({"addressee": "上様"}, "addressee"),
    ({"payee": ""}, "payee"),
    ({"description": "お品代"}, "description"),
    ({"dated_on": dt.date(2026, 11, 25)}, "dated_on"),
    ({"dated_on": dt.date(2026, 3, 31)}, "dated_on"),
    ({"amount_yen": 3_241, "splits": {999_999: 3_240}}, "splits"),
    ({"splits": {}}, "splits"),
    ({"splits": {999_999: 3_240}}, "splits"),
]


@pytest.mark.parametrize(("change", "field"), FAULTS)
def test_each_finding_refuses_the_receipt_beside_its_field_and_books_nothing(
    change: dict[str, Any], field: str
) -> None:
    made = team()
    with pytest.raises(ReceiptRefused) as caught:
        enter(made, **change)
    assert field in [broken.field for broken in caught.value.of(Level.ERROR)]
    assert receipt_queries.receipts(made.grant) == []
    assert sums(made.grant)[Account.EXPENSE] == 0


def test_all_findings_come_at_once() -> None:
    made = team()
    with pytest.raises(ReceiptRefused) as caught:
        enter(made, payee="", description="品代", addressee="上様", splits={made.food: 1})
    assert {broken.field for broken in caught.value.of(Level.ERROR)} == {
        "payee",
        "description",
        "addressee",
        "splits",
    }


def test_a_venue_paid_last_year_needs_the_day_of_use() -> None:
    made = team()
    early: dict[str, Any] = {
        "dated_on": dt.date(2026, 3, 1),
        "splits": {made.rent: 3_240},
        "description": "会場の使用料",
    }
    with pytest.raises(ReceiptRefused) as caught:
        enter(made, **early)
    assert [broken.field for broken in caught.value.of(Level.ERROR)] == ["used_on"]
    assert enter(made, **early, used_on=dt.date(2026, 6, 13)).used_on == dt.date(2026, 6, 13)


def test_a_warning_must_be_accepted_once() -> None:
    made = team()
    enter(made)
    with pytest.raises(ReceiptRefused) as caught:
        enter(made, accept_warnings=False)
    assert [broken.field for broken in caught.value.of(Level.WARNING)] == ["amount_yen"]
    assert caught.value.of(Level.ERROR) == []
    assert enter(made).number == 2


def test_accepting_warnings_never_passes_an_error() -> None:
    made = team()
    enter(made)
    with refused(ReceiptRefused, "addressee"):
        enter(made, addressee="上様", accept_warnings=True)


def test_one_photo_is_one_receipt() -> None:
    made, other = team(), team("別")
    paper = picture()
    file = files.store_bytes(paper, name="receipt.jpg", by=made.treasurer)
    enter(made, upload=file)
    with pytest.raises(ReceiptRefused) as caught:
        enter(made, 500, upload=file)
    assert caught.value.of(Level.ERROR)[0].field == "file"
    again = files.store_bytes(paper, name="again.jpg", by=other.treasurer)
    with pytest.raises(ReceiptRefused) as warned:
        enter(other, 700, upload=again, accept_warnings=False)
    assert [broken.field for broken in warned.value.of(Level.WARNING)] == ["file"]


def test_cancelling_reverses_the_booking_and_keeps_the_number() -> None:
    made = team()
    before = sums(made.grant)
    mistaken = enter(made)
    receipts.cancel_receipt(receipt=mistaken, reason="金額の読み違い", by=made.treasurer)

    assert sums(made.grant) == before
    assert mistaken.cancelled_reason == "金額の読み違い"
    assert enter(made).number == 2
    with pytest.raises(Conflict):
        receipts.cancel_receipt(receipt=mistaken, reason="もう一度", by=made.treasurer)


def test_cancelling_needs_a_reason() -> None:
    made = team()
    receipt = enter(made)
    with pytest.raises(RuleBroken) as caught:
        receipts.cancel_receipt(receipt=receipt, reason="　", by=made.treasurer)
    assert caught.value.field == "reason"


def test_the_cash_book_shows_a_reversal_on_its_own_side() -> None:
    made = team()
    receipts.cancel_receipt(receipt=enter(made), reason="読み違い", by=made.treasurer)
    fees = take_in(made)
    incomes.cancel_income(grant=made.grant, transaction=fees, reason="二重に記録した", by=made.treasurer)

    book = cash_book.cash_book(made.grant)
    assert [(line.in_yen, line.out_yen, line.balance_yen) for line in book.lines] == [
        (100_000, 0, 100_000),
        (0, 3_240, 96_760),
        (5_000, 0, 101_760),
        (0, -3_240, 105_000),
        (-5_000, 0, 100_000),
    ]
    assert (book.total_in, book.total_out, book.balance) == (100_000, 0, 100_000)
    assert [line.voucher for line in book.lines] == [None, 1, None, 1, None]
    assert not any(line.is_active_income for line in book.lines[1:])


def test_an_income_sent_twice_is_booked_once() -> None:
    made = team()
    first, again = (take_in(made, client_event_id="page-1") for _press in range(2))
    assert again is first
    assert sums(made.grant)[Account.INCOME] == -5_000
    with pytest.raises(RuleBroken, match="すでに記録されています"):
        take_in(made, 6_000, client_event_id="page-1")
    take_in(made, client_event_id="page-2")
    assert sums(made.grant)[Account.INCOME] == -10_000


def test_one_paper_is_not_paid_by_two_grants_of_a_committee() -> None:
    made, stranger = team(), team("別")
    other = team(of=made.grant.committee, treasurer=made.treasurer)
    data = picture()
    enter(made, upload=files.store_bytes(data, name="receipt.jpg", by=made.treasurer))
    with pytest.raises(ReceiptRefused) as warned:
        enter(other, accept_warnings=False)
    assert [broken.message for broken in warned.value.of(Level.WARNING)] == [
        "同じ日付・相手・金額の領収書が、実行委員会のほかの助成金に登録されています。"
    ]
    with pytest.raises(ReceiptRefused) as caught:
        enter(other, upload=files.store_bytes(data, name="again.jpg", by=made.treasurer))
    assert [broken.field for broken in caught.value.of(Level.ERROR)] == ["file"]
    assert receipt_queries.accepted_warnings(enter(other)) == [warned.value.of(Level.WARNING)[0].message]
    enter(stranger, accept_warnings=False)


def test_an_income_is_taken_back_once_and_only_an_income() -> None:
    made = team()
    enter(made)
    payment, expense = (line.transaction for line in cash_book.cash_book(made.grant).lines)
    fees = take_in(made)
    incomes.cancel_income(grant=made.grant, transaction=fees, reason="誤り", by=made.treasurer)
    with pytest.raises(Conflict):
        incomes.cancel_income(grant=made.grant, transaction=fees, reason="誤り", by=made.treasurer)
    with refused(RuleBroken, None, "実行委員会が記録した収入だけ"):
        incomes.cancel_income(grant=made.grant, transaction=expense, reason="誤り", by=made.treasurer)
    with refused(RuleBroken, None, "実行委員会が記録した収入だけ"):
        incomes.cancel_income(grant=made.grant, transaction=payment, reason="誤り", by=made.treasurer)
    other = team("別")
    with refused(RuleBroken, None, "実行委員会が記録した収入だけ"):
        incomes.cancel_income(grant=other.grant, transaction=take_in(made), reason="誤り", by=other.treasurer)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_yen": 0}, "amount_yen"),
        ({"happened_on": dt.date(2026, 3, 31)}, "happened_on"),
        ({"happened_on": dt.date(2026, 11, 25)}, "happened_on"),
        ({"description": " "}, "description"),
    ],
)
def test_an_income_says_what_is_wrong_beside_the_field(change: dict[str, Any], field: str) -> None:
    made = team()
    values: dict[str, Any] = {
        "grant": made.grant,
        "kind": IncomeKind.DONATION,
        "amount_yen": 1_000,
        "happened_on": dt.date(2026, 10, 1),
        "description": "見本商店からの寄附",
        "by": made.treasurer,
    }
    with pytest.raises(RuleBroken) as caught:
        incomes.record_income(**(values | change))
    assert caught.value.field == field


@pytest.mark.parametrize("status", list(Status))
def test_books_are_open_only_while_the_project_runs_or_is_corrected(status: Status) -> None:
    made = team()
    made.grant.fixed_yen = 0
    made.grant.kept_yen = 0 if status in {Status.CANCELLED, Status.PARTLY_CANCELLED} else None
    made.grant.refusal_reason = "見本" if status is Status.REFUSED else None
    made.grant.status = status
    if status in {
        *(Status.ACTIVE, Status.CHANGE_REQUESTED, Status.REPORT_RETURNED),
        *(Status.DISCONTINUED, Status.PARTLY_CANCELLED),
    }:
        enter(made)
        take_in(made)
    else:
        with pytest.raises(Conflict):
            enter(made)
        with pytest.raises(Conflict):
            take_in(made)


def test_only_the_committees_own_treasurer_writes_its_books() -> None:
    made, other = team(), team("別")
    for person in (made.chair, made.auditor, made.officer, other.treasurer):
        with pytest.raises(NotAllowed):
            enter(made, by=person)


def test_every_change_makes_the_audit_void() -> None:
    made = team()
    kept = enter(made)
    fees = take_in(made)
    changes = [
        lambda: enter(made, 700),
        lambda: receipts.cancel_receipt(receipt=kept, reason="誤り", by=made.treasurer),
        lambda: take_in(made, 200),
        lambda: incomes.cancel_income(grant=made.grant, transaction=fees, reason="誤り", by=made.treasurer),
    ]
    written(made)

    for change in changes:
        reports.audit_accounts(grant=made.grant, by=made.auditor)
        change()
        assert made.grant.accounts_audited_at is None
        assert made.grant.accounts_audited_by_id is None


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["receipt", "split", "income", "own", "cancel", "cancel_income"]),
        st.integers(1, 9_999),
    ),
    max_size=8,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=ACTS)
def test_the_ledger_sums_to_zero_whatever_is_entered_and_taken_back(
    db_session: Session, acts: list[tuple[str, int]]
) -> None:
    made = team()
    active: list[Any] = []
    taken: list[Any] = []
    for act, amount in acts:
        if act == "receipt":
            active.append(enter(made, amount))
        elif act == "split":
            active.append(enter(made, amount + 1, splits={made.rent: amount, made.printing: 1}))
        elif act in {"income", "own"}:
            taken.append(take_in(made, amount, IncomeKind.OWN_FUNDS if act == "own" else IncomeKind.FEES))
        elif act == "cancel" and active:
            gone = active.pop(amount % len(active))
            receipts.cancel_receipt(receipt=gone, reason="誤り", by=made.treasurer)
        elif act == "cancel_income" and taken:
            gone = taken.pop(amount % len(taken))
            incomes.cancel_income(grant=made.grant, transaction=gone, reason="誤り", by=made.treasurer)
    balances = sums(made.grant)
    assert sum(balances.values()) == 0
    assert balances[Account.EXPENSE] == sum(receipt.amount_yen for receipt in active)
    assert balances[Account.COMMITTEE_CASH] == cash_book.cash_book(made.grant).balance
    lines = receipt_queries.line_totals(made.grant)
    assert sum(line.spent for line in lines) == balances[Account.EXPENSE]
    db_session.rollback()


def test_a_receipt_counts_from_the_first_day_that_the_award_letter_names() -> None:
    made = team()
    first, _last = project_period(made.grant.fiscal_year)
    assert made.grant.decided_on is not None and first < made.grant.decided_on
    with pytest.raises(ReceiptRefused) as caught:
        enter(made, dated_on=first - dt.timedelta(days=1))
    assert [broken.field for broken in caught.value.of(Level.ERROR)] == ["dated_on"]
    assert enter(made, dated_on=first).dated_on == first
