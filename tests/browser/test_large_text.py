"""The pages of money fit a phone whose letters are set to 150 or 200 % (WCAG 1.4.4, 1.4.10), and fill a desk's screen."""

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.core.access import Role
from stations.core.database import db
from stations.grants.books.models import Receipt
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.models import Grant
from tests.browser.conftest import VisitorMaker
from tests.browser.sizes import assert_no_half_is_empty
from tests.support import cast
from tests.support.demo_site import Site
from tests.support.session import session_cookie
from tests.support.visitor import assert_fits

CUT = """() => [...document.querySelectorAll("main *, .mt-strip *")].filter((one) =>
  one.clientWidth && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "visible"
  && !one.closest(".mt-table-region, .mt-visually-hidden, svg") && one.getBoundingClientRect().right > innerWidth + 1
).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("percent", [150, 200])
def test_pages_of_money_fit_a_phone_with_large_letters(
    site: Site, site_app: Flask, visitor: VisitorMaker, percent: int
):
    with site_app.test_request_context():
        grant = db.session.scalars(
            sa.select(Grant).join(Receipt).where(Grant.status.in_(BOOKS_OPEN)).order_by(Grant.id)
        ).first()
        assert grant is not None
        person = cast.person(Role.TREASURER, of=grant.committee, login=f"large-{percent}")
        db.session.commit()
        name, value = session_cookie(site_app, person)
        paths = [f"/grants/{grant.id}{part}" for part in ("", "/receipts/new", "/receipts", "/books")]
    someone = visitor(site, 375, 800)
    someone.context.add_cookies([{"name": name, "value": value, "url": site.url}])
    someone.open(paths[1])
    someone.page.set_viewport_size({"width": 1280, "height": 900})
    assert_no_half_is_empty(someone.page)
    someone.page.set_viewport_size({"width": 375, "height": 800})
    for path in [*paths, "/home"]:
        someone.open(path)
        someone.page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
        assert_fits(someone.page)
        assert someone.page.evaluate(CUT) == [], path
