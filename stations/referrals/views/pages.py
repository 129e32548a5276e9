"""What the pages of this package share: their blueprint, where they stand, what they hint at."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _

from stations.core import audit
from stations.referrals import rules

blueprint = Blueprint("referrals", __name__)

Trail = list[tuple[Any, str | None]]


def history(subject: Any, *, concealed: bool) -> list[audit.Entry]:
    """The timeline; to whom the person's data is concealed, the reasons are, too: they may tell of the person."""
    entries = audit.timeline(subject)
    return [replace(entry, reason=None) for entry in entries] if concealed else entries


def trail(*here: tuple[Any, str | None]) -> Trail:
    return [(_("ホーム"), url_for("reports.home")), (_("つなぎ"), url_for("referrals.index")), *here]


def referral_trail(referral: Any, here: Any = None) -> Trail:
    own = url_for("referrals.referral", referral_id=referral.id)
    return trail((referral.number, own if here else None), *([(here, None)] if here else []))


def memo_trail(observation: Any, here: Any = None) -> Trail:
    own = url_for("referrals.observation", observation_id=observation.id)
    return trail(
        (_("気づきメモ"), url_for("referrals.observations")),
        (observation.number, own if here else None),
        *([(here, None)] if here else []),
    )


def hints(*texts: str) -> list[str]:
    """Words that the writer should think about again, each once; a warning, never an error."""
    return list(dict.fromkeys(word for text in texts for word in rules.sensitive_words(text)))
