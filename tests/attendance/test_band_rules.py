"""Age bands of a year: what may be drafted, until when, and which bands of two years are the same."""

from dataclasses import replace

import pytest

from stations.attendance.band_rules import (
    LONGEST,
    LONGEST_EN,
    MOST,
    STANDARD,
    UNKNOWN,
    Band,
    check_band,
    check_bands,
    check_year,
    in_order,
    is_open,
    with_codes,
)
from stations.core.messages import Conflict, RuleBroken
from tests.support.refusals import refused

CHILD, GROWN, OLD = (
    Band("", "子ども", "Children", 1),
    Band("", "18–64歳", "18–64", 2),
    Band("", "65歳以上", "65 and over", 3),
)


def test_the_bands_of_the_programme() -> None:
    assert [band.label for band in STANDARD] == [
        "未就学", "小学生", "中高生", "18–39歳", "40–64歳", "65歳以上", "年代不明",
    ]  # fmt: skip
    check_bands(STANDARD[:-1])
    assert STANDARD[-1] == UNKNOWN


def test_six_bands_at_most_and_one_at_least() -> None:
    with refused(RuleBroken, None, f"1つから{MOST}つまで"):
        check_bands([])
    check_bands([CHILD])
    with refused(RuleBroken, None, f"1つから{MOST}つまで"):
        check_bands([*STANDARD[:-1], Band("", "75歳以上", "75 and over", 1)])


def test_a_band_has_two_names_that_a_tile_holds() -> None:
    check_bands([Band("", "長" * LONGEST, "x" * LONGEST_EN, 1)])
    for label, label_en in (("", "Children"), ("　", "Children"), ("子ども", ""), ("子ども", " ")):
        with refused(RuleBroken, None, "日本語と英語の名前"):
            check_bands([Band("", label, label_en, 1)])
    for label, label_en in (("長" * (LONGEST + 1), "x"), ("子", "x" * (LONGEST_EN + 1))):
        with refused(RuleBroken, None, "文字まで"):
            check_bands([Band("", label, label_en, 1)])


@pytest.mark.parametrize(
    ("label", "label_en"),
    [("年代不明", "x"), ("年代 不明", "x"), ("ほか", "age not known"), ("ほか", "年代不明")],
)
def test_not_knowing_is_no_band_of_its_own(label: str, label_en: str) -> None:
    with refused(RuleBroken, None, "年代不明"):
        check_bands([Band("", label, label_en, 1)])


@pytest.mark.parametrize(
    ("label", "label_en"),
    [
        ("18–64歳", "x"),
        ("18-64歳", "x"),
        ("１８～６４歳", "x"),
        ("おとな", "18–64"),
        ("おとな", "18–64歳"),
        ("18–64", "x"),
    ],
)
def test_no_two_bands_have_one_name_in_either_language(label: str, label_en: str) -> None:
    with refused(RuleBroken, None, "同じ名前"):
        check_bands([replace(GROWN, label_en="18–64"), Band("", label, label_en, 5)])


@pytest.mark.parametrize("colour", [1, 0, -1, MOST + 1])
def test_each_band_has_its_own_colour_of_the_palette(colour: int) -> None:
    check_bands([CHILD, GROWN])
    with refused(RuleBroken, None, "色"):
        check_bands([CHILD, replace(GROWN, colour=colour)])


def test_places_order_the_bands() -> None:
    assert in_order([(3, OLD), (1, CHILD), (2, GROWN)]) == (CHILD, GROWN, OLD)
    assert in_order([]) == ()
    for places in ((1, 1), (1, None), (None, None), (None, 2)):
        with refused(RuleBroken, None, "順番"):
            in_order(zip(places, (CHILD, GROWN), strict=True))


def test_bands_are_decided_for_this_year_and_the_next_until_somebody_is_counted() -> None:
    for year, opens in ((2025, False), (2026, True), (2027, True), (2028, False)):
        assert is_open(year, 2026) is opens
        if opens:
            check_year(year, 2026, counted=False)
            with refused(Conflict, None, "数えはじめた"):
                check_year(year, 2026, counted=True)
        else:
            with refused(RuleBroken, None, "今年度と来年度"):
                check_year(year, 2026, counted=False)


def test_what_is_called_the_same_is_the_same_band() -> None:
    known = (*STANDARD, Band("fy2026_1", "18–64歳", "", 4))
    drafted = (Band("", "18－64歳", "", 2), Band("", "65歳以上", "Seniors", 1), Band("", "75歳以上", "", 3))
    found = with_codes(drafted, 2027, known)
    assert [band.code for band in found] == ["fy2026_1", "age_65_plus", "fy2027_1", "unknown"]
    assert [replace(band, code="") for band in found[:-1]] == list(drafted), "only codes are added"
    assert found[-1] == UNKNOWN


def test_a_new_band_takes_no_code_that_another_has() -> None:
    known = (Band("fy2027_1", "70歳以上", "", 1), Band("fy2027_3", "80歳以上", "", 1))
    drafted = (CHILD, GROWN, Band("", "80歳以上", "", 3))
    assert [band.code for band in with_codes(drafted, 2027, known)] == [
        "fy2027_2", "fy2027_4", "fy2027_3", "unknown",
    ]  # fmt: skip


def test_nobody_is_counted_in_a_band_that_the_year_does_not_have() -> None:
    for band in STANDARD:
        check_band(band.code, STANDARD)
    for code in ("fy2027_1", "", "staff"):
        with refused(RuleBroken, None, "この年度にはない年代"):
            check_band(code, STANDARD)
