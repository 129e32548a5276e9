"""Writing a plan, section by section; two people at once are noticed, and nothing typed is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stations.applications import rules
from stations.applications.models import CostLine, IncomeLine, Plan, PlanAttachment
from stations.applications.rules import CostCategory, History, IncomeKind, Section
from stations.applications.services.steps import begin
from stations.committees.models import Station, Venue
from stations.core import audit, clock, files
from stations.core.access import Permission, demand
from stations.core.database import add, fetch_all
from stations.core.messages import N_, Conflict, EditConflict, RuleBroken
from stations.core.money import MAX_YEN
from stations.people.models import Person

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

COPIED = (
    "purpose",
    "activities",
    "audience",
    "expected_visits",
    "venues_note",
    "openings_planned",
    "openings_note",
    "organisation",
    "safety",
)


@dataclass(frozen=True, kw_only=True)
class CostInput:
    """A cost line as typed; the amount is always computed here."""

    category: CostCategory
    content: str
    quantity: int
    unit_price_yen: int
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class IncomeInput:
    kind: IncomeKind
    amount_yen: int
    content: str = ""


def create_plan(
    *, station: Station, fiscal_year: int, title: str, by: Person, copy_of: Plan | None = None
) -> Plan:
    """A new draft; ``copy_of``: an earlier plan of the same committee whose words and lines it starts from."""
    demand(by, Permission.PLAN_DRAFT, station)
    if not title.strip():
        raise RuleBroken("title", N_("計画の名称を入力してください。"))
    if copy_of is not None and copy_of.committee_id != station.committee_id:
        raise RuleBroken("copy_of", N_("写せるのは、同じ地区の計画だけです。"))
    now = clock.now()
    plan = Plan(
        committee=station.committee,
        station=station,
        fiscal_year=fiscal_year,
        title=title.strip(),
        drafted_by_id=by.id,
        saved_by_id=by.id,
        saved_at=now,
        status_since=now,
        section_saves={},
        unfinished={},
    )
    if copy_of is not None:
        _copy(copy_of, plan)
    add(plan)
    audit.record(
        plan,
        act=History.CREATE,
        by=by,
        to_status=plan.status,
        detail={"copy_of": copy_of.id} if copy_of is not None else None,
    )
    return plan


def _copy(old: Plan, new: Plan) -> None:
    for name in COPIED:
        setattr(new, name, getattr(old, name))
    if old.station_id == new.station.id:
        new.venues = [venue for venue in old.venues if venue.closed_on is None]
    new.cost_lines = [
        CostLine(
            position=line.position,
            category=line.category,
            content=line.content,
            quantity=line.quantity,
            unit=line.unit,
            unit_price_yen=line.unit_price_yen,
            amount_yen=line.amount_yen,
        )
        for line in old.cost_lines
    ]
    new.income_lines = [
        IncomeLine(position=line.position, kind=line.kind, content=line.content, amount_yen=line.amount_yen)
        for line in old.income_lines
    ]


def save_section(
    *, plan: Plan, section: Section, values: Mapping[str, Any], lock_version: int, by: Person
) -> None:
    """Save the fields of one section (`rules.SECTION_FIELDS`); "venues" is a list of venue ids.

    What is missing is no error here: it is asked for at submission. ``lock_version`` is the plan's as the
    writer saw it; raises EditConflict when somebody saved this section since, Conflict when nobody may write.
    """
    _open_for_writing(plan, section, lock_version, by=by)
    allowed = rules.SECTION_FIELDS.get(section, ())
    if unknown := set(values) - set(allowed):
        raise ValueError(f"{sorted(unknown)} are not fields of {section}")
    for name, value in values.items():
        if name == "venues":
            plan.venues = _venues(plan, value)
        else:
            setattr(plan, name, value)
    _saved(plan, section, by=by)


def save_costs(
    *,
    plan: Plan,
    lines: Sequence[CostInput],
    incomes: Sequence[IncomeInput],
    lock_version: int,
    by: Person,
) -> None:
    """Replace all cost and income lines; amounts are quantity × unit price. Raises as `save_section` does."""
    _open_for_writing(plan, Section.COSTS, lock_version, by=by)
    plan.cost_lines = [
        CostLine(
            position=position,
            category=line.category,
            content=line.content,
            quantity=line.quantity,
            unit=line.unit,
            unit_price_yen=line.unit_price_yen,
            amount_yen=rules.line_amount(line.quantity, line.unit_price_yen),
        )
        for position, line in enumerate(lines, 1)
    ]
    plan.income_lines = [
        IncomeLine(position=position, kind=line.kind, content=line.content, amount_yen=line.amount_yen)
        for position, line in enumerate(incomes, 1)
    ]
    if sum(line.amount_yen for line in plan.cost_lines) > MAX_YEN:
        raise RuleBroken("lines", N_("費用の合計が大きすぎます。数量と単価を確かめてください。"))
    _saved(plan, Section.COSTS, by=by)


def keep_typed(
    *, plan: Plan, section: Section, typed: Mapping[str, list[str]], lock_version: int, by: Person
) -> None:
    """Keep what was typed in a section although it cannot be read yet (a price without a number)."""
    _open_for_writing(plan, section, lock_version, by=by)
    _saved(plan, section, by=by)
    plan.unfinished = plan.unfinished | {section.value: dict(typed)}


def mark_corrected(*, plan: Plan, section: Section, by: Person) -> None:
    """The committee says that what the officials asked for in a section is corrected."""
    begin(plan, Permission.PLAN_DRAFT, by=by)
    _must_be_editable(plan)
    for comment in plan.comments:
        if comment.section is section and comment.resolved_at is None and comment.revision < plan.revision:
            comment.resolved_at = clock.now()


def attach(*, plan: Plan, upload: "FileStorage", caption: str = "", by: Person) -> PlanAttachment:
    """Add a file to a plan; raises RuleBroken("file", …) when it cannot be taken."""
    begin(plan, Permission.PLAN_DRAFT, by=by)
    _must_be_editable(plan)
    kept = PlanAttachment(plan=plan, file=files.store_upload(upload, by=by), caption=caption.strip())
    add(kept)
    _saved(plan, Section.ATTACHMENTS, by=by, act=History.ATTACH)
    return kept


def remove_attachment(*, attachment: PlanAttachment, by: Person) -> None:
    """Take a file off a plan. It stays stored: an earlier version may name it."""
    plan = begin(attachment.plan, Permission.PLAN_DRAFT, by=by)
    _must_be_editable(plan)
    if attachment.removed_at is not None:
        raise Conflict(None, N_("このファイルは、もう外されています。"))
    attachment.removed_at = clock.now()
    _saved(plan, Section.ATTACHMENTS, by=by, act=History.REMOVE_ATTACHMENT)


def _must_be_editable(plan: Plan) -> None:
    if not rules.may_edit(plan.status):
        raise Conflict(None, N_("この計画はいま「%(state)s」なので、書き直せません。"), state=plan.status)


def _open_for_writing(plan: Plan, section: Section, lock_version: int, *, by: Person) -> None:
    begin(plan, Permission.PLAN_DRAFT, by=by)
    _must_be_editable(plan)
    if plan.section_saves.get(section.value, 0) > lock_version:
        elsewhere = N_(
            "別の画面で、あなたが先に保存しました。いまの入力は下に残っています。"
            "見比べて、残したい内容にしてから、もう一度保存してください。"
        )
        others = N_(
            "%(name)sさんが先に保存しました。あなたの入力は下に残っています。"
            "見比べて、残したい内容にしてから、もう一度保存してください。"
        )
        raise EditConflict(None, elsewhere if plan.saved_by_id == by.id else others, name=plan.saved_by.name)


def _saved(plan: Plan, section: Section, *, by: Person, act: History = History.SAVE) -> None:
    plan.lock_version += 1
    plan.section_saves = plan.section_saves | {section.value: plan.lock_version}
    plan.unfinished = {name: typed for name, typed in plan.unfinished.items() if name != section.value}
    plan.saved_by_id = by.id
    plan.saved_at = clock.now()
    audit.record(plan, act=act, by=by, detail={"section": section.value})


def _venues(plan: Plan, venue_ids: Sequence[int]) -> list[Venue]:
    found = fetch_all(
        sa.select(Venue)
        .where(Venue.id.in_(venue_ids), Venue.station_id == plan.station_id)
        .order_by(Venue.id)
    )
    if len(found) != len(set(venue_ids)):
        raise RuleBroken("venues", N_("会場を選び直してください。"))
    return found
