"""The photo of a receipt that is being entered: kept at once, so that no mistake elsewhere loses it.

Between two tries the page carries the photo's number in a signed mark that only its sender, for the same
grant, can use.
"""

from typing import TYPE_CHECKING

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from stations.core import access, files
from stations.core.access import Actor, Permission
from stations.core.files import StoredFile
from stations.grants.models import Grant

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

MARK_LIFE_SECONDS = 24 * 60 * 60


def keep_photo(*, grant: Grant, upload: "FileStorage", by: Actor) -> tuple[StoredFile, str]:
    """Clean and store what was sent; the file and its mark. `RuleBroken` on "file" saying what to do."""
    access.demand(by, Permission.RECEIPT_ENTER, grant)
    file = files.store_upload(upload, by=by)
    return file, _signer().dumps([file.id, grant.id, by.id])


def kept_photo(*, grant: Grant, mark: str, by: Actor) -> StoredFile | None:
    """The photo that ``mark`` stands for; None when it is another's, another grant's, forged or a day old."""
    try:
        file_id, grant_id, person_id = _signer().loads(mark, max_age=MARK_LIFE_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    return files.find(file_id) if (grant_id, person_id) == (grant.id, by.id) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["STATIONS"].secret_key, salt="receipt photo")
