"""How people's words find a station, and which marks its own words earn."""

import pytest

from stations.directory.rules import Mark, marks, says


@pytest.mark.parametrize(
    ("said", "wanted", "found"),
    [
        ("こどもから大人まで", "子供", True),
        ("赤ちゃんからお年寄りまで", "高齢", True),
        ("車いすで入れます", "車椅子", True),
        ("ＷｉーＦｉとﾄｲﾚ", "トイレ", True),
        ("Wi-Fi", "ｗｉ－ｆｉ", True),
        ("多目的トイレ／無料", "トイレ　無料", True),
        ("多目的トイレ／無料", "トイレ 有料", False),
        ("なにか", "", True),
    ],
)
def test_words_are_found_however_they_are_written(said: str, wanted: str, found: bool) -> None:
    assert says(said, wanted) is found


@pytest.mark.parametrize(
    ("words", "earned"),
    [
        ("段差なし・多目的トイレあり", [Mark.STEP_FREE]),
        ("段差はありません。車いすで入れるトイレがあります。", [Mark.STEP_FREE, Mark.WHEELCHAIR]),
        ("車いす可", [Mark.WHEELCHAIR]),
        ("車いすでは入れません", []),
        ("車いすの方は、お手伝いしないと入れません", []),
        ("入口に段差があります。休憩所は車いすで入れます", []),
        ("段差あり", []),
        ("駐車場があります", []),
        ("", []),
    ],
)
def test_a_mark_needs_the_words(words: str, earned: list[Mark]) -> None:
    assert marks(words) == earned


@pytest.mark.parametrize("wanted", ["かふぇ", "ｶﾌｪ", "高崎", "ＤＥ", "コドモ", "子供", "架空清"])
def test_the_public_searches_in_one_form_too(wanted: str) -> None:
    assert says("髙﨑のカフェ／まつどDE／こどもの会／架空 清さん", wanted)
