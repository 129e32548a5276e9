"""What points at a person, or says more than the sheet may hold, is found in free text; ordinary words are not."""

import pytest

from stations.core.disclosures import Kind, find_personal

CASES = [
    ("松戸市小金1-2-3に住んでいる", Kind.ADDRESS),
    ("根本387番地の5", Kind.ADDRESS),
    ("常盤平３丁目", Kind.ADDRESS),
    ("コーポ見本 203号室", Kind.ADDRESS),
    ("〒270-0000", Kind.ADDRESS),
    ("電話は047-000-1234", Kind.PHONE),
    ("携帯 ０９０－１２３４－５６７８", Kind.PHONE),
    ("09012345678へ", Kind.PHONE),
    ("(047)000-1234", Kind.PHONE),
    ("mihon@example.jp", Kind.PHONE),
    ("昭和23年4月5日生まれ", Kind.BIRTH),
    ("1948年4月5日生", Kind.BIRTH),
    ("生年月日はS23.4.5", Kind.BIRTH),
    ("1948/4/5", Kind.BIRTH),
    ("うつ病で休んでいる", Kind.HEALTH),
    ("認知症の診断", Kind.HEALTH),
    ("統合失調症", Kind.HEALTH),
    ("がんの治療中", Kind.HEALTH),
    ("糖尿病がある", Kind.HEALTH),
    ("要介護2", Kind.HEALTH),
    ("障害者手帳を持つ", Kind.HEALTH),
    ("服薬あり", Kind.HEALTH),
    ("生活保護を受けている", Kind.CIRCUMSTANCES),
    ("借金がある", Kind.CIRCUMSTANCES),
    ("離婚した", Kind.CIRCUMSTANCES),
    ("前科がある", Kind.CIRCUMSTANCES),
    ("見本 花子さん", Kind.NAME),
    ("佐藤花子さんが来た", Kind.NAME),
    ("鈴木　一郎", Kind.NAME),
    ("本名は", Kind.NAME),
    ("四十物花子さんが来た", Kind.NAME),
    ("東海林太郎様", Kind.NAME),
    ("昨日は小鳥遊美咲さんと話した", Kind.NAME),
]
ORDINARY = [
    "",
    "はるさん",
    "佐藤さん",
    "東海林さん",
    "民生委員さんに頼んだ",
    "地区の民生委員さん",
    "近所の看護師さん",
    "食堂の調理担当さん",
    "これまで同様に通う",
    "相談支援員さん",
    "多種多様な人",
    "たけさん",
    "畑仕事をしてみたい。火曜の午前10時から12時まで",
    "11月30日（月）午前10時、公民館の入口、責任者が迎えます",
    "2026年12月1日に見学",
    "令和8年12月から通いたい",
    "2、3回来た。1-2時間いる",
    "10-12時に来る",
    "65歳をすぎている",
    "足が悪いのでいすを。長い距離を歩くのはつらい",
    "大きな音が苦手",
    "がんばりたい。がんこな方",
    "囲碁と将棋が好き",
    "松戸市の広報を見た",
    "小金の公民館",
    "中央公園 東口",
    "午前 公民館で会う",
    "石川県の出身",
    "林業の話をよくする",
    "山本海苔店の話",
    "電話は苦手",
    "元気がない様子だった",
    "予算は1,200円まで",
]


@pytest.mark.parametrize(("text", "kind"), CASES)
def test_what_should_not_stand_there_is_found(text: str, kind: Kind) -> None:
    assert kind in {one.kind for one in find_personal(text)}


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert find_personal(text) == []


def test_what_was_found_is_shown_as_it_stands_each_once() -> None:
    found = find_personal("電話は047-000-1234。047-000-1234へ。うつ病")
    assert [(one.kind, one.words) for one in found] == [
        (Kind.PHONE, "047-000-1234"),
        (Kind.HEALTH, "うつ病"),
    ]


def test_a_bracket_around_a_number_is_not_taken_along() -> None:
    """Shown on the page before sending: half of a pair would stand there."""
    for text, words in (
        ("連絡先（047-000-1234）", "047-000-1234"),
        ("連絡先（047）000-1234", "(047)000-1234"),
        ("(090-1234-5678)", "090-1234-5678"),
    ):
        assert [one.words for one in find_personal(text)] == [words]
