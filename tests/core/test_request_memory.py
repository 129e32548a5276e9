"""No request of somebody unknown makes a worker large: measured from outside, in a real gunicorn's worker."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.databases import replaced_sqlite, shared_sqlite_template
from tests.support.demo_site import Site, demo_environment, served

MOST_BYTES = 20_000_000
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
FULL = 64_000
COOKIE_AND_TOKEN = tuple[str, str]


@pytest.fixture(scope="module")
def site(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("memory")
    url = replaced_sqlite(shared_sqlite_template(run_folder), folder / "empty.sqlite3")
    with served(demo_environment(url, folder / "files"), []) as running:
        yield running


class Worker:
    """The one worker of a gunicorn: what it is asked, and how large it was meanwhile."""

    def __init__(self, site: Site) -> None:
        master = site.process_id
        (child,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        self.process = Path("/proc") / child
        self.address = urlsplit(site.url).netloc

    def size(self, name: str) -> int:
        """VmRSS, or VmHWM: its highest value since `forget`."""
        (kilobytes,) = re.findall(rf"^{name}:\s+(\d+) kB", (self.process / "status").read_text(), re.M)
        return int(kilobytes) * 1024

    def forget(self) -> None:
        (self.process / "clear_refs").write_text("5")

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        """Status, cookie and content of one answer."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            cookie = (answer.headers.get("Set-Cookie") or "").partition(";")[0]
            return answer.status, cookie, answer.read()
        finally:
            connection.close()

    def token(self) -> COOKIE_AND_TOKEN:
        _status, cookie, page = self.ask("GET", "/sign-in")
        (token, *_more) = re.findall(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        return cookie, token.decode()


def padded(fields: list[tuple[str, str]], last: str = "login") -> bytes:
    """A form just within the limit: its last field is as long as it may be."""
    start = f"{urlencode(fields)}&{last}=".encode()
    return start + b"<" * (FULL - len(start))


def requests(cookie: str, token: str) -> dict[str, tuple[str, str, bytes, dict[str, str]]]:
    """What a stranger may send at most, each in one way."""
    signed = {**FORM, "Cookie": cookie}
    short = [(f"f{number}", "あ") for number in range(40)]
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n' % number + b"<" * 1_200 + b"\r\n"
        for number in range(48)
    )
    multipart = {**FORM, "Cookie": cookie, "Content-Type": "multipart/form-data; boundary=x"}
    return {
        "a long login": ("POST", "/sign-in", padded([("csrf_token", token), ("password", "wrong")]), signed),
        "a long password": (
            "POST",
            "/sign-in",
            padded([("csrf_token", token), ("login", "nobody")], "password"),
            signed,
        ),
        "many fields": ("POST", "/sign-in", padded([("csrf_token", token), *short]), signed),
        "an old page": ("POST", "/sign-in", padded(short), signed),
        "an old page of a longer form": ("POST", "/grants/1/receipts/new", padded(short), signed),
        "parts": ("POST", "/sign-in", parts + b"--x--\r\n", multipart),
        "fields without end": ("POST", "/sign-in", b"a&" * (FULL // 2), signed),
        "deep JSON": ("POST", "/language", b"[" * FULL, {**signed, "Content-Type": "application/json"}),
        "much more": ("POST", "/sign-in", b"a=" + b"1" * 1_800_000, signed),
        "much more elsewhere": ("POST", "/grants/1/receipts/new", b"a=" + b"1" * 1_800_000, signed),
        "a long address": ("GET", "/sign-in?next=/" + "a" * 3_500, b"", {}),
        "a long search": ("GET", "/?" + "word=%E3%81%82&" * 220, b"", {}),
        "a link": ("POST", "/links/" + "x" * 3_000, padded([("csrf_token", token)]), signed),
        "a demonstration's button": ("POST", "/sign-in/demo", padded([("csrf_token", token)]), signed),
    }


def test_no_request_of_a_stranger_takes_more_than_20_megabytes(site: Site):
    worker = Worker(site)
    cookie, token = worker.token()
    everything = requests(cookie, token)
    for path in ("/", "/sign-in", "/no/such/page"):
        worker.ask("GET", path)
    first = urlencode({"csrf_token": token, "login": "nobody", "password": "wrong"}).encode()
    worker.ask("POST", "/sign-in", first, {**FORM, "Cookie": cookie})
    taken = {}
    for name, (method, path, body, headers) in everything.items():
        assert len(body) <= FULL or name.startswith("much more"), name
        rest = worker.size("VmRSS")
        worker.forget()
        status, _cookie, page = worker.ask(method, path, body, headers)
        assert status < 500, name
        assert len(page) < 400_000, name
        taken[name] = worker.size("VmHWM") - rest
    assert {name: size for name, size in taken.items() if size > MOST_BYTES} == {}
