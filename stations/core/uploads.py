"""What may be uploaded: the content is checked and cleaned before anything is stored.

Pure functions over bytes: no request, no database. The type is decided by the content, never by the
name or the browser's word. Pictures are decoded and encoded again, so whatever was hidden in them
(place of the photograph, a second file behind the first) does not survive. PDFs are evidence and keep
their bytes; one that could *do* something when opened is refused instead.
"""

import hashlib
import hmac
import os
import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import filetype

from stations.core.messages import N_, RuleBroken

MAX_BYTES: Final = 10_000_000
"""10 MB, decimal, as the page says it."""

HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})

MAX_NAME: Final = 100
"""Characters of the original name that are kept for display."""

EXTENSIONS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""The types that are stored. HEIC is accepted and stored as JPEG, which every browser shows."""

# Scanners write a byte-order mark or a line break before the first line.
_PDF = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-")

SMALL: Final = "-small"
"""Behind the storage name of a picture: its thumbnail."""

_STORAGE_NAME = re.compile(rf"[0-9a-f]{{64}}({SMALL})?\Z")

TOO_LARGE: Final = N_("ファイルが大きすぎます。%(megabytes)sMB以下のファイルを選んでください。")
EMPTY: Final = N_("ファイルの中身がありません。もう一度選んでください。")
WRONG_TYPE: Final = N_("この種類のファイルは使えません。PDF、JPEG、PNG、HEICのどれかを選んでください。")


@dataclass(frozen=True, kw_only=True)
class CleanUpload:
    """A file that may be stored: `content` is what is written, not always what was sent.

    `sha256` is the hex digest of `content`; `original_name` is for display only and always ends in
    `extension`, so a download is opened by the right program.
    """

    content: bytes
    media_type: str
    extension: str
    sha256: str
    original_name: str


def clean(data: bytes, filename: str) -> CleanUpload:
    """The storable form of an uploaded file; the same bytes always give the same result.

    Raises `RuleBroken` on the field `file` when the file is empty, over 10 MB, of another type,
    damaged, too large in pixels, or a PDF that is encrypted or has active content.
    What people send goes through `core.decoding`, which does the same in a process with limits.
    """
    check_size(data)
    media_type, content = cleaned(data)
    return as_stored(content, media_type, filename)


def check_size(data: bytes) -> None:
    """`RuleBroken` on `file` when there is nothing, or more than 10 MB."""
    if not data:
        raise RuleBroken("file", EMPTY)
    if len(data) > MAX_BYTES:
        raise RuleBroken("file", TOO_LARGE, megabytes=MAX_BYTES // 1_000_000)


def cleaned(data: bytes) -> tuple[str, bytes]:
    """Media type and bytes to store; raises as `clean` says."""
    sent_type = "image/heic" if _is_heic(data) else filetype.guess_mime(data)
    # The parser and the decoders cost a third of a second to load: only who uploads pays for them.
    if sent_type == "application/pdf" or _PDF.match(data):
        from stations.core import pdf_safety

        _refuse_second_file(data)
        return "application/pdf", pdf_safety.clean(data)
    if sent_type in {"image/jpeg", "image/png", "image/heic"}:
        from stations.core import pictures

        return pictures.clean(data, sent_type)
    raise RuleBroken("file", WRONG_TYPE)


def as_stored(content: bytes, media_type: str, filename: str) -> CleanUpload:
    """What `cleaned` answered, with its digest and the name it is shown under."""
    extension = EXTENSIONS[media_type]
    return CleanUpload(
        content=content,
        media_type=media_type,
        extension=extension,
        sha256=hashlib.sha256(content).hexdigest(),
        original_name=display_name(filename, extension),
    )


def _is_heic(data: bytes) -> bool:
    """An HEIF picture coded with HEVC, also of 10 bits or a burst: filetype knows the plainest brand only.

    ISO/IEC 23008-12: an "ftyp" box of brands of four letters, the first major, then a version.
    """
    if data[4:8] != b"ftyp":
        return False
    brands = data[8 : min(int.from_bytes(data[:4]), 256)]
    return any(brands[at : at + 4] in HEIC_BRANDS for at in range(0, len(brands), 4))


def display_name(filename: str, extension: str) -> str:
    """The sender's file name, safe to show: no folder, no control or direction mark, 100 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    # Category C* holds control characters and the marks that turn "gpj.exe" round on the screen.
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    stem = " ".join(shown.split()).rpartition(".")[0] if "." in shown else " ".join(shown.split())
    stem = stem.strip(". ") or "file"
    return f"{stem[: MAX_NAME - len(extension) - 1].rstrip()}.{extension}"


def _refuse_second_file(data: bytes) -> None:
    """A PDF that is also a ZIP archive would be opened as the one or the other: refused."""
    if zipfile.is_zipfile(BytesIO(data)):
        raise RuleBroken("file", WRONG_TYPE)


def storage_name(content: bytes, secret: str) -> str:
    """64 hex digits: the same content has the same name, and nobody without the secret can compute it."""
    # The application has one secret; the prefix keeps this use apart from its signatures.
    return hmac.new(b"stored file " + secret.encode(), content, hashlib.sha256).hexdigest()


def write(root: Path, name: str, content: bytes) -> Path:
    """Store `content` under `name` and answer its path; a crash leaves the whole file or none.

    Writing the same name again is harmless. Raises ValueError when `name` is not a storage name.
    """
    path = path_of(root, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return path


def read(root: Path, name: str) -> bytes:
    """The bytes stored under `name`. Raises FileNotFoundError, or ValueError for what is no storage name."""
    return path_of(root, name).read_bytes()


def remove(root: Path, name: str) -> None:
    """Delete what is stored under `name`, if it is there, and its thumbnail."""
    for one in (name, name + SMALL):
        path_of(root, one).unlink(missing_ok=True)


def path_of(root: Path, name: str) -> Path:
    """Two levels of folders keep each one small: ab/cd/abcd…; ValueError for what is no storage name."""
    if not _STORAGE_NAME.match(name):
        raise ValueError("not a storage name")
    return root / name[:2] / name[2:4] / name


def _sync_folder(folder: Path) -> None:
    """The rename itself must survive a power cut, not only the file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
