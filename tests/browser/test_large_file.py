"""A photo that is too large is refused when it is chosen, while everything typed still stands there."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.browser.door import Door
from tests.grants import cast as grants

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def entry(door: Door) -> str:
    """The address at which a treasurer, who is signed in, enters a receipt."""
    made = grants.team()
    grant = grants.active(made)
    door.volunteer = made.treasurer
    db.session.commit()
    return f"/grants/{grant.id}/receipts/new"


def photo(folder: Path, size: int) -> Path:
    path = folder / "IMG_0001.jpg"
    path.write_bytes(b"\xff\xd8\xff" + b"\0" * size)
    return path


def test_it_is_refused_when_it_is_chosen(
    door: Door, visitor: VisitorMaker, entry: str, tmp_path: Path
) -> None:
    reader = visitor(door.site, 1280, 800)
    door.sign_in(reader)
    page = reader.open(entry)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files(photo(tmp_path, 12_000_000))
    refused = page.locator("[data-file-refused]")
    expect(refused).to_contain_text("「IMG_0001.jpg」は10MBを超えている")
    assert chooser.evaluate("(one) => one.files.length") == 0
    chooser.set_input_files(photo(tmp_path, 9_000_000))
    expect(refused).to_be_hidden()
    assert chooser.evaluate("(one) => one.files.length") == 1
