"""Receipts as a treasurer would photograph them, drawn with the packaged font; every shop is fictional."""

import datetime as dt
import random
from functools import cache
from io import BytesIO

import pylopdf_fonts_jp
from PIL import Image, ImageDraw, ImageFont

from stations.core import clock, money
from stations.core.money import Yen

_WIDTH, _HEIGHT = 460, 340
_PAPERS = ((255, 252, 244), (250, 250, 250), (255, 255, 255), (244, 248, 255))
_INKS = ((40, 40, 40), (30, 40, 90), (70, 40, 40))
_SEAL = (200, 40, 40)


def draw(
    *,
    number: int,
    payee: str,
    addressee: str,
    amount_yen: Yen,
    purpose: str,
    on: dt.date,
    dice: random.Random,
) -> bytes:
    """A 領収書 as JPEG; paper and ink vary, the words are those that are entered with it."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), dice.choice(_PAPERS))
    pen, ink = ImageDraw.Draw(picture), dice.choice(_INKS)
    inset = dice.randint(8, 14)
    pen.rectangle((inset, inset, _WIDTH - inset, _HEIGHT - inset), outline=ink, width=2)
    pen.text((_WIDTH // 2, 44), "領　収　書", font=font(28), fill=ink, anchor="mm")
    pen.text((_WIDTH - 30, 30), f"No. {number:04d}", font=font(13), fill=ink, anchor="rm")
    pen.text((36, 84), f"{addressee} 様", font=font(18), fill=ink, anchor="lm")
    pen.line((32, 100, 330, 100), fill=ink)
    pen.text((_WIDTH // 2, 142), f"￥ {amount_yen:,} -", font=font(32), fill=ink, anchor="mm")
    pen.line((96, 166, _WIDTH - 96, 166), fill=ink, width=2)
    pen.text((36, 194), f"但し　{purpose} として", font=font(16), fill=ink, anchor="lm")
    pen.text((36, 222), "上記正に領収いたしました", font=font(14), fill=ink, anchor="lm")
    pen.text((36, 250), clock.format_era(on), font=font(16), fill=ink, anchor="lm")
    pen.text((_WIDTH - 120, 270), payee, font=font(18), fill=ink, anchor="rm")
    pen.text((_WIDTH - 120, 294), "松戸市見本町（架空）", font=font(13), fill=ink, anchor="rm")
    pen.text((36, 300), f"税込 {money.format_yen(amount_yen)}", font=font(12), fill=ink, anchor="lm")
    middle = (_WIDTH - 76 + dice.randint(-4, 4), 268 + dice.randint(-4, 4))
    pen.ellipse((middle[0] - 28, middle[1] - 28, middle[0] + 28, middle[1] + 28), outline=_SEAL, width=3)
    pen.text(middle, "見本", font=font(20), fill=_SEAL, anchor="mm")
    out = BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The packaged font, of so many pixels."""
    return ImageFont.truetype(str(pylopdf_fonts_jp.sans_path()), size)
