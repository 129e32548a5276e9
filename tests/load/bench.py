"""make bench: what each main page costs beside a bare Flask page, on SQLite and on PostgreSQL.

A measurement, not a test: it prints a table and what the house wants to reach, and exits 0 either way.
Everything runs on this machine's loopback and ends by itself.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from stations.app import create_app
from stations.core.access import Held, Role
from stations.core.config import Config
from stations.core.database import db
from stations.people.models import Person, RoleAssignment
from tests.load import measures
from tests.load.bare import app as bare_app
from tests.support.demo_site import ROOT, demo_environment, flask, served
from tests.support.postgres import Cluster
from tests.support.sampling import addresses
from tests.support.session import session_cookie
from tests.support.statements import recorded

CPU_RATIO = 6.0
WORKER_MEGABYTES = 160
MEMORY_REQUESTS = 2_000
START_SECONDS = 1.5
HEAVY = ("pandas", "matplotlib", "numpy")

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


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """The demonstration loaded twice: the name and URL of each database."""
    cluster = Cluster.start()
    try:
        cluster.create_database("bench")
        yield {"SQLite": f"sqlite:///{folder / 'bench.sqlite3'}", "PostgreSQL": cluster.url("bench")}
    finally:
        cluster.stop()


def main_pages(app: Flask) -> list[MainPage]:
    """Address and session cookie of each main page that this version of the application has."""
    pages = []
    with app.test_request_context():
        for role, endpoint in MAIN_PAGES:
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


def bench(name: str, url: str, folder: Path) -> None:
    """Load the demonstration into a database, measure every main page there, print a line each."""
    environment = demo_environment(url, folder / name / "files")
    (folder / name).mkdir()
    flask("db", "upgrade", environment=environment)
    flask("demo", "load", environment=environment)
    app = create_app(Config.from_environment(environment))
    logging.getLogger("stations").handlers = [logging.NullHandler()]  # no lines between the figures
    pages = main_pages(app)
    with app.app_context():
        engine = db.engine
    print(f"\n{name}")
    print(f"{'page':<44}{'SQL':>5}{'CPU ms':>9}{'bare':>7}{'× bare':>8}{'p50 ms':>9}{'p99 ms':>9}")
    with served(environment, [], workers=2) as site:
        for page in pages:
            with recorded(engine) as statements:
                app.test_client(use_cookies=False).get(page.url, headers={"Cookie": page.cookie})
            cpu, bare, ratio = measures.cpu_milliseconds(app, page.url, page.cookie, (bare_app, "/table"))
            seen = measures.latency(site.url, page.url, page.cookie)
            late = "" if ratio <= CPU_RATIO else f"  over {CPU_RATIO:g} ×"
            print(
                f"{page.role or 'public':<14}{page.endpoint:<30}{len(statements):>5}{cpu:>9.2f}"
                f"{bare:>7.2f}{ratio:>8.1f}{seen.p50:>9.1f}{seen.p99:>9.1f}{late}"
            )
        for page in pages:
            measures.latency(site.url, page.url, page.cookie, MEMORY_REQUESTS // len(pages))
        memory = ", ".join(f"{megabytes:.0f} MB" for megabytes in measures.worker_megabytes(site.process_id))
        print(f"workers after {MEMORY_REQUESTS:,} more requests: {memory} (to reach: {WORKER_MEGABYTES} MB)")
    engine.dispose()


def bench_start(folder: Path) -> None:
    environment = demo_environment(f"sqlite:///{folder / 'start.sqlite3'}", folder / "files")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a server, which keeps what it has compiled
    seconds = measures.start_seconds(environment, ROOT)
    heavy = measures.loaded_at_start(environment, ROOT, *HEAVY)
    print(
        f"start: {seconds:.2f} s (to reach: {START_SECONDS} s); "
        f"loaded at start: {', '.join(heavy) or 'none'} of {HEAVY}"
    )


def bench_bare(folder: Path) -> None:
    environment = demo_environment("sqlite://", folder / "files")
    with served(environment, [], workers=2, target="tests.load.bare:app") as site:
        seen = measures.latency(site.url, "/table")
    print(f"bare page behind gunicorn with 2 workers: p50 {seen.p50:.1f} ms, p99 {seen.p99:.1f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stations-bench-") as name:
        folder = Path(name)
        bench_start(folder)
        bench_bare(folder)
        with databases(folder) as found:
            for database, url in found.items():
                bench(database, url, folder)


if __name__ == "__main__":
    main()
