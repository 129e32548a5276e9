"""Pictures and PDFs are decoded in a process with limits, before the transaction begins."""

import fcntl
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from stations.core import decoding, outbox, uploads
from stations.core.database import db
from stations.core.messages import RuleBroken
from tests.grants import cast as grants
from tests.grants.active_grant import Team, team
from tests.support.client import PageClient

on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def picture(size: tuple[int, int] = (640, 480), kind: str = "JPEG", mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size, "white").save(out, kind)
    return out.getvalue()


class Somebody(NamedTuple):
    name: str
    email: str | None


def refusal(data: bytes) -> str:
    with pytest.raises(RuleBroken) as caught:
        decoding.clean(data, "receipt.jpg")
    assert caught.value.field == "file"
    return caught.value.message


def test_the_process_answers_as_the_function() -> None:
    sent = picture()
    assert decoding.clean(sent, "領収書.jpeg") == uploads.clean(sent, "領収書.jpeg")
    assert refusal(b"<html>") == uploads.WRONG_TYPE
    assert refusal(b"") == uploads.EMPTY


MEASURED = """
import resource, sys
from io import BytesIO
from pathlib import Path
from PIL import Image
from stations.core import decoding
sent = Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
kept = decoding.clean(sent, "large.jpg")
print(
    max(Image.open(BytesIO(kept.content)).size),
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before,
    resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
)
"""


def test_a_telephone_of_64_megapixels_is_read_with_little_memory(tmp_path: Path) -> None:
    """In the process: the one that asks grows by no more than what is kept.

    Measured in a process of its own: this one has had larger children, as browsers and database servers.
    """
    photo = tmp_path / "large.jpg"
    photo.write_bytes(picture((9248, 6936)))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(photo)], check=True, capture_output=True, text=True
    )
    longest, grown_kb, child_kb = map(int, done.stdout.split())
    assert longest <= 3000
    assert grown_kb < 20_000
    assert child_kb < 400_000


def test_what_takes_too_long_or_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "WALL_SECONDS", 0.01)
        assert refusal(picture()) == decoding.TOO_HEAVY
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "MEMORY_BYTES", 250_000_000)
        assert refusal(picture((8_000, 8_000), "PNG", "RGBA")) == decoding.TOO_HEAVY


def test_only_so_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "QUEUE_SECONDS", 0.2)
    monkeypatch.setattr(decoding, "AT_ONCE", 1)
    place = Path(tempfile.gettempdir()) / f"stations-decoding-{os.getuid()}-0.lock"
    with place.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert refusal(picture()) == decoding.BUSY
    assert decoding.clean(picture(), "a.jpg").media_type == "image/jpeg"


HOLDING = """
import sys
from stations.core import decoding
with decoding.alone("here", int(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_file_of_a_person_at_a_time_in_all_workers() -> None:
    """Another process holds the one place of a person; when it dies, the place is free."""
    person, other = 2_000_000_001, 2_000_000_002
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(person)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(RuleBroken) as caught, decoding.alone("here", person):
            pass
        assert (caught.value.field, caught.value.message) == ("file", decoding.ONE_AT_A_TIME)
        for installation, free in (("here", other), ("elsewhere", person)):
            with decoding.alone(installation, free):
                pass
    finally:
        holder.kill()
        holder.communicate()
    with decoding.alone("here", person):
        pass


def test_ten_uploads_of_one_person_leave_the_threads_to_others(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch
):
    """One is looked at, nine are answered at once beside the field with what was typed, and others send theirs."""
    made, theirs = team(), team("隣")
    browsers = [PageClient(app) for _ in range(10)]
    for browser in browsers:
        browser.sign_in(made.treasurer)
    neighbour = PageClient(app)
    neighbour.sign_in(theirs.treasurer)
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(data: bytes, filename: str) -> uploads.CleanUpload:
        begun.release()
        assert go_on.wait(60)
        return uploads.clean(data, filename)

    def send(browser: PageClient, of: Team) -> str:
        page = browser.get(f"/grants/{of.grant.id}/receipts/new")
        page = browser.submit(page, "登録する", payee="見本商店", file=(picture(), "receipt.jpg"))
        assert page.one("input", name="payee").get("value") == "見本商店"
        return page.text if page.all("div", id="file-error") else ""

    db.session.commit()
    monkeypatch.setattr(decoding, "clean", slow)
    with ThreadPoolExecutor(11) as threads:
        try:
            first = threads.submit(send, browsers[0], made)
            assert begun.acquire(timeout=60)
            nine = [threads.submit(send, browser, made) for browser in browsers[1:]]
            assert all("先に送ったファイル" in answer.result(60) for answer in nine)
            other = threads.submit(send, neighbour, theirs)
            assert begun.acquire(timeout=60)
            assert not first.done()
        finally:
            go_on.set()
        assert first.result(60) == other.result(60) == ""


@on_sqlite
def test_while_a_photo_is_decoded_others_write(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch
):
    """SQLite lets one writer in: nothing is held while the decoder works."""
    made = grants.team()
    grant = grants.active(made)
    client = PageClient(app)
    client.sign_in(made.treasurer)
    page = client.get(f"/grants/{grant.id}/receipts/new")
    waited: list[float] = []

    def slow(data: bytes, filename: str) -> uploads.CleanUpload:
        def somebody_else() -> None:
            with app.app_context():
                outbox.queue(to=Somebody("見本 花子", "mihon@stations.example"), subject="件名", body="本文")
                db.session.commit()

        thread, started = threading.Thread(target=somebody_else), time.monotonic()
        thread.start()
        thread.join()
        waited.append(time.monotonic() - started)
        return uploads.clean(data, filename)

    monkeypatch.setattr(decoding, "clean", slow)
    client.submit(page, payee="見本商店", file=(picture(), "receipt.jpg"))
    assert len(waited) == 1
    assert waited[0] < 5, "it waits 15 seconds and fails while the transaction holds the lock"
