"""Stored files: cleaned, found again, served so that a browser cannot be made to run them."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from stations.core import decoding, files
from stations.core.config import Config
from stations.core.database import AppendOnlyError
from stations.core.messages import RuleBroken
from tests.support import cast

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def photo() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (40, 30), "white").save(out, "JPEG", exif=exif)
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
    response = files.send(stored)
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Type"] == "image/jpeg"


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
