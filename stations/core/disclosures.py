"""What a sheet should not carry without need: address, telephone, birth date, illness, circumstances, a full name.

個人情報保護法61条: no more than the duty needs; 2条3項: illness, disability, crime are 要配慮個人情報. Found by pattern, so a
word can be there for a good reason: the sender is asked, and never refused. Pure, as `rules`.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found."""

    ADDRESS = "address"
    PHONE = "phone"
    BIRTH = "birth"
    HEALTH = "health"
    CIRCUMSTANCES = "circumstances"
    NAME = "name"


@dataclass(frozen=True)
class Found:
    """Words of a kind, as they stand in the text (in plain width)."""

    kind: Kind
    words: str


# Frequent family names. A full name is taken for one only where something says so: 「様」, 「さん」, or a blank after it.
_FAMILY = (
    "佐藤|鈴木|高橋|髙橋|田中|伊藤|渡辺|渡邊|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|斎藤|齋藤|清水|"
    "山崎|阿部|池田|橋本|石川|山下|中島|石井|小川|前田|岡田|長谷川|藤田|後藤|近藤|村上|遠藤|青木|坂本|斉藤|福田|太田|西村|"
    "藤井|岡本|金子|藤原|三浦|中野|原田|松田|竹内|田村|中山|和田|石田|上田|森田|柴田|酒井|横山|宮崎|宮本|内田|高木|安藤|"
    "谷口|大野|丸山|今井|河野|武田|村田|上野|杉山|増田|平野|大塚|千葉|久保|松井|小島|岩崎|野口|桜井|菊地|菊池|野村|新井"
)
# What is called by what they do, not by a name.
_OFFICES = (
    r"[一-龥々]*(?:委員|職員|係員|会員|役員|部員|店員|駅員|団員|議員|教員|班長|会長|店長|院長|園長|校長|社長|所長|課長|部長|主任|"
    r"担当|責任者|参加者|来場者|利用者|相談者|高齢者|障害者|当事者|保護者|介護者|同居者|配偶者|指導者|経験者|代表者|管理者|医者|"
    r"支援員|相談員|介護士|看護師|保健師|理学療法士|作業療法士|薬剤師|栄養士|保育士|民生|住民|隣人|友人|本人|家族|親戚|学生|生徒|"
    r"児童|警察|消防|大家|管理人|運転手|大工|先生|講師|息子|娘|親子|夫婦|兄弟|姉妹|祖父|祖母|同様|多様|一様)"
)
_HONOURED = r"(?:さん|様|さま|氏|くん|君|ちゃん)"
_GIVEN = "[一-龥々ぁ-んァ-ヶー]"

_PATTERNS: dict[Kind, str] = {
    Kind.ADDRESS: "|".join(
        (
            r"〒\s?\d{3}-?\d{4}",
            r"(?:市|区|町|村)[一-龥々ヶケノぁ-ん]{1,8}\s?\d{1,4}(?:-\d{1,4}){1,3}",
            r"[一-龥々]{2,6}\d{1,3}-\d{1,3}-\d{1,4}",
            r"[一-龥々ヶ]{0,6}\d{1,4}番地(?:の?\d+)?",
            r"[一-龥々ヶ]{1,6}(?:\d{1,2}|[一二三四五六七八九十])丁目",
            r"\d{2,4}号室",
        )
    ),
    Kind.PHONE: "|".join(
        (
            r"(?:\(0\d{1,4}\)|0\d{1,4})[- ]?\d{1,4}[- ]\d{3,4}(?!\d)",
            r"(?<!\d)0\d{9,10}(?!\d)",
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        )
    ),
    Kind.BIRTH: "|".join(
        (
            r"生年月日",
            r"(?:明治|大正|昭和)\d{1,2}年(?:\d{1,2}月(?:\d{1,2}日)?)?(?:生まれ|生)?",
            r"(?:明治|大正|昭和|平成|令和|[12]\d)\d{1,2}年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:生まれ|生(?!活))",
            r"[MTSH]\d{1,2}[./]\d{1,2}[./]\d{1,2}",
            r"(?:19\d\d|200\d|201[0-5])(?:年\d{1,2}月\d{1,2}日|[./-]\d{1,2}[./-]\d{1,2})(?:生まれ|生)?",
        )
    ),
    Kind.HEALTH: "|".join(
        (
            r"うつ病|うつ状態|鬱病|躁うつ|双極性障害|統合失調症?|認知症|アルツハイマー|発達障害|自閉症|ADHD|ASD",
            r"(?:知的|精神|身体|視覚|聴覚|摂食|適応|不安|パニック)障害|障害者手帳|療育手帳|PTSD|てんかん|パーキンソン病?",
            r"がん(?=の治療|を患|が見つ|です|患者|検診)|癌|糖尿病?|高血圧|脳梗塞|脳卒中|心筋梗塞|心臓病|リウマチ|肝炎|HIV|結核",
            r"(?:アルコール|ギャンブル|薬物)?依存症|透析|要介護\d?|要支援\d?|病名|診断|服薬|通院|入院",
        )
    ),
    Kind.CIRCUMSTANCES: r"年収|月収|生活保護|借金|自己破産|離婚|虐待|前科|逮捕|服役|不登校",
    Kind.NAME: "|".join(
        (
            r"本名|フルネーム|氏名",
            rf"(?:{_FAMILY})\s?{_GIVEN}{{1,4}}?{_HONOURED}",
            rf"(?:{_FAMILY})\s{_GIVEN}{{1,4}}",
            rf"[一-龥々]{{1,4}}\s{_GIVEN}{{1,4}}?{_HONOURED}",
            # However rare the family name: four characters with an honorific are a family name and a given one.
            rf"(?<![一-龥々])(?!{_OFFICES})[一-龥々]{{4,6}}{_HONOURED}",
        )
    ),
}
_FINDERS = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}
_HYPHENS = re.compile("[‐‑‒–—―−－ｰ]")


def find_personal(text: str) -> list[Found]:
    """What a writer should think about again, each thing once, by kind."""
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text))
    found = (
        Found(kind, match.group().strip())
        for kind, finder in _FINDERS.items()
        for match in finder.finditer(plain)
    )
    return list(dict.fromkeys(found))
