import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.applications.rules import CostCategory, IncomeKind
from stations.core.messages import RuleBroken
from stations.grants.books.rules.bookkeeping import (
    Account,
    Posting,
    Transaction,
    balances,
    check_balanced,
    expense,
    grant_balance,
    income,
    own_funds,
    own_funds_back,
    payment,
    refund,
    reversal,
    spent_by_category,
)

yen = st.integers(1, 1_000_000)
transactions = st.one_of(
    st.builds(payment, yen),
    st.builds(refund, yen),
    st.builds(own_funds, yen),
    st.builds(income, st.sampled_from(IncomeKind), yen),
    st.builds(expense, st.lists(st.tuples(st.sampled_from(CostCategory), yen), min_size=1, max_size=5)),
)


@given(transactions)
def test_every_transaction_balances_and_so_does_its_reversal(transaction: Transaction) -> None:
    check_balanced(transaction)
    undone = reversal(transaction)
    check_balanced(undone)
    assert set(balances([*transaction, *undone]).values()) == {0}
    assert all(amount == 0 for amount in spent_by_category([*transaction, *undone]).values())
    assert [(p.account, p.category, p.income_kind) for p in undone] == [
        (p.account, p.category, p.income_kind) for p in transaction
    ]


@given(st.lists(transactions, max_size=20))
def test_the_books_sum_to_zero(book: list[Transaction]) -> None:
    postings = [posting for transaction in book for posting in transaction]
    sums = balances(postings)
    assert sum(sums.values()) == 0
    assert sums[Account.EXPENSE] == sum(spent_by_category(postings).values())


def test_a_year_in_five_movements() -> None:
    book = [
        *payment(100_000),
        *income(IncomeKind.FEES, 6_000),
        *own_funds(1_000),
        *expense([(CostCategory.RENT, 12_000), (CostCategory.SUPPLIES, 89_000)]),
        *refund(5_000),
    ]
    assert balances(book) == {
        Account.CITY_CASH: -95_000,
        Account.COMMITTEE_CASH: 1_000,
        Account.EXPENSE: 101_000,
        Account.INCOME: -6_000,
        Account.OWN_FUNDS: -1_000,
    }
    now = grant_balance(110_000, book)
    assert (now.awarded, now.paid, now.spent, now.unpaid, now.cash) == (
        110_000,
        95_000,
        101_000,
        15_000,
        1_000,
    )
    assert spent_by_category(book) == {CostCategory.RENT: 12_000, CostCategory.SUPPLIES: 89_000}


def test_own_funds_that_go_back_leave_nothing_on_the_books() -> None:
    assert set(balances([*own_funds(700), *own_funds_back(700)]).values()) == {0}


def test_own_funds_are_no_income() -> None:
    assert income(IncomeKind.OWN_FUNDS, 500) == own_funds(500)
    assert {p.account for p in own_funds(500)} == {Account.OWN_FUNDS, Account.COMMITTEE_CASH}


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_moves_by_nothing_or_backwards(amount: int) -> None:
    for move in (
        lambda: payment(amount),
        lambda: refund(amount),
        lambda: own_funds(amount),
        lambda: income(IncomeKind.FEES, amount),
        lambda: expense([(CostCategory.RENT, 100), (CostCategory.HIRE, amount)]),
        lambda: expense([]),
    ):
        with pytest.raises(RuleBroken) as caught:
            move()
        assert caught.value.field == "amount_yen"


@pytest.mark.parametrize(
    "transaction",
    [
        [],
        [Posting(Account.EXPENSE, 0), Posting(Account.COMMITTEE_CASH, 0)],
        [Posting(Account.EXPENSE, 100)],
        [Posting(Account.EXPENSE, 100), Posting(Account.COMMITTEE_CASH, -99)],
    ],
)
def test_what_does_not_balance_is_refused(transaction: list[Posting]) -> None:
    with pytest.raises(RuleBroken, match="貸借"):
        check_balanced(transaction)
