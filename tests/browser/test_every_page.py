"""Every page of the demonstration in Chromium: axe finds nothing, nothing overflows, the console is quiet."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import APIResponse

from stations.core.access import Role, scope_of
from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.browser.enter import assert_enter_is_harmless
from tests.browser.journey import Examined
from tests.browser.sizes import (
    assert_letters_are_large,
    assert_links_in_tables_are_high,
    assert_no_half_is_empty,
)
from tests.support import cast
from tests.support.demo_site import Site
from tests.support.sampling import Address, addresses, busiest, more_in_reach
from tests.support.session import session_cookie
from tests.support.visitor import Visitor, assert_fits

NARROW, WIDE = (320, 800), (1280, 900)


@pytest.fixture(scope="session")
def first_seen_by(site_app: Flask) -> dict[Role, list[Address]]:
    """For each role, one address of each endpoint that it may open and no role before it may."""
    seen: set[str] = set()
    found: dict[Role, list[Address]] = {}
    with site_app.test_request_context():
        for role in Role:
            held = cast.person(role, of=busiest(scope_of(role))).held_roles[0]
            mine: dict[str, Address] = {}
            for address in addresses(site_app, "GET", held):
                if address.allowed(held) and address.endpoint not in seen:
                    mine.setdefault(address.endpoint, address)
            found[role] = list(mine.values())
            seen |= set(mine)
        db.session.rollback()
    return found


def opened(someone: Visitor, address: Address, others: Callable[[str], list[str]]) -> APIResponse:
    """What an address answers; where the object has no such page now, what that of the first answers that has one."""

    def answer(url: str) -> APIResponse | None:
        """None too where it leads on to another page, as an act does that is over."""
        got = someone.context.request.get(someone.base_url + url)
        return got if got.status != 404 and got.url == someone.base_url + url else None

    found = answer(address.url)
    answers = (answer(url) for url in others(address.endpoint))
    return (
        found
        or next(filter(None, answers), None)
        or someone.context.request.get(someone.base_url + address.url)
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", list(Role), ids=str)
def test_pages_are_accessible_and_fit(
    site: Site,
    site_app: Flask,
    first_seen_by: dict[Role, list[Address]],
    visitor: VisitorMaker,
    examined: Examined,
    role: Role,
):
    with site_app.test_request_context():
        person = cast.person(role, of=busiest(scope_of(role)), login=f"browser-{role}")
        db.session.commit()
        name, value = session_cookie(site_app, person)
        held = person.held_roles[0]

    def others(endpoint: str) -> list[str]:
        with site_app.test_request_context():
            return list(more_in_reach(site_app, endpoint, held))

    someone = visitor(site, *WIDE)
    someone.expected = [
        "409",  # the first opening there is has been held: its page says that it can't be cancelled
        "/api/v1/attendance/bootstrap",  # this browser is no enrolled tablet, and its page is told so
    ]
    someone.context.add_cookies([{"name": name, "value": value, "url": site.url}])
    faults = []
    for address in first_seen_by[role]:
        answer = opened(someone, address, others)
        if "text/html" not in answer.headers["content-type"]:
            continue  # a letter, a picture, a table: the browser would download it
        someone.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        someone.page.goto(answer.url)
        try:
            examined.look(someone.page)
            assert_links_in_tables_are_high(someone.page)
            assert_no_half_is_empty(someone.page)
            someone.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
            assert_fits(someone.page)
            assert_letters_are_large(someone.page)
            assert_links_in_tables_are_high(someone.page)
            assert_enter_is_harmless(someone.page)
        except AssertionError as error:
            faults.append(f"{address.endpoint}: {error}")
    assert not faults, "\n".join(faults)
