"""Names of people who do not exist: each family name says so (見本, 架空, 仮名 …), yet no two lists look alike."""

import random
from collections.abc import Iterator

_STEMS = (
    ("見本", "みほん"),
    ("架空", "かくう"),
    ("仮名", "かめい"),
    ("例示", "れいじ"),
    ("想定", "そうてい"),
    ("試作", "しさく"),
    ("模擬", "もぎ"),
    ("空想", "くうそう"),
    ("作例", "さくれい"),
    ("見立", "みたて"),
    ("仮想", "かそう"),
    ("夢見", "ゆめみ"),
)
_ENDINGS = (
    ("", ""),
    ("田", "だ"),
    ("川", "がわ"),
    ("山", "やま"),
    ("野", "の"),
    ("沢", "ざわ"),
    ("原", "はら"),
    ("木", "ぎ"),
)
_GIVEN = (
    ("花子", "はなこ"),
    ("太郎", "たろう"),
    ("和子", "かずこ"),
    ("一郎", "いちろう"),
    ("恵", "めぐみ"),
    ("健", "けん"),
    ("美咲", "みさき"),
    ("翔", "しょう"),
    ("幸子", "さちこ"),
    ("清", "きよし"),
    ("節子", "せつこ"),
    ("勇", "いさむ"),
    ("由美", "ゆみ"),
    ("誠", "まこと"),
    ("陽子", "ようこ"),
    ("直樹", "なおき"),
    ("千代", "ちよ"),
    ("進", "すすむ"),
    ("久美", "くみ"),
    ("隆", "たかし"),
    ("葵", "あおい"),
    ("蓮", "れん"),
    ("真理", "まり"),
    ("大輔", "だいすけ"),
)


def names(dice: random.Random) -> Iterator[tuple[str, str]]:
    """Pairs of name and ふりがな in a shuffled order, each once."""
    every = [
        (f"{stem}{ending} {given}", f"{stem_kana}{ending_kana} {given_kana}")
        for stem, stem_kana in _STEMS
        for ending, ending_kana in _ENDINGS
        for given, given_kana in _GIVEN
    ]
    dice.shuffle(every)
    return iter(every)
