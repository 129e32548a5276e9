"""Typed Japanese text: cleaned without touching anybody's name, and checked in its plain form.

NFKC is for looking, never for keeping: it turns ㈱ into (株) and some old kanji into their modern form.
"""

import re
import unicodedata

from stations.core.messages import N_, RuleBroken

# Everything that a keyboard, a word processor or a copied page may give for a hyphen, besides ー itself.
_HYPHENS = "\u002d\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u2500\u2501\ufe58\ufe63\uff0d"
_ANY_HYPHEN = re.compile(f"[{_HYPHENS}ーｰ]")
# In an address ー stays a long vowel after kana (グリーンハイツ) and is a hyphen anywhere else (3ー5).
_ADDRESS_HYPHEN = re.compile(f"[{_HYPHENS}]|(?<![ぁ-ゖァ-ヺーｦ-ﾟ])[ーｰ]")
_DECOMPOSED_KANA = re.compile("[\u3041-\u30ff][\u3099\u309a]")
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b\u2028\u2029\u2060\ufeff]")
_FURIGANA = re.compile(r"[ぁ-ゖー・\s]+")
_KATAKANA = re.compile(r"[ァ-ヺー・\s]+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_TO_KATAKANA = {hiragana: katakana for katakana, hiragana in _TO_HIRAGANA.items()}


def normalise(text: str) -> str:
    """Text as it is stored: one newline form, no invisible characters, no blanks at the ends.

    Kana typed as letter plus mark (macOS file names) are joined; kanji and their variants stay as typed.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _DECOMPOSED_KANA.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)
    return _INVISIBLE.sub("", text).strip()


def for_checking(text: str) -> str:
    """The plain form in which text is compared and searched: NFKC, lower case, no blanks. Never stored."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", normalise(text)).casefold())


def normalise_phone(text: str) -> str:
    """「０４７（３６６）００００」 → 「047-366-0000」; a number typed without hyphens stays without."""
    plain = _ANY_HYPHEN.sub("-", unicodedata.normalize("NFKC", normalise(text)))
    return re.sub(r"[\s()-]+", "-", plain).strip("-")


def check_phone(text: str, *, field: str | None = None) -> None:
    """`RuleBroken` on `field` unless the normalised number has 10 or 11 digits and begins with 0."""
    if not re.fullmatch(r"0(-?[0-9]){9,10}", text):
        raise RuleBroken(field, N_("電話番号は「047-000-0000」のように、市外局番から入力してください。"))


def normalise_postal(text: str) -> str:
    """「〒２７１８５８８」 → 「271-8588」; what has not seven digits is returned without its decoration."""
    plain = unicodedata.normalize("NFKC", normalise(text)).removeprefix("〒")
    digits = re.sub(r"\s", "", _ANY_HYPHEN.sub("", plain))
    return f"{digits[:3]}-{digits[3:]}" if re.fullmatch(r"[0-9]{7}", digits) else digits


_COUNT = re.compile(r"約?([0-9]{1,9})[人名回個本枚件票]?")


def parse_count(text: str, *, field: str | None = None) -> int:
    """「20」「２０人」「約1,200人」「24回」 → the number. `RuleBroken` on `field` for anything else."""
    match = _COUNT.fullmatch(re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text)))
    if match is None:
        raise RuleBroken(field, N_("「20」のように、小数点のない数字で入力してください。"))
    return int(match[1])


def check_postal(text: str, *, field: str | None = None) -> None:
    """`RuleBroken` on `field` unless the normalised postal code is 「000-0000」."""
    if not re.fullmatch(r"[0-9]{3}-[0-9]{4}", text):
        raise RuleBroken(field, N_("郵便番号は「271-0000」のように、7けたの数字で入力してください。"))


def normalise_address(text: str) -> str:
    """The address as typed, with every look-alike hyphen as "-" and the ー of kana words kept."""
    return _ADDRESS_HYPHEN.sub("-", normalise(text))


def furigana(text: str, *, field: str | None = None) -> str:
    """ふりがな of a person; katakana of either width is turned into hiragana. `RuleBroken` otherwise."""
    kana = unicodedata.normalize("NFKC", normalise(text)).translate(_TO_HIRAGANA)
    if not _FURIGANA.fullmatch(kana):
        raise RuleBroken(field, N_("ふりがなは、ひらがなで入力してください。"))
    return kana


def katakana(text: str, *, field: str | None = None) -> str:
    """フリガナ of a bank account's holder, full width; hiragana is turned. `RuleBroken` otherwise."""
    kana = unicodedata.normalize("NFKC", normalise(text)).translate(_TO_KATAKANA)
    if not _KATAKANA.fullmatch(kana):
        raise RuleBroken(field, N_("フリガナは、カタカナで入力してください。"))
    return kana
