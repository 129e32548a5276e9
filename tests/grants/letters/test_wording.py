"""What letters say is data: split, never evaluated; without a word of the city's it is what was printed before."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from stations.core.messages import RuleBroken
from stations.grants.letters import letter_data, samples
from stations.grants.letters.labels import LETTERS
from stations.grants.letters.letter_data import Letter
from stations.grants.letters.wording import KINDS, LONGEST, MAY_BE_EMPTY, check_texts, filled, plain, values
from tests.grants.letters.letter_samples import LETTERS as DOCUMENTS

DAY = date(2026, 5, 1)
BEFORE = json.loads(Path(__file__).with_name("letters_before.json").read_text("utf-8"))
"""Words of each letter as printed when its sentences still stood in the templates."""

every_kind = pytest.mark.parametrize("kind", KINDS)


def words_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def cases() -> Iterator[tuple[str, Letter]]:
    """The letters of `BEFORE`: each kind, in every case for which it has a sentence of its own."""
    changed: dict[str, tuple[str, dict[str, Any]]] = {
        "award": ("award", {"conditions": ["毎月開くこと。"]}),
        "late_award": ("award", {"conditions": [], "late": True, "decided_dated": "令和8年5月1日"}),
        "whole_cancellation": ("cancellation", {"kept_yen": 0, "paid_yen": 0}),
        "determination_more": ("determination", {"paid_yen": 100_000, "disallowed": []}),
        "determination_none": ("determination", {"paid_yen": 163_000, "disallowed": []}),
        "cancelled_refund": ("refund", {"cancelled": True}),
    }
    for case in BEFORE:
        name, other = changed.get(case, (case, {}))
        letter = DOCUMENTS[name]
        assert isinstance(letter, Letter)
        yield case, replace(letter, **other)


@pytest.mark.parametrize(("case", "letter"), [pytest.param(*one, id=one[0]) for one in cases()])
def test_a_letter_without_texts_of_the_city_says_what_it_said_before(case: str, letter: Letter) -> None:
    assert words_of(letter_data.pdf(letter, issued_on=DAY)) == BEFORE[case]


def test_every_letter_has_texts_and_a_sample() -> None:
    assert set(KINDS) == set(LETTERS) == set(samples.LETTERS)
    assert all(letter.kind == kind for kind, letter in samples.LETTERS.items())


@every_kind
def test_the_programmes_own_texts_may_be_drafted(kind: str) -> None:
    assert check_texts(kind, KINDS[kind].texts) == []


@every_kind
def test_every_placeholder_stands_for_a_fact_of_the_letter(kind: str) -> None:
    said = letter_data.said(samples.LETTERS[kind])
    assert set(said) == {one.name for one in KINDS[kind].placeholders} and all(said.values())


def broken(text: str, kind: str = "award", name: str = "closing") -> list[tuple[str | None, str]]:
    found = check_texts(kind, {**KINDS[kind].texts, name: text})
    assert all(isinstance(one, RuleBroken) for one in found)
    return [(one.field, one.message) for one in found]


@pytest.mark.parametrize(
    "text", ["{事業名", "事業名}", "{{事業名}}", "{事業名}{", "｛事業名", "{事業\n名}", "}{"]
)
def test_a_brace_without_its_other_is_refused(text: str) -> None:
    assert next((name, "囲んで" in said) for name, said in broken(text)) == ("closing", True)


@pytest.mark.parametrize(
    "text", ["{知らない名前}", "{}", "{ 事業名 }", "{返還額}", "{0}", "{事業名.__class__}", "{事業名!r}"]
)
def test_a_placeholder_that_the_letter_does_not_have_is_refused_beside_its_text(text: str) -> None:
    assert [(name, "この文書にない" in said) for name, said in broken(text)] == [("closing", True)]


def test_both_kinds_of_braces_are_placeholders() -> None:
    assert broken("{事業名}と｛事業名｝") == []
    assert plain("award", "{事業名}と｛事業名｝", {"事業名": "茶話会"}) == "茶話会と茶話会"


@every_kind
def test_what_must_be_said_is_not_left_out_and_nothing_is_too_long(kind: str) -> None:
    for name in KINDS[kind].texts:
        assert bool(broken(" \n", kind, name)) == (name not in MAY_BE_EMPTY)
        assert broken("字" * LONGEST, kind, name) == []
        assert [one for one, _said in broken("字" * (LONGEST + 1), kind, name)] == [name]


def test_amounts_stay_on_one_line_and_a_value_is_no_text_to_fill() -> None:
    said = {"返還額": "17,000円", "事業名": "{返還額}"}
    assert filled("refund", "計{返還額}を、{事業名}。", said) == [
        [("計", False), ("17,000円", True), ("を、", False), ("{返還額}", False), ("。", False)]
    ]
    facts = dict.fromkeys((one.fact for one in KINDS["refund"].placeholders), "") | {"refund_yen": -1_234}
    assert values("refund", facts)["返還額"] == "△1,234円"


@given(st.text())
def test_any_text_is_filled_and_nothing_but_placeholders_changes(text: str) -> None:
    lines = [line for line in text.split("\n") if line.strip()]
    assert plain("award", text, {}) == "\n".join(lines)
    check_texts("award", {"opening": text})


HOSTILE = [
    "#panic()", '#eval("1+1")', "$x^2$", "*太字*", "_斜体_", "@参照", "<label>", "`raw`", "\\ \\u{41} \\n",
    "[角] ]", "= 見出し", "- 項目", "+ 項目", "/ 語: 意味", "// 注", "/* 注 */", "~", "--", "...", '"引用"', "%(x)s %s", "{{ 7*7 }}",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_markup_is_printed_as_it_was_typed(typed: str) -> None:
    texts = letter_data.standard("refusal") | {"opening": f"前{typed}後", "closing": f"{typed}"}
    printed = words_of(letter_data.pdf(samples.LETTERS["refusal"], issued_on=DAY, texts=texts))
    assert printed.count("".join(typed.split())) >= 2


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.text(alphabet="あ文 　\n#$*_@\\`<>[]{}｛｝()=+-/~\"'%事業名", max_size=60), min_size=2, max_size=2
    )
)
def test_any_text_of_letters_and_marks_is_rendered(typed: list[str]) -> None:
    texts = letter_data.standard("award") | {"conditions": typed[0], "opening": typed[1]}
    pdf = letter_data.pdf(samples.LETTERS["award"], issued_on=DAY, texts=texts)
    assert pdf.startswith(b"%PDF")
