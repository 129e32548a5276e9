"""What a few plans carry beside them: an estimate as it was scanned, a plan of the room; all of it is fictional."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage

from stations.applications.models import CostLine, Plan
from stations.applications.services import drafting
from stations.core import clock, money
from stations.demo.receipt_photos import font
from stations.people.models import Person

_PRINTING = "ちらし印刷"
"""The cost line, in every plan, that the estimates are for: their sums are the plan's."""

_PAPER, _INK, _PALE, _RED = (255, 255, 255), (40, 40, 40), (225, 232, 225), (200, 40, 40)
_A4 = (620, 877)
_ROOM = (640, 460)
# What stands in a room or on a field: name, left, top, right, bottom.
_Thing = tuple[str, int, int, int, int]
_FIELD: tuple[_Thing, ...] = (
    ("なす・ピーマン", 40, 90, 300, 180),
    ("さつまいも", 40, 200, 300, 290),
    ("こどもの畑", 40, 310, 300, 400),
    ("休憩所・救護", 380, 90, 600, 190),
    ("水道", 380, 220, 460, 280),
    ("道具置き場", 480, 220, 600, 280),
    ("入口・受付", 380, 330, 600, 400),
)
_HALL: tuple[_Thing, ...] = (
    ("お茶の席", 40, 90, 220, 200),
    ("工作の机", 250, 90, 430, 200),
    ("絵本・畳", 460, 90, 600, 250),
    ("静かに過ごす席", 40, 260, 220, 400),
    ("受付", 250, 330, 360, 400),
    ("入口", 380, 360, 460, 400),
    ("消火器", 500, 330, 600, 400),
)


@dataclass(frozen=True)
class Paper:
    """An attachment: the name of its file, what the committee says of it, and how it is drawn."""

    name: str
    caption: str
    draw: Callable[[Plan], bytes]


def attach(plan: Plan, *, by: Person) -> None:
    """Attach what belongs to the plan of this title, as the page does."""
    paper = DRAWN[plan.title]
    upload = FileStorage(BytesIO(paper.draw(plan)), filename=paper.name)
    drafting.attach(plan=plan, upload=upload, caption=paper.caption, by=by)


def _estimate(plan: Plan) -> bytes:
    """A 見積書 for the printing, scanned into a PDF; dated like the PDF itself, so that it is always the same."""
    line = next(line for line in plan.cost_lines if line.content == _PRINTING)
    today = clock.today()
    out, dated = BytesIO(), dt.datetime.combine(today, dt.time(12)).timetuple()
    _estimate_page(line, plan.committee.name, today).save(
        out, "PDF", resolution=75, title=f"見積書　{_PRINTING}", creationDate=dated, modDate=dated
    )
    return out.getvalue()


def _estimate_page(line: CostLine, addressee: str, on: dt.date) -> Image.Image:
    picture = Image.new("RGB", _A4, _PAPER)
    pen, (width, _height) = ImageDraw.Draw(picture), _A4
    pen.text((width // 2, 70), "御　見　積　書", font=font(28), fill=_INK, anchor="mm")
    pen.text((width - 50, 120), clock.format_era(on), font=font(14), fill=_INK, anchor="rm")
    pen.text((50, 160), f"{addressee} 御中", font=font(18), fill=_INK, anchor="lm")
    pen.line((50, 178, 360, 178), fill=_INK)
    for nth, words in enumerate(("模擬印刷所（架空）", "松戸市見本町1-2-3")):
        pen.text((width - 110, 210 + 24 * nth), words, font=font(14), fill=_INK, anchor="rm")
    pen.ellipse((width - 104, 192, width - 48, 248), outline=_RED, width=3)
    pen.text((width - 76, 220), "見本", font=font(20), fill=_RED, anchor="mm")
    whole = money.format_yen(line.amount_yen)
    pen.text((50, 290), f"合計　{whole}（税込）", font=font(22), fill=_INK, anchor="lm")
    rows = (
        ("品名", "数量", "単価", "金額"),
        (line.content, f"{line.quantity}{line.unit}", money.format_yen(line.unit_price_yen), whole),
        ("合計", "", "", whole),
    )
    for nth, row in enumerate(rows):
        top = 330 + 40 * nth
        pen.rectangle((50, top, width - 50, top + 40), outline=_INK)
        for words, right in zip(row, (250, 340, 450, 560), strict=True):
            pen.text((right, top + 20), words, font=font(14), fill=_INK, anchor="rm")
    pen.text((50, 490), "有効期限　発行の日から3か月", font=font(14), fill=_INK, anchor="lm")
    return picture


def _floor(things: tuple[_Thing, ...]) -> Callable[[Plan], bytes]:
    """A plan of the first venue, as a picture."""

    def draw(plan: Plan) -> bytes:
        picture = Image.new("RGB", _ROOM, _PAPER)
        pen = ImageDraw.Draw(picture)
        pen.text((20, 34), f"{plan.venues[0].name}　見取り図", font=font(20), fill=_INK, anchor="lm")
        pen.rectangle((20, 66, _ROOM[0] - 20, _ROOM[1] - 36), outline=_INK, width=3)
        for name, *corners in things:
            left, top, right, bottom = corners
            pen.rectangle((left, top, right, bottom), outline=_INK, fill=_PALE)
            pen.text(((left + right) // 2, (top + bottom) // 2), name, font=font(16), fill=_INK, anchor="mm")
        pen.text((_ROOM[0] - 20, _ROOM[1] - 16), "見本（架空）", font=font(13), fill=_RED, anchor="rm")
        out = BytesIO()
        picture.save(out, "PNG")
        return out.getvalue()

    return draw


DRAWN = {
    "春の苗植えまつり": Paper("畑の見取り図.png", "畑と休憩所の見取り図", _floor(_FIELD)),
    "お弁当の配食の試行": Paper("見積書_ちらし.pdf", "ちらし印刷の見積書", _estimate),
    "工作キットの貸出": Paper("見積書_ちらし.pdf", "ちらし印刷の見積書", _estimate),
    "新松戸よりあい広場 開設計画": Paper("会場の見取り図.png", "席と入口の見取り図", _floor(_HALL)),
}
"""By the title of the plan."""
