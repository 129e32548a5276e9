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
        message.id for message in messages if isinstance(message.id, str) and message.id != message.string
    ) - {""}
