"""Whether a PDF is only paper: whole, readable by anybody, and unable to do anything when opened.

Every object of the file is looked at, those packed in object streams too, because an action may hang
on the catalogue, a page, a form field, a bookmark or a name tree. Actions and features are those of
ISO 32000-1, 12.6 (actions), 7.11.4 (embedded files), 12.7.8 (XFA) and 7.6 (encryption).
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
    read_object,
)

from stations.core.messages import N_, RuleBroken

MAX_OBJECTS: Final = 200_000
MAX_DEPTH: Final = 100

BROKEN_PDF: Final = N_(
    "PDFを開けません。途中で切れているか、壊れています。もう一度印刷（PDFに保存）し直すか、紙の写真を撮って選んでください。"
)
ENCRYPTED_PDF: Final = N_(
    "開くのにパスワードがいるPDFは使えません。パスワードなしで印刷（PDFに保存）し直すか、紙の写真を撮って選んでください。"
)
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
_PACKED_ACTIVE = re.compile(rb"/(?:JavaScript|JS|AA|EmbeddedFiles?|Launch|RichMedia|XFA)(?=[\s/<>\[\]()%])")
_OBJECT = re.compile(rb"\b\d{1,10}\s+\d{1,5}\s+obj\b\s*")
# The dictionary of an object stream stands before the first "stream" or "endobj" after "obj".
_OBJECT_STREAM = re.compile(rb"\A(?:(?!\bstream\b|\bendobj\b).)*?/ObjStm\b", re.DOTALL)
LONGEST_DICTIONARY: Final = 1_000
UNPACKED_AT_ONCE: Final = 1_000_000
END_OF_JPEG: Final = b"\xff\xd9"
JPEG_TAIL: Final = 64
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_END = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\s\x00]*\Z")
_LAST = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF")
_XREF = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")


def clean(data: bytes) -> bytes:
    """The PDF to store: the very bytes, as evidence, where they are sound, else the same pages written again.

    Scanners write a byte-order mark before the beginning or bytes after the end, forbid changes with an owner's
    password that nobody asks a reader for, and programs that change line breaks move every object away from where the
    table says it is. Raises `RuleBroken` on the field `file` as `check` says of the result.
    """
    try:
        check(data)
    except RuleBroken as broken:
        if broken.message not in {BROKEN_PDF, ENCRYPTED_PDF}:
            raise
    else:
        return data
    rewritten = _written_again(data)
    check(rewritten)
    return rewritten


def _written_again(data: bytes) -> bytes:
    """What a reader without a password sees, as a new file of which all programs read the same."""
    body, damaged = _between_its_ends(data)
    try:
        reader = PdfReader(BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise RuleBroken("file", ENCRYPTED_PDF)
        if not len(reader.pages):
            raise RuleBroken("file", BROKEN_PDF)
        # Before anything is left out: what hides in it is no slip of a scanner.
        if not reader.is_encrypted:
            _check_hidden(data)
        _check_objects(reader)
        if damaged:
            _check_whole(reader)
        writer = PdfWriter(clone_from=reader)
        out = BytesIO()
        writer.write(out)
    except (RuleBroken, MemoryError):
        raise
    except Exception as error:  # the parser answers hostile bytes with any exception it has
        raise RuleBroken("file", BROKEN_PDF) from error
    return out.getvalue()


def _between_its_ends(data: bytes) -> tuple[bytes, bool]:
    """From "%PDF" to the last "%%EOF", and whether its table is not where it says, counted from either beginning.

    A file without its end was cut: nobody knows what is missing.
    """
    start, ends = _START.match(data), list(_LAST.finditer(data))
    if start is None or not ends:
        raise RuleBroken("file", BROKEN_PDF)
    before, table = start.end() - len(b"%PDF-"), int(ends[-1][1])
    damaged = not _XREF.match(data, table) and not _XREF.match(data, before + table)
    return data[before : ends[-1].end()], damaged


def _check_whole(reader: PdfReader) -> None:
    """`RuleBroken` when something is missing of a document whose table had to be rebuilt from its objects.

    Every reference leads to one of them, and what is packed in them unpacks to its end.
    """
    numbers = set(_numbers(reader))
    objects = [reader.get_object(IndirectObject(*number, reader)) for number in numbers]
    for value in (reader.trailer, *objects):
        if not _references(value) <= numbers or (isinstance(value, StreamObject) and not _unpacks(value)):
            raise RuleBroken("file", BROKEN_PDF)


def _references(value: PdfObject | None) -> set[tuple[int, int]]:
    """Number and generation of what an object refers to; `_check_objects` has looked how deep it is."""
    if isinstance(value, IndirectObject):
        return {(value.idnum, value.generation)}
    if isinstance(value, DictionaryObject):
        return set().union(*(_references(item) for item in value.values()))
    if isinstance(value, ArrayObject):
        return set().union(*(_references(item) for item in value))
    return set()


def _unpacks(stream: StreamObject) -> bool:
    """Whether a packed stream or photo has its end; others have no end of their own."""
    names = stream.get("/Filter")
    outer = next(iter(names), None) if isinstance(names, ArrayObject) else names
    if outer == "/DCTDecode":
        return END_OF_JPEG in stream._data[-JPEG_TAIL:]
    if outer != "/FlateDecode":
        return True
    unpacker, rest = zlib.decompressobj(), stream._data
    while rest and not unpacker.eof:
        unpacker.decompress(rest, UNPACKED_AT_ONCE)
        rest = unpacker.unconsumed_tail
    return unpacker.eof


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
        _check_hidden(data)
    except (RuleBroken, MemoryError):
        raise
    except Exception as error:  # the parser answers hostile bytes with any exception it has
        raise RuleBroken("file", BROKEN_PDF) from error


def _check_hidden(data: bytes) -> None:
    """Refuse active content that no table lists: in the bytes themselves, or packed in object streams."""
    plain = _unescaped(data)
    if _RAW_ACTIVE.search(plain):
        raise RuleBroken("file", ACTIVE_PDF)
    for match in _OBJECT.finditer(data):
        if not _OBJECT_STREAM.search(_unescaped(data[match.end() : match.end() + LONGEST_DICTIONARY])):
            continue
        stream = BytesIO(data)
        stream.seek(match.end())
        packed = read_object(stream, PdfReader(BytesIO(data), strict=False))
        if isinstance(packed, StreamObject) and _PACKED_ACTIVE.search(_unescaped(packed.get_data())):
            raise RuleBroken("file", ACTIVE_PDF)


def _unescaped(data: bytes) -> bytes:
    """Names may be written with #41 for A."""
    return _NAME_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), data)


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
