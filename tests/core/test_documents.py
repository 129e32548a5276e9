"""Documents are real PDFs: archivable, tagged, readable, the same bytes each time, and never half printed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from stations.applications import letter_data as plan_data
from stations.core import documents, uploads
from stations.core.messages import RuleBroken
from stations.grants.letters import labels as letter_labels
from stations.grants.letters import letter_data
from stations.grants.letters.letter_data import Award, Determination, FinalReport, Letter, Refund
from tests.applications.letter_samples import PLAN
from tests.grants.letters.letter_samples import LETTERS
from tests.support.refusals import refused

DAY = date(2026, 5, 1)


def award(**changes: Any) -> Award:
    sample = LETTERS["award"]
    assert isinstance(sample, Award)
    return replace(sample, **changes)


def rendered(name: str) -> bytes:
    return (
        plan_data.pdf(PLAN, submitted_on=DAY)
        if name == "plan"
        else letter_data.pdf(LETTERS[name], issued_on=DAY)
    )


def text_of(pdf: bytes) -> str:
    """All text without spaces and line ends, which depend on the layout."""
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_every_letter_has_a_sample() -> None:
    assert set(letter_labels.LETTERS) <= set(LETTERS)


@pytest.mark.parametrize("name", [*LETTERS, "plan"])
class TestEveryDocument:
    def test_archivable_tagged_titled_and_japanese(self, name: str) -> None:
        reader = PdfReader(BytesIO(rendered(name)))
        root: Any = reader.root_object  # pypdf types every value as a bare object
        metadata = root["/Metadata"].get_data().decode()
        assert "<pdfaid:part>2</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
        assert root["/Lang"].startswith("ja")
        title = PLAN.title if name == "plan" else LETTERS[name].title
        assert reader.metadata is not None and reader.metadata.title == title
        assert reader.metadata.creation_date is not None
        assert reader.metadata.creation_date.date() == DAY

    def test_a4_upright(self, name: str) -> None:
        for page in PdfReader(BytesIO(rendered(name))).pages:
            assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)

    def test_only_the_packaged_font_embedded(self, name: str) -> None:
        fonts = set(re.findall(rb"/BaseFont\s*/(\S+?)[\s/]", rendered(name)))
        assert fonts and all(b"NotoSerif" in font for font in fonts)

    def test_same_input_same_bytes(self, name: str) -> None:
        assert rendered(name) == rendered(name)

    def test_has_nothing_active(self, name: str) -> None:
        assert uploads.clean(rendered(name), f"{name}.pdf").media_type == "application/pdf"

    def test_draft_is_marked(self, name: str) -> None:
        draft = (
            plan_data.pdf(PLAN, submitted_on=None)
            if name == "plan"
            else letter_data.pdf(LETTERS[name], issued_on=None)
        )
        assert text_of(draft).count("案") > text_of(rendered(name)).count("案")


EXPECTED = {
    "award": [
        "松地共第12号",
        "代表見本花子様",
        "松戸市長見本太郎",
        "下記のとおり",
        "交付決定額180,000円",
        "198,980",
        "△18,000",
        "(3)",
    ],
    "refusal": ["交付しないことに決定", "交付申請額180,000円", "他の補助金の交付の対象"],
    "determination": ["180,000163,000180,000△17,000", "差引額17,000円は、別に通知する返還命令書"],
    "refund": ["返還を命ずる額17,000円", "納期限令和9年5月20日"],
    "cancellation": [
        "一部を取り消した",
        "180,000150,00030,000100,00070,000",
        "70,000円は、別に通知する返還命令書",
    ],
    "change": ["36,00056,00020,000", "60,00040,000△20,000", "198,980198,9800"],
    "report": [
        "（宛先）松戸市長",
        "収支決算書",
        "1収入の部",
        "2支出の部",
        "198,980182,500△16,480",
        "16,900円です",
        "出納帳",
    ],
    "plan": ["例示つながるステーション", "記入なし", "支出の計180,500", "いた額）162,500", "SHA-256"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_says_what_it_should(name: str) -> None:
    text = text_of(rendered(name))
    for words in EXPECTED[name]:
        assert words in text


def test_letter_parts_stand_in_the_official_order() -> None:
    text = text_of(rendered("award"))
    parts = [
        "松地共第12号",
        "令和8年5月1日",
        "花子様",
        "松戸市長",
        "補助金交付決定通知書",
        "令和8年4月10日付け",
        "記1補助",
        "問合せ先",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("fixed", "paid", "words"),
    [
        (163_000, 180_000, "返還してください"),
        (180_000, 100_000, "差引額80,000円は、精算払"),
        (1_000, 1_000, "差引額はありません"),
    ],
)
def test_determination_says_which_way_the_difference_goes(fixed: int, paid: int, words: str) -> None:
    sample = LETTERS["determination"]
    assert isinstance(sample, Determination)
    assert words in text_of(letter_data.pdf(replace(sample, fixed_yen=fixed, paid_yen=paid), issued_on=DAY))


@pytest.mark.parametrize(
    ("amount", "printed"),
    [
        (0, "0円"),
        (999, "999円"),
        (1_000, "1,000円"),
        (1_234_567, "1,234,567円"),
        (1_000_000_005, "1,000,000,005円"),
    ],
)
def test_amounts(amount: int, printed: str) -> None:
    assert f"交付決定額{printed}" in text_of(letter_data.pdf(award(award_yen=amount), issued_on=DAY))


_CONTROLS = {chr(code) for code in [*range(0x20), *range(0x7F, 0xA0)]}


def _in_jis(char: str) -> bool:
    try:
        return bool(char.encode("euc_jis_2004"))
    except UnicodeEncodeError:
        return False


class TestLongDocuments:
    def test_table_head_repeats_and_pages_are_numbered(self) -> None:
        lines = award().lines * 20
        reader = PdfReader(BytesIO(letter_data.pdf(award(lines=lines), issued_on=DAY)))
        pages = ["".join(page.extract_text().split()) for page in reader.pages]
        assert len(pages) >= 3
        with_rows = [page for page in pages if "昔遊び講師謝礼" in page]
        assert len(with_rows) >= 2 and all("区分内容金額（円）" in page for page in with_rows)
        assert f"1／{len(pages)}" in pages[0]

    def test_totals_are_not_torn_apart(self) -> None:
        for count in range(1, 24):
            pdf = letter_data.pdf(award(lines=award().lines[:1] * count), issued_on=DAY)
            pages = ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]
            (page,) = [page for page in pages if "対象経費の計" in page]
            assert "差引" in page and "△18,000" in page

    def test_one_page_has_no_number(self) -> None:
        assert "1／1" not in text_of(rendered("refusal"))

    def test_long_names_wrap_inside_the_page(self) -> None:
        long = "長い名前の団体" * 6
        reader = PdfReader(
            BytesIO(letter_data.pdf(award(addressee_lines=[long], project=long), issued_on=DAY))
        )
        right_edge = 0.0

        def visit(_text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
            nonlocal right_edge
            right_edge = max(right_edge, tm[4] * cm[0] + cm[4])

        text = "".join(page.extract_text(visitor_text=visit) for page in reader.pages)
        assert "".join(text.split()).count(long) == 2
        assert right_edge < 595 - 56


class TestCharacters:
    @pytest.mark.parametrize(
        "text",
        [
            "髙﨑𠮷德祐",
            "①㈱〒△々〆ヶ",
            "ＡＢＣ１２３ｱｲｳ",
            "葛\U000e0100飾",
            "a b\n\u3000",
            "",
            "김민준 한글",
            "张伟 汉语 马桥",
            "Nguyễn Thị Ánh Đặng Škoda",
            "Привет Ελλάδα",
            "สมชาย नेपाल မြန်မာ বাংলা ខ្មែរ සිංහල",
            "花火大会🎆❤\ufe0f☎♨✂🍙",
        ],
    )
    def test_names_of_people_and_places_are_printable(self, text: str) -> None:
        assert documents.missing_glyphs(text) == set()

    def test_all_of_jis_x_0213_is_printable_without_a_look_into_the_fonts(self) -> None:
        """The short way of `missing_glyphs` is true: one of the fonts has each of these characters."""
        every = {char for code in range(0x20, 0x30000) if _in_jis(char := chr(code))} - _CONTROLS
        assert len(every) > 11_000
        fonts = range(len(documents._faces()))
        assert every - {chr(code) for place in fonts for code in documents.characters_of(place)} == set()

    @pytest.mark.parametrize("unprintable", ["\ue000", "\U000f0000", "𓀀", "\ufffe", "\u0378"])
    def test_missing_ones_are_named(self, unprintable: str) -> None:
        assert documents.missing_glyphs(f"花{unprintable}子") == {unprintable}
        with pytest.raises(RuleBroken) as broken:
            letter_data.pdf(award(project=f"花{unprintable}子"), issued_on=DAY)
        assert f"U+{ord(unprintable):04X}" in str(broken.value)

    def test_marks_that_cannot_be_seen_are_left_out_and_stop_nothing(self) -> None:
        """They stand in what was approved before they were dropped at saving."""
        marked = "\u200e花\u202a火\u202c\u2068の\u2069\u200b会\u00a0東\u3164"
        documents.check_printable({"title": [marked]})
        assert "花火の会東つながる" in text_of(
            letter_data.pdf(award(project=f"{marked}つながる"), issued_on=DAY)
        )

    def test_missing_ones_are_found_in_lists(self) -> None:
        with refused(RuleBroken, None, "U+E000"):
            letter_data.pdf(award(conditions=["花\ue000子"]), issued_on=DAY)

    def test_every_script_is_set_in_a_packaged_font(self) -> None:
        pdf = letter_data.pdf(award(project="김민준张伟Nguyễn🎆สมชาย"), issued_on=DAY)
        assert pdf.count(b"NotoSerifKR") and pdf.count(b"NotoSerifSC") and pdf.count(b"NotoEmoji")
        assert "김민준张伟Nguyễn🎆สมชาย" in text_of(pdf)

    def test_typed_text_is_never_evaluated(self) -> None:
        typed = '#panic("x") $x$ *a* _b_ \\ "q" <t> @r // c'
        text = text_of(letter_data.pdf(award(project=typed), issued_on=DAY))
        assert "".join(typed.split()) in text


class TestTotals:
    def test_refund_must_follow_from_the_amounts(self) -> None:
        sample = LETTERS["refund"]
        assert isinstance(sample, Refund)
        for wrong in (0, 16_999, -17_000):
            with pytest.raises(ValueError, match="refund"):
                replace(sample, refund_yen=wrong)

    def test_plan_must_add_up(self) -> None:
        with pytest.raises(ValueError, match="add up"):
            replace(PLAN, rent_total_yen=1)

    def test_report_without_cash_book_has_no_appendix(self) -> None:
        sample = LETTERS["report"]
        assert isinstance(sample, FinalReport)
        pdf = letter_data.pdf(replace(sample, cash_book=[]), issued_on=DAY)
        assert len(PdfReader(BytesIO(pdf)).pages) == 2


def kinds_of(letter: type[Letter]) -> Iterator[type[Letter]]:
    for kind in letter.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_every_letter_has_a_sample_and_every_template_a_letter() -> None:
    kinds: set[type[Letter | FinalReport]] = {*kinds_of(Letter), FinalReport}
    assert {type(letter) for letter in LETTERS.values()} == kinds
    folder = documents.PACKAGE / "grants" / "letters"
    assert {kind.template for kind in kinds} == {path.name for path in folder.glob("*.typ")}


def test_threads_do_not_disturb_each_other() -> None:
    letters = [award(project=f"例示{index}つながるステーション") for index in range(16)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda letter: letter_data.pdf(letter, issued_on=DAY), letters))
    assert together == [letter_data.pdf(letter, issued_on=DAY) for letter in letters]


def test_typst_is_not_loaded_at_start() -> None:
    script = (
        "import sys, stations.grants.letters.letter_data, stations.applications.letter_data;"
        "print(*({'typst', 'fontTools'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
