"""Pictures as they are stored: decoded to the last row, turned upright, and encoded again as pixels only.

Nothing that was hidden in the file survives: the place and device in EXIF, XMP, comments, colour
profiles, or a second file behind the picture.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Final, cast

import pi_heif
from PIL import Image, ImageOps

from stations.core.messages import N_, RuleBroken

MAX_PIXELS: Final = 65_000_000
"""A telephone of 64 megapixels (9248 by 6936) passes; a small file that unfolds into gigabytes does not."""

MAX_SIDE: Final = 3000
"""Pixels on the long side that are kept: an A4 receipt stays legible at about 250 dpi."""

END_OF_JPEG: Final = b"\xff\xd9"
JPEG_TAIL: Final = 4_096
"""Bytes from the end in which the end of a JPEG is looked for: some devices write a few more behind it."""
ROWS_HELD_BACK: Final = 18
"""Rows that a decoder holds back while the end is missing: one row of blocks of 16, and two lines for smoothing."""

COEFFICIENTS: Final = 64
"""Of a block of 8 by 8 pixels."""
MAX_SCANS: Final = 100
"""Cameras write 1, programs some 10 for a picture that appears step by step; each costs as much as a whole picture."""
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_SCAN: Final = b"\xda"

_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})

BROKEN_IMAGE: Final = N_(
    "画像を開けません。途中で切れているか、壊れています。撮り直すか、保存し直してください。"
)
TOO_MANY_PIXELS: Final = N_(
    "画像の縦横が大きすぎます。%(megapixels)s万画素以下にしてください。カメラの画素数を下げて撮り直すか、画面の写し（スクリーンショット）を選んでください。"
)


def clean(data: bytes, sent_type: str) -> tuple[str, bytes]:
    """Media type and bytes to store for a JPEG, PNG or HEIC; HEIC becomes JPEG, which every browser shows.

    Raises `RuleBroken` on the field `file` when the picture is damaged or has too many pixels.
    """
    media_type = "image/png" if sent_type == "image/png" else "image/jpeg"
    return media_type, _encoded(_decoded(data, sent_type), media_type)


def thumbnail(content: bytes, side: int = 320) -> bytes:
    """A small JPEG of a stored picture, at most ``side`` pixels long, for lists."""
    image = Image.open(BytesIO(content), formats=["PNG", "JPEG"])
    image.draft("RGB", (2 * side, 2 * side))
    image.thumbnail((side, side))
    out = BytesIO()
    _on_white(image).save(out, "JPEG", quality=80)
    return out.getvalue()


def _decoded(data: bytes, sent_type: str) -> Image.Image:
    """The picture, upright, decoded to its last row; its size is checked before any pixel is unpacked."""
    try:
        image = _opened(data, sent_type)
        _check_pixels(image.size)
        if sent_type == "image/jpeg" and sum(1 for _ in islice(_scans(data), MAX_SCANS + 1)) > MAX_SCANS:
            raise RuleBroken("file", BROKEN_IMAGE)
        if (
            sent_type == "image/jpeg"
            and END_OF_JPEG not in data[-JPEG_TAIL:]
            and _lacks_only_its_end(data, image)
        ):
            image = _opened(data + END_OF_JPEG, sent_type)
        # A JPEG can be read at 1/2 or 1/4 for little memory; the result is never below the side kept.
        image.draft(None, (MAX_SIDE, MAX_SIDE))
        image.load()
        return ImageOps.exif_transpose(image)
    except (RuleBroken, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise RuleBroken("file", TOO_MANY_PIXELS, megapixels=MAX_PIXELS // 10_000) from bomb
    except Exception as error:  # decoders answer hostile bytes with any exception they have
        raise RuleBroken("file", BROKEN_IMAGE) from error


def _lacks_only_its_end(data: bytes, image: Image.Image) -> bool:
    """Whether a JPEG is whole but for the two bytes that end it, as some devices leave it.

    Given those bytes, a decoder fills whatever else is missing with grey and says nothing.
    """
    return _has_every_scan(data) if image.info.get("progressive") else _has_every_row(data)


def _has_every_scan(data: bytes) -> bool:
    """Of a progressive JPEG: every coefficient is told to its last bit, and only that bit may be cut short.

    It holds the whole picture roughly, then finer and finer (ITU-T T.81, G.1.1): while the last of these scans only
    refines what is there already, what it lacks at its end cannot be seen.
    """
    bits: dict[int, list[int | None]] = {}
    refines = False
    for components, first, last, before, after in _scans(data):
        refines = before > 0
        for component in components:
            known = bits.setdefault(component, [None] * COEFFICIENTS)
            known[first : last + 1] = [after] * (last + 1 - first)
    return refines and all(bit == 0 for known in bits.values() for bit in known)


def _scans(data: bytes) -> Iterator[tuple[bytes, int, int, int, int]]:
    """The scans of a JPEG: components, first and last coefficient, and the lowest bit known before and after."""
    at = len(b"\xff\xd8")
    while (marker := _MARKER.search(data, at)) is not None:
        start, kind = marker.end(), marker[1]
        at = start + int.from_bytes(data[start : start + 2])
        if kind == _SCAN and at <= len(data):
            *_head, first, last, both = data[start:at]
            components = data[start + 3 : at - 3 : 2]
            yield components, first, last, both >> 4, both & 15


def _has_every_row(data: bytes) -> bool:
    """Of any other JPEG: decoded without its end, it comes to the last row.

    The decoder then holds back the last row of blocks with the two lines beside it, and of a picture that was cut more.
    """
    image = Image.open(BytesIO(data), formats=["JPEG"])
    name, extents, offset, arguments = image.tile[0]
    image.load_prepare()
    # Pillow offers no other way to see how far it came.
    decoder = Image._getdecoder(image.mode, name, arguments, image.decoderconfig)
    decoder.setimage(image.im, extents)
    decoder.decode(data[offset:])
    width, height = image.size
    held_back = (0, max(0, height - ROWS_HELD_BACK - 1), width, max(1, height - ROWS_HELD_BACK))
    return image.im.crop(held_back).getbbox() is not None


def _opened(data: bytes, sent_type: str) -> Image.Image:
    if sent_type == "image/heic":
        heif = pi_heif.open_heif(BytesIO(data))
        _check_pixels(heif.size)
        # The decoder has turned the picture already; its pixels alone are taken over.
        upright = heif.to_pillow()
        upright.info.clear()
        return cast(Image.Image, upright)
    return Image.open(BytesIO(data), formats=["PNG" if sent_type == "image/png" else "JPEG"])


def _check_pixels(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise RuleBroken("file", TOO_MANY_PIXELS, megapixels=MAX_PIXELS // 10_000)


def _encoded(image: Image.Image, media_type: str) -> bytes:
    """The pixels alone: EXIF, XMP, ICC, comments and trailing bytes are not carried over."""
    if image.mode.startswith("I"):  # 16-bit scans: Pillow would clip them to white
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if media_type == "image/jpeg":
        image = _on_white(image)
    elif image.mode not in _PNG_MODES:
        image = image.convert("RGB")
    if max(image.size) > MAX_SIDE:
        if image.mode in {"1", "P"}:  # a palette cannot be averaged
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    transparency = image.info.get("transparency")
    image.info = {} if transparency is None else {"transparency": transparency}
    out = BytesIO()
    if media_type == "image/jpeg":
        image.save(out, "JPEG", quality=88, optimize=True)
    else:
        image.save(out, "PNG", optimize=False)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """RGB or grey: JPEG has no transparency, so what showed through is paper-white."""
    if image.mode in {"L", "RGB"}:
        return image
    if image.mode in {"RGBA", "LA"}:
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")
