"""A photo of which no receipt is made ends after a day, and nobody keeps more than a few."""

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from stations.core import decoding, files, uploads
from stations.core.files import StoredFile
from stations.core.messages import RuleBroken
from stations.grants.books.services import photos
from stations.grants.models import Grant
from stations.people.models import Person
from tests.grants import cast as grants
from tests.people.cast import later


@pytest.fixture(autouse=True)
def decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process with limits has tests of its own."""
    monkeypatch.setattr(decoding, "clean", uploads.clean)


def kept(grant: Grant, by: Person, shade: int) -> StoredFile:
    out = BytesIO()
    Image.new("L", (40, 40), shade).save(out, "PNG")
    return photos.keep_photo(grant=grant, upload=FileStorage(BytesIO(out.getvalue()), "a.png"), by=by)[0]


def is_there(file: StoredFile) -> bool:
    try:
        return bool(files.content(file))
    except FileNotFoundError:
        return False


def test_an_unfinished_photo_ends_after_a_day_and_one_with_a_receipt_stays(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    used = grants.spent(made, 1_000).file
    forgotten = kept(grant, made.treasurer, 10)
    (note,) = (tmp for tmp in photos._folder().iterdir())
    (note.parent / note.name.replace(forgotten.storage_name, used.storage_name)).touch()  # it was kept, too
    with later(days=0.9):
        fresh = kept(grant, made.treasurer, 20)
        assert is_there(forgotten)
    with later(days=1.1):
        photos.forget_unfinished()
        assert not is_there(forgotten)
        assert is_there(fresh) and is_there(used)


def test_the_daily_job_deletes_it_though_nobody_uploads_any_more(app: Flask, db_session: Session):
    made = grants.team()
    forgotten = kept(grants.active(made), made.treasurer, 10)
    db_session.commit()
    with later(days=1.1):
        assert app.test_cli_runner().invoke(args=["grants", "remind"]).exit_code == 0
    assert not is_there(forgotten)


def test_the_same_photo_kept_again_stays(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    first = kept(grant, made.treasurer, 10)
    with later(days=0.9):
        kept(grant, made.treasurer, 10)
    with later(days=1.1):
        photos.forget_unfinished()
        assert is_there(first)


def test_nobody_keeps_more_than_the_quota(db_session: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(photos, "QUOTA", 3)
    made = grants.team()
    grant = grants.active(made)
    for shade in range(3):
        kept(grant, made.treasurer, shade)
    with pytest.raises(RuleBroken) as caught:
        kept(grant, made.treasurer, 99)
    assert caught.value.field == "file"
    with later(days=1.1):
        assert is_there(kept(grant, made.treasurer, 99))
