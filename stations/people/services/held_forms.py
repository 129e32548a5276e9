"""What was typed into a form whose session had timed out, kept until its writer is back."""

import json
from collections.abc import Iterable

import sqlalchemy as sa

from stations.core import clock
from stations.core.database import add, db
from stations.people import keys, rules
from stations.people.models import HeldForm, Person


def hold_form(person: Person, *, path: str, fields: Iterable[tuple[str, str]]) -> HeldForm:
    """Keep the fields of a form for a day; a later one for the same path takes the place of an earlier."""
    too_old = clock.now() - rules.HELD_FORM_LIFE
    db.session.execute(
        sa.delete(HeldForm).where(
            sa.or_(
                HeldForm.held_at < too_old,
                sa.and_(HeldForm.person_id == person.id, HeldForm.path == path),
            )
        )
    )
    sealed = keys.encrypt(json.dumps(list(fields), ensure_ascii=False))
    return add(HeldForm(person_id=person.id, path=path, fields=sealed, held_at=clock.now()))


def drop_form(person: Person, held_form_id: int) -> None:
    """Delete a kept form: it was sent, or is not wanted any more."""
    db.session.execute(
        sa.delete(HeldForm).where(HeldForm.id == held_form_id, HeldForm.person_id == person.id)
    )
