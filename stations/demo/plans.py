"""The stories of plans: written section by section, submitted, checked, and brought to their meeting."""

import datetime as dt

from stations.applications.models import Plan
from stations.applications.rules import CostCategory, IncomeKind, Section, Status
from stations.applications.services import drafting, review, submission
from stations.applications.services.drafting import CostInput, IncomeInput
from stations.core.access import Role
from stations.core.money import Yen
from stations.demo import papers
from stations.demo.diary import Days, Story
from stations.demo.town import Town
from stations.demo.undertakings import BENCHES, Session, Undertaking

_STOOLS = 40


def begins(days: Days, session: Session) -> dt.datetime:
    """When plans for a meeting are started."""
    match session:
        case Session.LAST_SPRING:
            return days.winter(1, 12, of=days.year - 1)
        case Session.LAST_AUTUMN:
            return days.before(8, 3)
        case Session.SPRING:
            return days.winter(1, 13, of=days.year)
        case Session.SUMMER:
            return days.share(0.05)
        case Session.AUTUMN:
            return days.share(0.45)
        case Session.COMING:
            return days.share(0.78)


def ready_by(days: Days, session: Session) -> dt.datetime:
    """When the last of them has been handed in and checked."""
    match session:
        case Session.LAST_SPRING:
            return days.winter(2, 24, of=days.year - 1)
        case Session.LAST_AUTUMN:
            return days.before(9, 4)
        case Session.SPRING:
            return days.winter(2, 25, of=days.year)
        case Session.SUMMER:
            return days.share(0.2)
        case Session.AUTUMN:
            return days.share(0.62)
        case Session.COMING:
            return days.share(0.95)


def story(town: Town, task: Undertaking, plans: dict[Undertaking, Plan]) -> Story:
    """Draft, sections, submission by the chair, reception and check by the officials; stops where it should."""
    days, officers = town.days, town.of(task.place)
    first, last = begins(days, task.session), ready_by(days, task.session)

    def moment(part: float) -> dt.datetime:
        return days.between(first, last, part)

    start = town.dice.uniform(0, 0.2)
    yield days.leisure(moment(start))
    year = days.year - 1 if task.last_year else days.year
    plan = plans[task] = drafting.create_plan(
        station=town.stations[task.place.key], fiscal_year=year, title=task.title, by=officers[Role.DRAFTER]
    )
    sections = _sections(town, task, plan)
    for nth, (section, values) in enumerate(sections):
        yield days.leisure(moment(start + 0.05 * nth))
        _save(plan, section, values, town, task)
    yield days.leisure(moment(start + 0.3))
    drafting.save_costs(
        plan=plan,
        lines=cost_lines(town, task),
        incomes=incomes(task),
        by=officers[Role.TREASURER],
    )
    if task.title in papers.DRAWN:
        yield days.leisure(moment(start + 0.35))
        papers.attach(plan, by=officers[Role.DRAFTER])
    if task.plan is Status.DRAFT:
        return
    yield moment(0.6)
    submission.submit(plan=plan, by=officers[Role.CHAIR])
    yield from _check(town, task, plan, moment(0.7), moment(0.9))


def _check(town: Town, task: Undertaking, plan: Plan, received: dt.datetime, checked: dt.datetime) -> Story:
    """受付, one plan in five returned and corrected, 確認済; a withdrawal by the chair."""
    officers = town.of(task.place)
    if task.plan is Status.SUBMITTED:
        return
    yield received
    review.receive(plan=plan, by=town.officer())
    if task.plan is Status.RECEIVED:
        return
    if task.plan is Status.RETURNED or (task.whole_year and len(task.place.key) % 5 == 0):
        yield town.days.between(received, checked, 0.3)
        _return(town, plan)
        if task.plan is Status.RETURNED:
            return
        yield town.days.between(received, checked, 0.7)
        for section in (Section.COSTS, Section.ORGANISATION):
            drafting.mark_corrected(plan=plan, section=section, by=officers[Role.DRAFTER])
        submission.submit(plan=plan, by=officers[Role.CHAIR])
        review.receive(plan=plan, by=town.officer(1))
    if task.plan is Status.WITHDRAWN:
        yield checked
        submission.withdraw(plan=plan, by=officers[Role.CHAIR], reason="車両の手配がつかなくなったため")
        return
    yield checked
    review.confirm(plan=plan, by=town.officer(1))


def _return(town: Town, plan: Plan) -> None:
    review.comment(
        plan=plan,
        section=Section.COSTS,
        text="消耗品の単価の根拠が分かるように、見積もりか過去の実績を書き添えてください。",
        by=town.officer(),
    )
    review.comment(
        plan=plan,
        section=Section.ORGANISATION,
        text="雨天や荒天のときの連絡のしかたを加えてください。",
        by=town.officer(),
    )
    review.return_for_correction(
        plan=plan, reason="費用の根拠と安全管理について、2か所の補足をお願いします。", by=town.officer()
    )


def _save(plan: Plan, section: Section, values: dict[str, object], town: Town, task: Undertaking) -> None:
    drafting.save_section(
        plan=plan,
        section=section,
        values=values,
        by=town.of(task.place)[Role.DRAFTER],
    )


def _sections(town: Town, task: Undertaking, plan: Plan) -> list[tuple[Section, dict[str, object]]]:
    place = task.place
    district = town.committees[place.district].district.name
    return [
        (
            Section.PURPOSE,
            {
                "purpose": f"{district}地区で、世代をこえてゆるやかにつながり、孤立を防ぐ居場所をつくる。",
                "activities": f"「{task.title}」として、{place.summary}",
            },
        ),
        (Section.AUDIENCE, {"audience": place.audience, "expected_visits": max(place.crowd, 20)}),
        (
            Section.VENUES,
            {
                "venues": [venue.id for venue in town.venues[place.key]],
                "venues_note": "使用の承諾を得ています。",
            },
        ),
        (
            Section.OPENINGS,
            {"openings_planned": openings_planned(task), "openings_note": "日程は毎月の便りで知らせます。"},
        ),
        (
            Section.ORGANISATION,
            {
                "organisation": "代表・会計・監査のほか、当番の委員3名と協力者5名で運営する。",
                "safety": "行事保険に加入し、救急箱と緊急連絡先を会場に置く。荒天のときは前日に中止を知らせる。",
            },
        ),
    ]


def openings_planned(task: Undertaking) -> int:
    """How many openings the plan speaks of."""
    if not task.whole_year:
        return 3
    place = task.place
    return 48 // place.every_weeks if place.every_weeks else 12 * len(place.nths)


def cost_lines(town: Town, task: Undertaking) -> list[CostInput]:
    """A plausible budget: rent of the venues, a teacher, materials, insurance, and equipment for some."""
    openings, dice = openings_planned(task), town.dice
    lines = [
        CostInput(
            category=CostCategory.RENT,
            content=f"会場使用料 {spot.name}",
            quantity=max(1, openings // len(task.place.spots)),
            unit="回",
            unit_price_yen=spot.rent_yen,
        )
        for spot in task.place.spots
        if spot.rent_yen
    ]
    lines += [
        _line(CostCategory.HONORARIUM, "講師謝礼", max(1, openings // 4), "回", 5_000),
        _line(CostCategory.SUPPLIES, "材料・食材", openings, "回", dice.choice((1_200, 1_500, 1_800, 2_400))),
        _line(CostCategory.SUPPLIES, "ちらし印刷", 2, "回", dice.choice((6_000, 7_500, 9_000))),
        _line(CostCategory.SERVICES, "行事保険料", 1, "式", dice.choice((8_000, 9_600, 12_400))),
    ]
    if task.whole_year and dice.random() < 0.4:
        lines.append(_line(CostCategory.EQUIPMENT, "折りたたみ机", 2, "台", 8_800))
    if task.title == BENCHES:
        lines.append(_line(CostCategory.SUPPLIES, "腰掛けの木材", _STOOLS, "組", 2_000))
    return lines


def _line(category: CostCategory, content: str, quantity: int, unit: str, price: Yen) -> CostInput:
    return CostInput(category=category, content=content, quantity=quantity, unit=unit, unit_price_yen=price)


def incomes(task: Undertaking) -> list[IncomeInput]:
    """参加費 where there is a fee."""
    if task.title == BENCHES:
        return [IncomeInput(kind=IncomeKind.FEES, content="参加費", amount_yen=_STOOLS * 1_500)]
    if task.place.fee.startswith("無料"):
        return []
    return [
        IncomeInput(kind=IncomeKind.FEES, content="参加費", amount_yen=openings_planned(task) * 400),
    ]
