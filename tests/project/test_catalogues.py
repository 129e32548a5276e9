"""The English catalogue is complete: nothing missing, nothing fuzzy, nothing left over."""

import io
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
EXTRACT = [
    *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "-F", "pyproject.toml"),
    *("-k", "_l", "-k", "N_", "-k", "lazy_gettext", "-k", "counted:1,1", "--omit-header"),
]
ENGLISH = ROOT / "stations" / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def english() -> Catalog:
    return read_po(io.BytesIO(ENGLISH.read_bytes()), locale="en")


def extracted(target: Path) -> Catalog:
    """The texts that stand in the source now; the same call as ``make catalogues``."""
    subprocess.run([*EXTRACT, "-o", str(target), "stations", "templates"], cwd=ROOT, check=True)
    return read_po(io.BytesIO(target.read_bytes()))


def ids(catalogue: Catalog) -> set[str]:
    return {str(message.id) for message in catalogue if message.id}


def test_every_text_of_the_source_is_in_the_catalogue(tmp_path: Path):
    source = ids(extracted(tmp_path / "messages.pot"))
    assert sorted(source - ids(english())) == [], "run make catalogues"
    assert sorted(ids(english()) - source) == [], "run make catalogues"


def test_every_text_has_its_english():
    missing = [str(message.id) for message in english() if message.id and not message.string]
    assert missing == []
    assert [str(message.id) for message in english() if message.id and message.fuzzy] == []


def test_english_keeps_the_placeholders():
    wrong = [f"{message.id!r}: {error}" for message in english() if message.id for error in message.check()]
    assert wrong == []
