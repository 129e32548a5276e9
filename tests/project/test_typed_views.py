"""Views and forms name the types of what they take and give: a misspelt attribute must not pass mypy."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "stations"
MODULES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if {"views", "forms"} & {path.stem, *path.relative_to(ROOT).parts} and "migrations" not in path.parts
)

JSON = "JSON: what a device sends and gets, a document, or what an event keeps"
FIELDS = "the data of WTForms' fields, by the names of a service's arguments"
WTFORMS = "a signature of WTForms, whose own types for it are Any"
UNKNOWN = {
    "applications/forms.py SectionForm.values": FIELDS,
    "applications/views/parts.py texts": JSON,
    "applications/views/unfinished.py _chosen": "the stubs of WTForms know a choice only as a tuple",
    "attendance/views/records.py _answers": JSON,
    "attendance/views/records.py _known": JSON,
    "committees/forms.py CommitteeForm.facts": FIELDS,
    "committees/forms.py EditVenueForm.facts": FIELDS,
    "committees/forms.py StationForm.facts": FIELDS,
    "committees/forms.py VenueForm.facts": FIELDS,
    "committees/views/calendar.py new_opening": "`from` is no name in Python, and mypy takes it for others of url_for",
    "committees/views/history.py _changed": JSON,
    "committees/views/history.py _opening": JSON,
    "committees/views/history.py _value": JSON,
    "core/forms.py DateField.__init__": WTFORMS,
    "core/forms.py DateField.process": WTFORMS,
    "core/forms.py Form.wrap_formdata": WTFORMS,
    "core/forms.py ReadField.__init__": WTFORMS,
    "core/forms.py ReadField.write": "each kind of field writes its own type of data",
    "grants/settings/views.py _history": JSON,
    "grants/settings/views.py _words": JSON,
    "meetings/forms.py MeetingForm.facts": FIELDS,
    "meetings/forms.py ResolveForm.facts": FIELDS,
    "people/forms.py ProfileFields.facts": FIELDS,
    "people/forms.py RoleForm.chosen": FIELDS,
    "referrals/forms.py WishesForm.facts": FIELDS,
}


def parts(module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """(name, node) of each function and each other statement; those of classes by ``Class.name``."""

    def inside(body: list[ast.stmt], owner: str) -> Iterator[tuple[str, ast.AST]]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from inside(node.body, owner if owner else f"{node.name}.")
            else:
                yield f"{owner}{getattr(node, 'name', '')}", node

    return inside(module.body, "")


def says_any(node: ast.AST) -> bool:
    """Whether ``Any`` stands in it, by itself or in an annotation that is quoted."""
    for one in ast.walk(node):
        quoted = getattr(one, "annotation", None) or getattr(one, "returns", None)
        if (isinstance(quoted, ast.AST) and re.search(r"\bAny\b", ast.unparse(quoted))) or (
            isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one).split(".")[-1] == "Any"
        ):
            return True
    return False


def unknown_in(path: Path) -> set[str]:
    name = str(path.relative_to(ROOT))
    return {f"{name} {part}" for part, node in parts(ast.parse(path.read_text())) if says_any(node)}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_views_and_forms_name_their_types(module: Path):
    assert unknown_in(module) - UNKNOWN.keys() == set(), "import the model under TYPE_CHECKING and name it"


def test_what_may_stay_unknown_is_still_there():
    found = {part for module in MODULES for part in unknown_in(module)}
    assert UNKNOWN.keys() - found == set()
