"""The Japanese source texts of the application, as the message catalogue knows them."""

from functools import cache
from pathlib import Path

import stations

TRANSLATIONS = Path(stations.__path__[0]) / "translations"


@cache
def source_texts() -> frozenset[str]:
    """Source texts whose English differs from them; empty before there is an English catalogue."""
    from babel.messages.pofile import read_po

    file = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return frozenset()
    with file.open("rb") as stream:
        messages = read_po(stream, locale="en")
    return frozenset(
        _first(message.id) for message in messages if _first(message.id) != _first(message.string)
    ) - {""}


def _first(text: object) -> str:
    """Of a sentence about a number of things, that for one of them."""
    return str(text[0] if isinstance(text, list | tuple) else text)
