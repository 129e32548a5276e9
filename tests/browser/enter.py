"""Enter in every text field of a page, and what it would have sent."""

import re

from playwright.sync_api import Page

HARMFUL = re.compile("(add|remove)_row|act=close")
LISTEN = """() => {
  document.querySelectorAll("details:not([open])").forEach((one) => { one.open = true; });
  window.presses = [];
  window.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.presses.push([event.submitter?.name, event.submitter?.value].filter(Boolean).join("="));
  }, true);
}"""
FIELDS = 'main form input:not([type]), main form input[type="text"], main form input[type="tel"], \
main form input[type="email"], main form input[type="search"]'


def pressed_in_every_field(page: Page) -> list[str]:
    """Name=value of the button that Enter pressed, for each field in which it sent its form; nothing is really sent."""
    page.evaluate(LISTEN)
    for field in page.locator(FIELDS).element_handles():
        if field.is_visible() and field.is_enabled():
            field.focus()
            page.keyboard.press("Enter")
    return list(page.evaluate("window.presses"))


def assert_enter_is_harmless(page: Page) -> int:
    """Enter in no field takes a row away, adds one, or finishes what can't be taken back without a reason; how often it sent a form."""
    pressed = pressed_in_every_field(page)
    harmful = [button for button in pressed if HARMFUL.match(button)]
    assert not harmful, f"Enter presses {harmful} on {page.url}"
    return len(pressed)
