"""Writing a plan, section by section; two people at once are noticed, and nothing typed is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stations.applications import content, rules
from stations.applications.models import CostLine, IncomeLine, Plan, PlanAttachment
from stations.applications.rules import CostCategory, History, IncomeKind, Section
from stations.applications.services.steps import begin
from stations.committees.models import Station, Venue
from stations.core import audit, clock, edit_conflicts, files
from stations.core.access import Permission, demand
from stations.core.database import add, fetch_all
from stations.core.messages import N_, Conflict, RuleBroken
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
SAVING = (History.SAVE, History.ATTACH, History.REMOVE_ATTACHMENT)
"""The acts that save a section; their detail names it."""


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
        saved_sections=[],
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
    *, plan: Plan, section: Section, values: Mapping[str, Any], by: Person, loaded: str | None = None
) -> None:
    """Save the fields of one section (`rules.SECTION_FIELDS`); "venues" is a list of venue ids.

    What is missing is no error here: it is asked for at submission. Nothing is recorded when nothing changes.
    ``loaded``: the mark (`core.edit_conflicts`) of what stood in the section (`content.stored`) on the writer's page;
    `EditConflict` when something else was saved there since, `Conflict` when nobody may write.
    """
    _begin_writing(plan, by=by)
    if unknown := set(values) - set(rules.SECTION_FIELDS.get(section, ())):
        raise ValueError(f"{sorted(unknown)} are not fields of {section}")
    facts = dict(values)
    if "venues" in facts:
        venues = _venues(plan, facts["venues"])
        facts["venues"] = [venue.id for venue in venues]
    if not _to_be_saved(plan, section, facts | {"unfinished": None}, loaded, by=by):
        return
    for name, value in facts.items():
        setattr(plan, name, venues if name == "venues" else value)
    _saved(plan, section, by=by)


def save_costs(
    *,
    plan: Plan,
    lines: Sequence[CostInput],
    incomes: Sequence[IncomeInput],
    by: Person,
    loaded: str | None = None,
) -> None:
    """Replace all cost and income lines; amounts are quantity × unit price. ``loaded`` as in `save_section`."""
    _begin_writing(plan, by=by)
    facts = {
        "lines": [asdict(line) for line in lines],
        "incomes": [asdict(line) for line in incomes],
        "unfinished": None,
    }
    if not _to_be_saved(plan, Section.COSTS, facts, loaded, by=by):
        return
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
    *, plan: Plan, section: Section, typed: Mapping[str, list[str]], by: Person, loaded: str | None = None
) -> None:
    """Keep what was typed in a section although it cannot be read yet (a price without a number).

    ``loaded`` as in `save_section`.
    """
    _begin_writing(plan, by=by)
    if _to_be_saved(plan, section, {"unfinished": dict(typed)}, loaded, by=by):
        _saved(plan, section, by=by)
        plan.unfinished = plan.unfinished | {section.value: dict(typed)}


def mark_corrected(*, plan: Plan, section: Section, by: Person) -> None:
    """The committee says that what the officials asked for in a section is corrected."""
    _begin_writing(plan, by=by)
    for comment in plan.comments:
        if comment.section is section and comment.resolved_at is None and comment.revision < plan.revision:
            comment.resolved_at = clock.now()


def attach(*, plan: Plan, upload: "FileStorage", caption: str = "", by: Person) -> PlanAttachment:
    """Add a file to a plan; raises RuleBroken("file", …) when it cannot be taken."""
    _begin_writing(plan, by=by)
    kept = PlanAttachment(plan=plan, file=files.store_upload(upload, by=by), caption=caption.strip())
    add(kept)
    _saved(plan, Section.ATTACHMENTS, by=by, act=History.ATTACH)
    return kept


def remove_attachment(*, attachment: PlanAttachment, by: Person) -> None:
    """Take a file off a plan. It stays stored: an earlier version may name it."""
    plan = attachment.plan
    _begin_writing(plan, by=by)
    if attachment.removed_at is not None:
        raise Conflict(None, N_("このファイルは、もう外されています。"))
    attachment.removed_at = clock.now()
    _saved(plan, Section.ATTACHMENTS, by=by, act=History.REMOVE_ATTACHMENT)


def _must_be_editable(plan: Plan) -> None:
    if not rules.may_edit(plan.status):
        raise Conflict(None, N_("この計画はいま「%(state)s」なので、書き直せません。"), state=plan.status)


def _begin_writing(plan: Plan, *, by: Person) -> None:
    begin(plan, Permission.PLAN_DRAFT, by=by)
    _must_be_editable(plan)


def _to_be_saved(
    plan: Plan, section: Section, typed: Mapping[str, Any], loaded: str | None, *, by: Person
) -> bool:
    """Whether saving changes anything, the section's first save included; `EditConflict` as `save_section` says."""
    now = content.stored(plan, section)
    if all(now[name] == value for name, value in typed.items()):
        return section.value not in plan.saved_sections

    def first() -> audit.Doer | None:
        return audit.last_doer(plan, SAVING, lambda detail: detail["section"] == section.value)

    edit_conflicts.check(loaded, *now.values(), by=by, first=first)
    return True


def _saved(plan: Plan, section: Section, *, by: Person, act: History = History.SAVE) -> None:
    if section.value not in plan.saved_sections:
        plan.saved_sections = [*plan.saved_sections, section.value]
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
