"""How large letters are, and how large the places that are pressed in tables."""

from playwright.sync_api import Page

from tests.support.html_page import listed

SMALL_LETTERS = """(room) => {
    const footnote = ".mt-footnote, .mt-footer__credit, small, svg, rt";
    const plain = "main :is(p, li, dd, dt):not([class])";
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const one = node.parentElement;
        if (!node.data.trim() || one.closest("script, style, template, option, .mt-visually-hidden") || !one.checkVisibility()) continue;
        const running = one.matches(plain) && !one.closest("table, aside, .mt-form-help, .mt-summary, [class*=__]");
        const least = one.closest(footnote) ? 14 : document.body.matches(".mt-committee") && running ? 18 : 16;
        const size = parseFloat(getComputedStyle(one).fontSize);
        if (size < least) found.add(`${size} px instead of ${least}: ${one.outerHTML.slice(0, 120)}`);
    }
    return [...found];
}"""

SMALL_LINKS = """() => [...document.querySelectorAll("table a[href]")].filter((one) => one.checkVisibility()).filter((one) => {
    const own = one.getBoundingClientRect();
    let [top, bottom] = [own.top, own.bottom];
    for (const pseudo of ["::before", "::after"]) {
        const style = getComputedStyle(one, pseudo);
        if (style.content === "none" || style.position !== "absolute") continue;
        top = Math.min(top, own.top + (parseFloat(style.top) || 0));
        bottom = Math.max(bottom, own.bottom - (parseFloat(style.bottom) || 0));
    }
    return bottom - top < 43.5;
}).map((one) => `${Math.round(one.getBoundingClientRect().height)} px: ${one.outerHTML.slice(0, 140)}`)"""

EMPTY_HALVES = """() => {
  const room = document.querySelector("main .mt-container")?.getBoundingClientRect();
  const right = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.data.trim() || !text.parentElement.checkVisibility() || text.parentElement.closest(".mt-visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    right.push(...range.getClientRects());
  }
  right.push(...[...document.querySelectorAll("main form :is(input, select, textarea)")].map((one) => one.getBoundingClientRect()));
  const help = document.querySelector(".mt-form-help")?.getBoundingClientRect();
  const fields = "input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea";
  return [...document.querySelectorAll("main form[method=post]")].filter((form) => {
    if (![...form.querySelectorAll(fields)].some((one) => one.checkVisibility())) return false;
    const own = form.getBoundingClientRect();
    const beside = help?.height && help.bottom > own.top && help.top < own.bottom;
    if (own.height < 200 || beside) return false;
    const there = right.filter((one) => one.right > room.left + room.width * 0.6);
    const bands = Array.from({ length: Math.ceil(own.height / 50) }, (_, nth) => own.top + nth * 50);
    return bands.filter((top) => there.some((one) => one.bottom > top && one.top < top + 50)).length < bands.length * 0.4;
  }).map((form) => form.innerText.replace(/\\s+/g, " ").slice(0, 80));
}"""


def assert_no_half_is_empty(page: Page) -> None:
    """On a desk's screen something stands in the right half beside each form: its own fields, or how to fill it in."""
    empty = page.evaluate(EMPTY_HALVES)
    assert not empty, f"an empty right half on {page.url}:" + listed(empty)


def assert_letters_are_large(page: Page) -> None:
    """Footnotes, ticks of charts and readings have 14 px, everything else 16, a committee's sentences 18."""
    small = page.evaluate(SMALL_LETTERS)
    assert not small, f"small letters on {page.url}:" + listed(small)


def assert_links_in_tables_are_high(page: Page) -> None:
    """A finger finds every link of a table: 44 px from its upper to its lower end."""
    low = page.evaluate(SMALL_LINKS)
    assert not low, f"low links on {page.url}:" + listed(low)
