"""Uploaded and issued files: one row here, one file under the files folder, served only through a permission."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import sqlalchemy as sa
from flask import Response, current_app, make_response
from sqlalchemy import orm
from werkzeug.http import dump_options_header

from stations.core import clock, uploads
from stations.core.access import Actor
from stations.core.database import AppendOnly, Model, add, db

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage


class StoredFile(AppendOnly, Model):
    """A receipt photo, an attachment or an issued letter, as it was stored.

    The content lies outside anything a web server publishes, under a name that cannot be guessed. Who may
    read it is decided by the object it belongs to (receipt, plan, letter), never by this row. Never changed.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        sa.CheckConstraint("size_bytes > 0", name="size"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    sha256: orm.Mapped[str] = orm.mapped_column(index=True, comment="of the content as stored")
    storage_name: orm.Mapped[str]
    media_type: orm.Mapped[str]
    size_bytes: orm.Mapped[int]
    original_name: orm.Mapped[str] = orm.mapped_column(
        comment="as the person's device named it; for display only"
    )
    stored_at: orm.Mapped[dt.datetime]
    stored_by_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


def store_upload(upload: "FileStorage", *, by: Actor) -> StoredFile:
    """Check, clean and keep what a person sent; raises RuleBroken("file", …) saying what to do."""
    return store_bytes(upload.stream.read(uploads.MAX_BYTES + 1), name=upload.filename or "", by=by)


def store_bytes(data: bytes, *, name: str, by: Actor | None) -> StoredFile:
    """As `store_upload`, for bytes at hand."""
    clean = uploads.clean(data, name)
    return _keep(clean.content, media_type=clean.media_type, name=clean.original_name, by=by)


def store_document(pdf: bytes, *, name: str, by: Actor | None) -> StoredFile:
    """Keep a PDF that this program made itself."""
    return _keep(pdf, media_type="application/pdf", name=name, by=by)


def _keep(content: bytes, *, media_type: str, name: str, by: Actor | None) -> StoredFile:
    storage_name = uploads.storage_name(content, current_app.config["STATIONS"].secret_key)
    uploads.write(_root(), storage_name, content)
    return add(
        StoredFile(
            sha256=hashlib.sha256(content).hexdigest(),
            storage_name=storage_name,
            media_type=media_type,
            size_bytes=len(content),
            original_name=name,
            stored_at=clock.now(),
            stored_by_id=by.id if by is not None else None,
        )
    )


def content(file: StoredFile) -> bytes:
    return uploads.read(_root(), file.storage_name)


def find(file_id: int) -> StoredFile | None:
    return db.session.get(StoredFile, file_id)


def send(file: StoredFile, *, download: bool = False) -> Response:
    """The response that carries ``file``; the caller has already asked `access.can` about its owner."""
    response = make_response(content(file))
    response.headers["Content-Type"] = file.media_type
    disposition = "attachment" if download else "inline"
    response.headers["Content-Disposition"] = content_disposition(disposition, file.original_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def content_disposition(kind: str, name: str) -> str:
    """The header with a file name in any script: a header itself holds Latin letters only (RFC 6266)."""
    plain = "".join(char for char in name if " " < char <= "~" and char not in '"\\') or "file"
    return dump_options_header(kind, {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"})


def _root() -> Path:
    return Path(current_app.config["STATIONS"].files_path)
