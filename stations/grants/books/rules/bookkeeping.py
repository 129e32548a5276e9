"""Double entry of a grant's money: each cash movement is one transaction whose postings sum to zero. Pure.

Amounts are signed: what an account receives is positive, what leaves it negative. The city's account
falls when it pays, income and own funds are sources and stand negative, expenses are where money ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from stations.applications.rules import CostCategory, IncomeKind
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen


class Account(StrEnum):
    CITY_CASH = "city_cash"
    COMMITTEE_CASH = "committee_cash"
    EXPENSE = "expense"
    INCOME = "income"
    OWN_FUNDS = "own_funds"


@dataclass(frozen=True)
class Posting:
    """One side of a transaction; an expense knows its category, an income its kind."""

    account: Account
    amount: Yen
    category: CostCategory | None = None
    income_kind: IncomeKind | None = None


Transaction = tuple[Posting, ...]


def payment(amount: Yen) -> Transaction:
    """The city pays the committee (概算払, 精算払)."""
    return _move(amount, Posting(Account.CITY_CASH, -amount), Posting(Account.COMMITTEE_CASH, amount))


def refund(amount: Yen) -> Transaction:
    """The committee pays back to the city (返還, 戻入)."""
    return _move(amount, Posting(Account.COMMITTEE_CASH, -amount), Posting(Account.CITY_CASH, amount))


def expense(splits: Sequence[tuple[CostCategory, Yen]]) -> Transaction:
    """The committee spends; one receipt over several categories is one transaction."""
    total = sum(amount for _, amount in splits)
    spent = (Posting(Account.EXPENSE, amount, category=category) for category, amount in splits)
    return _move(
        min((amount for _, amount in splits), default=0), Posting(Account.COMMITTEE_CASH, -total), *spent
    )


def income(kind: IncomeKind, amount: Yen) -> Transaction:
    """The committee takes in 参加費, 寄附金 …; 自己資金 goes to its own account."""
    source = Account.OWN_FUNDS if kind is IncomeKind.OWN_FUNDS else Account.INCOME
    return _move(amount, Posting(source, -amount, income_kind=kind), Posting(Account.COMMITTEE_CASH, amount))


def own_funds(amount: Yen) -> Transaction:
    """The committee puts in money of its own (自己資金)."""
    return income(IncomeKind.OWN_FUNDS, amount)


def own_funds_back(amount: Yen) -> Transaction:
    """The committee takes out what it had only advanced (立替) until the city paid."""
    return reversal(own_funds(amount))


def reversal(transaction: Iterable[Posting]) -> Transaction:
    """The transaction that undoes another; books are never changed, only answered."""
    return tuple(replace(posting, amount=-posting.amount) for posting in transaction)


def check_balanced(transaction: Sequence[Posting]) -> None:
    """`RuleBroken` unless there are at least two postings, none of zero, that sum to zero."""
    amounts = [posting.amount for posting in transaction]
    if len(amounts) < 2 or 0 in amounts or sum(amounts) != 0:
        raise RuleBroken(None, N_("出納の記録の貸借が合っていません。"))


def balances(postings: Iterable[Posting]) -> dict[Account, Yen]:
    """What stands on each account; over whole transactions the sum is zero."""
    sums = dict.fromkeys(Account, 0)
    for posting in postings:
        sums[posting.account] += posting.amount
    return sums


def spent_by_category(postings: Iterable[Posting]) -> dict[CostCategory, Yen]:
    """決算額 of each category with an expense, corrections taken off."""
    sums: dict[CostCategory, Yen] = {}
    for posting in postings:
        if posting.account is Account.EXPENSE and posting.category is not None:
            sums[posting.category] = sums.get(posting.category, 0) + posting.amount
    return sums


@dataclass(frozen=True)
class GrantBalance:
    """What is always in sight: 決定額・支払済・支出済・残額 (programme rule). `paid` is net of refunds."""

    awarded: Yen
    paid: Yen
    spent: Yen
    cash: Yen

    @property
    def unpaid(self) -> Yen:
        """What the city has not paid yet of the award."""
        return self.awarded - self.paid

    @property
    def left(self) -> Yen:
        """残額: what may still be spent of the award."""
        return self.awarded - self.spent


def grant_balance(awarded: Yen, postings: Iterable[Posting]) -> GrantBalance:
    """Read the four figures off the books. `cash` below zero: somebody has advanced it (立替)."""
    sums = balances(postings)
    return GrantBalance(
        awarded=awarded,
        paid=-sums[Account.CITY_CASH],
        spent=sums[Account.EXPENSE],
        cash=sums[Account.COMMITTEE_CASH],
    )


def _move(smallest: Yen, *postings: Posting) -> Transaction:
    if smallest < 1:
        raise RuleBroken("amount_yen", N_("金額は1円以上で入力してください。"))
    check_balanced(postings)
    return postings
