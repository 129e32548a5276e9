"""Uploaded and issued files: one row here, one file under the files folder, served only through a permission."""

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from flask import Response, current_app, g, request, send_file
from flask_login import current_user
from sqlalchemy import orm
from werkzeug.http import dump_options_header

from stations.core import clock, decoding, uploads
from stations.core.access import Actor
from stations.core.database import AppendOnly, Model, add, db
from stations.core.messages import RuleBroken
from stations.core.uploads import CleanUpload

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

FIELD = "file"  # of every form with an upload

P = ParamSpec("P")
R = TypeVar("R")


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


def takes_file(view: Callable[P, R]) -> Callable[P, R]:
    """For a route whose form has a file, above `@writes`: what was sent is decoded before the transaction begins.

    Decoding takes seconds, and on SQLite everybody else would wait. One file of a person at a time (`decoding.alone`).
    What is wrong with a file is kept for `store_upload` to raise. Also the mark by which `core.limits` lets files in.
    """

    @wraps(view)
    def prepared(*args: P.args, **kwargs: P.kwargs) -> R:
        upload = request.files.get(FIELD)  # no other one: each costs a process of its own
        if request.method == "POST" and upload is not None and upload.filename:
            db.session.commit()  # nothing is written yet; this only gives the lock back
            g.decoded = {id(upload): _decoded(upload, getattr(current_user, "id", None))}
        return view(*args, **kwargs)

    prepared.takes_file = True  # type: ignore[attr-defined]  # the mark itself
    return prepared


def _decoded(upload: "FileStorage", person_id: int | None) -> CleanUpload | RuleBroken:
    upload.stream.seek(0)
    try:
        with decoding.alone(current_app.config["STATIONS"].database_url, person_id):
            return decoding.clean(upload.stream.read(uploads.MAX_BYTES + 1), upload.filename or "")
    except RuleBroken as broken:
        return broken
    finally:
        upload.stream.seek(0)


def store_upload(upload: "FileStorage", *, by: Actor) -> StoredFile:
    """Keep what a person sent, checked and cleaned; raises RuleBroken("file", …) saying what to do."""
    clean = g.get("decoded", {}).get(id(upload)) or _decoded(upload, by.id)
    if isinstance(clean, RuleBroken):
        raise clean
    return _keep(clean.content, media_type=clean.media_type, name=clean.original_name, by=by)


def store_bytes(data: bytes, *, name: str, by: Actor | None) -> StoredFile:
    """As `store_upload`, for bytes of our own at hand, which are decoded here."""
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


def forget_unused(storage_name: str) -> None:
    """Delete a content that nothing stored refers to: an unfinished upload. Its row stays, as all rows do."""
    if not is_used(storage_name):
        uploads.remove(_root(), storage_name)


def is_used(storage_name: str) -> bool:
    """Whether a receipt, an attachment, a letter or anything else of any package refers to this content."""
    same = sa.select(StoredFile.id).where(StoredFile.storage_name == storage_name)
    referring = [
        key.parent
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is StoredFile.__table__
    ]
    found = (sa.exists().where(column.in_(same)) for column in referring)
    return bool(db.session.scalar(sa.select(sa.or_(*found))))


def send(file: StoredFile, *, small: bool = False) -> Response:
    """The response that carries ``file``; the caller has already asked `access.can` about its owner.

    ``small``: of a picture its thumbnail, which says as much. Streamed from the disk, also in parts (Range).
    """
    name, media_type, mark = file.storage_name, file.media_type, file.sha256
    if small and file.is_image:
        name, media_type, mark = _thumbnail(file), "image/jpeg", file.sha256 + uploads.SMALL
    response = send_file(uploads.path_of(_root(), name), media_type, conditional=True, etag=mark)
    response.headers["Content-Disposition"] = content_disposition("inline", file.original_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _thumbnail(file: StoredFile) -> str:
    """The storage name of a picture's thumbnail, which is made when somebody looks first."""
    name = file.storage_name + uploads.SMALL
    if not uploads.path_of(_root(), name).exists():
        from stations.core.pictures import thumbnail  # Pillow is loaded only by who makes one

        uploads.write(_root(), name, thumbnail(content(file)))
    return name


def content_disposition(kind: str, name: str) -> str:
    """The header with a file name in any script: a header itself holds Latin letters only (RFC 6266)."""
    plain = "".join(char for char in name if " " < char <= "~" and char not in '"\\') or "file"
    return dump_options_header(kind, {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"})


def _root() -> Path:
    """The files folder; absolute, for Flask looks for a relative one below the application."""
    return Path(current_app.config["STATIONS"].files_path).absolute()
