"""The letters of a grant."""

from sqlalchemy import orm

from stations.core.database import db
from stations.grants.letters.models import Letter
from stations.grants.models import Grant


def letter(letter_id: int) -> Letter | None:
    return db.session.get(Letter, letter_id, options=[orm.joinedload(Letter.grant)])


def letter_of(grant: Grant, kind: str) -> Letter | None:
    """The latest letter of a kind."""
    return next((letter for letter in reversed(grant.letters) if letter.kind == kind), None)
