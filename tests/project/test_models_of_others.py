"""Which part of a package reads or writes the tables of another: a written list, not above it, not below it."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

STATIONS = Path(__file__).resolve().parents[2] / "stations"

# The nouns of a package are one package: what counts is that it is their queries, not their services, who reads.
NOUNS = {(path.parent.parent.name, path.parent.name) for path in STATIONS.glob("*/*/models.py")}
# The demonstration may write everything; it is not listed.
MODELS_OF_OTHERS = {
    ("applications", "models"): {"committees", "people"},
    ("applications", "queries"): {"committees", "people"},
    ("applications", "services"): {"committees", "people"},
    ("attendance", "models"): {"committees", "people"},
    ("attendance", "queries"): {"committees", "people"},
    ("attendance", "services"): {"committees"},
    ("committees", "queries"): {"people"},
    ("committees", "services"): {"people"},
    ("directory", "calendar_file"): {"committees"},
    ("directory", "queries"): {"committees"},
    ("grants", "models"): {"applications", "committees"},
    ("grants", "pages"): {"people"},
    ("grants", "queries"): {"applications", "committees", "meetings", "people"},
    ("grants", "services"): {"applications"},
    ("meetings", "models"): {"applications"},
    ("meetings", "queries"): {"applications", "people"},
    ("meetings", "services"): {"applications", "people"},
    ("referrals", "models"): {"committees"},
    ("referrals", "queries"): {"committees", "people"},
    ("referrals", "services"): {"committees", "people"},
    ("reports", "queries"): {
        "applications",
        "attendance",
        "committees",
        "grants",
        "meetings",
        "people",
        "referrals",
    },
}


def imported(node: ast.AST) -> Iterator[str]:
    """The modules that are imported when the code runs."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            yield child.module
            yield from (f"{child.module}.{name.name}" for name in child.names)
        yield from imported(child)


def tables() -> set[str]:
    """Modules that declare a table."""
    found = set()
    for path in STATIONS.rglob("*.py"):
        if any(
            isinstance(node, ast.ClassDef)
            and any(ast.unparse(base) in {"Model", "Drafted", "DecisionDraft"} for base in node.bases)
            for node in ast.parse(path.read_text()).body
        ):
            found.add(".".join(("stations", *path.relative_to(STATIONS).with_suffix("").parts)))
    return found


def test_who_takes_the_models_of_another_package_is_written_down() -> None:
    models = {name for name in tables() if not name.startswith("stations.core.")}
    assert len(models) > 7
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for path in STATIONS.rglob("*.py"):
        package, *rest = path.relative_to(STATIONS).with_suffix("").parts
        if not rest or package == "demo":
            continue
        part = rest[1] if (package, rest[0]) in NOUNS else rest[0]
        for module in imported(ast.parse(path.read_text())):
            if module in models and module.split(".")[1] != package:
                found[package, part].add(module.split(".")[1])
    assert dict(found) == MODELS_OF_OTHERS
