"""What a screen reader hears after an act, which of two openings is meant, and what fits with large letters."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from stations.core.access import Role
from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.browser.door import TILE, Door, plus
from tests.support import cast

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

OUTSIDE = """(selector) => [...document.querySelectorAll(selector)].flatMap((tile) => {
    const edge = tile.getBoundingClientRect();
    return [...tile.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > edge.right + 1)
      .map((one) => one.textContent.trim());
})"""


def test_a_count_is_announced(door: Door, visitor: VisitorMaker) -> None:
    page = door.opened(visitor(door.site, 1024, 768))
    said = page.locator("[data-tally-said][role=status]")
    expect(said).to_be_empty()
    for count in (1, 2):
        plus(page, "elementary")
        expect(said).to_have_text(re.compile(f"小学生.*{count}"))
    expect(page.locator(TILE.format("elementary") + " [data-tally-count]")).to_have_text("2")


def test_what_was_done_is_read_first(door: Door, visitor: VisitorMaker) -> None:
    reader = visitor(door.site, 1024, 768)
    door.sign_in(reader)
    page = reader.open("/account/profile")
    page.get_by_label("ふりがな").fill("みほん")
    page.get_by_role("main").locator("form button[type=submit]").last.click()
    done = page.locator(".mt-banner--success[role=status]")
    expect(done).to_be_visible()
    expect(done).to_be_focused()


def test_two_openings_of_a_day_are_distinguished_and_all_who_came_fit(
    door: Door, visitor: VisitorMaker
) -> None:
    second = cast.opening(door.opening.station, starts_at=dt.time(11, 30))
    door.volunteer = cast.person(Role.STATION_LEADER, of=door.opening.station)
    db.session.commit()
    ids = (door.opening.id, second.id)
    tablet = visitor(door.site, 1024, 768)
    page = door.opened(tablet)
    unknown = page.locator(TILE.format("unknown")).bounding_box()
    assert unknown is not None and unknown["y"] + unknown["height"] <= 768
    pages = ["/attendance/openings/{}" + part for part in ("", "/tally", "/details", "/sheet")]
    for path in [*pages, "/openings/{}/cancel"]:
        titles = [tablet.open(path.format(one)).title() for one in ids]
        assert titles[0] != titles[1], path
    page = tablet.open("/attendance")
    links = page.get_by_role("main").locator("a[href*='/openings/']").all_text_contents()
    assert len(links) >= 2 and len(set(links)) == len(links)


@pytest.mark.parametrize("width", [1280, 1024, 375])
def test_amounts_fit_their_tiles_with_large_letters(door: Door, visitor: VisitorMaker, width: int) -> None:
    door.volunteer = cast.person(Role.OFFICER)
    db.session.commit()
    official = visitor(door.site, width, 800)
    door.sign_in(official)
    page = official.open("/overview")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for amount in page.locator(".mt-stats__value").all():
        amount.evaluate(
            "(one) => { one.firstChild.data = one.firstChild.data.replace(/^[0-9,△]+/, '123,456,789'); }"
        )
    assert page.evaluate(OUTSIDE, ".mt-stats__item") == []
