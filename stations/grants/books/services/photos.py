"""The photo of a receipt that is being entered: kept at once, so that no mistake elsewhere loses it.

Between two tries the page carries the photo's number in a signed mark that only its sender, for the same
grant, can use. A photo of which no receipt was made within a day is deleted, and nobody has more than `QUOTA` of them:
each leaves a note in the folder of files, named for its sender, its time and its content.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from stations.core import access, clock, files
from stations.core.access import Actor, Permission
from stations.core.files import StoredFile
from stations.core.messages import N_, RuleBroken
from stations.grants.models import Grant

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

LIFE = dt.timedelta(days=1)
QUOTA = 40
TOO_MANY = N_(
    "登録の途中の写真が%(most)s枚あります。先に領収書の登録を済ませるか、1日待ってから、もう一度送ってください。"
)


class _Note(NamedTuple):
    """One photo that was kept for somebody, who may have entered its receipt meanwhile."""

    path: Path
    person_id: int
    kept_at: dt.datetime
    storage_name: str


def keep_photo(*, grant: Grant, upload: "FileStorage", by: Actor) -> tuple[StoredFile, str]:
    """Clean and store what was sent; the file and its mark. `RuleBroken` on "file" saying what to do."""
    access.demand(by, Permission.RECEIPT_ENTER, grant)
    forget_unfinished()
    _check_quota(by)
    file = files.store_upload(upload, by=by)
    _folder().mkdir(parents=True, exist_ok=True)
    (_folder() / f"{by.id}-{int(clock.now().timestamp())}-{file.storage_name}").touch()
    return file, _signer().dumps([file.id, grant.id, by.id])


def kept_photo(*, grant: Grant, mark: str, by: Actor) -> StoredFile | None:
    """The photo that ``mark`` stands for; None when it is another's, another grant's, forged or a day old."""
    try:
        file_id, grant_id, person_id = _signer().loads(mark, max_age=int(LIFE.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    return files.find(file_id) if (grant_id, person_id) == (grant.id, by.id) else None


def forget_unfinished() -> None:
    """Delete the photos that were kept more than a day ago and of which no receipt was made."""
    notes = list(_notes())
    oldest = clock.now() - LIFE
    still_kept = {note.storage_name for note in notes if note.kept_at > oldest}
    for note in notes:
        if note.kept_at <= oldest:
            if note.storage_name not in still_kept:
                files.forget_unused(note.storage_name)
            note.path.unlink(missing_ok=True)


def _check_quota(by: Actor) -> None:
    own = [note for note in _notes() if note.person_id == by.id]
    if len(own) < QUOTA:
        return
    done = [note for note in own if files.is_used(note.storage_name)]
    for note in done:
        note.path.unlink(missing_ok=True)
    if len(own) - len(done) >= QUOTA:
        raise RuleBroken("file", TOO_MANY, most=QUOTA)


def _notes() -> Iterator[_Note]:
    for path in _folder().glob("*-*-*"):
        person_id, kept_at, storage_name = path.name.split("-")
        yield _Note(path, int(person_id), dt.datetime.fromtimestamp(int(kept_at), dt.UTC), storage_name)


def _folder() -> Path:
    return Path(current_app.config["STATIONS"].files_path) / "unfinished"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["STATIONS"].secret_key, salt="receipt photo")
