"""The letters of a grant, and what letters say in a fiscal year."""

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import drafted
from stations.core.database import db, fetch_all
from stations.core.drafts import DraftStatus
from stations.grants.letters import letter_data
from stations.grants.letters.models import Letter, LetterTextDraft
from stations.grants.models import Grant


def letter(letter_id: int) -> Letter | None:
    return db.session.get(Letter, letter_id, options=[orm.joinedload(Letter.grant)])


def letter_of(grant: Grant, kind: str) -> Letter | None:
    """The latest letter of a kind."""
    return next((letter for letter in reversed(grant.letters) if letter.kind == kind), None)


def text_draft(letter_text_draft_id: int) -> LetterTextDraft | None:
    """Loader of views."""
    return drafted.draft(LetterTextDraft, letter_text_draft_id)


def text_drafts(year: int, kind: str) -> list[LetterTextDraft]:
    """A year's drafts of one kind of letter, the oldest first."""
    return drafted.drafts(LetterTextDraft, fiscal_year=year, kind=kind)


def waiting_text_drafts() -> list[LetterTextDraft]:
    """Drafts that wait for their decision; a year has at most one of each kind."""
    return drafted.waiting(LetterTextDraft)


def approved_texts(year: int) -> dict[str, LetterTextDraft]:
    """By kind, what letters about a year's grants say: of the nearest year up to it that has any, the last approved."""
    approved = sa.select(LetterTextDraft).where(
        LetterTextDraft.status == DraftStatus.APPROVED, LetterTextDraft.fiscal_year <= year
    )
    found = fetch_all(approved.order_by(LetterTextDraft.fiscal_year, LetterTextDraft.id))
    return {one.kind: one for one in found}


def texts_of(kind: str, year: int) -> dict[str, str]:
    """What letters of a kind about a year's grants say; without any approved text, the programme's own."""
    return in_full(approved_texts(year).get(kind), kind)


def in_full(draft: LetterTextDraft | None, kind: str) -> dict[str, str]:
    """The texts of a draft, with the programme's for what it does not have because it is older than the text."""
    standard = letter_data.standard(kind)
    own = draft.texts if draft is not None else {}
    return {name: own.get(name, text) for name, text in standard.items()}
