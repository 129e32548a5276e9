"""Charts as they stand in a page: no inline styles, own ids, words for those who cannot see them."""

import contextvars
import itertools
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask_babel import Babel
from markupsafe import Markup

from stations.attendance.band_rules import LONGEST, LONGEST_EN, MOST
from stations.core.config import Config
from stations.reports import charts, figures
from stations.reports.charts import DistrictMoney, DistrictMonths, MonthVisits
from tests.reports.chart_samples import HEAT, MONEY, MONTHS, VISITS

CHARTS: dict[str, Callable[..., Markup]] = {
    "visits-by-month": lambda **named: charts.visits_by_month(VISITS, **named),
    "district-heatmap": lambda **named: charts.district_heatmap(HEAT, MONTHS, **named),
    "award-bars": lambda **named: charts.award_bars(MONEY, **named),
    "visits on a phone": lambda **named: charts.visits_by_month(VISITS, narrow=True, **named),
    "heatmap on a phone": lambda **named: charts.district_heatmap(HEAT, MONTHS, narrow=True, **named),
    "awards on a phone": lambda **named: charts.award_bars(MONEY, narrow=True, **named),
}
WIDE = {
    "visits on a phone": "visits-by-month",
    "heatmap on a phone": "district-heatmap",
    "awards on a phone": "award-bars",
}
EMPTY: dict[str, Callable[[], Markup]] = {
    "visits-by-month": lambda: charts.visits_by_month([]),
    "district-heatmap": lambda: charts.district_heatmap([], []),
    "award-bars": lambda: charts.award_bars([]),
    "visits on a phone": lambda: charts.visits_by_month([], narrow=True),
    "heatmap on a phone": lambda: charts.district_heatmap([], [], narrow=True),
    "awards on a phone": lambda: charts.award_bars([], narrow=True),
}
NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _request() -> Iterator[None]:
    app = Flask(__name__)
    app.config["STATIONS"] = Config()  # sentences of ours ask it what the money is called
    Babel(app, default_locale="ja")
    with app.test_request_context():
        yield


def parsed(chart: Markup) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314 - drawn by the code under test


def texts(chart: Markup) -> list[str]:
    return [element.text or "" for element in parsed(chart).iter(f"{NAMESPACE}text")]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(
    "bands",
    [
        ["Preschool", "Primary school", "Secondary school", "18–39", "40–64", "65 and over", "Age not known"],
        [*(f"{n}{'長' * (LONGEST - 1)}" for n in range(MOST)), "年代不明"],
        [*(f"{n}{'x' * (LONGEST_EN - 1)}" for n in range(MOST)), "Age not known"],
    ],
    ids=["English", "longest", "longest in English"],
)
def test_the_names_of_the_bands_end_inside_the_chart(bands: list[str], narrow: bool) -> None:
    """14 px letters are about 8 px wide, those of Japanese 14; none stands upon another."""
    rows = [MonthVisits(month=f"{n}", visits=dict.fromkeys(bands, 10)) for n in range(12)]
    chart = parsed(charts.visits_by_month(rows, narrow=narrow))
    names = [one for one in chart.iter(f"{NAMESPACE}text") if one.text in bands]
    ends = [
        float(one.attrib["x"]) + sum(14 if ord(letter) > 0x3000 else 8 for letter in one.text or "")
        for one in names
    ]
    assert len(ends) == len(bands) and max(ends) <= float(chart.attrib["width"])
    assert len({(one.attrib["x"], one.attrib["y"]) for one in names}) == len(names)
    first_bar = (
        min(float(one.attrib["y"]) for one in chart.iter(f"{NAMESPACE}text") if one.text == "0")
        if narrow
        else 0
    )
    assert not narrow or max(float(one.attrib["y"]) for one in names) < first_bar


@pytest.mark.parametrize("name", CHARTS)
class TestEveryChart:
    def test_allowed_by_a_policy_without_inline_styles(self, name: str) -> None:
        chart = CHARTS[name]()
        tags = {element.tag.removeprefix(NAMESPACE) for element in parsed(chart).iter()}
        assert tags <= {
            "svg",
            "title",
            "desc",
            "defs",
            "g",
            "path",
            "rect",
            "text",
            "use",
            "clipPath",
            "pattern",
        }
        attributes = {attribute for element in parsed(chart).iter() for attribute in element.attrib}
        assert not {"style", "onload", "onclick"} & attributes
        assert "<!DOCTYPE" not in chart and "<?xml" not in chart and "xlink" not in chart

    def test_named_and_described_for_screen_readers(self, name: str) -> None:
        root = parsed(CHARTS[name](title="題名 <&> 一"))
        assert root.get("role") == "img"
        title_id, description_id = root.attrib["aria-labelledby"].split()
        first, second = list(root)[:2]
        assert (first.tag, first.get("id"), first.text) == (f"{NAMESPACE}title", title_id, "題名 <&> 一")
        assert (second.tag, second.get("id")) == (f"{NAMESPACE}desc", description_id)
        assert second.text and len(second.text) > 20

    def test_two_on_one_page_share_no_id(self, name: str) -> None:
        page = CHARTS[name](chart_id="first") + CHARTS[name](chart_id="second")
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)) >= 6
        assert all(found.startswith(("first", "second")) for found in ids)

    def test_every_pointer_has_its_target(self, name: str) -> None:
        chart = CHARTS[name]()
        targets = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', chart))
        ids = set(re.findall(r'\bid="([^"]+)"', chart))
        assert targets and {one or other for one, other in targets} <= ids

    def test_same_rows_same_bytes(self, name: str) -> None:
        assert CHARTS[name]() == CHARTS[name]()

    def test_text_is_text_of_fourteen_pixels_in_the_pages_font(self, name: str) -> None:
        root = parsed(CHARTS[name]())
        assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
        found = list(root.iter(f"{NAMESPACE}text"))
        assert len(found) > 20
        for element in found:
            assert float(element.attrib["font-size"].removesuffix("px")) >= 14
            assert "font-family" not in element.attrib

    def test_never_the_colour_of_errors(self, name: str) -> None:
        assert "#ec0000" not in CHARTS[name]()

    def test_without_rows_it_still_draws(self, name: str) -> None:
        assert parsed(EMPTY[name]()).get("role") == "img"

    def test_small_enough_for_a_page(self, name: str) -> None:
        assert len(CHARTS[name]().encode()) < 65_000


def test_charts_drawn_at_once_are_as_if_drawn_one_after_the_other() -> None:
    alone = {name: draw() for name, draw in CHARTS.items()}
    with ThreadPoolExecutor(len(CHARTS)) as threads:
        for _round in range(5):
            drawn = {
                name: threads.submit(contextvars.copy_context().run, draw) for name, draw in CHARTS.items()
            }
            assert {name: one.result() for name, one in drawn.items()} == alone


def test_a_chart_waits_for_its_own_drawing_only() -> None:
    """Asked for twice at once it is drawn once; another one is finished meanwhile."""
    started, go_on, drawn = threading.Event(), threading.Event(), list[str]()

    @figures._kept
    def draw(name: str) -> figures.Drawn:
        drawn.append(name)
        started.set()
        assert name == "other" or go_on.wait(30)
        return figures.Drawn(Markup(), Markup())

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(draw, "one")
        assert started.wait(30)
        second, other = threads.submit(draw, "one"), threads.submit(draw, "other")
        assert other.result(30) is not None and not second.done()
        go_on.set()
        assert second.result(30) is first.result(30)
    assert sorted(drawn) == ["one", "other"]


def test_visits_carry_totals_bands_and_months() -> None:
    chart = charts.visits_by_month(VISITS)
    total = f"{sum(VISITS[0].visits.values()):,}"
    assert {total, "4月", "3月", "未就学", "不明", "延べ（人）"} <= set(texts(chart))
    assert f"4月 {total}人" in chart
    for colour in charts.STACK:
        assert colour in chart


def test_each_band_has_the_colour_that_was_chosen_for_it() -> None:
    rows = [MonthVisits(month="4月", visits={"高齢": 3, "子ども": 2, "不明": 1})]
    for narrow in (False, True):
        chart = charts.visits_by_month(rows, colours=(6, 2, 7), narrow=narrow)
        assert {colour for colour in (*charts.STACK, charts.UNKNOWN) if colour in chart} >= {
            charts.STACK[5],
            charts.STACK[1],
            charts.UNKNOWN,
        }
        assert not {colour for colour in charts.STACK[:1] + charts.STACK[2:5] if colour in chart}


def test_a_stack_is_distinguished_by_order_label_and_tone() -> None:
    """Each part is darker than the one before, with no pattern; the key stands in the order of the bars."""
    tones = [int(colour[1:3], 16) + int(colour[3:5], 16) + int(colour[5:], 16) for colour in charts.STACK]
    assert all(darker + 60 < paler for paler, darker in itertools.pairwise(tones))
    bands = list(VISITS[0].visits)
    for narrow, order in ((False, bands[::-1]), (True, bands)):
        chart = charts.visits_by_month(VISITS, narrow=narrow)
        assert "<pattern" not in chart
        assert [text for text in texts(chart) if text in bands] == order


@pytest.mark.parametrize("name", WIDE)
def test_a_chart_of_a_phone_fits_it_and_loses_no_number(name: str) -> None:
    narrow, wide = parsed(CHARTS[name]()), CHARTS[WIDE[name]]()
    assert float(narrow.attrib["width"]) <= 360 - 2 * 16
    numbers = {text for text in texts(wide) if text[:1].isdigit() and not text.endswith("万円")}
    axis = {text for text in numbers if text.endswith("00") or text == "0"}
    assert numbers - axis <= set(texts(CHARTS[name]()))


def test_bars_start_at_zero_and_add_up() -> None:
    rows = [MonthVisits(month="4月", visits={"小学生": 30, "65歳以上": 70})]
    assert {"0", "100"} <= set(texts(charts.visits_by_month(rows)))


def test_visits_of_nobody() -> None:
    assert texts(charts.visits_by_month([MonthVisits(month="4月", visits={"小学生": 0})])).count("0") >= 2


def test_heatmap_prints_each_number_and_says_where_nothing_was_held() -> None:
    rows = [DistrictMonths(district="例示地区", visits=[0, None, 1_234])]
    found = texts(charts.district_heatmap(rows, ["4月", "5月", "6月"]))
    assert {"例示地区", "0", "1,234", "5月", "開催なし"} <= set(found)


@pytest.mark.parametrize(
    ("highest", "step"), [(0, 1), (5, 1), (6, 2), (11, 2), (12, 5), (240, 50), (700, 200)]
)
def test_heatmap_shades_are_round_numbers(highest: int, step: int) -> None:
    assert charts._step(highest) == step


def test_award_bars_say_what_is_left() -> None:
    row = DistrictMoney(district="例示地区", award_yen=300_000, paid_yen=250_000, spent_yen=204_000)
    assert charts.spending_left(row) == "68%・決定額との差 96,000円"
    assert "68%・決定額との差 96,000円" in texts(charts.award_bars([row]))
    assert charts.spending_left(replace(row, spent_yen=310_000)) == "103%・決定額との差 △10,000円"
    assert charts.spending_left(replace(row, award_yen=None)) == "交付決定なし"


def test_words_of_people_stay_words() -> None:
    assert "$x^2$会" in texts(charts.award_bars([DistrictMoney(district="$x^2$会", award_yen=1)]))
    row = DistrictMoney(district="<script>alert(1)</script>", award_yen=1)
    assert "<script" not in charts.award_bars([row])


def test_matplotlib_is_not_loaded_at_start() -> None:
    script = "import sys, stations.reports.charts; print(*({'matplotlib', 'numpy'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
