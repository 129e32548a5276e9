"""What pages show before somebody acts: the offer of a plan, the budget with what is spent, the settlement."""

from dataclasses import dataclass

import sqlalchemy as sa

from stations.applications import queries as plan_queries
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import CostCategory
from stations.core.database import db
from stations.core.money import Yen
from stations.grants import bookkeeping, settlement
from stations.grants.models import Grant, GrantLine, Receipt
from stations.grants.queries.grants import approved_item, settings
from stations.grants.queries.ledger import postings_of, spent_by_line
from stations.grants.queries.payments import eligible_yen, incomes
from stations.grants.settlement import FiscalTerms


@dataclass(frozen=True)
class Offer:
    """What applying with a plan would come to. ``requested`` None: the year has no settings yet."""

    version: PlanVersion
    totals: dict[str, Yen]
    requested: Yen | None
    conditions: str


def offer(plan: Plan) -> Offer | None:
    """The offer of an approved plan; None while no meeting has approved it."""
    item = approved_item(plan)
    if item is None:
        return None
    setting = settings(plan.fiscal_year)
    totals = plan_queries.version_totals(item.version)
    requested = settlement.award_amount(totals["requested_yen"], setting.terms) if setting else None
    return Offer(item.version, totals, requested, item.conditions)


def conditions_of_meeting(plan: Plan) -> str:
    """The conditions under which the meeting approved; empty without any."""
    item = approved_item(plan)
    return item.conditions if item is not None else ""


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


@dataclass(frozen=True)
class Calculation:
    """How the 額の確定 comes about, in yen."""

    eligible: Yen
    income: Yen
    terms: FiscalTerms
    fixed: Yen
    paid: Yen


def calculation(grant: Grant) -> Calculation:
    """From the books and the inspected receipts, by the year's terms."""
    setting = settings(grant.fiscal_year)
    terms = setting.terms if setting is not None else FiscalTerms(fiscal_year=grant.fiscal_year)
    eligible = eligible_yen(grant)
    income = settlement.deducted_income(incomes(grant))
    return Calculation(
        eligible=eligible,
        income=income,
        terms=terms,
        fixed=settlement.fixed_amount(eligible, income, terms, grant.awarded_yen or 0),
        paid=bookkeeping.standing(0, postings_of(grant)).paid,
    )


@dataclass(frozen=True)
class ReceiptCounts:
    """Receipts that stand, and those of them ticked at the inspection."""

    live: int
    inspected: int


def receipt_counts(grant: Grant) -> ReceiptCounts:
    live, inspected = db.session.execute(
        sa.select(sa.func.count(Receipt.id), sa.func.count(Receipt.inspected_at)).where(
            Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None)
        )
    ).one()
    return ReceiptCounts(live, inspected)
