"""What a plan's check page tells of sections that were kept half-written: the typed words, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wtforms import Field, FieldList, SelectField

from stations.applications import forms, queries
from stations.applications.labels import FIELDS, SECTIONS
from stations.applications.rules import Section
from stations.core.forms import ReadField
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from stations.applications.models import Plan


@dataclass(frozen=True)
class Lack:
    """One thing to do before the plan can be submitted, and the section in which it is done."""

    section: Section
    text: str


def kept_forms(plan: "Plan") -> dict[Section, forms.SectionForm]:
    """The sections that were kept as they were typed, each as its checked form."""
    forms_by_section = {section: kept_form(plan, section) for section in SECTIONS}
    return {section: form for section, form in forms_by_section.items() if form is not None}


def kept_form(plan: "Plan", section: Section) -> forms.SectionForm | None:
    """A section that was kept as it was typed, as its checked form; None: it was saved, or nothing is there."""
    if section.value not in plan.unfinished:
        return None
    venues = queries.venues_to_use(plan) if section is Section.VENUES else ()
    return forms.kept_form(section, plan, venues)


def lacking(plan: "Plan", kept: dict[Section, forms.SectionForm]) -> list[Lack]:
    """What is really missing: of a half-written section what its own form says, of the others the rules' gaps."""
    found: list[Lack] = []
    gaps = queries.gaps(plan)
    for section, name in SECTIONS.items():
        if section in kept:
            said = list(_problems(kept[section])) or [
                _("%(name)sを開いて、保存し直してください。", name=name)
            ]
            found += [Lack(section, text) for text in said]
        else:
            found += [Lack(section, _(gap.message)) for gap in gaps if gap.section is section]
    return found


def _problems(form: forms.SectionForm) -> Iterable[str]:
    for field in form.inputs():
        name = str(field.label.text)
        if isinstance(field, FieldList):
            yield from (error for error in field.errors if isinstance(error, str))
            for number, entry in enumerate(field.entries, 1):
                for error in (str(error) for cell in entry.form for error in cell.errors):
                    yield _("%(name)s %(n)s行目：%(problem)s", name=name, n=number, problem=error)
            continue
        for error in map(str, field.errors):
            yield error if name in error else _("%(name)s：%(problem)s", name=name, problem=error)


def typed_texts(form: forms.SectionForm) -> list[dict[str, object]]:
    """The fields of a half-written section as rows of a summary list, in the words that were typed."""
    rows = []
    for name in (name for name in form.OWN if name in FIELDS):
        value = _("、").join(_chosen(form[name])) if name == "venues" else _typed(form[name])
        rows.append(
            {"name": name, "key": FIELDS[name], "value": value or _("記入なし"), "typed": bool(value)}
        )
    return rows


def typed_lines(form: forms.SectionForm) -> list[dict[str, object]]:
    """The two tables of a half-written 費用と収入: caption, headings and the typed rows."""
    tables: list[dict[str, object]] = []
    for rows in (field for field in form.inputs() if isinstance(field, FieldList)):
        cells = [[_typed(cell) for cell in entry.form] for entry in rows.entries]
        filled = [row for row in cells if any(row)]
        if filled:
            heads = [cell.label.text for cell in rows.entries[0].form]
            tables.append({"caption": rows.label.text, "heads": heads, "rows": filled})
    return tables


def _typed(field: Field) -> str:
    if isinstance(field, SelectField):
        return _("、").join(_chosen(field))
    if isinstance(field, ReadField):
        return field._value()
    return str(field.data or "")


def _chosen(field: Any) -> list[str]:
    """The names of the chosen entries, without what a list says when nothing is chosen."""
    return [str(choice.label) for choice in field.iter_choices() if choice.selected and choice.value]
