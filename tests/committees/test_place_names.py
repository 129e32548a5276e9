"""Names in Latin letters, as an English reader meets them."""

import pytest

from stations.committees.place_names import in_latin


@pytest.mark.parametrize(
    ("kana", "latin"),
    [
        ("", ""),
        ("むつみろっこうだい", "Mutsumirokkodai"),
        ("まばし むかしあそび と こうさく の ひろば", "Mabashi Mukashiasobi to Kosaku no Hiroba"),
        ("だんち　かふぇ", "Danchi Kafe"),
    ],
)
def test_words_of_a_reading_stay_words(kana: str, latin: str) -> None:
    assert in_latin(kana) == latin
