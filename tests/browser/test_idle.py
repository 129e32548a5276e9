"""A session that ended while a photo was chosen: nothing is sent, and the photo stays in the form."""

from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import VisitorMaker
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
    expect(page.locator(".mt-error").first).to_be_visible()  # it was sent: the rest of the form is empty
