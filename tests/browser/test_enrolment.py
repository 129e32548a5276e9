"""A leader shows a code, a tablet with nothing installed reads it, and is told when it was revoked."""

import re

from playwright.sync_api import Page, expect

from stations.core.access import Role
from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.browser.door import Door
from tests.support import cast
from tests.support.session import session_cookie
from tests.support.visitor import Visitor, assert_clean, assert_fits

ASK = "fetch('/api/v1/attendance/bootstrap').then(async (answer) => [answer.status, await answer.json()])"
# As the tablet will know its PIN without a network.
DERIVE = """async ([pin, known]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(known.salt), iterations: known.iterations };
  const derived = await crypto.subtle.deriveBits(how, key, 256);
  return btoa(String.fromCharCode(...new Uint8Array(derived))) === known.hash;
}"""


def leader_of(door: Door, visitor: VisitorMaker) -> Visitor:
    leader = cast.person(Role.STATION_LEADER, of=door.opening.station)
    db.session.commit()
    there = visitor(door.site, 375, 812)
    name, value = session_cookie(door.app, leader)
    there.context.add_cookies([{"name": name, "value": value, "url": door.site.url}])
    return there


def code_shown(page: Page) -> str:
    page.get_by_role("button", name=re.compile("番号を出す")).click()
    expect(page.locator(".mt-enrol svg")).to_be_visible()
    return page.locator(".mt-enrol__code").inner_text()


def test_a_tablet_is_enrolled_by_what_its_camera_reads_until_it_is_revoked(
    door: Door, visitor: VisitorMaker
) -> None:
    leader, tablet = leader_of(door, visitor), visitor(door.site, 1024, 768)
    station = f"/attendance/stations/{door.opening.station_id}/devices"
    code = code_shown(leader.open(f"{station}/new"))
    assert_fits(leader.page)
    assert_clean(leader.page)
    page = tablet.open(f"/tablet/enrol#{code.replace(' ', '')}")
    expect(page.locator("#code")).to_have_value(code)
    expect(page.locator("#name")).to_be_focused()
    assert page.url == f"{door.site.url}/tablet/enrol", "the code is not left in the address"
    page.locator("#name").fill("入口")
    page.locator("#pin").fill("2580")
    page.locator("#pin_again").fill("2581")
    page.get_by_role("button", name="この端末を登録する").click()
    expect(page.locator("#pin_again-error")).to_be_visible()
    assert_clean(page)
    expect(page.locator("#code")).to_have_value(code)
    page.locator("#pin").fill("2580")
    page.locator("#pin_again").fill("2580")
    page.get_by_role("button", name="この端末を登録する").click()
    page.wait_for_url("**/tablet/enrolled")
    status, known = page.evaluate(ASK)
    assert (status, known["device"]["name"]) == (200, "入口")
    assert page.evaluate(DERIVE, ["2580", known["device"]["pin"]])
    assert not page.evaluate(DERIVE, ["2581", known["device"]["pin"]])
    assert "mt_device" not in page.evaluate("document.cookie")
    leader.open(station).get_by_role("link", name="入口").click()
    leader.page.get_by_role("link", name="登録を取り消す").click()
    leader.page.locator("#reason").fill("なくした")
    leader.page.get_by_role("button", name="登録を取り消す").click()
    expect(leader.page.get_by_text("「入口」の登録を取り消しました。")).to_be_visible()
    tablet.expected.append("401")
    status, told = page.evaluate(ASK)
    assert (status, told["code"]) == (401, "revoked")
    assert any(one.get("name") == "mt_device" for one in tablet.context.cookies())


def test_a_code_read_again_in_an_open_page_takes_the_place_of_the_old_one(
    door: Door, visitor: VisitorMaker
) -> None:
    tablet = visitor(door.site, 768, 1024)
    page = tablet.open("/tablet/enrol#12345678")
    expect(page.locator("#code")).to_have_value("1234 5678")
    page.evaluate("location.hash = '87654321'")
    expect(page.locator("#code")).to_have_value("8765 4321")
    page.evaluate("location.hash = 'main'")
    expect(page.locator("#code")).to_have_value("8765 4321")
