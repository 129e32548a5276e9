"""``python -m tools.docs``: write the pages of docs/ that are made from the code; ``--check`` only compares them."""

import argparse
import sys
from pathlib import Path

from tools.diagrams import entity_page, workflow_page

DOCS = Path(__file__).resolve().parents[1] / "docs"


def pages() -> dict[Path, str]:
    """Every generated page."""
    return {DOCS / "workflows.md": workflow_page(), DOCS / "entities.md": entity_page()}


def main() -> int:
    """0, or 1 when ``--check`` finds a page that is not what the code gives."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    check = parser.parse_args().check
    stale = {
        path: text for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if check:
            print(f"docs/{path.name} is stale: run make docs", file=sys.stderr)
        else:
            path.write_text(text, "utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
