"""English words stay whole: in the heads of columns and rows, and in the chips that say a state."""

import pytest
from flask import Flask

from stations.core.access import Role, scope_of
from stations.core.database import db
from stations.core.web import LANGUAGE_COOKIE
from tests.browser.conftest import VisitorMaker
from tests.support import cast
from tests.support.demo_site import Site
from tests.support.sampling import busiest
from tests.support.session import session_cookie

PAGES = {
    Role.CHAIR: ["/committees/{committee}", "/plans", "/grants", "/attendance"],
    Role.ADMINISTRATOR: ["/people", "/people/1"],
    Role.STATION_LEADER: ["/observations", "/attendance/stations/{station}"],
}

BROKEN = """() => {
  const broken = new Set();
  for (const place of document.querySelectorAll("th, .mt-chip")) {
    if (!place.checkVisibility() || place.getBoundingClientRect().width < 2) continue;
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const word of text.data.matchAll(/[A-Za-z’']+/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].filter((one) => one.width).map((one) => Math.round(one.top)));
        if (lines.size > 1) broken.add(`${place.tagName} ${word[0]}`);
      }
    }
  }
  return [...broken];
}"""


@pytest.mark.parametrize("role", PAGES, ids=str)
def test_words_of_heads_and_chips_stay_whole(site: Site, site_app: Flask, visitor: VisitorMaker, role: Role):
    body = busiest_of(site_app, role)
    with site_app.test_request_context():
        person = cast.person(role, of=busiest(scope_of(role)), login=f"english-{role}")
        db.session.commit()
        name, value = session_cookie(site_app, person)
    reader = visitor(site)
    reader.context.add_cookies(
        [
            {"name": name, "value": value, "url": site.url},
            {"name": LANGUAGE_COOKIE, "value": "en", "url": site.url},
        ]
    )
    for path in PAGES[role]:
        page = reader.open(path.format(**body))
        for width in (1280, 1024):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(BROKEN) == [], f"{path} at {width} px"


def busiest_of(site_app: Flask, role: Role) -> dict[str, int]:
    """The id of the body in which the role is held, under its name."""
    with site_app.test_request_context():
        body = busiest(scope_of(role))
        return {} if body is None else {str(body.__tablename__): body.id}
