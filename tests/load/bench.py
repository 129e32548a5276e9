"""make bench: what each main page costs beside fixed pages of ours, on SQLite and on PostgreSQL; memory; start.

Two fixed pages: the bare Flask page, beside which a page's CPU is measured inside this process, and a column of
links, beside which its time is measured through gunicorn and the socket. Then what a hundred times as many taps cost.

A measurement, not a test: it prints a table and what the project wants to reach, and exits 0 either way.
Everything runs on this machine's loopback and ends by itself.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from stations.app import create_app
from stations.core.config import Config
from stations.core.database import db
from tests.load import growth, measures
from tests.load.bare import app as bare_app
from tests.load.pages import MainPage, main_pages
from tests.support.demo_site import ROOT, demo_environment, flask, served
from tests.support.postgres import Cluster
from tests.support.statements import recorded

CPU_RATIO = 6.0
WORKER_MEGABYTES = 160
MEMORY_REQUESTS = 2_000
START_SECONDS = 1.5
HEAVY = ("pandas", "matplotlib", "numpy")


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """The demonstration loaded twice: the name and URL of each database."""
    cluster = Cluster.start()
    try:
        cluster.create_database("bench")
        yield {"SQLite": f"sqlite:///{folder / 'bench.sqlite3'}", "PostgreSQL": cluster.url("bench")}
    finally:
        cluster.stop()


def bench(name: str, url: str, folder: Path, reference: str) -> None:
    """Load the demonstration into a database, measure every main page there, print a line each.

    ``reference``: the address at which the column of links is served.
    """
    environment = demo_environment(url, folder / name / "files")
    (folder / name).mkdir()
    flask("db", "upgrade", environment=environment)
    flask("demo", "load", environment=environment)
    app = application(environment)
    pages = main_pages(app)
    with app.app_context():
        engine = db.engine
    print(f"\n{name}")
    print(
        f"{'page':<46}{'SQL':>5}{'CPU ms':>9}{'bare':>7}{'× bare':>8}{'× links':>9}{'p50 ms':>9}{'p99 ms':>9}"
    )
    with served(environment, [], workers=2) as site:
        links = measures.through_the_socket(reference, "/links")
        for page in pages:
            statements = asked(app, engine, page)
            cpu = measures.in_turns(
                measures.in_process(app, page.url, page.cookie), measures.in_process(bare_app, "/table")
            )
            socket = measures.in_turns(measures.through_the_socket(site.url, page.url, page.cookie), links)
            seen = measures.latency(site.url, page.url, page.cookie)
            late = "" if cpu.ratio <= CPU_RATIO else f"  over {CPU_RATIO:g} ×"
            print(
                f"{page.role or 'public':<16}{page.endpoint:<30}{statements:>5}{cpu.mine:>9.2f}{cpu.other:>7.2f}"
                f"{cpu.ratio:>8.1f}{socket.ratio:>9.1f}{seen.p50:>9.1f}{seen.p99:>9.1f}{late}"
            )
        for page in pages:
            measures.latency(site.url, page.url, page.cookie, MEMORY_REQUESTS // len(pages))
        memory = ", ".join(f"{megabytes:.0f} MB" for megabytes in measures.worker_megabytes(site.process_id))
        print(f"workers after {MEMORY_REQUESTS:,} more requests: {memory} (to reach: {WORKER_MEGABYTES} MB)")
    engine.dispose()


def application(environment: dict[str, str]) -> Flask:
    """The application in this process, silent: no lines between the figures."""
    app = create_app(Config.from_environment(environment))
    logging.getLogger("stations").handlers = [logging.NullHandler()]
    return app


def asked(app: Flask, engine: sa.Engine, page: MainPage) -> int:
    """How many statements a page sends."""
    with recorded(engine) as statements:
        app.test_client(use_cookies=False).get(page.url, headers={"Cookie": page.cookie})
    return len(statements)


def bench_growth(database: Path, folder: Path) -> None:
    """The pages that count visits with `growth.MANY` taps beside the same with `growth.FEW`, on SQLite."""
    few, many = (
        application(
            demo_environment(f"sqlite:///{growth.with_taps(database, folder, taps)}", folder / "files")
        )
        for taps in (growth.FEW, growth.MANY)
    )
    print(f"\n{growth.MANY:,} taps beside {growth.FEW:,} (to reach: {growth.RATIO} ×)")
    for small, large in zip(main_pages(few, growth.PAGES), main_pages(many, growth.PAGES), strict=True):
        cpu = measures.in_turns(
            measures.in_process(many, large.url, large.cookie),
            measures.in_process(few, small.url, small.cookie),
        )
        print(f"{large.role or 'public':<16}{large.endpoint:<30}{cpu.mine:>9.2f} ms{cpu.ratio:>8.2f} ×")


def bench_start(folder: Path) -> None:
    environment = demo_environment(f"sqlite:///{folder / 'start.sqlite3'}", folder / "files")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a server, which keeps what it has compiled
    seconds = measures.start_seconds(environment, ROOT)
    heavy = measures.loaded_at_start(environment, ROOT, *HEAVY)
    print(
        f"start: {seconds:.2f} s (to reach: {START_SECONDS} s); "
        f"loaded at start: {', '.join(heavy) or 'none'} of {HEAVY}"
    )


@contextmanager
def fixed_pages(folder: Path) -> Iterator[str]:
    """The fixed pages behind a gunicorn of their own; yields its address."""
    environment = demo_environment("sqlite://", folder / "files")
    with served(environment, [], workers=2, target="tests.load.bare:app") as site:
        for path in ("/table", "/links"):
            seen = measures.latency(site.url, path)
            print(f"{path} behind gunicorn with 2 workers: p50 {seen.p50:.1f} ms, p99 {seen.p99:.1f} ms")
        yield site.url


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stations-bench-") as name:
        folder = Path(name)
        bench_start(folder)
        with fixed_pages(folder) as reference, databases(folder) as found:
            for database, url in found.items():
                bench(database, url, folder, reference)
        bench_growth(folder / "bench.sqlite3", folder)


if __name__ == "__main__":
    main()
