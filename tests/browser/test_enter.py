"""Enter in a text field sends the form as its main button does; it never takes a row away."""

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from stations.applications.models import CostLine, Plan
from stations.applications.rules import CostCategory, Section, Status
from stations.core.access import Role
from stations.core.database import Model, db
from stations.grants.books.models import Receipt
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.models import Grant
from tests.browser.conftest import VisitorMaker
from tests.browser.enter import assert_enter_is_harmless
from tests.support import cast
from tests.support.demo_site import Site
from tests.support.session import session_cookie

LINES = ["お茶", "お菓子", "紙コップ"]


def come_in(visitor: VisitorMaker, site: Site, app: Flask, role: Role, of: Model, login: str) -> Page:
    """The window of a new person with one role, signed in."""
    person = cast.person(role, of=of, login=login)
    db.session.commit()
    name, value = session_cookie(app, person)
    visit = visitor(site)
    visit.context.add_cookies([{"name": name, "value": value, "url": site.url}])
    return visit.page


def test_enter_in_the_third_line_saves_all_three(site: Site, site_app: Flask, visitor: VisitorMaker):
    with site_app.test_request_context():
        plan = db.session.scalars(
            sa.select(Plan).where(Plan.status == Status.DRAFT).order_by(Plan.id)
        ).first()
        assert plan is not None
        plan_id = plan.id
        drafter = come_in(visitor, site, site_app, Role.DRAFTER, plan.committee, "third-line")
    address = f"{site.url}/plans/{plan_id}/sections/{Section.COSTS}"
    drafter.goto(address)
    rows = drafter.locator('[data-lines="lines"] [data-line]')
    while rows.count() < len(LINES):
        drafter.locator('[data-lines="lines"] [data-line-add]').click()
    for row, content in zip(rows.all(), LINES, strict=False):
        row.locator('[name$="-category"]').select_option(CostCategory.SUPPLIES.value)
        row.locator('[name$="-content"]').fill(content)
        row.locator('[name$="-quantity"]').fill("1")
        row.locator('[name$="-unit_price_yen"]').fill("100")
    # Not a navigation: the form's mark in the history entry counts as one, before anything is saved.
    with drafter.expect_event("load"):
        rows.nth(2).locator('[name$="-content"]').press("Enter")
    with site_app.app_context():
        saved = db.session.scalars(
            sa.select(CostLine.content).where(CostLine.plan_id == plan_id).order_by(CostLine.id)
        )
        assert set(LINES) <= set(saved)
    drafter.goto(address)
    with drafter.expect_event("load"):
        drafter.locator('main [name="act"][value="stay"]').click()
    expect(drafter.locator(".mt-banner--success")).to_be_focused()  # what was done is read first


def test_enter_never_presses_a_row_button(site: Site, site_app: Flask, visitor: VisitorMaker):
    with site_app.test_request_context():
        plan = db.session.scalars(
            sa.select(Plan).where(Plan.status == Status.DRAFT).order_by(Plan.id)
        ).first()
        grant = db.session.scalars(
            sa.select(Grant).join(Receipt).where(Grant.status.in_(BOOKS_OPEN)).order_by(Grant.id)
        ).first()
        assert plan is not None and grant is not None
        drafter = come_in(visitor, site, site_app, Role.DRAFTER, plan.committee, "enter-drafter")
        treasurer = come_in(visitor, site, site_app, Role.TREASURER, grant.committee, "enter-treasurer")
        pages = [(drafter, f"/plans/{plan.id}/sections/{part}") for part in Section]
        pages.append((treasurer, f"/grants/{grant.id}/receipts/new"))
    for page, path in pages:
        page.goto(site.url + path)
        rows = page.locator("[data-line]").count()
        pressed = assert_enter_is_harmless(page)
        expect(page.locator("[data-line]:visible")).to_have_count(rows)
        if rows:
            assert pressed >= 6, path  # else nothing was tried
