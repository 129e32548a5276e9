"""What a plan says, as one plain document: what is frozen at submission, shown, compared and printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stations.applications.models import CostLine, IncomeLine, Plan
from stations.applications.rules import SECTION_FIELDS, CostCategory, PlanContent, Section, Totals, totals

FORMAT = 1

# Each section's parts of the document, in reading order.
PARTS: dict[Section, tuple[str, ...]] = SECTION_FIELDS | {
    Section.COSTS: ("cost_lines", "income_lines", "totals"),
    Section.ATTACHMENTS: ("attachments",),
}


@dataclass(frozen=True)
class FrozenLine:
    """A cost line of a frozen version: what a grant copies."""

    position: int
    category: CostCategory
    content: str
    quantity: int
    unit: str
    unit_price_yen: int
    amount_yen: int


def totals_of(plan: Plan) -> Totals:
    """The sums of the working copy, in yen."""
    return totals(
        [(line.category, line.amount_yen) for line in plan.cost_lines],
        [(line.kind, line.amount_yen) for line in plan.income_lines],
    )


def checked(plan: Plan) -> PlanContent:
    """What the rules look at before a submission."""
    return PlanContent(
        purpose=plan.purpose,
        activities=plan.activities,
        audience=plan.audience,
        venue_count=len(plan.venues),
        opening_count=plan.openings_planned or 0,
        organisation=plan.organisation,
        safety=plan.safety,
        totals=totals_of(plan),
    )


def stored(plan: Plan, section: Section) -> dict[str, Any]:
    """What stands in a section, by field of its form, and "unfinished": what was typed there and cannot be read yet."""
    found: dict[str, Any] = {name: getattr(plan, name) for name in SECTION_FIELDS.get(section, ())}
    if "venues" in found:
        found["venues"] = [venue.id for venue in plan.venues]
    if section is Section.COSTS:
        found["lines"] = [
            {name: getattr(line, name) for name in ("content", "quantity", "unit", "unit_price_yen")}
            | {"category": line.category.value}
            for line in plan.cost_lines
        ]
        found["incomes"] = [
            {"kind": line.kind.value, "content": line.content, "amount_yen": line.amount_yen}
            for line in plan.income_lines
        ]
    return found | {"unfinished": plan.unfinished.get(section.value)}


def document(plan: Plan, *, representative: str = "") -> dict[str, Any]:
    """The working copy as text, whole numbers, lists and dicts only (see `rules.freeze`)."""
    sums = totals_of(plan)
    return {
        "format": FORMAT,
        "number": plan.number,
        "revision": plan.revision,
        "fiscal_year": plan.fiscal_year,
        "title": plan.title,
        "district": plan.committee.district.name,
        "committee": plan.committee.name,
        "station": plan.station.name,
        "kind": plan.station.kind.value,
        "representative": representative,
        "purpose": plan.purpose,
        "activities": plan.activities,
        "audience": plan.audience,
        "expected_visits": plan.expected_visits,
        "venues": [
            {"name": venue.name, "address": venue.address, "rent_yen": venue.rent_yen}
            for venue in plan.venues
        ],
        "venues_note": plan.venues_note,
        "openings_planned": plan.openings_planned,
        "openings_note": plan.openings_note,
        "organisation": plan.organisation,
        "safety": plan.safety,
        "cost_lines": [_cost_line(line) for line in plan.cost_lines],
        "income_lines": [_income_line(line) for line in plan.income_lines],
        "totals": {
            "rent_yen": sums.rent,
            "activity_yen": sums.activity,
            "cost_yen": sums.cost,
            "income_yen": sums.income,
            "requested_yen": sums.requested,
        },
        "attachments": [
            {"name": kept.file.original_name, "caption": kept.caption, "sha256": kept.file.sha256}
            for kept in plan.attachments
            if kept.removed_at is None
        ],
    }


def _cost_line(line: CostLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "category": line.category.value,
        "content": line.content,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price_yen": line.unit_price_yen,
        "amount_yen": line.amount_yen,
    }


def _income_line(line: IncomeLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "kind": line.kind.value,
        "content": line.content,
        "amount_yen": line.amount_yen,
    }


def lines(content: Mapping[str, Any]) -> list[FrozenLine]:
    """The cost lines of a frozen version's content, in order."""
    return [
        FrozenLine(
            position=line["position"],
            category=CostCategory(line["category"]),
            content=line["content"],
            quantity=line["quantity"],
            unit=line["unit"],
            unit_price_yen=line["unit_price_yen"],
            amount_yen=line["amount_yen"],
        )
        for line in content["cost_lines"]
    ]


def changed_sections(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Section]:
    """The sections in which two documents differ."""
    return [
        section for section, parts in PARTS.items() if any(old.get(part) != new.get(part) for part in parts)
    ]
