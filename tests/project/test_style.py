"""Rules of the project that no tool knows: sizes, names, docstrings, reasons beside exceptions."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "stations"
MODULES = sorted(
    path
    for folder in (PACKAGE, ROOT / "tools")
    for path in folder.rglob("*.py")
    if "migrations" not in path.parts
)
MAXIMUM_MODULE_LINES = 450
MAXIMUM_FUNCTION_LINES = 50
EXCEPTION = re.compile(
    r"#\s*(?:noqa: [A-Z0-9, ]*\d|type: ignore\[[^]]*\]|noqa\b|type: ignore\b)(?P<reason>.*)"
)
VAGUE_NAMES = {"helpers", "utils", "misc", "common", "util", "helper"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_is_short_and_named_for_what_it_holds(module: Path):
    lines = module.read_text().count("\n")
    assert lines <= MAXIMUM_MODULE_LINES, f"{lines} lines: split it by noun"
    assert module.stem not in VAGUE_NAMES


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_functions_are_short(module: Path):
    long = {
        node.name: length
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAXIMUM_FUNCTION_LINES
    }
    assert long == {}


@pytest.mark.parametrize("module", [path for path in MODULES if path.name == "models.py"], ids=name_of)
def test_a_model_says_what_it_is_in_the_city(module: Path):
    silent = [
        node.name
        for node in ast.parse(module.read_text()).body
        if isinstance(node, ast.ClassDef)
        and any(
            isinstance(base, ast.Name) and base.id in {"Model", "Drafted", "DecisionDraft"}
            for base in node.bases
        )
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("module", [path for path in MODULES if path.read_text().strip()], ids=name_of)
def test_a_module_begins_by_saying_what_it_is_for(module: Path):
    assert ast.get_docstring(ast.parse(module.read_text()))


def test_exceptions_to_the_tools_give_their_reason():
    bare = [
        f"{name_of(module)}:{number}"
        for module in [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]
        for number, line in enumerate(module.read_text().splitlines(), 1)
        if (found := EXCEPTION.search(line)) and len(found["reason"].split()) < 2
    ]
    assert bare == []


def test_a_function_is_reached_by_the_module_that_has_it():
    """No ``__init__`` hands names on; those of views gather the pages on their blueprint."""
    full = [
        name_of(path)
        for path in sorted(PACKAGE.rglob("__init__.py"))
        if path.parent.name != "views" and path.read_text()
    ]
    assert full == []
