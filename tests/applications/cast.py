"""Plans that tests begin with, built through the services themselves."""

from stations.applications.models import Plan
from stations.applications.rules import CostCategory, IncomeKind, Section
from stations.applications.services import drafting, review, submission
from stations.applications.services.drafting import CostInput, IncomeInput
from stations.committees.models import Station
from stations.people.models import Person
from tests.support import cast

WORDS: dict[Section, dict[str, object]] = {
    Section.PURPOSE: {
        "purpose": "だれでも立ち寄れる居場所をつくり、ゆるやかなつながりを育てます。",
        "activities": "昔遊び、茶話会、季節の行事。\n相談があれば地域包括支援センターにつなぎます。",
    },
    Section.AUDIENCE: {"audience": "年齢を問わず、どなたでも。", "expected_visits": 25},
    Section.OPENINGS: {"openings_planned": 12, "openings_note": "毎月第2土曜日　午前10時から正午まで"},
    Section.ORGANISATION: {
        "organisation": "委員6人とボランティア10人で、毎回4人以上が立ち会います。",
        "safety": "行事保険に加入し、救急箱を備えます。",
    },
}

LINES = [
    CostInput(
        category=CostCategory.RENT, content="和室の使用料", quantity=12, unit="回", unit_price_yen=3_000
    ),
    CostInput(
        category=CostCategory.HONORARIUM, content="講師の謝礼", quantity=6, unit="回", unit_price_yen=10_000
    ),
    CostInput(
        category=CostCategory.SUPPLIES, content="食材と折り紙", quantity=12, unit="回", unit_price_yen=6_000
    ),
]
INCOMES = [IncomeInput(kind=IncomeKind.FEES, content="100円×180人", amount_yen=18_000)]
REQUESTED = 150_000


def draft(of: Station, by: Person, *, year: int = 2026, title: str = "昔遊びと茶話会の計画") -> Plan:
    """A plan in which nothing is written yet."""
    return drafting.create_plan(station=of, fiscal_year=year, title=title, by=by)


def written(of: Station, by: Person, *, year: int = 2026, title: str = "昔遊びと茶話会の計画") -> Plan:
    """A plan that lacks nothing: 168,000 yen of cost, 18,000 of income."""
    plan = draft(of, by, year=year, title=title)
    place = of.venues[0] if of.venues else cast.venue(of)
    values: dict[Section, dict[str, object]] = WORDS | {
        Section.VENUES: {"venues": [place.id], "venues_note": "1階の和室"}
    }
    for section, fields in values.items():
        drafting.save_section(plan=plan, section=section, values=fields, by=by)
    drafting.save_costs(plan=plan, lines=LINES, incomes=INCOMES, by=by)
    return plan


def submitted(of: Station, chair: Person, **more: str) -> Plan:
    plan = written(of, chair, **more)  # type: ignore[arg-type]  # only the title is passed on
    submission.submit(plan=plan, by=chair)
    return plan


def received(of: Station, chair: Person, officer: Person, **more: str) -> Plan:
    plan = submitted(of, chair, **more)
    review.receive(plan=plan, by=officer)
    return plan


def confirmed(of: Station, chair: Person, officer: Person, **more: str) -> Plan:
    plan = received(of, chair, officer, **more)
    review.confirm(plan=plan, by=officer)
    return plan
