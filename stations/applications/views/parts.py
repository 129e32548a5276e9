"""What several pages of plans show: the trail, a document's sections, the rows of the task list."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from stations.applications import queries, rules
from stations.applications.labels import CATEGORIES, FIELDS, INCOMES, SECTIONS
from stations.applications.rules import CostCategory, IncomeKind, Section
from stations.applications.views import blueprint
from stations.core import clock, formatting
from stations.core.database import SAFE_METHODS
from stations.core.labels import label
from stations.core.language import counted
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict

if TYPE_CHECKING:
    from stations.applications.models import Plan, PlanAttachment


@blueprint.app_template_global()
def cost_category(value: str) -> object:
    """What a cost category in a frozen document is called."""
    return CATEGORIES[CostCategory(value)]


@blueprint.app_template_global()
def income_kind(value: str) -> object:
    """What a kind of income in a frozen document is called."""
    return INCOMES[IncomeKind(value)]


@blueprint.app_template_global()
def plan_field(name: str) -> object:
    """What an input of a plan is called, as comments name it."""
    return FIELDS.get(name, name)


@blueprint.app_template_global()
def plan_number(plan: "Plan") -> str:
    """By which a plan is told from another of the same name: what it was given when it was handed in, before that its own."""
    if plan.number is None:
        return str(_("下書き%(n)s", n=plan.id))
    return str(_("受付番号 %(year)s-%(number)s", year=plan.fiscal_year, number=plan.number))


def trail(plan: "Plan", *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The breadcrumb down to a plan, and further."""
    return [
        (_("計画"), url_for("applications.index")),
        (plan.title, url_for("applications.plan", plan_id=plan.id) if more else None),
        *more,
    ]


def to_plan(plan: "Plan", message: str = "", kind: str = "success") -> Response:
    """Back to the plan's own page, saying what was done."""
    if message:
        flash(message, kind)
    return redirect(url_for("applications.plan", plan_id=plan.id))


def already_moved(plan: "Plan") -> Response:
    """For pages whose act is not on offer any more: the plan itself tells how things stand.

    Raises `Conflict` for a form that was sent: valid or not, it comes too late.
    """
    if request.method not in SAFE_METHODS:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=plan.status)
    return to_plan(plan, _("この計画はいま「%(state)s」です。", state=label(plan.status)), "info")


def section_of(name: str) -> Section | None:
    return Section(name) if name in Section._value2member_map_ else None


def current_files(plan: "Plan") -> list["PlanAttachment"]:
    """The attachments that have not been taken off."""
    return [one for one in plan.attachments if one.removed_at is None]


def texts(section: Section, content: Mapping[str, Any]) -> list[dict[str, object]]:
    """The plain fields of a section of a document, as rows of a summary list."""
    rows = []
    for name in rules.SECTION_FIELDS.get(section, ()):
        value = content.get(name)
        if name == "venues":
            value = "\n".join(
                _(
                    "%(name)s（%(address)s・1回 %(rent)s）",
                    name=venue["name"],
                    address=venue["address"],
                    rent=formatting.yen(venue["rent_yen"]),
                )
                for venue in content["venues"]
            )
        elif name == "expected_visits" and value is not None:
            value = _("%(n)s人", n=value)
        elif name == "openings_planned" and value is not None:
            value = counted("%(n)s回", n=value)
        rows.append({"name": name, "key": FIELDS[name], "value": value or _("記入なし"), "empty": not value})
    return rows


def task_rows(plan: "Plan") -> list[dict[str, str]]:
    """The seven sections with what is done and what is left."""
    missing = {gap.section for gap in queries.gaps(plan)}
    asked = {comment.section for comment in queries.open_comments(plan)}
    rows = []
    for number, (section, name) in enumerate(SECTIONS.items(), 1):
        status, tone = _progress(plan, section, missing, asked)
        rows.append(
            {
                "label": f"{number}　{name}",
                "url": url_for("applications.section", plan_id=plan.id, section=section.value),
                "status": status,
                "tone": tone,
                "hint": _hint(plan, section, asked),
            }
        )
    return rows


def _hint(plan: "Plan", section: Section, asked: set[Section]) -> str:
    if section not in asked:
        return ""
    if section.value in plan.unfinished:
        return str(_("市からのコメントがあります。入力の途中です"))
    return str(_("市からのコメントがあります"))


def _progress(plan: "Plan", section: Section, missing: set[Section], asked: set[Section]) -> tuple[str, str]:
    if section in asked:
        return _("要修正"), "orange"
    if section.value in plan.unfinished:
        return _("入力の途中"), "blue"
    if section is Section.ATTACHMENTS:
        files = len(current_files(plan))
        return (_("%(n)s件", n=files), "done") if files else (_("任意"), "grey")
    if section in missing:
        return (_("入力中"), "blue") if queries.started(plan, section) else (_("未着手"), "grey")
    if not queries.started(plan, section):
        return _("前の計画の写し"), "yellow"
    return _("完了"), "done"


def next_year_choices() -> list[tuple[int, str]]:
    """The fiscal years one may plan for: this one and the next."""
    this = clock.fiscal_year(clock.today())
    return [(year, formatting.fiscal_year(year)) for year in (this + 1, this)]
