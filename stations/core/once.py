"""One mark per form: what a form did once it does not do again, however often and from wherever it is sent.

Every form carries a mark of its own. The first request with it that succeeds keeps it together with where it led; a
second one (pressed twice, sent again by a bad line, or with the browser's Back) is led to the same place. The mark is
taken at the start of the transaction of what it does: of two requests at once the later one waits for the earlier.
"""

import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterator
from typing import TypeVar

import sqlalchemy as sa
from flask import current_app, flash, g, make_response, redirect, request
from flask_login import current_user
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.wrappers import Response

from stations.core import clock
from stations.core.database import Model, db
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict

R = TypeVar("R")

FIELD = "once"
KEPT_FOR = dt.timedelta(days=2)  # a form's CSRF token is long worthless by then
_MARK = re.compile(r"m[0-9a-f]{32}")
# What is never kept, not even as a hash. A form with such a field changes what exists and creates nothing.
_SECRET = re.compile("password|^code$|^secret$|^pin")
_OUTSIDE = frozenset({FIELD, "csrf_token", "held_form_id"})


class FormUse(Model):
    """A form that did what it was for: its mark, whose it was, and where its result stands.

    Written only by `run`, in the transaction of the act; removed after `KEPT_FOR`. The fingerprint is a keyed hash of
    what was typed, so that it says nothing about it.
    """

    __tablename__ = "form_use"
    __table_args__ = (sa.UniqueConstraint("person_id", "mark"),)

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    mark: orm.Mapped[str]
    fingerprint: orm.Mapped[str]
    location: orm.Mapped[str] = orm.mapped_column(default="", comment="address of the result")
    used_at: orm.Mapped[dt.datetime] = orm.mapped_column(index=True)


class UsedBefore(Conflict):
    """A form that created something came back with other words; ``location``: what it created."""

    def __init__(self, location: str) -> None:
        super().__init__(
            None,
            N_(
                "この画面で入力した内容は、もう登録されています。いま送った内容は、前に登録した内容と違うため、登録していません。"
                "直したいときは登録したものを、もう1つ登録したいときは新しい入力画面を開いてください。"
            ),
        )
        self.location = location


def new_mark() -> str:
    """A mark for a form of whom the page is for; it looks like a code, so that no page takes it for somebody's words."""
    number = secrets.token_hex(8)
    person_id = current_user.id if current_user.is_authenticated else 0
    return f"m{number}{_seal(number, person_id)}"


def is_for(person_id: int) -> bool:
    """Whether the form that was sent stood on a page of this person's, not of somebody who sat here before."""
    mark = request.form.get(FIELD, "")
    sealed = f"{mark[:17]}{_seal(mark[1:17], person_id)}"
    return _MARK.fullmatch(mark) is not None and hmac.compare_digest(mark, sealed)


def _seal(number: str, person_id: int) -> str:
    secret = current_app.config["SECRET_KEY"]
    return hmac.new(
        f"form of {secret}".encode(), f"{person_id} {number}".encode(), hashlib.sha256
    ).hexdigest()[:16]


def leads_to(location: str) -> None:
    """For a page that shows its result itself instead of leading there: where a second sending is led."""
    g.once_leads_to = location


def run(act: Callable[[], R], *, creates: bool) -> R | Response:
    """Answer a request that may change something: with ``act``, or with the result of the form's first use.

    Raises `UsedBefore` when a form that ``creates`` comes back with other content: that is no second sending.
    """
    mark = request.form.get(FIELD, "") if request.method == "POST" else ""
    if not (_MARK.fullmatch(mark) and current_user.is_authenticated) or any(
        _SECRET.search(name) for name in request.form
    ):
        return act()
    own = (FormUse.person_id == current_user.id, FormUse.mark == mark)
    fingerprint = _fingerprint()
    if not _take(mark, fingerprint):
        earlier = db.session.execute(sa.select(FormUse.fingerprint, FormUse.location).where(*own)).first()
        if earlier and hmac.compare_digest(earlier.fingerprint, fingerprint):
            flash(_("いま送った内容は、もう処理が済んでいます。"), "info")
            return redirect(earlier.location, 303)
        if earlier and creates:
            raise UsedBefore(earlier.location)
    response = make_response(act())
    location = g.pop("once_leads_to", None) or (
        response.location if response.status_code in {302, 303} else None
    )
    # When the act was rolled back, the mark went with it: nothing to keep and nothing to remove.
    if location:
        db.session.execute(sa.update(FormUse).where(*own).values(location=location, fingerprint=fingerprint))
    else:
        db.session.execute(sa.delete(FormUse).where(*own))
    return response


def _take(mark: str, fingerprint: str) -> bool:
    """Keep the mark unless it is kept already; waits for another request that is just using it."""
    now = clock.now()
    db.session.execute(sa.delete(FormUse).where(FormUse.used_at < now - KEPT_FOR))
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    taken = db.session.execute(
        insert(FormUse)
        .values(person_id=current_user.id, mark=mark, fingerprint=fingerprint, location="", used_at=now)
        .on_conflict_do_nothing()
        .returning(FormUse.id)
    )
    return taken.first() is not None


def _fingerprint() -> str:
    """A keyed hash of address and content."""
    content = json.dumps([request.full_path, *sorted(_content())], ensure_ascii=False)
    secret = current_app.config["SECRET_KEY"]
    return hmac.new(f"form use {secret}".encode(), content.encode(), hashlib.sha256).hexdigest()


def _content() -> Iterator[list[str]]:
    for name, value in request.form.items(multi=True):
        if name not in _OUTSIDE:
            yield [name, value]
    for name, upload in request.files.items(multi=True):
        yield [name, upload.filename or "", hashlib.sha256(upload.stream.read()).hexdigest()]
        upload.stream.seek(0)
