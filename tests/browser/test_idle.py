"""The idle time: a photo outlives an ended session, touches are presence, and nothing is said that is not so."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import VisitorMaker
from tests.browser.door import Door, plus
from tests.support.demo_site import Site


def test_a_photo_outlives_the_session(site: Site, visitor: VisitorMaker, tmp_path: Path) -> None:
    photo = tmp_path / "receipt.jpg"
    Image.new("RGB", (80, 60), "white").save(photo)
    at_home, account = visitor(site), site.account("treasurer")
    at_home.expected += ["400", "401"]
    page = at_home.open("/sign-in")
    page.locator('[name="login"]').fill(account["login"])
    page.locator('[name="password"]').fill(account["password"])
    page.locator('main form:has([name="password"]) button[type="submit"]').first.click()
    page.wait_for_url("**/home")
    at_home.open("/grants?year=")
    running = page.locator("tr", has_text="実施中").locator("th a").first.get_attribute("href")
    at_home.open(f"{running}/receipts/new")
    chosen = page.locator('input[type="file"]').first
    chosen.set_input_files(photo)
    cookies = at_home.context.cookies()
    at_home.context.clear_cookies()
    send = page.locator('main form:has(input[type="file"]) button[type="submit"]').last
    send.click()
    expect(page.get_by_role("heading", name="サインアウトしました")).to_be_visible()
    assert chosen.evaluate("field => field.files.length") == 1
    page.get_by_role("button", name="閉じる").click()
    at_home.context.add_cookies(
        [{"name": one["name"], "value": one["value"], "url": at_home.base_url} for one in cookies]
    )
    send.click()
    # It was sent: the rest of the form is empty.
    expect(page.locator(".mt-error:visible").first).to_be_visible()


on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def server_says(page: Page, left: int | None) -> None:
    """How long the session still lasts; None: no network."""

    def answer(route: Route) -> None:
        route.abort() if left is None else route.fulfill(json={"left": left})

    page.unroute("**/session/left")
    page.route("**/session/left", answer)


def minutes_pass(page: Page, minutes: int) -> None:
    page.clock.fast_forward(minutes * 60_000)
    page.clock.run_for(6_000)
    page.wait_for_timeout(300)


@on_sqlite
def test_counting_is_presence_and_nothing_covers_the_tiles(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += ["Failed to load resource"]
    tablet.page.clock.install()
    page = door.opened(tablet)
    dialog = page.locator("#idle-warning")
    tablet.context.set_offline(True)
    for taps in range(1, 5):  # an hour without a network, one touch every quarter
        minutes_pass(page, 15)
        plus(page, "teen")
        expect(page.locator("[data-tally-total]")).to_have_text(str(taps))
        expect(dialog).to_be_hidden()
    minutes_pass(page, 29)
    expect(dialog).to_be_hidden()  # without a network nothing is known, so nothing is claimed
    tablet.context.clear_cookies()
    tablet.context.set_offline(False)
    minutes_pass(page, 29)
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-sync-note]")).to_contain_text("サインアウトしています")


@on_sqlite
def test_the_warning_says_what_the_server_says(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += ["Failed to load resource"]
    door.sign_in(tablet)
    tablet.page.clock.install()
    page = tablet.open("/home")
    dialog = page.locator("#idle-warning")
    server_says(page, 1500)  # another tab of this session was used five minutes ago
    minutes_pass(page, 29)
    expect(dialog).to_be_hidden()
    server_says(page, 90)
    minutes_pass(page, 26)
    expect(dialog).to_contain_text("まもなく自動でサインアウトします")
    server_says(page, None)
    minutes_pass(page, 5)
    expect(dialog).to_contain_text("まもなく自動でサインアウトします")
    server_says(page, 1700)
    minutes_pass(page, 1)
    expect(dialog).to_be_hidden()
    server_says(page, 0)
    minutes_pass(page, 29)
    expect(page.get_by_role("heading", name="サインアウトしました")).to_be_visible()
