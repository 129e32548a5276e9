"""``python -m tools.mutants``: break a rule at a time, and see whether the tests that hold it turn red.

The rules are written down in ``mutants.toml`` beside this: where each stands, how it is broken, which tests must notice.
The working tree stays as it is: everything happens in a copy of it.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_suffix(".toml")
PYTEST = (sys.executable, "-m", "pytest", "--database", "sqlite", "-n0", "-x", "-q", "-p", "no:cacheprovider")
# What a copy does without, some of it large; what Python compiles is not copied lest it hide a change.
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".*cache", ".hypothesis"
)


class MutantError(Exception):
    """A mutant proves nothing: its text is gone, or its tests do not run or are red without it."""


@dataclass(frozen=True)
class Mutant:
    """One rule and how it is broken.

    file: path from the top of the project. before: what stands there, exactly once. after: what replaces it, perhaps
    nothing. tests: files or node ids, of which at least one must fail.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def applied(self, text: str) -> str:
        """The file's text with the rule broken; `MutantError` unless ``before`` stands in it exactly once."""
        if (found := text.count(self.before)) != 1:
            raise MutantError(f"{self.name}: its text stands {found} times in {self.file}, not once")
        return text.replace(self.before, self.after)


def mutants() -> list[Mutant]:
    """The written list, in its order."""
    return [
        Mutant(**{**entry, "tests": tuple(entry["tests"])})
        for entry in tomllib.loads(LIST.read_text("utf-8"))["mutant"]
    ]


def passes(tree: Path, tests: Iterable[str]) -> bool:
    """Whether all tests are green; `MutantError` when they did not run at all, as after an error of syntax."""
    ran = subprocess.run(  # noqa: S603  (our own command, from our own list)
        [*PYTEST, *tests], cwd=tree, capture_output=True, text=True, check=False
    )
    if ran.returncode not in (0, 1):
        raise MutantError(f"the tests did not run:\n{ran.stdout[-2_000:]}{ran.stderr[-2_000:]}")
    return ran.returncode == 0


def survives(mutant: Mutant, tree: Path) -> bool:
    """Whether no test notices the mutant; ``tree``, the copy, is afterwards as before."""
    file = tree / mutant.file
    kept = file.read_text("utf-8")
    compiled = Path(importlib.util.cache_from_source(str(file)))
    try:
        file.write_text(mutant.applied(kept), "utf-8")
        compiled.unlink(missing_ok=True)  # by size and second it might look as if nothing had changed
        return passes(tree, mutant.tests)
    except MutantError as error:
        raise MutantError(f"{mutant.name}: {error}") from None
    finally:
        file.write_text(kept, "utf-8")
        compiled.unlink(missing_ok=True)


def run(chosen: list[Mutant]) -> list[Mutant]:
    """Try mutants one after the other, each said as it ends; gives back those that survive. Raises `MutantError`."""
    for mutant in chosen:
        mutant.applied((ROOT / mutant.file).read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="stations-mutants-") as folder:
        tree = shutil.copytree(ROOT, Path(folder) / "tree", ignore=LEFT_OUT)
        # Tests that are red anyway would take every mutant for noticed.
        if not passes(tree, dict.fromkeys(test for mutant in chosen for test in mutant.tests)):
            raise MutantError("the tests are red without any mutant")
        alive = []
        for number, mutant in enumerate(chosen, 1):
            if survives(mutant, tree):
                alive.append(mutant)
            said = "SURVIVES" if mutant in alive else "noticed"
            print(f"{number:3}/{len(chosen)} {said:9} {mutant.name}", flush=True)
    return alive


def main() -> int:
    """0; 1 when a mutant survives; 2 when one proves nothing."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument(
        "words", nargs="*", help="only mutants with one of these in their name or file; else all"
    )
    words = parser.parse_args().words
    chosen = [
        one for one in mutants() if not words or any(word in f"{one.file} {one.name}" for word in words)
    ]
    if not chosen:
        parser.error(f"no mutant is named so: {' '.join(words)}")
    try:
        alive = run(chosen)
    except MutantError as error:
        print(error, file=sys.stderr)
        return 2
    for mutant in alive:
        print(
            f"Nobody notices in {mutant.file}: {mutant.name}. Tried: {', '.join(mutant.tests)}",
            file=sys.stderr,
        )
    print(f"{len(chosen) - len(alive)} of {len(chosen)} noticed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
