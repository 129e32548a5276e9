"""The pages that people of each role open most, and where each is found on the demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask import Flask

from stations.core.access import Held, Role
from stations.core.database import db
from stations.people.models import Person, RoleAssignment
from tests.support.sampling import addresses
from tests.support.session import session_cookie

# The pages that people of each role open most, drawn with the first object in the role's reach.
MAIN_PAGES: list[tuple[Role | None, str]] = [
    (None, "directory.index"),
    (Role.CHAIR, "reports.home"),
    (Role.OFFICER, "reports.home"),
    (Role.CHAIR, "applications.index"),
    (Role.TREASURER, "grants.index"),
    (Role.OFFICER, "committees.index"),
    (Role.OFFICER, "applications.index"),
    (Role.OFFICER, "grants.index"),
    (Role.STATION_LEADER, "attendance.index"),
    (Role.CASE_WORKER, "referrals.index"),
    (Role.OFFICER, "reports.overview"),
]


@dataclass(frozen=True)
class MainPage:
    role: Role | None
    endpoint: str
    url: str
    cookie: str


def main_pages(app: Flask, wanted: Sequence[tuple[Role | None, str]] = MAIN_PAGES) -> list[MainPage]:
    """Address and session cookie of each of the ``wanted`` pages."""
    pages = []
    with app.test_request_context():
        for role, endpoint in wanted:
            person = _somebody(role)
            held = person.held_roles[0] if person else Held(Role.OFFICER)
            found = [at for at in addresses(app, "GET", held) if at.endpoint == endpoint and at.allowed(held)]
            if not found:
                raise RuntimeError(f"no page {endpoint} for {role}")
            cookie = "=".join(session_cookie(app, person)) if person else ""
            pages.append(MainPage(role, endpoint, found[0].url, cookie))
    return [replace(page, cookie=_later_cookie(app, page)) for page in pages]


def _later_cookie(app: Flask, page: MainPage) -> str:
    """What a browser sends from its second page on: the first answer puts the form token into the session."""
    if not page.cookie:
        return ""  # the public page is measured as a first visit
    first = app.test_client(use_cookies=False).get(page.url, headers={"Cookie": page.cookie})
    return first.headers.get("Set-Cookie", page.cookie).partition(";")[0]


def _somebody(role: Role | None) -> Person | None:
    """The demonstration's first person who holds only this role."""
    if role is None:
        return None
    only = (
        sa.select(RoleAssignment.person_id)
        .group_by(RoleAssignment.person_id)
        .having(sa.func.count() == 1, sa.func.max(RoleAssignment.role) == role)
        .order_by(RoleAssignment.person_id)
    )
    return db.session.get(Person, db.session.scalars(only).first())
