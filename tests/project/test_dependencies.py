"""What is declared is used, and what only develops is not installed where people work."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Used without an import in stations/: how.
UNIMPORTED = {
    "gunicorn": "serves the application",
    "psycopg": "SQLAlchemy loads it for postgresql://",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "numpy": "held for matplotlib and pandas, which compute with it",
    "pandas": "the tables of reports",
}


def _named(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", one)[0].lower() for one in requirements}


def _pins(lock: str) -> dict[str, set[str]]:
    """Package → its lines: one for each version that some Python takes."""
    pins: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            pins.setdefault(line.split("==")[0], set()).add(line)
    return pins


def _imported() -> set[str]:
    names: set[str] = set()
    for file in (ROOT / "stations").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    known = packages_distributions()
    return {one.lower().replace("_", "-") for name in names for one in known.get(name.split(".")[0], [])}


def test_every_declared_dependency_is_used() -> None:
    declared = _named(PROJECT["project"]["dependencies"])
    assert declared - _imported() - set(UNIMPORTED) == set()
    assert set(UNIMPORTED) <= declared


def test_what_develops_is_not_installed_for_running() -> None:
    running, developing = _pins("requirements.lock"), _pins("requirements-dev.lock")
    only_developing = _named(PROJECT["dependency-groups"]["dev"])
    assert not only_developing & set(running)
    assert only_developing <= set(developing)
    assert _named(PROJECT["project"]["dependencies"]) <= set(running)


def test_tests_run_with_the_versions_that_people_use() -> None:
    developing = _pins("requirements-dev.lock")
    assert {
        name: lines for name, lines in _pins("requirements.lock").items() if developing.get(name) != lines
    } == {}
