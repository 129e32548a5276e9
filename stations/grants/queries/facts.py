"""What pages show before somebody acts: the offer of a plan, the budget with what is spent, the settlement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stations.applications import queries as plan_queries
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import CostCategory
from stations.core.database import db
from stations.core.money import Yen
from stations.grants import bookkeeping, settlement
from stations.grants.bookkeeping import Posting
from stations.grants.models import Grant, GrantLine, Receipt
from stations.grants.queries.grants import approved_item, settings
from stations.grants.queries.ledger import decided_award, postings_of, spent_by_line
from stations.grants.rules import AFTER_INSPECTION
from stations.grants.settings import FiscalYearSetting
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
    """How the 額の確定 comes about, in yen. ``paid``: what is with the committee now."""

    eligible: Yen
    income: Yen
    terms: FiscalTerms
    awarded: Yen
    paid: Yen

    @property
    def net(self) -> Yen:
        return self.eligible - self.income

    @property
    def allowed(self) -> Yen:
        """What rate, rounding and cap leave of the net costs."""
        return settlement.award_amount(self.net, self.terms)

    @property
    def fixed(self) -> Yen:
        return settlement.fixed_amount(self.eligible, self.income, self.terms, self.awarded)


def calculation(grant: Grant) -> Calculation:
    """From the books and the inspected receipts, by the year's terms."""
    return calculated(grant, grant.setting, eligible=receipt_counts(grant).eligible, books=postings_of(grant))


def calculated(
    grant: Grant, setting: FiscalYearSetting | None, *, eligible: Yen, books: Sequence[Posting]
) -> Calculation:
    """`calculation` from what a page has read already."""
    incomes = [(entry.income_kind, -entry.amount) for entry in books if entry.income_kind is not None]
    return Calculation(
        eligible=eligible,
        income=settlement.deducted_income(incomes),
        terms=setting.terms if setting is not None else FiscalTerms(fiscal_year=grant.fiscal_year),
        awarded=(grant.awarded_yen if grant.kept_yen is None else grant.kept_yen) or 0,
        paid=bookkeeping.standing(0, books).paid,
    )


@dataclass(frozen=True)
class Keepable:
    """What a 取消し may leave with a committee. ``inspected``: by inspected receipts, else by all that are entered."""

    inspected: bool
    calculation: Calculation
    decided: Yen

    @property
    def limit(self) -> Yen:
        return min(self.calculation.fixed, self.calculation.paid, self.decided)


def keepable(grant: Grant) -> Keepable:
    """By the rule of the 額の確定; ``decided`` is the award, or what has been fixed of it."""
    inspected = grant.status in AFTER_INSPECTION
    counts = receipt_counts(grant)
    eligible = counts.eligible if inspected else counts.entered
    known = calculated(grant, grant.setting, eligible=eligible, books=postings_of(grant))
    fixed = grant.fixed_yen
    return Keepable(inspected, known, (decided_award(grant) or 0) if fixed is None else fixed)


@dataclass(frozen=True)
class ReceiptCounts:
    """Receipts that stand; those ticked as in order; those with a finding.

    ``eligible``: yen of all ticked ones; ``entered``: of all that stand.
    """

    live: int
    inspected: int
    found: int
    eligible: Yen
    entered: Yen


def receipt_counts(grant: Grant) -> ReceiptCounts:
    ticked = Receipt.inspected_at.is_not(None)

    def having(condition: sa.ColumnElement[bool], what: Any = 1) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, what), else_=0)), 0)

    row = db.session.execute(
        sa.select(
            sa.func.count(Receipt.id),
            having(sa.and_(ticked, Receipt.finding == "")),
            having(Receipt.finding != ""),
            having(ticked, Receipt.amount_yen),
            sa.func.coalesce(sa.func.sum(Receipt.amount_yen), 0),
        ).where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
    ).one()
    return ReceiptCounts(*(int(number) for number in row))
