"""Words that stop a memo until somebody was telephoned, and what a call must say."""

from datetime import UTC, datetime, timedelta

import pytest

from stations.core.messages import RuleBroken
from stations.referrals.danger import Call, CallOutcome, call_faults, danger_words, needs_call

NOW = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)  # a Saturday, 15 o'clock

DANGER = [
    "もう死にたい",
    "もう 死 にたいと話した",
    "しにたい、とつぶやいた",
    "死んでしまいたい",
    "消えてしまいたいと言う",
    "生きていたくない",
    "生きている意味がない",
    "自殺を考えたことがある",
    "首をつろうとした",
    "飛び降りようかと言った",
    "腕にリストカットのあと",
    "薬をまとめて飲んだ",
    "息子に殺されると言っている",
    "夫に殴られた",
    "家で暴力を受けている",
    "ＤＶから逃げてきた",
    "こどもが虐待されているようだ",
    "首をしめられた",
    "玄関で倒れていた",
    "意識がはっきりしない",
    "息をしていないように見えた",
    "声をかけても返事がない",
    "胸が痛いと言ってうずくまった",
    "三日間何も食べていない",
    "部屋から煙が出ている",
    "家に火をつけてやると言った",
]
CALM = [
    "",
    "2週つづけて顔色が悪い",
    "先月まで毎回来ていた方が、2回続けて来ていない。前回は元気がない様子だった。",
    "帰りの道が分からなくなったと話し、スタッフが家の近くまで送った。",
    "食事を一日一回しかとっていないと話していた。",
    "仕事をやめてから、家族のほかにはだれとも話していないと言っていた。",
    "こどもだけで夜まで過ごしていると聞いた。",
    "昨年、奥さまを亡くされた",
    "包丁で野菜を切るのが上手",
    "刺し身が好き。刺しゅうもする",
    "サッカーでボールを蹴った",
    "倒れた自転車を起こしてくれた",
    "殺虫剤をまいた",
    "消しゴムを探していた",
    "畑で意識して水をまく",
    "必死に練習している",
    "息子さんと来た。息ぴったり",
    "返事がおそい",
]


@pytest.mark.parametrize("text", DANGER)
def test_words_of_danger_are_found(text: str) -> None:
    assert danger_words(text) and needs_call(False, text)


@pytest.mark.parametrize("text", CALM)
def test_ordinary_sentences_are_not_taken_for_danger(text: str) -> None:
    assert danger_words(text) == [] and not needs_call(False, text)


def test_what_is_urgent_is_telephoned_whatever_it_says() -> None:
    assert needs_call(True, "2週つづけて顔色が悪い")


def test_the_words_are_shown_as_they_stand() -> None:
    assert danger_words("夫に殴られた。もう死にたい。", "もう死にたい") == ["殴られ", "死にたい"]


REACHED = Call(outcome=CallOutcome.REACHED, whom="119", at=NOW)


@pytest.mark.parametrize(
    ("call", "danger_only", "fields"),
    [
        (REACHED, False, []),
        (Call(outcome=CallOutcome.NOT_REACHED, whom="窓口", at=NOW - timedelta(hours=2)), False, []),
        (Call(outcome=CallOutcome.REACHED, whom=" ", at=NOW), False, ["whom"]),
        (Call(outcome=CallOutcome.REACHED, whom="119", at=None), False, ["at"]),
        (Call(outcome=CallOutcome.NOT_REACHED, whom="", at=None), False, ["whom", "at"]),
        (Call(outcome=CallOutcome.REACHED, whom="119", at=NOW + timedelta(minutes=20)), False, ["at"]),
        (Call(outcome=CallOutcome.NOT_NEEDED, reason="去年の話だった"), True, []),
        (Call(outcome=CallOutcome.NOT_NEEDED, reason=" "), True, ["reason"]),
        (Call(outcome=CallOutcome.NOT_NEEDED, reason="去年の話だった"), False, ["outcome"]),
    ],
)
def test_a_call_says_whom_and_when(call: Call, danger_only: bool, fields: list[str]) -> None:
    """``danger_only``: only words stopped it. What is marked urgent is telephoned without exception."""
    assert [one.field for one in call_faults(call, NOW, urgent=not danger_only)] == fields
    for fault in call_faults(call, NOW, urgent=not danger_only):
        assert isinstance(fault, RuleBroken)
