"""The budget of a grant with what is spent and left of it."""

from dataclasses import dataclass

from stations.applications.rules import CostCategory
from stations.core.money import Yen
from stations.grants.books.queries.ledger import spent_by_line
from stations.grants.models import Grant, GrantLine


@dataclass(frozen=True)
class Row:
    """Plan, budget, spent and left of a line (or of a sum of lines), in yen."""

    planned: Yen
    awarded: Yen
    spent: Yen

    @property
    def left(self) -> Yen:
        return self.awarded - self.spent


@dataclass(frozen=True)
class Category:
    """One cost category with its lines."""

    category: CostCategory
    lines: list[tuple[GrantLine, Row]]
    total: Row


@dataclass(frozen=True)
class Budget:
    """The budget of a grant by category, and its sum."""

    categories: list[Category]
    total: Row


def budget(grant: Grant) -> Budget:
    """Lines grouped by category, in the order of the categories."""
    spent = spent_by_line(grant)
    rows = [(line, Row(line.planned_yen, line.awarded_yen, spent.get(line.id, 0))) for line in grant.lines]
    categories = [
        Category(category, mine, _sum([row for _, row in mine]))
        for category in CostCategory
        if (mine := [(line, row) for line, row in rows if line.category is category])
    ]
    return Budget(categories, _sum([row for _, row in rows]))


def _sum(rows: list[Row]) -> Row:
    return Row(
        sum(row.planned for row in rows), sum(row.awarded for row in rows), sum(row.spent for row in rows)
    )
