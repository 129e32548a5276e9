"""A person at a real browser, whose console must stay silent and whose pages axe must find clean."""

import hashlib
import shutil
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from tests.support.html_page import listed

# The headless shell draws the same pages without a window's own pages, and so a fifth faster.
CHROMIUM = (
    shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium-headless-shell"
)
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_OPTIONS: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium; playwright fails with the path when it is not installed."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)


class Visitor:
    """One browser context with one tab, ``page``. ``complaints`` collects what must not happen there.

    ``expected`` holds parts of console messages that a test provokes on purpose ("409").
    """

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.context = context
        self.base_url = base_url
        self.page = context.new_page()
        self.expected: list[str] = []
        self._complaints: list[str] = []
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._complaints.append(f"script error: {error.error}"))
        context.on("request", self._watch)

    @property
    def complaints(self) -> list[str]:
        return [line for line in self._complaints if not any(part in line for part in self.expected)]

    def open(self, path: str) -> Page:
        """Go to a path of the site and check the page that comes."""
        self.page.goto(self.base_url + path)
        return self.page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            place = message.location.get("url", "")
            self._complaints.append(f"console {message.type}: {message.text} ({place})")

    def _watch(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and not request.url.startswith(self.base_url):
            self._complaints.append(f"a request outside the site: {request.url}")


@contextmanager
def visiting(
    browser: Browser,
    base_url: str,
    *,
    width: int,
    height: int,
    pictures: Path,
    failed: Callable[[], bool],
    **options: Any,
) -> Iterator[Visitor]:
    """A visitor with a fresh profile and a window of this size (CSS pixels); AssertionError on any complaint.

    A picture of the last page is left in ``pictures`` when something went wrong: drawing one costs as much as a page.
    """
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", **options)
    context.set_default_timeout(15_000)
    visitor = Visitor(context, base_url)
    try:
        yield visitor
    finally:
        visitor.page.wait_for_load_state()
        # The page answers once more, so that what it said before is heard.
        visitor.page.locator("html").wait_for(state="attached")
        if failed() or visitor.complaints:
            pictures.mkdir(parents=True, exist_ok=True)
            visitor.page.screenshot(path=pictures / f"last-{width}x{height}.png")
        context.close()
    assert not visitor.complaints, "the browser complained:" + listed(visitor.complaints)


# The kinds of elements in their kinds of places: tag, class, role and names of attributes, from the body down.
PLACES = """
  const kind = (element) =>
    [element.tagName, element.getAttribute("class"), element.getAttribute("role"), ...element.getAttributeNames()].join();
  const chains = new Map([[document.documentElement, ""]]);
  const places = new Map();
  for (const element of document.querySelectorAll("body, body *")) {
    const chain = `${chains.get(element.parentElement)}>${kind(element)}`;
    chains.set(element, chain);
    if (!places.has(chain) && element.checkVisibility()) places.set(chain, element);
  }"""
KINDS = f"() => {{ {PLACES} return [...places.keys()]; }}"
# Contrast, more than half of axe's time, is looked at in new places that hold text of their own.
LOOK = f"""([kinds, options]) => {{ {PLACES}
  const speaks = (element) => element.matches("input, select, textarea")
    || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const marked = kinds.map((kind) => places.get(kind)).filter((element) => element && speaks(element));
  marked.forEach((element) => element.setAttribute("data-new-place", ""));
  axe.configure({{ rules: [{{ id: "color-contrast", selector: "[data-new-place]" }}] }});
  return axe.run(document, options).then(({{ violations }}) => {{
    marked.forEach((element) => element.removeAttribute("data-new-place"));
    return violations;
  }});
}}"""


def assert_clean(page: Page, known: Container[str] = ()) -> list[str]:
    """No WCAG 2.2 A/AA violation that axe can find, target size included, on the page as it stands.

    Returns marks of the kinds of places that are not among the ``known`` ones. A page without any is not looked at.
    """
    marks = {kind: hashlib.sha256(kind.encode()).hexdigest() for kind in page.evaluate(KINDS)}
    new = [kind for kind, mark in marks.items() if mark not in known]
    if not new:
        return []
    page.evaluate(Axe().axe_script)
    found = page.evaluate(LOOK, [new, AXE_OPTIONS])
    lines = [
        f"{violation['id']}: {violation['help']}\n      {node['html'][:200]}\n      {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]
    assert not lines, f"axe on {page.url}:" + listed(lines)
    return [marks[kind] for kind in new]


def assert_fits(page: Page) -> None:
    """The page itself does not scroll sideways (WCAG 1.4.10)."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room, f"{page.url} is {wide} px wide in a window of {room} px"
