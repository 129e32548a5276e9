"""Official documents: typst templates filled with data, as PDF/A-2a and PDF/UA-1.

Data reaches a template as JSON text and is only ever set as text, so nothing a person typed is
evaluated. The fonts come from a package and never from the machine: the same input gives the same
bytes everywhere. typst and fontTools are imported at the first document, not at start.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import manimgx_fonts
import pylopdf_fonts_jp
import pylopdf_fonts_ko
import pylopdf_fonts_zh_cn

from stations.core.messages import N_, RuleBroken
from stations.core.text import visible

if TYPE_CHECKING:
    import typst

PACKAGE: Final = Path(__file__).resolve().parent.parent
"""The typst root: templates of every package import the shared layout as `/core/letters/letter.typ`."""

UNKNOWN_CHARACTERS: Final = N_(
    "文書に印刷できない文字があります：%(characters)s。別の字に直してください。"
    "直せないところにあるときは、市の担当が「印刷できない文字」で代わりの文字を決めます。"
)
GETA: Final = "〓"
"""What printers have always set where a piece of type was missing."""

_JAPAN: Final = timezone(timedelta(hours=9))
_UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
_STANDARDS: Final[list["typst.PDFStandard"]] = ["a-2a", "ua-1"]
_LAYOUT_CHARACTERS: Final = frozenset("\n\r\t \u3000\u200c\u200d")
# After Noto Serif of Japan, Korea and China: the names of files of the package manimgx-fonts, in the order of trial.
_OTHER_SCRIPTS: Final = (
    "Noto Sans",  # Latin with the accents of Vietnam and Europe, Greek, Cyrillic
    "Noto Sans Symbols",
    "Noto Emoji",
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Sinhala",
    "Noto Sans Gujarati",
    "Noto Sans Gurmukhi",
    "Noto Sans Kannada",
    "Noto Sans Malayalam",
    "Noto Sans Oriya",
    "Noto Sans Myanmar",
    "Noto Sans Khmer",
    "Noto Sans Lao",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Armenian",
    "Noto Sans Georgian",
    "Noto Sans Ethiopic",
)


def render(
    template: Path,
    data: Mapping[str, object],
    *,
    issued_on: date | None,
    printed_as: Mapping[str, str] | None = None,
    whatever_is_missing: bool = False,
) -> bytes:
    """The PDF of `template` (a .typ file inside the package) filled with `data` (JSON values only).

    `issued_on` becomes the document's timestamp; None makes a draft, marked 「案」 on each page. The
    same arguments always give the same bytes. `printed_as`: what is printed for characters that no font has. Raises
    `RuleBroken` naming those that remain, because typst itself would leave them out in silence; with
    `whatever_is_missing` they are printed as 〓 (a record of many things is not refused for one of them).
    """
    import typst

    data = _changed(
        data, visible
    )  # marks nobody sees may stand in what was saved before they were dropped there
    missing = missing_glyphs("".join(_texts(data)))
    instead = {char: (printed_as or {}).get(char) for char in missing}
    unknown = sorted(char for char, printed in instead.items() if printed is None)
    if unknown and not whatever_is_missing:
        raise RuleBroken(None, UNKNOWN_CHARACTERS, characters=named(unknown))
    if instead:
        table = {ord(char): GETA if to is None else to for char, to in instead.items()}
        data = _changed(data, lambda words: words.translate(table))
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
            "fonts": json.dumps([family for family, _path in _faces()]),
        },
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst answers a PDF as one bytes object")
    return pdf


def missing_glyphs(text: str) -> set[str]:
    """The characters of `text` that no font of the letters has a shape for; spaces and line ends need none.

    A variation selector (異体字) the font does not know is no loss: the plain character is printed.
    """
    unusual = {char for char in set(text) - _LAYOUT_CHARACTERS if not (_in_jis(char) or _is_selector(char))}
    for place in range(len(_faces())):
        if not unusual:
            break
        unusual = {char for char in unusual if ord(char) not in characters_of(place)}
    return unusual


def check_printable(data: Mapping[str, object]) -> None:
    """`RuleBroken` naming the characters of `data` that could not be printed: asked before it is frozen."""
    if missing := missing_glyphs(visible("".join(_texts(data)))):
        raise RuleBroken(None, UNKNOWN_CHARACTERS, characters=named(sorted(missing)))


def named(characters: Iterable[str]) -> str:
    """Characters as a sentence names them: one of private use has no shape that its writer would recognise."""
    return "、".join(f"{char}（U+{ord(char):04X}）" for char in characters)


def _in_jis(char: str) -> bool:
    """Whether JIS X 0213 has it: then one of the fonts has it (a test holds that), and none need be read."""
    try:
        return bool(char.encode("euc_jis_2004"))
    except UnicodeEncodeError:
        return False


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


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """JSON data with every string in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _changed(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(item, change) for item in value]
    return value


@cache
def _faces() -> tuple[tuple[str, Path], ...]:
    """Family and file of the fonts, in the order in which they are tried."""
    folder = Path(manimgx_fonts.__file__).parent
    # Mathematical signs (≒) come with matplotlib, which need not be loaded for them.
    charts = Path(str(find_spec("matplotlib").origin)).parent / "mpl-data" / "fonts" / "ttf"  # type: ignore[union-attr]  # a dependency
    return (
        ("Noto Serif JP", pylopdf_fonts_jp.serif_path()),
        ("Noto Serif KR", pylopdf_fonts_ko.serif_path()),
        ("Noto Serif SC", pylopdf_fonts_zh_cn.serif_path()),
        *((family, folder / f"{family.replace(' ', '')}[wght].ttf") for family in _OTHER_SCRIPTS),
        ("DejaVu Sans", charts / "DejaVuSans.ttf"),
        ("STIXGeneral", charts / "STIXGeneral.ttf"),
    )


@cache
def _fonts() -> "typst.Fonts":
    import typst

    folders = sorted({str(path.parent) for _family, path in _faces()})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def characters_of(place: int) -> frozenset[int]:
    """Code points of the font at a place in the order of trial."""
    from fontTools.ttLib import TTFont

    with TTFont(_faces()[place][1], lazy=True) as font:
        return frozenset(font.getBestCmap())
