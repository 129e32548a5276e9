"""Whether a PDF is only paper: whole, readable by anybody, and unable to do anything when opened.

Every object of the file is looked at, those packed in object streams too, because an action may hang
on the catalogue, a page, a form field, a bookmark or a name tree. Actions and features are those of
ISO 32000-1, 12.6 (actions), 7.11.4 (embedded files), 12.7.8 (XFA) and 7.6 (encryption).
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from stations.core.messages import N_, RuleBroken

MAX_OBJECTS: Final = 200_000
MAX_DEPTH: Final = 100

BROKEN_PDF: Final = N_("PDFを開けません。途中で切れているか、壊れています。もう一度作り直してください。")
ENCRYPTED_PDF: Final = N_("パスワードや編集制限のついたPDFは使えません。制限を外して保存し直してください。")
ACTIVE_PDF: Final = N_(
    "自動で動く仕組みや添付ファイルが入ったPDFは使えません。印刷し直したPDFか、写真にして選んでください。"
)
COMPLEX_PDF: Final = N_("PDFが複雑すぎます。必要なページだけにするか、写真にして選んでください。")

_ACTIVE_KEYS: Final = frozenset(
    {"/JS", "/JavaScript", "/AA", "/XFA", "/EF", "/EmbeddedFiles", "/RichMediaContent"}
)
_ACTIVE_ACTIONS: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/Movie",
        "/Sound",
    }
)
_ACTIVE_SUBTYPES: Final = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_ACTIVE_TYPES: Final = frozenset({"/EmbeddedFile"})

# What a lenient viewer might find although the cross-reference table does not list it.
_RAW_ACTIVE = re.compile(rb"/(?:JavaScript|EmbeddedFiles?|Launch|RichMedia|XFA)(?=[\s/<>\[\]()%])")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_END = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\s\x00]*\Z")
_XREF = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")


def check(data: bytes) -> None:
    """Raise `RuleBroken` on the field `file` unless the PDF is whole, open to all and inert."""
    _check_frame(data)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise RuleBroken("file", ENCRYPTED_PDF)
        if not len(reader.pages):
            raise RuleBroken("file", BROKEN_PDF)
        _check_objects(reader)
    except RuleBroken:
        raise
    except Exception as error:  # the parser answers hostile bytes with any exception it has
        raise RuleBroken("file", BROKEN_PDF) from error
    if _RAW_ACTIVE.search(_NAME_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), data)):
        raise RuleBroken("file", ACTIVE_PDF)


def _check_frame(data: bytes) -> None:
    """The file begins and ends as a PDF and its cross-reference table is where it says.

    A damaged table would make each program reconstruct another document from the same bytes, and
    bytes behind the end may be a second file.
    """
    end = _END.search(data, max(0, len(data) - 4096))
    if not data.startswith(b"%PDF-") or end is None or not _XREF.match(data, int(end[1])):
        raise RuleBroken("file", BROKEN_PDF)


def _check_objects(reader: PdfReader) -> None:
    numbers = list(_numbers(reader))
    if len(numbers) > MAX_OBJECTS:
        raise RuleBroken("file", COMPLEX_PDF)
    _check_open_action(reader)
    _check_value(reader.trailer, 0)
    for number, generation in numbers:
        _check_value(reader.get_object(IndirectObject(number, generation, reader)), 0)


def _numbers(reader: PdfReader) -> Iterator[tuple[int, int]]:
    for generation, offsets in reader.xref.items():
        for number in offsets:
            yield number, generation
    for number in reader.xref_objStm:
        yield number, 0


def _check_open_action(reader: PdfReader) -> None:
    """Opening at a certain page is harmless; every other act on opening is not."""
    action = reader.root_object.get("/OpenAction")
    action = action.get_object() if action is not None else None
    if isinstance(action, DictionaryObject) and _name(action, "/S") != "/GoTo":
        raise RuleBroken("file", ACTIVE_PDF)


def _check_value(value: PdfObject | None, depth: int) -> None:
    """Refuse active content in one object and what is written inside it; references are visited by number."""
    if depth > MAX_DEPTH:
        raise RuleBroken("file", COMPLEX_PDF)
    if isinstance(value, DictionaryObject):
        if (
            _ACTIVE_KEYS & value.keys()
            or _name(value, "/S") in _ACTIVE_ACTIONS
            or _name(value, "/Subtype") in _ACTIVE_SUBTYPES
            or _name(value, "/Type") in _ACTIVE_TYPES
        ):
            raise RuleBroken("file", ACTIVE_PDF)
        for item in value.values():
            _check_value(item, depth + 1)
    elif isinstance(value, ArrayObject):
        for item in value:
            _check_value(item, depth + 1)


def _name(value: DictionaryObject, key: str) -> str | None:
    """The name under `key`, which may itself be written as a reference."""
    item = value.get(key)
    if isinstance(item, IndirectObject):
        item = item.get_object()
    return item if isinstance(item, str) else None
