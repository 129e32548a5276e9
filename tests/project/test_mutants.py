"""The list of mutants is not stale: each breaks what stands in the code today, and its tests are there."""

import re
from pathlib import Path

import pytest

from tools.mutants import ROOT, Mutant, MutantError, mutants, survives

MUTANTS = mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_breaks_what_stands_there_once(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text("utf-8")
    broken = mutant.applied(text)
    assert broken != text
    compile(broken, mutant.file, "exec")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_tests_of_a_mutant_are_there(mutant: Mutant) -> None:
    assert mutant.tests
    for test in mutant.tests:
        file, _, function = test.partition("::")
        text = (ROOT / file).read_text("utf-8")
        assert re.search(rf"^def {function}\(" if function else r"^def test_", text, re.MULTILINE), test


def test_a_mutant_is_named_once() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of one rule and one test, which holds the rule on one side only."""
    (tmp_path / "rule.py").write_text("def adult(age: int) -> bool:\n    return 18 <= age < 120\n")
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--database')\n"
    )
    (tmp_path / "test_rule.py").write_text("import rule\n\n\ndef test_it():\n    assert not rule.adult(17)\n")
    return tmp_path


def mutant(before: str, after: str) -> Mutant:
    return Mutant("an age", "rule.py", before, after, ("test_rule.py",))


def test_what_no_test_notices_survives_and_the_tree_is_as_before(tree: Path) -> None:
    before = (tree / "rule.py").read_text()
    assert not survives(mutant("18", "17"), tree)
    assert survives(mutant("120", "121"), tree)
    assert (tree / "rule.py").read_text() == before


@pytest.mark.parametrize(
    ("before", "after", "saying"),
    [("21", "20", "an age: its text stands 0 times"), ("18", "(", "did not run")],
)
def test_a_mutant_that_proves_nothing_is_named(tree: Path, before: str, after: str, saying: str) -> None:
    with pytest.raises(MutantError, match=saying):
        survives(mutant(before, after), tree)
    assert "18 <= age" in (tree / "rule.py").read_text()
