"""The printed plan (計画書) of a version, or of the working copy while there is none."""

from typing import Any

from stations.applications import content, letter_data
from stations.applications.labels import CATEGORIES, FIELDS, INCOMES, SECTIONS
from stations.applications.letter_data import CostLine, IncomeLine, PlanPrint, Section
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import SECTION_FIELDS, CostCategory, IncomeKind
from stations.committees.rules import StationKind
from stations.core import clock, printed_as
from stations.core.labels import label


def plan_pdf(plan: Plan, version: PlanVersion | None) -> bytes:
    """PDF/A of ``version``; without one the working copy, marked 「案」."""
    document = version.content if version is not None else content.document(plan)
    on = clock.local_date(version.submitted_at) if version is not None else None
    shape = PlanPrint(
        fiscal_year=clock.fiscal_year_label(document["fiscal_year"]),
        name=document["title"],
        district=document["district"],
        committee=document["committee"],
        representative=document["representative"],
        station=document["station"],
        kind=str(label(StationKind(document["kind"]))),
        revision=f"第{document['revision']}版",
        dated=clock.format_era(on) if on is not None else "",
        number=f"計画第{document['number']}号" if document["number"] else "",
        sections=[
            Section(title=str(name), text=_text(document, SECTION_FIELDS[part]))
            for part, name in SECTIONS.items()
            if part in SECTION_FIELDS
        ],
        cost_lines=[
            CostLine(
                category=str(CATEGORIES[CostCategory(line["category"])]),
                content=line["content"],
                quantity=f"{line['quantity']}{line['unit']}",
                unit_price_yen=line["unit_price_yen"],
                amount_yen=line["amount_yen"],
            )
            for line in document["cost_lines"]
        ],
        income_lines=[
            IncomeLine(
                category=str(INCOMES[IncomeKind(line["kind"])]),
                content=line["content"],
                amount_yen=line["amount_yen"],
            )
            for line in document["income_lines"]
        ],
        rent_total_yen=document["totals"]["rent_yen"],
        activity_total_yen=document["totals"]["activity_yen"],
        sha256=version.sha256 if version is not None else "",
    )
    return letter_data.pdf(shape, submitted_on=on, printed_as=printed_as.current())


def _text(document: dict[str, Any], names: tuple[str, ...]) -> str:
    """The fields of a section, each under its name, without those left empty."""
    parts = []
    for name in names:
        value = document[name]
        if name == "venues":
            value = "、".join(f"{venue['name']}（{venue['address']}）" for venue in value)
        if value not in (None, ""):
            parts.append(f"【{FIELDS[name]}】\n{value}")
    return "\n".join(parts)
