"""What people really do at a form: the browser's Back and save again, a double click, rows pasted from Excel."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import VisitorMaker
from tests.support.demo_site import Site

EXCEL = "費目\t内容\t数量\t単位\t単価\t金額\n報償費\t昔遊びの講師\t１２\t回\t¥5,000\t60,000\n場所使用料\t会館\t2\t回\t金1,000円也\t2,000\n"
PASTE = """words => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", words);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def drafter(site: Site, visitor: VisitorMaker) -> Page:
    there, account = visitor(site), site.account("drafter")
    page = there.open("/sign-in")
    page.locator('[name="login"]').fill(account["login"])
    page.locator('[name="password"]').fill(account["password"])
    page.locator('main form:has([name="password"]) button[type="submit"]').first.click()
    page.wait_for_url("**/home")
    return there.open("/plans/new")


def begin(page: Page, title: str) -> str:
    """A new plan for next year; its address."""
    page.locator('[name="fiscal_year"]').select_option(index=0)
    page.locator('[name="title"]').fill(title)
    page.get_by_role("button", name="つくって書き始める").click()
    page.wait_for_url(re.compile(r"/plans/\d+$"))
    return page.url


def test_back_and_save_again_leads_to_the_first_one(site: Site, visitor: VisitorMaker) -> None:
    page = drafter(site, visitor)
    first = begin(page, "一度きりの計画")
    page.go_back()
    assert begin(page, "一度きりの計画") == first
    expect(page.get_by_text("もう処理が済んでいます")).to_be_visible()


def test_rows_from_excel_are_seen_and_then_filled_in(site: Site, visitor: VisitorMaker) -> None:
    page = drafter(site, visitor)
    page.goto(begin(page, "表計算から写す計画") + "/sections/costs")
    page.locator('[name="lines-0-content"]').click()
    page.evaluate(PASTE, EXCEL)
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("tbody tr")).to_have_count(2)
    expect(dialog).to_contain_text("金1,000円也")
    dialog.get_by_role("button", name="表に入れる").click()
    expect(page.locator('[data-lines="lines"] [data-total]')).to_have_text("62,000円")
    page.get_by_role("button", name="保存して次へ").click()
    page.wait_for_url("**/sections/attachments")


def test_each_answer_is_read_from_its_summary_on(site: Site, visitor: VisitorMaker) -> None:
    """Also after a link of the summary led to a field: that place must not go along with the form."""
    page = drafter(site, visitor)
    for _ in range(2):
        page.locator('[name="title"]').press("Enter")
        summary = page.locator("[data-error-summary]")
        expect(summary).to_be_focused()
        assert "#" not in page.url
        summary.get_by_role("link").first.press("Enter")
        page.wait_for_url("**#*")
