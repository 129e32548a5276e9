"""A visit hears its page until the end, and leaves a picture only when something went wrong."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.visitor import Visitor, visiting


def visit(browser: Browser, pictures: Path, *, last_words: str, failed: bool = False) -> None:
    with visiting(
        browser, "http://127.0.0.1", width=320, height=200, pictures=pictures, failed=lambda: failed
    ) as visitor:
        speak(visitor, last_words)


def speak(visitor: Visitor, words: str) -> None:
    """What the page complains of after the last thing that the test asks of it."""
    visitor.page.set_content("<!doctype html><title>見本</title><h1>見本</h1>")
    visitor.page.evaluate(f"() => {{ Promise.resolve().then(() => {{ {words} }}); }}")


@pytest.mark.parametrize(
    "words", ["console.error('last words')", "setTimeout(() => { throw Error('torn') })"]
)
def test_the_last_complaint_is_heard_and_pictured(browser: Browser, tmp_path: Path, words: str) -> None:
    with pytest.raises(AssertionError, match="the browser complained"):
        visit(browser, tmp_path, last_words=words)
    assert [picture.name for picture in tmp_path.iterdir()] == ["last-320x200.png"]


@pytest.mark.parametrize("failed", [False, True])
def test_a_quiet_visit_is_pictured_when_its_test_failed(
    browser: Browser, tmp_path: Path, failed: bool
) -> None:
    visit(browser, tmp_path, last_words="", failed=failed)
    assert bool(list(tmp_path.iterdir())) is failed
