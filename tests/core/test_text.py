import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.core import clock, text
from stations.core.messages import Conflict, EditConflict, NotAllowed, Refusal, RuleBroken


@pytest.mark.parametrize(
    "name",
    ["髙橋", "山﨑", "𠮷野", "葛\U000e0100城", "神田", "㈱まつど", "～さくら会～", "ローズマリー", "１丁目"],
)
def test_names_stay_as_typed(name: str) -> None:
    assert text.normalise(f"　{name} \r\n") == name


def test_invisible_characters_go_and_decomposed_kana_are_joined() -> None:
    assert text.normalise("\ufeffか\u3099く\u200bはう\x00す") == "がくはうす"
    assert text.normalise("一行\r\n二行\r三行\t終") == "一行\n二行\n三行\t終"


@given(st.text())
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = text.normalise(typed)
    assert text.normalise(once) == once


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eさくら\u202c会", "さくら会"),
        ("\u200eさくら\u200f会\u200b", "さくら会"),
        ("\u2066さくら\u2069\u2068会", "さくら会"),
        ("さく\u00adら\u2060会\U000e0020", "さくら会"),
        ("さくら\u0085\u0007\ud800会", "さくら会"),
        ("\u3164さくら\uffa0", "さくら"),
        ("さくら\u00a0会", "さくら 会"),
        ("さくら\u2003会", "さくら 会"),
        ("１\ufe0e２", "１２"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("辻\U000e0100と葛\ufe00", "辻\U000e0100と葛\ufe00"),
        ("क्\u200dष", "क्\u200dष"),
        ("さ\u200dくら", "さくら"),
    ],
)
def test_marks_that_cannot_be_seen_are_dropped_and_those_of_letters_stay(typed: str, kept: str) -> None:
    assert text.normalise(typed) == kept


@pytest.mark.parametrize("mark", ["\u200b", "\u202a", "\u202c", "\u2068", "\ufe0e", "\u00a0", "\u00ad"])
def test_readers_do_not_see_invisible_marks(mark: str) -> None:
    def marked(typed: str) -> str:
        return f"{mark}{typed}{mark}" if mark == "\u00a0" else mark + mark.join(typed) + mark

    assert text.normalise_phone(marked("047-366-0000")) == "047-366-0000"
    assert text.normalise_postal(marked("271-8588")) == "271-8588"
    assert text.parse_count(marked("20人")) == 20
    assert text.normalise_mail(marked("a@example.jp")) == "a@example.jp"
    assert clock.parse_time(marked("10:00")) == dt.time(10)
    assert clock.parse_date(marked("2026"), marked("4"), marked("10")) == dt.date(2026, 4, 10)


@pytest.mark.parametrize(
    ("typed", "mail"),
    [
        ("name@example.jp", "name@example.jp"),
        ("ｎａｍｅ＠ｅｘａｍｐｌｅ．ｊｐ", "name@example.jp"),
        ("name@example.jp　", "name@example.jp"),
        ("\u00a0mailto:name@example.jp\u200b", "name@example.jp"),
        ("name@EXAMPLE.jp", "name@example.jp"),
        ("Name+Tag@example.jp", "Name+Tag@example.jp"),
        ("a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp"),
        (".dot@ezweb.ne.jp", ".dot@ezweb.ne.jp"),
        ("name@例え.jp", "name@例え.jp"),
    ],
)
def test_mail_addresses_as_people_type_them(typed: str, mail: str) -> None:
    assert text.normalise_mail(typed) == mail
    text.check_mail(mail)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "name",
        "name@",
        "@example.jp",
        "name@example",
        "na me@example.jp",
        "a@b@example.jp",
        "name@example..jp",
        "name@-example.jp",
        "名前@example.jp",
        "name@example.jp, b@example.jp",
        "<name@example.jp>",
        "name@example.jp\nBcc: x@example.jp",
        "a" * 65 + "@example.jp",
    ],
)
def test_what_is_no_mail_address(wrong: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        text.check_mail(text.normalise_mail(wrong), field="email")
    assert caught.value.field == "email"


def test_for_checking_sees_through_width_case_and_blanks() -> None:
    assert text.for_checking(" ＡＢＣ　ｶﾞｯｺｳ ") == text.for_checking("abcガッコウ")
    assert text.for_checking("東部") != text.for_checking("西部")


@pytest.mark.parametrize("hyphen", list("-‐‑‒–—―−－ｰー─━﹣"))
def test_every_hyphen_in_a_phone_number_and_an_address(hyphen: str) -> None:
    assert text.normalise_phone(f"０４７{hyphen}３６６{hyphen}００００") == "047-366-0000"
    assert text.normalise_address(f"根本３８７{hyphen}５") == "根本３８７-５"
    assert text.normalise_postal(f"〒271{hyphen}8588") == "271-8588"


def test_long_vowels_stay_in_kana() -> None:
    assert text.normalise_address("ハイツ・グリーン３ー５ ｺｰﾎﾟ") == "ハイツ・グリーン３-５ ｺｰﾎﾟ"


@pytest.mark.parametrize(
    ("typed", "phone"),
    [("047(366)0000", "047-366-0000"), ("（047）366−0000", "047-366-0000"), ("09000000000", "09000000000")],
)
def test_phone(typed: str, phone: str) -> None:
    assert text.normalise_phone(typed) == phone
    text.check_phone(phone)


@pytest.mark.parametrize(
    "phone", ["", "366-0000", "147-366-0000", "047-366-00000-0", "047-366-000a", "０４７-366-0000"]
)
def test_not_a_phone_number(phone: str) -> None:
    with pytest.raises(RuleBroken, match="市外局番") as caught:
        text.check_phone(phone, field="phone")
    assert caught.value.field == "phone"


def test_postal_code() -> None:
    assert text.normalise_postal("２７１８５８８") == "271-8588"
    text.check_postal("271-8588")
    for wrong in ("", "2718588", "271-858", text.normalise_postal("27185881")):
        with pytest.raises(RuleBroken, match="7けた"):
            text.check_postal(wrong)


def test_kana() -> None:
    assert text.furigana("ﾀﾅｶ　ヴェーラ") == "たなか ゔぇーら"
    assert text.katakana("まつど たろう") == "マツド タロウ"
    assert text.katakana("ヵヶ") == "ヵヶ"
    for wrong in ("", "田中", "Tanaka", "たなか1"):
        with pytest.raises(RuleBroken, match="ひらがな"):
            text.furigana(wrong)
        with pytest.raises(RuleBroken, match="カタカナ"):
            text.katakana(wrong)


def test_a_broken_rule_tells_its_sentence() -> None:
    broken = RuleBroken("phone", "%(least)s文字以上", least=12)
    assert (broken.field, broken.message, broken.params) == ("phone", "%(least)s文字以上", {"least": 12})
    assert str(broken) == "12文字以上"
    assert str(RuleBroken(None, "100%です")) == "100%です"


def test_no_kind_of_refusal_is_caught_as_another() -> None:
    kinds = Refusal.__subclasses__()
    assert set(kinds) == {RuleBroken, Conflict, NotAllowed, EditConflict}
    for kind, other in permutations(kinds, 2):
        assert not issubclass(kind, other)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("カフェ", "かふぇ"),
        ("ｶﾌｪ", "かふぇ"),
        ("架空 清", "架空　清"),
        ("髙﨑", "高崎"),
        ("𠮷澤", "吉沢"),
        ("渡邊", "渡辺"),
        ("齋藤", "斉藤"),
        ("葛\U000e0100城", "葛城"),
        ("ＤＥＭＯ", "demo"),
        ("㈱まつど", "(株)マツド"),
        ("か\u3099っこう", "ガッコウ"),
        ("さ\u200bくら", "サクラ"),
    ],
)
def test_words_are_searched_in_one_form(typed: str, other: str) -> None:
    assert text.for_searching(typed) == text.for_searching(other)


@pytest.mark.parametrize(("typed", "other"), [("東部", "西部"), ("山崎", "山本"), ("はは", "はば")])
def test_what_is_different_stays_different(typed: str, other: str) -> None:
    assert text.for_searching(typed) != text.for_searching(other)
