"""What stands between somebody and a page about a person: a second factor, and the log of looks and refusals."""

from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask, abort, current_app
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import audit
from stations.core.access import Answer, Permission

# Pages of sheets and memos. Their lists carry numbers only, so a password is enough for them.
SHEETS = frozenset(
    {
        Permission.REFERRAL_READ,
        Permission.REFERRAL_MAKE,
        Permission.REFERRAL_ANSWER,
        Permission.OBSERVATION_READ,
        Permission.OBSERVATION_WRITE,
        Permission.OBSERVATION_ANSWER,
    }
)
LISTED_BY_NUMBER = frozenset({Permission.REFERRAL_READ, Permission.OBSERVATION_READ})
PROOF = "stations.proof"

Proof = Callable[[], ResponseReturnValue | None]


def ask_for_proof_by(app: Flask, proof: Proof) -> None:
    """``proof`` answers with a page that asks for the second factor, or None for somebody who has shown it."""
    app.extensions[PROOF] = proof


def refuse(answer: Answer, obj: Any, personal: str | None) -> NoReturn:
    """Answer 404 or 403; that somebody tried to see ``personal`` data of ``obj`` stands in the view log."""
    if personal is not None:
        audit.log_view(obj, by=current_user, purpose=personal, refused=True)
    if answer.hidden:
        abort(404)
    abort(403, answer.reason)


def hold_up(permission: Permission, *, scoped: bool) -> ResponseReturnValue | None:
    """The page to show instead of one about a person, or None. ``scoped``: the page is of one sheet."""
    if permission not in SHEETS or (permission in LISTED_BY_NUMBER and not scoped):
        return None
    proof: Proof = current_app.extensions[PROOF]
    return proof()
