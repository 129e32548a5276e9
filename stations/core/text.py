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
# Letters and symbols by their category that nobody sees: fillers of Hangul, the empty Braille cell, the grapheme joiner.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_UNSEEN_CATEGORIES = frozenset(
    {"Cc", "Cf", "Cs", "Zl", "Zp"}
)  # controls, format marks, halves of a pair, separators
_JOINERS = frozenset("\u200c\u200d")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_FURIGANA = re.compile(r"[ぁ-ゖー・\s]+")
_KATAKANA = re.compile(r"[ァ-ヺー・\s]+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_TO_KATAKANA = {hiragana: katakana for katakana, hiragana in _TO_HIRAGANA.items()}


def normalise(text: str) -> str:
    """Text as it is stored: one newline form, one kind of narrow blank, no invisible marks, no blanks at the ends.

    Kana typed as letter plus mark (macOS file names) are joined; kanji and their variants (異体字) stay as typed.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _DECOMPOSED_KANA.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)
    return visible(text).strip()


def visible(text: str) -> str:
    """``text`` without what cannot be seen: it turns a page's text around, or makes two equal names differ."""
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        before = kept[-1] if kept else ""
        if char in "\n\t\u3000":
            kept.append(char)
        elif category == "Zs":
            kept.append(" ")  # no-break, thin, en …: they come with pasted text and look the same
        elif char in _JOINERS:
            if before and unicodedata.category(before) in {
                "Mn",
                "Mc",
            }:  # it shapes a letter of an Indic script
                kept.append(char)
        elif _SELECTOR.match(char):
            if before and unicodedata.category(before) in {"Lo", "So"}:  # 異体字, or how a symbol is shown
                kept.append(char)
        elif category not in _UNSEEN_CATEGORIES and char not in _BLANK_LETTERS:
            kept.append(char)
    return "".join(kept)


def without_marks(text: str) -> str:
    """What a reader of numbers, times and addresses looks at: no invisible marks, no selectors, no blanks at all."""
    return re.sub(r"\s", "", _SELECTOR.sub("", normalise(text)))


def for_checking(text: str) -> str:
    """The plain form in which text is compared and searched: NFKC, lower case, no blanks. Never stored."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", normalise(text)).casefold())


# 旧字体 and variants that names keep, and below each the character in which it is looked for. NFKC knows the others.
_OLD_KANJI = (
    "髙﨑嵜𠮷德邊邉齋齊斉澤濱濵廣國囯櫻眞惠壽榮龍嶋嶌峯淵渊藏萬與實禮靜學瀧瀨槇彌增圓鐵冨曾顯晉來假會關鷗橫黑郞淸靑內吳緖稻總聰團澁禰栁桒舘埜冝莊"
    "逹凜遙堯巖每步豐乘凉淨薰勳卷縣區號寶佛變邨檜籠應廰廳當臺氣圖體兒戶敎產黃鷄澂祿穗縱將條淺濟燈爲亞惡壹隱鹽歐奧溫樂觀勸舊據舉峽鄕曉檢劍險恆廐嶽"
    "濕壤粹攝專雙裝屬對擔單遲晝鑄聽遞點傳獨讀廢拜賣麥發拂辨瓣辯飜默譯藥餘譽謠覽獵綠壘勵爐勞樓灣"
)
_NEW_KANJI = (
    "高崎崎吉徳辺辺斎斎斎沢浜浜広国国桜真恵寿栄竜島島峰渕渕蔵万与実礼静学滝瀬槙弥増円鉄富曽顕晋来仮会関鴎横黒郎清青内呉緒稲総聡団渋祢柳桑館野宜荘"
    "達凛遥尭巌毎歩豊乗涼浄薫勲巻県区号宝仏変村桧篭応庁庁当台気図体児戸教産黄鶏澄禄穂縦将条浅済灯為亜悪壱隠塩欧奥温楽観勧旧拠挙峡郷暁検剣険恒厩岳"
    "湿壌粋摂専双装属対担単遅昼鋳聴逓点伝独読廃拝売麦発払弁弁弁翻黙訳薬余誉謡覧猟緑塁励炉労楼湾"
)
_SEARCH_FOLD = str.maketrans(_OLD_KANJI, _NEW_KANJI) | _TO_HIRAGANA


def in_hiragana(text: str) -> str:
    """Katakana as hiragana, letter for letter; everything else stays."""
    return text.translate(_TO_HIRAGANA)


def for_searching(text: str) -> str:
    """The one form in which words are looked for: NFKC, lower case, hiragana, today's kanji, no blanks or marks.

    Stored only beside the text (`Person.searched`), never in its place.
    """
    return unicodedata.normalize("NFKC", without_marks(text)).casefold().translate(_SEARCH_FOLD)


def normalise_phone(text: str) -> str:
    """「０４７（３６６）００００」 → 「047-366-0000」; a number typed without hyphens stays without."""
    spaced = _SELECTOR.sub("", normalise(text))  # a blank between the parts stands for a hyphen
    plain = _ANY_HYPHEN.sub("-", unicodedata.normalize("NFKC", spaced))
    return re.sub(r"[\s()-]+", "-", plain).strip("-")


def check_phone(text: str, *, field: str | None = None) -> None:
    """`RuleBroken` on `field` unless the normalised number has 10 or 11 digits and begins with 0."""
    if not re.fullmatch(r"0(-?[0-9]){9,10}", text):
        raise RuleBroken(field, N_("電話番号は「047-000-0000」のように、市外局番から入力してください。"))


def normalise_postal(text: str) -> str:
    """「〒２７１８５８８」 → 「271-8588」; what has not seven digits is returned without its decoration."""
    plain = unicodedata.normalize("NFKC", without_marks(text)).removeprefix("〒")
    digits = _ANY_HYPHEN.sub("", plain)
    return f"{digits[:3]}-{digits[3:]}" if re.fullmatch(r"[0-9]{7}", digits) else digits


# Only these characters, not NFKC: NFKC would read 5² as 52 and ① as 1.
_DIGITS = str.maketrans("０１２３４５６７８９，", "0123456789,")
GROUPED = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
"""Digits with all their commas or none: a misplaced comma is refused rather than guessed."""

_COUNT = re.compile(rf"約?({GROUPED})[人名回個本枚件票]?")
_LONGEST_COUNT = 9  # digits


def half_width_digits(text: str) -> str:
    """``text`` without marks and blanks, its full-width digits and commas as half-width ones; nothing else is changed."""
    return without_marks(text).translate(_DIGITS)


def parse_count(text: str, *, field: str | None = None) -> int:
    """「20」「２０人」「約1,200人」「24回」 → the number. `RuleBroken` on `field` for anything else.

    The page reads the same (`amounts.js`); tests/core/amounts.json holds both together.
    """
    match = _COUNT.fullmatch(half_width_digits(text))
    digits = match[1].replace(",", "") if match else ""
    if not 1 <= len(digits) <= _LONGEST_COUNT:
        raise RuleBroken(field, N_("「20」のように、小数点のない数字で入力してください。"))
    return int(digits)


_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


def normalise_mail(text: str) -> str:
    """「ｎａｍｅ＠Ｅｘａｍｐｌｅ．ｊｐ　」 → 「name@example.jp」; the part before the @ keeps its capitals."""
    plain = unicodedata.normalize("NFKC", _SELECTOR.sub("", normalise(text))).strip()
    local, at, domain = plain.removeprefix("mailto:").rpartition("@")
    return f"{local}{at}{domain.lower()}"


def check_mail(text: str, *, field: str | None = None) -> None:
    """`RuleBroken` on `field` unless the normalised address can be written to.

    Before the @ dots may stand anywhere: Japanese carriers gave out addresses that RFC 5321 does not know (「a..b.@…」).
    """
    from email_validator import EmailNotValidError, validate_email  # only who gives an address pays for it

    local, _at, domain = text.rpartition("@")
    try:
        validate_email(f"x@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        domain = ""
    if not domain or not _LOCAL_PART.fullmatch(local):
        raise RuleBroken(field, N_("メールアドレスは「name@example.jp」のような形で入力してください。"))


def check_postal(text: str, *, field: str | None = None) -> None:
    """`RuleBroken` on `field` unless the normalised postal code is 「000-0000」."""
    if not re.fullmatch(r"[0-9]{3}-[0-9]{4}", text):
        raise RuleBroken(field, N_("郵便番号は「271-0000」のように、7けたの数字で入力してください。"))


def normalise_address(text: str) -> str:
    """The address as typed, with every look-alike hyphen as "-" and the ー of kana words kept."""
    return _ADDRESS_HYPHEN.sub("-", normalise(text))


def furigana(text: str, *, field: str | None = None) -> str:
    """ふりがな of a person; katakana of either width is turned into hiragana. `RuleBroken` otherwise."""
    kana = unicodedata.normalize("NFKC", _SELECTOR.sub("", normalise(text))).translate(_TO_HIRAGANA)
    if not _FURIGANA.fullmatch(kana):
        raise RuleBroken(field, N_("ふりがなは、ひらがなで入力してください。"))
    return kana


def katakana(text: str, *, field: str | None = None) -> str:
    """フリガナ of a bank account's holder, full width; hiragana is turned. `RuleBroken` otherwise."""
    kana = unicodedata.normalize("NFKC", _SELECTOR.sub("", normalise(text))).translate(_TO_KATAKANA)
    if not _KATAKANA.fullmatch(kana):
        raise RuleBroken(field, N_("フリガナは、カタカナで入力してください。"))
    return kana
