"""How the bench measures: CPU inside one process, time and memory of a real gunicorn from outside."""

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

WARM_UP = 5
TURNS = 120
LATENCY_REQUESTS = 200
CONCURRENCY = 2


@dataclass(frozen=True)
class Latency:
    """Milliseconds, as a client on the same machine sees them."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Beside:
    """Medians in milliseconds of something and of what it was measured beside, and their ratio."""

    mine: float
    other: float
    ratio: float


def in_turns(mine: Callable[[], float], other: Callable[[], float], turns: int = TURNS) -> Beside:
    """Both take turns, so that what else the machine does slows one as much as the other.

    For that the ratio is that of each turn: the medians of the two may come from a fast and a slow minute.
    """
    for _ in range(WARM_UP):
        mine()
        other()
    spent = [(mine(), other()) for _ in range(turns)]
    of_mine, of_other = zip(*spent, strict=True)
    ratio = statistics.median(one / beside for one, beside in spent)
    return Beside(statistics.median(of_mine) * 1000, statistics.median(of_other) * 1000, ratio)


def in_process(app: Flask, url: str, cookie: str = "") -> Callable[[], float]:
    """One request in this process and the CPU seconds it takes."""
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": cookie} if cookie else {}

    def ask() -> float:
        before = time.process_time()
        response = client.get(url, headers=headers)
        response.get_data()
        spent = time.process_time() - before
        if response.status_code != 200:
            raise RuntimeError(f"{url}: {response.status_code}")
        return spent

    return ask


def through_the_socket(base_url: str, path: str, cookie: str = "") -> Callable[[], float]:
    """One request to a gunicorn and the seconds until its answer is read."""
    return lambda: _request(base_url, path, cookie)


def latency(base_url: str, path: str, cookie: str = "", requests: int = LATENCY_REQUESTS) -> Latency:
    """Time of requests sent by two clients at once."""
    with ThreadPoolExecutor(CONCURRENCY) as clients:
        times = sorted(clients.map(lambda _: _request(base_url, path, cookie), range(requests)))
    return Latency(times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000)


def _request(base_url: str, path: str, cookie: str) -> float:
    address = urlsplit(base_url)
    before = time.perf_counter()
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return time.perf_counter() - before


def worker_megabytes(master: int) -> list[float]:
    """Resident memory of each worker of a gunicorn, by its master's process id (Linux)."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [_resident_kilobytes(int(child)) / 1024 for child in children]


def _resident_kilobytes(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"no VmRSS for process {process}")


def start_seconds(environment: dict[str, str], folder: Path) -> float:
    """The best of five starts of the application, as ``flask --app wsgi`` does it before any command."""
    times = []
    for _ in range(5):
        before = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import wsgi"], cwd=folder, env=environment, check=True)
        times.append(time.perf_counter() - before)
    return min(times)


def loaded_at_start(environment: dict[str, str], folder: Path, *modules: str) -> list[str]:
    """Which of ``modules`` the start of the application has already imported."""
    code = "import sys, wsgi; print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code, *modules],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()[-1].split() if done.stdout.strip() else []
