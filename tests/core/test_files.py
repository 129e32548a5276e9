"""Stored files: cleaned, found again, served so that a browser cannot be made to run them."""

import io
import os
from contextlib import closing
from dataclasses import replace

import pytest
from flask import Flask, request
from PIL import Image
from sqlalchemy.orm import Session

from stations.core import decoding, files, uploads
from stations.core.config import Config
from stations.core.database import AppendOnlyError
from stations.core.files import StoredFile
from stations.core.messages import RuleBroken
from tests.support import cast

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def photo(width: int = 40) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (width, 30), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photo_is_kept_without_what_the_camera_added(db_session: Session, config: Config):
    stored = files.store_bytes(photo(), name="領収書.jpg", by=cast.person())
    kept = files.content(stored)
    assert b"secret place" not in kept
    assert stored.size_bytes == len(kept)
    assert stored.sha256 not in stored.storage_name, "the name cannot be worked out from the content"


def test_the_same_photo_twice_is_one_file_of_two_owners(db_session: Session, config: Config):
    first, second = (files.store_bytes(photo(), name="a.jpg", by=cast.person()) for _ in range(2))
    assert first.id != second.id
    assert first.storage_name == second.storage_name


def test_it_is_served_with_safe_headers(app: Flask, db_session: Session):
    stored = files.store_bytes(photo(), name='x"; .jpg', by=cast.person())
    with app.test_request_context(), closing(files.send(stored)) as response:
        pass
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Type"] == "image/jpeg"


def test_a_part_is_sent_and_what_is_known_is_not_sent_again(app: Flask, db_session: Session):
    stored = files.store_bytes(photo(), name="a.jpg", by=None)
    known = {"If-None-Match": f'"{stored.sha256}"'}
    assert sent(app, stored, {"Range": "bytes=2-9"}) == (206, files.content(stored)[2:10])
    assert sent(app, stored, known) == (304, b"")
    assert sent(app, stored, known, small=True)[0] == 200, "the thumbnail is another content"


def test_a_thumbnail_is_made_once_and_goes_with_its_picture(app: Flask, db_session: Session):
    stored = files.store_bytes(photo(2000), name="a.jpg", by=None)
    _status, first = sent(app, stored, small=True)
    kept = uploads.path_of(files._root(), stored.storage_name + uploads.SMALL)
    assert max(Image.open(io.BytesIO(first)).size) == 320 and first == kept.read_bytes()
    made = kept.stat().st_ino
    assert sent(app, stored, small=True) == (200, first)
    assert kept.stat().st_ino == made
    files.forget_unused(stored.storage_name)
    assert list(kept.parent.iterdir()) == []


def test_a_files_folder_may_be_named_from_where_the_server_starts(
    app: Flask, db_session: Session, config: Config, monkeypatch: pytest.MonkeyPatch
):
    here = replace(config, files_path=os.path.relpath(config.files_path))
    monkeypatch.setitem(app.config, "STATIONS", here)
    stored = files.store_bytes(photo(), name="a.jpg", by=None)
    assert sent(app, stored) == (200, files.content(stored))


def sent(
    app: Flask, stored: StoredFile, headers: dict[str, str] | None = None, *, small: bool = False
) -> tuple[int, bytes]:
    """Status and body of the answer to a request with some headers."""
    with app.test_request_context(headers=headers), closing(files.send(stored, small=small)) as response:
        return response.status_code, b"".join(response.get_app_iter(request.environ))


def test_a_stored_file_is_not_changed(db_session: Session):
    stored = files.store_bytes(photo(), name="a.jpg", by=None)
    stored.media_type = "text/html"
    with pytest.raises(AppendOnlyError):
        db_session.flush()


def test_what_is_no_picture_or_pdf_is_refused(db_session: Session):
    with pytest.raises(RuleBroken) as refused:
        files.store_bytes(b"<script>alert(1)</script>", name="a.jpg", by=None)
    assert refused.value.field == "file"


def test_of_many_files_only_the_one_of_the_form_is_decoded(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch
):
    decoded: list[str] = []
    monkeypatch.setattr(decoding, "clean", lambda data, name: decoded.append(name))
    sent = {name: (io.BytesIO(photo()), f"{name}.jpg") for name in ("file", "other", "third")}
    with app.test_request_context(method="POST", data=sent):
        files.takes_file(lambda: None)()
    assert decoded == ["file.jpg"]
