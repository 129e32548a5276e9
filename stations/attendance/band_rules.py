"""Age bands (年代) of a fiscal year: which there are, what may be drafted, and until when. Data of the city, by year.

Source: the programme's list of bands is a setting (domain: 制度設定); the door and the figures have room for six.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.text import for_checking

MOST = 6
"""Beside 年代不明: as many tiles stand on a tablet without scrolling, and a figure tells as many colours apart."""

LONGEST, LONGEST_EN = 12, 24


@dataclass(frozen=True)
class Band:
    """One age band of a year.

    code: what counts name it by; a band that is called the same in another year has the same one there.
    label_en: what English pages call it.
    colour: its place in the palette, 1 to `MOST`; that of 年代不明 is `MOST` + 1.
    """

    code: str
    label: str
    label_en: str
    colour: int


UNKNOWN = Band("unknown", "年代不明", "Age not known", MOST + 1)
"""There is one every year, at the end: nobody is asked for their age."""

STANDARD = (
    Band("preschool", "未就学", "Preschool", 1),
    Band("elementary", "小学生", "Primary school", 2),
    Band("teen", "中高生", "Secondary school", 3),
    Band("age_18_39", "18–39歳", "18–39", 4),
    Band("age_40_64", "40–64歳", "40–64", 5),
    Band("age_65_plus", "65歳以上", "65 and over", 6),
    UNKNOWN,
)
"""Those of the programme, until a city decides on others."""


def check_band(code: str, bands: Iterable[Band]) -> None:
    """`RuleBroken` for visits in a band that the year does not have, as a tablet may send that has an old page open."""
    check_code(code, [one.code for one in bands])


def check_code(code: str, codes: Collection[str]) -> None:
    """`check_band`, where only the codes of the year's bands are at hand."""
    if code not in codes:
        raise RuleBroken(
            None, N_("この年度にはない年代です。いまの年代で数え直すか、終了の画面で人数を直してください。")
        )


def is_open(year: int, this_year: int) -> bool:
    """Whether bands are still decided for a fiscal year, as far as nobody was counted in it: this one and the next."""
    return this_year <= year <= this_year + 1


def check_year(year: int, this_year: int, counted: bool) -> None:
    """Before bands are drafted or approved. Once somebody was counted they stand: a year's figures are all of one kind.

    `RuleBroken` for a year that is not open, `Conflict` (it may happen while one drafts) once somebody was counted.
    """
    if not is_open(year, this_year):
        raise RuleBroken(None, N_("年代の区分を決められるのは、今年度と来年度の分です。"))
    if counted:
        raise Conflict(None, N_("この年度は来場者を数えはじめたため、年代の区分を変えられません。"))


def check_bands(bands: Sequence[Band]) -> None:
    """What may be drafted, without 年代不明; `RuleBroken` without a field."""
    if not 1 <= len(bands) <= MOST:
        raise RuleBroken(None, N_("年代は1つから%(most)sつまでです。"), most=MOST)
    reserved = {_same(UNKNOWN.label), _same(UNKNOWN.label_en)}
    seen: set[str] = set()
    for one in bands:
        if not (one.label.strip() and one.label_en.strip()):
            raise RuleBroken(None, N_("年代には、日本語と英語の名前を入力してください。"))
        if len(one.label) > LONGEST or len(one.label_en) > LONGEST_EN:
            raise RuleBroken(
                None,
                N_("年代の名前は%(most)s文字、英語の名前は%(most_en)s文字までです。"),
                most=LONGEST,
                most_en=LONGEST_EN,
            )
        names = {_same(one.label), _same(one.label_en)}
        if names & reserved:
            raise RuleBroken(None, N_("「年代不明」はいつもあります。ほかの名前にしてください。"))
        if names & seen:
            raise RuleBroken(
                None,
                N_("「%(label)s」と同じ名前の年代がほかにもあります。名前を変えてください。"),
                label=one.label,
            )
        seen |= names
    if {one.colour for one in bands} - set(range(1, MOST + 1)) or len({one.colour for one in bands}) < len(
        bands
    ):
        raise RuleBroken(None, N_("年代ごとに別の色を選んでください。"))


def in_order(rows: Iterable[tuple[int | None, Band]]) -> tuple[Band, ...]:
    """Bands by the places that were typed for them; `RuleBroken` when two have the same one or one has none."""
    placed = list(rows)
    places = [place for place, _band in placed if place is not None]
    if len(set(places)) < len(placed):
        raise RuleBroken(None, N_("順番は、年代ごとに別の数字を入力してください。"))
    return tuple(band for _place, band in sorted(placed, key=lambda row: row[0] or 0))


def with_codes(drafted: Iterable[Band], year: int, known: Collection[Band]) -> tuple[Band, ...]:
    """The bands of ``year`` as counts will name them, 年代不明 at the end; ``known``: those of every year so far.

    What is called the same is the same band, so its figures of two years may be compared; another name is another band.
    """
    codes = {_same(one.label): one.code for one in (*STANDARD, *known)}
    taken = set(codes.values())
    fresh = (code for n in count(1) if (code := f"fy{year}_{n}") not in taken)
    return (*(replace(one, code=codes.get(_same(one.label)) or next(fresh)) for one in drafted), UNKNOWN)


def _same(name: str) -> str:
    """A name as it is compared: 「18－39歳」 is 「18–39歳」."""
    return for_checking(name).translate(_DASHES)


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−ー〜～~", "-"))
