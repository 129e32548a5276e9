"""The demonstration, served by gunicorn for one browser test or bench run."""

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stations.core import clock
from tests.support.databases import copy_sqlite, only_one

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30
LOAD_SECONDS = 600


@dataclass(frozen=True)
class Site:
    """A running copy of the demonstration: its address, its accounts, its data and gunicorn's process."""

    url: str
    accounts: list[dict[str, Any]]
    environment: dict[str, str]
    process_id: int

    def account(self, role: str) -> dict[str, Any]:
        """The first demo account that holds ``role``."""
        for account in self.accounts:
            if any(role in str(held) for held in account["roles"]):
                return account
        raise AssertionError(f"no demo account is {role}")


def demo_environment(database_url: str, files: Path) -> dict[str, str]:
    """The environment of a demonstration of the tests' own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STATIONS_")}
    return kept | {
        "STATIONS_MODE": "demo",
        "STATIONS_DATABASE_URL": database_url,
        "STATIONS_FILES_PATH": str(files),
        "STATIONS_MAIL_URL": f"file:{files.parent / 'mail'}",
    }


def flask(*command: str, environment: dict[str, str]) -> str:
    """Run ``flask --app wsgi …`` and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LOAD_SECONDS,
    )
    if done.returncode:
        raise RuntimeError(f"flask {' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def demo_data(run_folder: Path, on: dt.date | None = None) -> Path:
    """The folder with demo.sqlite3, files/ and accounts.jsonl as of a day (today); who asks first makes it."""
    on = on or clock.today()
    folder = run_folder / f"demo-{on}"
    with only_one(run_folder / f"demo-{on}.lock"):
        if not (folder / "accounts.jsonl").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            environment = demo_environment(f"sqlite:///{folder / 'demo.sqlite3'}", folder / "files")
            flask("db", "upgrade", environment=environment)
            flask("demo", "load", "--date", on.isoformat(), environment=environment)
            accounts = flask("demo", "accounts", environment=environment)
            (folder / "accounts.jsonl").write_text(accounts)
    return folder


def demo_copy(run_folder: Path, folder: Path, on: dt.date | None = None) -> dict[str, str]:
    """Copy the demonstration's data into ``folder``; returns the environment that uses it."""
    source = demo_data(run_folder, on)
    copy_sqlite(source / "demo.sqlite3", folder / "demo.sqlite3")
    if (source / "files").exists():
        shutil.copytree(source / "files", folder / "files", dirs_exist_ok=True)
    return demo_environment(f"sqlite:///{folder / 'demo.sqlite3'}", folder / "files")


def demo_accounts(run_folder: Path) -> list[dict[str, Any]]:
    """What ``flask demo accounts`` prints: login, password, totp secret if any, roles, scope."""
    lines = (demo_data(run_folder) / "accounts.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


@contextmanager
def served(
    environment: dict[str, str], accounts: list[dict[str, Any]], *, workers: int = 1, target: str = "wsgi:app"
) -> Iterator[Site]:
    """Serve ``target`` with gunicorn on a free loopback port until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    log = Path(environment["STATIONS_FILES_PATH"]).parent / "gunicorn.log"
    arguments = ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4"]
    arguments.append("--forwarder-headers=")  # as the README says
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", target, *arguments],
            cwd=ROOT,
            env=environment | {"STATIONS_BASE_URL": url},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for(url, process, log)
            yield Site(url, accounts, environment, process.pid)
        except Exception:
            sys.stderr.write(log.read_text()[-3000:])  # a worker that died says so only here
            raise
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310  (our own loopback address)
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not answer at {url}:\n{log.read_text()[-3000:]}")
