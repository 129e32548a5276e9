"""A station's door on the day of an opening: the running site, and who counts there."""

from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page

from stations.attendance.queries import counts
from stations.attendance.rules import Totals
from stations.committees.models import Opening
from stations.core.database import db
from stations.people.models import Person
from tests.support.demo_site import Site
from tests.support.session import session_cookie
from tests.support.visitor import Visitor

TILE = '[data-tally="{}"]'


@dataclass
class Door:
    """A station's tablet on the day: the running site, the opening, and who counts."""

    app: Flask
    site: Site
    opening: Opening
    volunteer: Person

    @property
    def path(self) -> str:
        return f"/attendance/openings/{self.opening.id}/tally"

    def counted(self) -> Totals:
        """What the server has; the test's own session must not keep SQLite's lock afterwards."""
        db.session.rollback()
        totals = counts.totals(self.opening)
        db.session.rollback()
        return totals

    def visits(self) -> int:
        return self.counted().visits

    def sign_in(self, tablet: Visitor) -> None:
        name, value = session_cookie(self.app, self.volunteer)
        tablet.context.add_cookies([{"name": name, "value": value, "url": self.site.url}])

    def opened(self, tablet: Visitor) -> Page:
        """The counting page, once it has heard from the server how the counts stand."""
        self.sign_in(tablet)
        with tablet.page.expect_response("**/events"):
            tablet.open(self.path)
        return tablet.page


def plus(page: Page, key: str) -> None:
    page.locator(TILE.format(key) + " .mt-tile__plus").click(
        force=True
    )  # people press what is said to be off, too
