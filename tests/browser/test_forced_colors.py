"""Windows' high contrast: what is current, chosen or drawn can be told apart there too."""

import pytest
from playwright.sync_api import Page, expect

from stations.core.access import Role
from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.browser.door import Door
from tests.support import cast

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

SHOWN = """(element) => {
    const style = getComputedStyle(element);
    const canvas = getComputedStyle(document.body).backgroundColor;
    const line = style.borderBottomColor === canvas ? "none" : style.borderBottomColor;
    return [line, style.borderBottomWidth, style.outlineStyle].join(" ");
}"""


def marks(page: Page, selector: str) -> dict[bool, set[str]]:
    """How entries look, by whether they are current."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in page.locator(selector).all():
        found[entry.get_attribute("aria-current") is not None].add(entry.evaluate(SHOWN))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_only_the_current_entry_looks_current(door: Door, visitor: VisitorMaker, scheme: str) -> None:
    door.volunteer = cast.person(Role.STATION_LEADER, of=door.opening.station)
    db.session.commit()
    reader = visitor(door.site, 1280, 800, forced_colors="active", color_scheme=scheme)
    door.sign_in(reader)
    page = reader.open("/attendance")
    looks = marks(page, ".mt-nav .mt-nav__link")
    assert looks[True] and looks[False]
    assert not any(look.startswith("none") for look in looks[True])
    assert all(look.startswith("none") for look in looks[False]), "a line under each would say: current"
    page = reader.open("/?today=1")
    looks = marks(page, ".mt-pick[href]")
    assert looks[True] and looks[False] and not looks[True] & looks[False]


def test_a_chart_keeps_its_colours_and_fits_the_phone(door: Door, visitor: VisitorMaker) -> None:
    door.volunteer = cast.person(Role.OFFICER)
    db.session.commit()
    official = visitor(door.site, 375, 812, forced_colors="active", color_scheme="dark")
    door.sign_in(official)
    page = official.open("/overview")
    expect(page.locator(".mt-chart--wide svg").first).to_be_hidden()
    for region in page.locator(".mt-table-region:has(.mt-chart)").all():
        assert region.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    ground, ink = page.locator(".mt-chart--narrow svg").first.evaluate(
        "(svg) => [getComputedStyle(svg).backgroundColor, getComputedStyle(svg.querySelector('text')).fill]"
    )
    assert (ground, ink) == ("rgb(255, 255, 255)", "rgb(26, 26, 26)")
