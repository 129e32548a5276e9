"""収支決算書: the decided budgets against what the books say."""

from collections.abc import Sequence
from dataclasses import dataclass

from stations.applications import queries as plan_queries
from stations.applications.rules import CostCategory, IncomeKind
from stations.core.money import Yen
from stations.grants.awards.queries.decisions import first_award
from stations.grants.awards.rules.budgets import by_category
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.bookkeeping import Posting
from stations.grants.models import Grant
from stations.grants.reports import rules
from stations.grants.settings.queries import terms_of
from stations.grants.settlement.queries.calculation import incomes_of
from stations.grants.settlement.rules import amounts


@dataclass(frozen=True)
class StatementRow:
    """One 区分 of the 収支決算書. ``item``: a cost category, an income kind, or None for the city's grant.

    ``budget``: as decided by the award or an approved change; ``moved``: yen that 流用 moved there without a decision.
    """

    item: CostCategory | IncomeKind | None
    budget: Yen
    actual: Yen
    moved: Yen = 0

    @property
    def difference(self) -> Yen:
        return self.actual - self.budget


@dataclass(frozen=True)
class Statement:
    """収支決算書: 収入の部 and 支出の部, each with 予算額・決算額・増減.

    ``expected``: 精算払の見込み, what the city will still pay if all of it is accepted.
    """

    income: tuple[StatementRow, ...]
    expenses: tuple[StatementRow, ...]
    expected: Yen

    @property
    def income_total(self) -> StatementRow:
        return _total(self.income)

    @property
    def expense_total(self) -> StatementRow:
        return _total(self.expenses)

    @property
    def rest(self) -> Yen:
        """差引: what is left of the income, negative when somebody has advanced it."""
        return self.income_total.actual - self.expense_total.actual


def statement(grant: Grant, postings: Sequence[Posting]) -> Statement:
    """The statement of a grant whose books hold ``postings``: those of today, or as they were when it was handed in."""
    decided = by_category((line.category, line.decided_yen) for line in grant.lines)
    now = by_category((line.category, line.awarded_yen) for line in grant.lines)
    spent = bookkeeping.spent_by_category(postings)
    expenses = tuple(
        StatementRow(row.category, row.planned, row.spent, now.get(row.category, 0) - row.planned)
        for row in rules.statement(decided, spent)
    )
    awarded = first_award(grant) or 0
    paid = bookkeeping.grant_balance(awarded, postings).paid
    incomes = _incomes(grant, postings, to_cover=sum(decided.values()) - awarded)
    fixed = amounts.fixed_amount(sum(spent.values()), incomes_of(postings), terms_of(grant), awarded)
    return Statement(
        (StatementRow(None, awarded, paid), *incomes),
        expenses,
        expected=amounts.settle(fixed, paid).balance,
    )


def _incomes(grant: Grant, postings: Sequence[Posting], *, to_cover: Yen) -> list[StatementRow]:
    """Incomes besides the grant; what the budget leaves open (``to_cover``) was to be 自己資金."""
    budget: dict[IncomeKind, Yen] = {}
    for kind, _content, amount in plan_queries.version_incomes(grant.version):
        budget[kind] = budget.get(kind, 0) + amount
    actual: dict[IncomeKind, Yen] = {}
    for part in postings:
        if part.income_kind is not None:
            actual[part.income_kind] = actual.get(part.income_kind, 0) - part.amount
    open_yen = to_cover - sum(budget.values())
    if open_yen > 0:
        budget[IncomeKind.OWN_FUNDS] = budget.get(IncomeKind.OWN_FUNDS, 0) + open_yen
    return [
        StatementRow(kind, budget.get(kind, 0), actual.get(kind, 0))
        for kind in IncomeKind
        if budget.get(kind) or actual.get(kind)
    ]


def _total(rows: tuple[StatementRow, ...]) -> StatementRow:
    return StatementRow(None, sum(row.budget for row in rows), sum(row.actual for row in rows))
