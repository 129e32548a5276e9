"""The drawn pages of docs/ show the whole, and the pages written by hand lead to where they say."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from stations.core.database import Model
from stations.core.glossary import GLOSSARY
from stations.core.labels import label
from stations.core.workflow import Workflow
from tools.diagrams import entity_page, tables, workflow_page, workflows

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "stations"
GLOSSARY_PAGE = ROOT / "docs" / "glossary.md"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
WORKFLOWS = [pytest.param(table, id=f"{package}.{name}") for package, name, table in workflows()]


@pytest.mark.parametrize("table", WORKFLOWS)
def test_every_state_is_reached_from_the_first(table: Workflow[StrEnum]):
    """The diagram starts at the first state of the enum."""
    reached = {next(iter(table.states))}
    while more := {step.after(state) for state in reached for step in table.steps_from(state)} - reached:
        reached |= more
    assert reached == set(table.states)


@pytest.mark.parametrize("table", WORKFLOWS)
def test_every_state_and_act_has_a_label(table: Workflow[StrEnum]):
    members = {*table.states, *(step.act for step in table.steps)}
    assert sorted(member for member in members if str(label(member)) == member) == []


def test_every_step_has_a_row():
    rows = re.findall(r"^\| .* `\w+` \|", workflow_page(), re.MULTILINE)
    assert len(rows) == sum(len(table.steps) for _, _, table in workflows())


def test_every_table_is_drawn_once():
    drawn = re.findall(r"^    (\w+) \{$", entity_page(), re.MULTILINE)
    assert (
        sorted(drawn)
        == sorted(Model.metadata.tables)
        == sorted(t.name for found in tables().values() for t in found)
    )


def test_the_glossary_has_every_word_that_pages_explain():
    text = GLOSSARY_PAGE.read_text("utf-8")
    assert [
        str(word) for word, _meaning in GLOSSARY.values() if str(word).partition("（")[0] not in text
    ] == []


def test_the_glossary_names_what_is_in_the_code():
    code = set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))))
    named = re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", GLOSSARY_PAGE.read_text("utf-8"))))
    assert sorted(set(named) - code) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_document_leads_to_what_is_there(page: Path):
    """Links; and in code marks: paths of files, from the top of the repository or of the package."""
    text = page.read_text("utf-8")
    links = [page.parent / target for target in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
    paths = re.findall(r"`([\w.-]+/[\w./-]+\.(?:py|html|md|js|mjs|json|typ|conf))`", text)
    assert [str(link) for link in links if not link.exists()] == []
    assert [path for path in paths if not (ROOT / path).exists() and not (PACKAGE / path).exists()] == []
