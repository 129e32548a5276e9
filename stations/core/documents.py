"""Official documents: typst templates filled with data, as PDF/A-2a and PDF/UA-1.

Data reaches a template as JSON text and is only ever set as text, so nothing a person typed is
evaluated. The fonts come from a package and never from the machine: the same input gives the same
bytes everywhere. typst and fontTools are imported at the first document, not at start.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pylopdf_fonts_jp

from stations.core.messages import N_, RuleBroken

if TYPE_CHECKING:
    import typst

PACKAGE: Final = Path(__file__).resolve().parent.parent
"""The typst root: templates of every package import the shared layout as `/core/letters/letter.typ`."""

UNKNOWN_CHARACTERS: Final = N_(
    "文書に印刷できない文字があります（%(characters)s）。別の字に直してから、もう一度作ってください。"
)

_JAPAN: Final = timezone(timedelta(hours=9))
_UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
_STANDARDS: Final[list["typst.PDFStandard"]] = ["a-2a", "ua-1"]
_LAYOUT_CHARACTERS: Final = frozenset("\n\r\t \u3000")


def render(template: Path, data: Mapping[str, object], *, issued_on: date | None) -> bytes:
    """The PDF of `template` (a .typ file inside the package) filled with `data` (JSON values only).

    `issued_on` becomes the document's timestamp; None makes a draft, marked 「案」 on each page. The
    same arguments always give the same bytes. Raises `RuleBroken` naming the characters that the
    font cannot print, because typst itself would leave them out in silence.
    """
    import typst

    missing = missing_glyphs("".join(_texts(data)))
    if missing:
        raise RuleBroken(None, UNKNOWN_CHARACTERS, characters="、".join(sorted(missing)))
    # Noon in Japan is the same day in UTC, which typst writes.
    stamp = datetime.combine(issued_on, time(12), _JAPAN) if issued_on else _UNDATED
    # A compiler costs about a millisecond and keeps the inputs of its last run: each call has its own.
    compiler = typst.Compiler(
        input=str(template), root=str(PACKAGE), font_paths=_fonts(), ignore_system_fonts=True
    )
    pdf = compiler.compile(
        format="pdf",
        pdf_standards=_STANDARDS,
        timestamp=stamp,
        sys_inputs={
            "data": json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False),
            "draft": "" if issued_on else "案",
        },
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst answers a PDF as one bytes object")
    return pdf


def missing_glyphs(text: str) -> set[str]:
    """The characters of `text` that the letters' font has no shape for; spaces and line ends need none.

    A variation selector (異体字) the font does not know is no loss: the plain character is printed.
    """
    return {
        char for char in set(text) - _LAYOUT_CHARACTERS if ord(char) not in _cmap() and not _is_selector(char)
    }


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _texts(value: object) -> Iterable[str]:
    """Every string inside JSON data; keys are ours and not printed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


@cache
def _fonts() -> "typst.Fonts":
    import typst

    folder = pylopdf_fonts_jp.serif_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@cache
def _cmap() -> frozenset[int]:
    """Code points of Noto Serif JP, which sets every letter."""
    from fontTools.ttLib import TTFont

    with TTFont(pylopdf_fonts_jp.serif_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())
