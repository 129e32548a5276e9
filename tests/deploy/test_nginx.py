"""The proxy's sample, run as it stands: who sends slowly keeps nobody waiting."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from stations.core import limits, statics
from tests.support.databases import replaced_sqlite, shared_sqlite_template
from tests.support.demo_site import Site, demo_environment, served

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "deploy" / "nginx-site.conf"
HALF_SENT = 8
SECONDS = 20


def program() -> str:
    """nginx, which `make test-programs` installs; Debian keeps it where only root's PATH looks."""
    found = shutil.which("nginx") or "/usr/sbin/nginx"
    assert Path(found).exists(), "nginx is missing (on Debian: apt-get install nginx-light)"
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def site(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One worker with four threads, as few as a small installation has."""
    folder = tmp_path_factory.mktemp("behind")
    url = replaced_sqlite(shared_sqlite_template(run_folder), folder / "empty.sqlite3")
    environment = demo_environment(url, folder / "files") | {"STATIONS_PROXIES": "1"}
    with served(environment, []) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with proxied(tmp_path_factory.mktemp("nginx"), urlsplit(site.url).netloc) as address:
        yield address


@contextmanager
def proxied(folder: Path, application: str, code: Path = ROOT) -> Iterator[str]:
    """The host and port of nginx with the sample's site, whose ports, certificate and folders are the test's."""
    port = free_port()
    written = SAMPLE.read_text().replace("127.0.0.1:8000", application)
    written = written.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    written = written.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    written = re.sub(r"ssl_certificate(_key)? .*;", "", written).replace("/var/log/nginx", str(folder))
    written = written.replace("/srv/stations", str(code))
    (folder / "site.conf").write_text(written)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 128; }}\nhttp {{ {places} include {folder}/site.conf; }}\n"
    )
    process = subprocess.Popen(
        [program(), "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process, folder / "error.log")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nginx did not start: {log.read_text() if log.exists() else ''}")


def ask(address: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    status, answered, _headers = ask_for_all(address, method, path, body, headers)
    return status, answered


def ask_for_all(
    address: str, method: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes, Message]:
    connection = http.client.HTTPConnection(address, timeout=SECONDS)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def half_sent(address: str, request: bytes) -> socket.socket:
    host, port = address.split(":")
    connection = socket.create_connection((host, int(port)), SECONDS)
    connection.sendall(request)
    return connection


@pytest.mark.parametrize(
    "half",
    [
        b"POST /sign-in HTTP/1.1\r\nHost: stations.example\r\nContent-Length: 9000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=",
        b"POST /sign-in HTTP/1.1\r\nHost: stations.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlogin",
        b"GET /sign-in HTTP/1.1\r\nHost: stations.example\r\nX-Slow: ",
        b"",
    ],
    ids=["half a form", "half a chunk", "half a header", "nothing"],
)
def test_others_are_served_while_eight_requests_are_half_sent(proxy: str, half: bytes):
    with ExitStack() as open_connections:
        for _ in range(HALF_SENT):
            open_connections.enter_context(half_sent(proxy, half))
        time.sleep(0.3)
        for path in ("/healthz", "/", "/sign-in"):
            started = time.monotonic()
            status, _body = ask(proxy, "GET", path)
            assert status == 200
            assert time.monotonic() - started < SECONDS / 2


@pytest.mark.parametrize("size", [70_000, 3_000_000, limits.WITH_FILE.size])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_strangers_large_body_is_answered_by_the_application(proxy: str, size: int, kind: str):
    """Which answers before it has read all: five times, as a closed connection may be faster than the answer."""
    for _ in range(5):
        status, body = ask(
            proxy, "POST", "/grants/1/receipts/new", b"a=" + b"1" * size, **{"Content-Type": kind}
        )
        assert status == 413 if kind.startswith("application") else status in {400, 413}
        assert b"nginx" not in body and "前のページに戻り" in body.decode()


def test_what_no_route_takes_is_refused_by_the_proxy_with_a_way_out(proxy: str):
    status, body = ask(proxy, "POST", "/grants/1/receipts/new", b"1" * 40_000_000)
    assert status == 413
    assert "10MBまで" in body.decode() and b"nginx" not in body


def test_a_visitor_cannot_pretend_to_another_address(proxy: str, site: Site):
    """What they write into the proxy's headers does not reach the application (nor its redirects)."""
    connection = http.client.HTTPConnection(proxy, timeout=SECONDS)
    try:
        connection.request(
            "GET", "/home", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp"}
        )
        answer = connection.getresponse()
        assert "evil.example" not in (answer.headers["Location"] or "")
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO"])
@pytest.mark.parametrize("through_the_proxy", [True, False], ids=["nginx", "any other proxy"])
def test_a_visitor_does_not_say_where_the_application_lies(
    proxy: str, site: Site, name: str, through_the_proxy: bool
):
    """Else all links of the page would begin with what they wrote, or the page would be another one."""
    address = proxy if through_the_proxy else urlsplit(site.url).netloc
    expected = ask(address, "GET", "/links/none")
    status, body, _headers = ask_for_all(address, "GET", "/links/none", b"", {name: "/links"})
    assert status == expected[0] and b'"/links/static' not in body and b'"/links/sign-in' not in body
    assert b'"/static/built/' in body


@pytest.mark.parametrize("page", ["README.md", "Makefile", "tests/support/demo_site.py"])
def test_gunicorn_is_run_without_headers_that_it_would_believe(page: str):
    assert "--forwarder-headers=" in (ROOT / page).read_text()


def test_one_time_links_stand_in_no_log(proxy: str, tmp_path_factory: pytest.TempPathFactory):
    ask(proxy, "GET", "/links/secret-token")
    ask(proxy, "GET", "/?word=secret-word")
    time.sleep(0.2)
    folder = next(path for path in tmp_path_factory.getbasetemp().glob("nginx*") if path.is_dir())
    kept = "".join(file.read_text() for file in folder.glob("*.log"))
    assert "GET /" in kept
    assert "secret" not in kept


@pytest.mark.parametrize("encoding", ["gzip, deflate, br", "identity"], ids=["compressed", "as it is"])
def test_static_files_come_from_the_disk_as_the_application_gives_them(
    tmp_path: Path, site: Site, encoding: str
):
    """nginx answers alone (its application is away), with the same bytes, for as long, and under the same headers."""
    application = urlsplit(site.url).netloc
    alike = {"Content-Type", "Content-Encoding", "Cache-Control", "X-Content-Type-Options"}
    alike |= {"Cross-Origin-Resource-Policy", "Vary"}
    with proxied(tmp_path, f"127.0.0.1:{free_port()}") as address:
        for name in statics.build().values():
            asked = ("GET", f"/static/{name}", b"", {"Accept-Encoding": encoding})
            status, body, headers = ask_for_all(address, *asked)
            expected = ask_for_all(application, *asked)
            assert (status, body) == expected[:2] == (200, body)
            told, wanted = ({one: told_of(given, one) for one in alike} for given in (headers, expected[2]))
            assert told | {"Vary": wanted["Vary"]} == wanted if name.endswith("png") else told == wanted


def told_of(headers: Message, name: str) -> str:
    return (headers[name] or "").replace("; charset=utf-8", "")


def test_a_static_file_that_is_not_on_the_proxys_disk_comes_from_the_application(tmp_path: Path, site: Site):
    with proxied(tmp_path, urlsplit(site.url).netloc, code=tmp_path) as address:
        for name in statics.build().values():
            assert ask(address, "GET", f"/static/{name}")[0] == 200
        assert ask(address, "GET", "/static/built/main.000000000000.js")[0] == 404


def test_an_application_that_is_away_is_said_in_words(tmp_path: Path):
    with proxied(tmp_path, f"127.0.0.1:{free_port()}") as address:
        status, body = ask(address, "GET", "/")
    assert status == 503
    assert "1分ほど待って" in body.decode() and b"nginx" not in body


@pytest.mark.parametrize("size", [3_000_000, 40_000_000])
@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_without_a_proxy_the_answer_arrives_as_well(site: Site, size: int, connection: str):
    """A browser that is still sending when the connection closes shows an error of its own."""
    address = urlsplit(site.url).netloc
    status, body = ask(address, "POST", "/sign-in", b"1" * size, Connection=connection)
    assert status in {400, 413} and "前のページに戻り" in body.decode()
