"""What is declared is used, and what only develops is not installed where people work."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.support.databases import replaced_sqlite, shared_sqlite_template
from tests.support.demo_site import demo_environment

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Used without an import in stations/: how.
UNIMPORTED = {
    "gunicorn": "serves the application",
    "psycopg": "SQLAlchemy loads it for postgresql://",
    "tzdata": "zoneinfo reads it where the system has no time zones",
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


HEAVY = ("matplotlib", "numpy", "pandas", "xlsxwriter")
VISIT = f"""
import sys
from stations.app import create_app
from stations.core.access import Role
from stations.core.config import Config
from stations.core.database import db
from tests.support import cast
from tests.support.client import PageClient

client = PageClient(create_app(Config.from_environment()))
with client.app.app_context():
    person = cast.person(Role.OFFICER)
    db.session.commit()
    client.sign_in(person)
for addresses in sys.argv[1:]:
    for address in addresses.split():
        client.download(address)
    print(*[name for name in {HEAVY} if name in sys.modules])
"""


def test_what_is_large_is_loaded_by_the_first_page_that_needs_it(run_folder: Path, tmp_path: Path) -> None:
    url = replaced_sqlite(shared_sqlite_template(run_folder), tmp_path / "empty.sqlite3")
    environment = demo_environment(url, tmp_path / "files") | {"PYTHONPATH": str(ROOT)}
    visits = (
        "/healthz / /calendar /home /plans /grants /districts /attendance /meetings /agencies",
        "/plans?file=csv",
        "/plans?file=xlsx",
        "/overview?file=money.csv",
        "/overview",
    )
    done = subprocess.run(
        [sys.executable, "-c", VISIT, *visits], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [
        "",
        "",
        "xlsxwriter",
        "numpy pandas xlsxwriter",
        "matplotlib numpy pandas xlsxwriter",
    ], done.stderr[-2000:]


def test_only_reports_names_pandas_and_charts() -> None:
    """import-linter holds the layers; this, that nothing names them at the head of a module, where every start would load them."""
    heads = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "stations").rglob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        for name in _names(node)
        if name.split(".")[0] in HEAVY
    }
    assert heads == {"stations/core/workbook.py"}  # loaded by who asks for a workbook


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
