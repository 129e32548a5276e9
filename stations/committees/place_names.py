"""Names of districts and stations on English pages: in Latin letters, as their kana is read (Hepburn)."""

import re
from collections.abc import Iterable

import jaconv

# As road signs and station boards write it: long vowels are not marked.
_LONG = re.compile(r"(?<=[aeiou])-|(?<=o)u|(?<=u)u|(?<=o)o")


_PARTICLES = frozenset({"de", "ni", "no", "to"})


def in_latin(kana: str) -> str:
    """「むつみろっこうだい」 → Mutsumirokkodai, 「ひがし の こかげ」 → Higashi no Kokage; empty for empty."""
    words = [_LONG.sub("", jaconv.kana2alphabet(word)) for word in kana.split()]
    return " ".join(
        word if place and word in _PARTICLES else word.capitalize() for place, word in enumerate(words)
    )


def readings(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name → the name in Latin letters with the name itself behind it, where a reading is known."""
    return {name: f"{latin} ({name})" for name, kana in named if (latin := in_latin(kana))}
