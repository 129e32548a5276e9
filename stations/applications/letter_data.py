"""What the printed plan (計画書) holds: the shape of the data of `letters/plan.typ`, and its PDF."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from stations.core import documents

_TEMPLATE = Path(__file__).parent / "letters" / "plan.typ"


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the plan in the committee's words; line ends make paragraphs."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """quantity is text with its unit (「12回」); quantity × unit price = amount was checked by the rules."""

    category: str
    content: str
    quantity: str
    unit_price_yen: int
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class IncomeLine:
    category: str
    content: str
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class PlanPrint:
    """A plan as it was submitted: `name` is what the committee calls it, `title` that of the paper. Dates and numbers are finished text (「令和8年5月1日」).

    `number` and `sha256` are empty while there is none. Raises ValueError when the totals do not agree
    with the lines: a plan that does not add up is never printed.
    """

    fiscal_year: str
    name: str
    district: str
    committee: str
    representative: str
    station: str
    kind: str
    revision: str
    dated: str
    sections: list[Section]
    cost_lines: list[CostLine]
    income_lines: list[IncomeLine]
    rent_total_yen: int
    activity_total_yen: int
    number: str = ""
    title: str = "まつどDEつながるステーション計画書"
    form: str = ""
    sha256: str = ""

    @property
    def cost_total_yen(self) -> int:
        return sum(line.amount_yen for line in self.cost_lines)

    @property
    def income_total_yen(self) -> int:
        return sum(line.amount_yen for line in self.income_lines)

    def __post_init__(self) -> None:
        if self.rent_total_yen + self.activity_total_yen != self.cost_total_yen:
            raise ValueError("rent and activity do not add up to the cost lines")


def pdf(plan: PlanPrint, *, submitted_on: date | None, printed_as: Mapping[str, str] | None = None) -> bytes:
    """The plan as PDF/A; None prints a draft marked 「案」. Characters without a font: ``printed_as``, else 〓."""
    totals = {
        "cost_total_yen": plan.cost_total_yen,
        "income_total_yen": plan.income_total_yen,
        "requested_yen": plan.cost_total_yen - plan.income_total_yen,
    }
    return documents.render(
        _TEMPLATE,
        asdict(plan) | totals,
        issued_on=submitted_on,
        printed_as=printed_as,
        whatever_is_missing=True,
    )
