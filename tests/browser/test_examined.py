"""What axe is spared must be what it saw before: new places on a known page are looked at."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.journey import Examined

PAGE = """<!doctype html><html lang="ja"><title>見本</title><body><main><h1>見本</h1>
<p>黒い字</p><ul><li>一</li></ul>%s</main></body></html>"""
PALE = '<p class="pale" style="color: #bbb; background: #fff">うすい字</p>'


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 800, "height": 600})


def test_a_page_of_known_places_is_not_looked_at_again(page: Page, tmp_path: Path):
    examined = Examined(tmp_path)
    page.set_content(PAGE % "")
    assert examined.look(page)
    page.set_content(PAGE % "<p>もう一つ</p><ul><li>二</li></ul>")
    assert not examined.look(page)
    page.set_viewport_size({"width": 320, "height": 600})
    assert examined.look(page)


def test_pale_words_in_a_new_place_are_found(page: Page, tmp_path: Path):
    examined = Examined(tmp_path)
    page.set_content(PAGE % "")
    examined.look(page)
    page.set_content(PAGE % PALE)
    with pytest.raises(AssertionError, match="color-contrast"):
        examined.look(page)


def test_a_place_that_had_a_fault_is_not_known(page: Page, tmp_path: Path):
    examined = Examined(tmp_path)
    for _ in range(2):
        page.set_content(PAGE % PALE)
        with pytest.raises(AssertionError, match="color-contrast"):
            examined.look(page)
