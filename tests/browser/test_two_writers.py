"""Two people of a committee edit one section of a plan: the second sees both versions, and loses nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from stations.applications.models import Plan
from stations.core.access import Role
from stations.core.database import db
from stations.people.models import Person
from tests.applications import cast as plans
from tests.browser.conftest import VisitorMaker
from tests.browser.door import Door
from tests.support import cast
from tests.support.session import session_cookie
from tests.support.visitor import assert_clean, assert_fits

HIDES = """banner => [...banner.querySelectorAll("*")]
  .filter(one => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
  .map(one => one.outerHTML)"""  # parts that must be scrolled sideways to be read
BANNER = ".mt-banner:has-text('先に保存された内容')"


def opened(door: Door, visitor: VisitorMaker, who: Person, path: str, width: int, height: int) -> Page:
    """A page in a browser of their own."""
    visit = visitor(door.site, width, height)
    name, value = session_cookie(door.app, who)
    visit.context.add_cookies([{"name": name, "value": value, "url": door.site.url}])
    return visit.open(path)


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="保存して次へ").click()


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 900)])
def test_the_second_to_save_sees_both_versions(
    door: Door, visitor: VisitorMaker, pictures: Path, width: int, height: int
) -> None:
    station = door.opening.station
    drafter = cast.person(Role.DRAFTER, of=station.committee, name="下書 文子")
    chair = cast.person(Role.CHAIR, of=station.committee, name="代表 守")
    plan_id = plans.written(station, drafter).id
    db.session.commit()
    costs = f"/plans/{plan_id}/sections/costs"
    first = opened(door, visitor, drafter, costs, width, height)
    second = opened(door, visitor, chair, costs, width, height)
    elsewhere = opened(door, visitor, chair, f"/plans/{plan_id}/sections/purpose", width, height)

    first.locator('[name="lines-1-unit_price_yen"]').fill("9,000")
    save(first)
    elsewhere.locator('[name="purpose"]').fill("会議で決めた目的")
    save(elsewhere)
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("対象")

    second.locator('[name="lines-2-content"]').fill("食材と折り紙と花")
    save(second)
    expect(second.get_by_text("下書 文子さんが先に保存しました")).to_be_visible()
    expect(second.locator(BANNER)).to_contain_text("9,000円")
    expect(second.locator(BANNER)).not_to_contain_text("折り紙と花")
    expect(second.locator('[name="lines-2-content"]')).to_have_value("食材と折り紙と花")
    expect(second.locator('[name="lines-1-unit_price_yen"]')).to_have_value("10,000")
    assert_fits(second)
    assert second.locator(BANNER).evaluate(HIDES) == []
    assert_clean(second)
    pictures.mkdir(parents=True, exist_ok=True)
    second.screenshot(path=pictures / f"both-{width}.png", full_page=True)

    second.locator('[name="lines-1-unit_price_yen"]').fill("9000")
    save(second)
    expect(second.get_by_role("heading", level=1)).to_have_text("添付資料")
    db.session.rollback()
    kept = [(line.content, line.unit_price_yen) for line in db.session.get_one(Plan, plan_id).cost_lines]
    assert kept == [("和室の使用料", 3_000), ("講師の謝礼", 9_000), ("食材と折り紙と花", 6_000)]
    db.session.rollback()
