"""Names of districts and stations on English pages: in Latin letters, as their kana is read (Hepburn)."""

import re
from collections.abc import Iterable

import jaconv

# As road signs and station boards write it: long vowels are not marked.
_LONG = re.compile(r"(?<=[aeiou])-|(?<=o)u|(?<=u)u|(?<=o)o")


def in_latin(kana: str) -> str:
    """「むつみろっこうだい」 → Mutsumirokkodai; empty for empty."""
    letters: str = jaconv.kana2alphabet(kana)
    return _LONG.sub("", letters).capitalize()


def readings(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name → the name in Latin letters with the name itself behind it, where a reading is known."""
    return {name: f"{latin} ({name})" for name, kana in named if (latin := in_latin(kana))}
