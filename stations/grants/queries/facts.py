"""What pages show before somebody acts: the offer of a plan, the budget with what is spent, the settlement."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from stations.applications import queries as plan_queries
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import CostCategory
from stations.core import clock
from stations.core.database import db
from stations.core.money import Yen
from stations.grants import bookkeeping, periods, rules, settlement
from stations.grants.bookkeeping import Posting
from stations.grants.budgets import by_category
from stations.grants.eligibility import eligible
from stations.grants.models import Grant, GrantLine, Receipt
from stations.grants.queries.disallowances import amounts, of_grant
from stations.grants.queries.grants import approved_item, reallocation_rule, settings
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


def usual_beginning(plan: Plan) -> dt.date:
    """When a plan's project usually begins, by the day on which the meeting approved it."""
    item = approved_item(plan)
    approved_on = clock.local_date(item.resolved_at) if item is not None and item.resolved_at else None
    return periods.usual_beginning(plan.fiscal_year, approved_on or rules.project_period(plan.fiscal_year)[0])


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


Categories = dict[CostCategory, Yen]


def categories_moved(grant: Grant, budgets: Mapping[int, Yen]) -> tuple[Categories, Categories]:
    """By category: what the last decision gave, and what ``budgets`` (line id → yen) would give."""
    before = by_category((line.category, line.decided_yen) for line in grant.lines)
    after = by_category((line.category, budgets.get(line.id, 0)) for line in grant.lines)
    return before, after


def needs_approval(grant: Grant, budgets: Mapping[int, Yen]) -> bool:
    """Whether a change to ``budgets``, whose sum is the present one, goes beyond the free 流用 of the grant's year."""
    before, after = categories_moved(grant, budgets)
    if sum(budgets.values()) != sum(line.awarded_yen for line in grant.lines):
        return False  # nothing that could be approved
    return not settlement.reallocation_allowed(before, after, reallocation_rule(grant))


def beyond_free(grant: Grant, budgets: Mapping[int, Yen]) -> list[settlement.Excess]:
    """The categories that make a change to ``budgets`` need approval."""
    return settlement.beyond_free(*categories_moved(grant, budgets), reallocation_rule(grant))


@dataclass(frozen=True)
class Calculation:
    """How the 額の確定 comes about, in yen. ``paid``: what is with the committee now.

    ``eligible``: what counts of the inspected receipts, ``disallowed`` (対象外) taken off already.
    """

    eligible: Yen
    disallowed: Yen
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
    return calculated(grant, grant.setting, receipts=receipt_counts(grant), books=postings_of(grant))


def calculated(
    grant: Grant,
    setting: FiscalYearSetting | None,
    *,
    receipts: "ReceiptCounts",
    books: Sequence[Posting],
    inspected: bool = True,
) -> Calculation:
    """`calculation` from what a page has read already. ``inspected`` False: from all receipts that stand."""
    return Calculation(
        eligible=receipts.eligible if inspected else receipts.entered,
        disallowed=receipts.disallowed if inspected else 0,
        income=incomes_of(books),
        terms=terms_of(grant, setting),
        awarded=(grant.awarded_yen if grant.kept_yen is None else grant.kept_yen) or 0,
        paid=bookkeeping.standing(0, books).paid,
    )


def incomes_of(books: Iterable[Posting]) -> Yen:
    """The income in the books that lowers the grant."""
    return settlement.deducted_income(
        (entry.income_kind, -entry.amount) for entry in books if entry.income_kind is not None
    )


def terms_of(grant: Grant, setting: FiscalYearSetting | None = None) -> FiscalTerms:
    """The terms of the grant's year; the defaults while it has none."""
    known = setting or grant.setting
    return known.terms if known is not None else FiscalTerms(fiscal_year=grant.fiscal_year)


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
    known = calculated(
        grant,
        grant.setting,
        receipts=receipt_counts(grant),
        books=postings_of(grant),
        inspected=inspected,
    )
    fixed = grant.fixed_yen
    return Keepable(inspected, known, (decided_award(grant) or 0) if fixed is None else fixed)


@dataclass(frozen=True)
class ReceiptCounts:
    """Receipts that stand; those ticked as in order; those with a finding.

    ``eligible``: yen that count of all ticked ones; ``entered``: of all that stand. ``disallowed`` (対象外) is taken
    off both already.
    """

    live: int
    inspected: int
    found: int
    eligible: Yen
    entered: Yen
    disallowed: Yen


def receipt_counts(grant: Grant) -> ReceiptCounts:
    rows = db.session.execute(
        sa.select(Receipt.id, Receipt.amount_yen, Receipt.inspected_at.is_not(None), Receipt.finding != "")
        .where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
        .order_by(Receipt.id)
    ).all()
    taken = amounts(of_grant(grant)) if any(ticked for _id, _yen, ticked, _found in rows) else {}
    counting = [(eligible(yen, taken.get(i, ())), ticked) for i, yen, ticked, _found in rows]
    return ReceiptCounts(
        live=len(rows),
        inspected=sum(ticked and not found for _id, _yen, ticked, found in rows),
        found=sum(found for _id, _yen, _ticked, found in rows),
        eligible=sum(counts for counts, ticked in counting if ticked),
        entered=sum(counts for counts, _ticked in counting),
        disallowed=sum(sum(taken.get(i, ())) for i, _yen, ticked, _found in rows if ticked),
    )
