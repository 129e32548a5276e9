"""How the public's words are matched, and what a station's own words promise."""

import re
from enum import StrEnum

from stations.core import text

# People write one thing in several ways; the first of each row stands for all.
ALIKE = (
    ("こども", "子ども", "子供", "児童", "キッズ"),
    ("高齢", "お年寄り", "おとしより", "年配", "シニア"),
    ("車いす", "車椅子", "車イス", "くるまいす"),
    ("トイレ", "お手洗い", "便所"),
    ("赤ちゃん", "乳児", "ベビー"),
    ("ごはん", "ご飯", "食事"),
)


class Mark(StrEnum):
    """What a wheelchair user looks for first, said by the station itself."""

    STEP_FREE = "step_free"
    WHEELCHAIR = "wheelchair"


def says(said: str, wanted: str) -> bool:
    """Whether every word of ``wanted`` is in ``said``, whatever its width, case or way of writing."""
    words = wanted.split()
    if not words:
        return True  # most who look have typed nothing, and the plain form of everything said takes time
    plain = _plain(said)
    return all(_plain(word) in plain for word in words)


def _plain(words: str) -> str:
    plain = text.for_searching(words)
    for first, *others in ALIKE:
        for other in others:
            plain = plain.replace(text.for_searching(other), text.for_searching(first))
    return plain


_STEP = re.compile("段差(は|が)?(あり(?!ませ)|ござい(?!ませ)|残)")
_STEP_FREE = re.compile("段差(は|が|も)?(なし|無し|なく|ない|ありませ)")
_WHEELCHAIR = re.compile(
    "(車いす|車椅子|車イス)[^、。]*(入れま|入れる|入場でき|利用でき|使えま|使える|対応|可|OK)"
)
_NOT = re.compile("ません|ない|不可|でき(ず|かね)|難し")


def marks(accessibility: str) -> list[Mark]:
    """The marks that a text about accessibility earns in so many words; a step anywhere earns none.

    A text that says neither, or says it with a reservation, is left to be read on the station's page.
    """
    if _STEP.search(accessibility):
        return []
    clauses = re.split("[。、・，,\\n]", accessibility)
    found = [Mark.STEP_FREE] if _STEP_FREE.search(accessibility) else []
    if any(_WHEELCHAIR.search(clause) and not _NOT.search(clause) for clause in clauses):
        found.append(Mark.WHEELCHAIR)
    return found
