"""Decoding what strangers made, in a process of its own: pictures and PDFs may be small and unfold into gigabytes.

`clean` is `uploads.clean` with limits on memory and time, and on how many run at once on this machine; `alone` lets in one file
of a person. Both belong outside a transaction (`core.files.takes_file`): on SQLite everybody else would wait.
"""

import fcntl
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from stations.core import uploads
from stations.core.messages import N_, RuleBroken
from stations.core.uploads import CleanUpload

ROOT = Path(__file__).resolve().parents[2]

MEMORY_BYTES: Final = 1_000_000_000
"""Address space of one process; 64 megapixels of a PNG with transparency take some 700 MB of it."""
CPU_SECONDS: Final = 15
WALL_SECONDS: Final = 40
AT_ONCE: Final = 2
QUEUE_SECONDS: Final = 20
"""How long an upload waits for one of the places before its sender is asked to try again."""

TOO_HEAVY: Final = N_(
    "このファイルは、開くのに時間やメモリがかかりすぎます。写真は画素数を下げて撮り直すか、画面の写し（スクリーンショット）にして、"
    "PDFは印刷し直すか写真にして、もう一度選んでください。"
)
BUSY: Final = N_("いま、ほかの方のファイルを確かめています。1分ほど待って、もう一度送ってください。")
ONE_AT_A_TIME: Final = N_(
    "あなたが先に送ったファイルを、まだ確かめています。1分ほど待って、先のものが登録されたかを確かめてから、もう一度ファイルを選んで送ってください。"
    "ほかの入力は、この画面に残っています。"
)


def clean(data: bytes, filename: str) -> CleanUpload:
    """As `uploads.clean`; also RuleBroken on "file" when it takes too much, or too many are being looked at."""
    uploads.check_size(data)
    with _place(), tempfile.TemporaryDirectory(prefix="stations-upload-") as folder:
        sent, cleaned = Path(folder) / "sent", Path(folder) / "cleaned"
        sent.write_bytes(data)
        answer = _run(sent, cleaned)
        if "message" in answer:
            raise RuleBroken("file", answer["message"], **answer["params"])
        return uploads.as_stored(cleaned.read_bytes(), answer["media_type"], filename)


def _run(sent: Path, cleaned: Path) -> dict[str, Any]:
    """What the process answers: {media_type}, or {message, params} of a broken rule."""
    try:
        done = subprocess.run(  # noqa: S603  (our own module, with paths that we made)
            [
                sys.executable,
                "-m",
                "stations.core.decoding",
                os.fspath(sent),
                os.fspath(cleaned),
                str(MEMORY_BYTES),
            ],
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise RuleBroken("file", TOO_HEAVY) from error
    return answer


@contextmanager
def alone(installation: str, person_id: int | None) -> Iterator[None]:
    """While one file of a person waits or is looked at, their next is refused at once: RuleBroken on "file".

    Each that waits holds a thread of a worker: ten of one person would leave none for anybody else. Shared by all workers
    of this ``installation`` (another one on this machine has people with the same numbers); released by the system when a
    worker dies.
    """
    if person_id is None:
        yield
        return
    whose = hashlib.sha256(f"{installation} {person_id}".encode()).hexdigest()[:32]
    with _lock(f"of-{whose}") as free:
        if not free:
            raise RuleBroken("file", ONE_AT_A_TIME)
        yield


@contextmanager
def _place() -> Iterator[None]:
    """One of `AT_ONCE` places, shared by all workers of this machine; RuleBroken when none becomes free."""
    deadline = time.monotonic() + QUEUE_SECONDS
    while True:
        for number in range(AT_ONCE):
            with _lock(str(number)) as free:
                if free:
                    yield
                    return
        if time.monotonic() > deadline:
            raise RuleBroken("file", BUSY)
        time.sleep(0.1)


@contextmanager
def _lock(name: str) -> Iterator[bool]:
    """Hold the lock of this name until the block ends; False: somebody else holds it."""
    with (Path(tempfile.gettempdir()) / f"stations-decoding-{os.getuid()}-{name}.lock").open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def main(sent: str, cleaned: str, memory: str) -> dict[str, Any]:
    """The process itself: limits first, then the cleaning; the result is a file and a small JSON object."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    try:
        media_type, content = uploads.cleaned(Path(sent).read_bytes())
    except MemoryError:
        return {"message": TOO_HEAVY, "params": {}}
    except RuleBroken as broken:
        return {"message": broken.message, "params": broken.params}
    Path(cleaned).write_bytes(content)
    return {"media_type": media_type}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
