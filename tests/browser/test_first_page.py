"""What a citizen comes for stands on the first screen of a telephone."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.browser.door import Door
from tests.support.visitor import assert_clean, assert_fits

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("path", ["/", "/?today=1", "/?week=1"])
def test_the_first_opening_stands_on_the_first_screen(door: Door, visitor: VisitorMaker, path: str) -> None:
    door.opening.ends_at = dt.time(23, 59)
    door.opening.station.summary = "ことば" * 60
    db.session.commit()
    citizen = visitor(door.site, 375, 667)
    page = citizen.open(path)
    first = page.get_by_role("main").get_by_role("link", name=door.opening.station.name).first
    box = first.bounding_box()
    assert box is not None and box["y"] + box["height"] <= 667
    expect(page.locator("h1")).to_have_count(1)
    assert_fits(page)
    assert_clean(page)
    page.get_by_text("地区・曜日などで探す").first.click()
    expect(page.get_by_label("ことば")).to_be_visible()
