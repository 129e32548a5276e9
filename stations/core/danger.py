"""Words that may mean a danger to life, wherever somebody writes what they saw or heard. Pure.

What is written is not read at once: on a Saturday it lies until Monday. So a form asks for a call first.
"""

import re
import unicodedata

from stations.core import text

EMERGENCY_NUMBERS = ("119", "110")
"""Fire and ambulance, and the police: the same everywhere in Japan."""

# Rather one page too many than one call too few: somebody who knows better says so on the page. Blanks are taken out first.
_DANGER = re.compile(
    "|".join(
        (
            # wish to die, harm to oneself
            "[死し]に[たて][いくかえぇー]|[死し]のうと?[思おし]|死のう|死んで(?:しま)?いたい|死んでしまいたい|死んだ(?:ほう|方)が|死ぬしか|死ね[ばとよっ]",
            "(?:消|き)えて?(?:しま)?いたい|(?:消|き)えてしまいたい|(?:消|き)えたい|いなくなりたい|楽になりたい|終わりにしたい",
            "(?:生|い)きてい?たくない|生きて(?:いる|る)(?:意味|の)が?(?:ない|つらい|辛い|いや)|生きる(?:意味がない|のが(?:つら|辛|いや|嫌))",
            "自殺|じさつ|自死|自害|遺書|心中し|(?:首|くび)を(?:吊|つ[りろっる]|くく)|首吊|(?:飛び?|とび)[降お]り(?:たい|よう|る)|入水|練炭|身を投げ",
            "(?:電車|線路|ホーム|川|海|池)[にへ](?:飛び?|とび)[込こ]",
            "リストカット|リスカ|自傷|手首を切|オーバードーズ|(?:薬|くすり)を(?:たくさん|大量に|まとめて|全部)[飲のる]",
            # violence
            "殺(?:す|し(?:たい|て|た|そう)|さ[れな]|せ|そう)|ころ(?:す|して|され)",
            "暴力|ぼうりょく|(?<![A-Z])DV(?![A-Z])|虐待|ぎゃくたい|ネグレクト|殴(?:る|ら|っ|り)[れた]?|なぐ(?:られ|った|る)|蹴られ|叩かれ|たたかれ|首を[絞し]め",
            "(?:包丁|ナイフ)を(?:向け|振り|突き|持っ?て?(?:き|暴|脅|い))|刃物|刺(?:した|された|される|してやる)|閉じ込め(?:られ|て)",
            "レイプ|性(?:的な?)?(?:被害|暴行|虐待)|襲われ|さらわれ|連れ去",
            # an emergency of body or house
            "[でにが]倒れ[てた]|(?:^|[。、「])倒れ(?:て(?:い|る)|ました|た(?:と|。|$))|(?:意識|いしき)(?:が|も)(?:ない|なく|なか|はっきりし)",
            "息を?して(?:い)?ない|息ができ|息が苦し|呼吸(?:が(?:な|苦し)|困難)|けいれん|大けが|大怪我|出血|血を吐|吐血|血が止まら",
            "胸が(?:痛|苦し)|ろれつ|(?:呼んでも|声をかけても|呼びかけても)(?:返事|反応)が(?:ない|なく|なか)|熱中症|動けな[いく]",
            "(?:[2-9二三四五六七八九]日|何日)(?:間|も)*(?:何も|なにも)?食べてい?ない|(?:何も|なにも)食べてい?ない|水も飲[めん]",
            "(?:食事|ごはん|ご飯)を?(?:もらえない|食べさせてもらえ|与えられて)|行方不明|行方が(?:わから|分から)|帰って(?:来|こ)ない",
            "火事|煙が出|火をつけ|放火",
            "want(?:s|ed)?todie|suicid|kill(?:my|him|her|them)sel",
        )
    ),
    re.IGNORECASE,
)


def danger_words(*texts: str) -> list[str]:
    """The words of danger in free text as they stand there, each once, whether in hiragana or katakana."""
    found: list[str] = []
    for typed in texts:
        plain = "".join(unicodedata.normalize("NFKC", typed).split())
        spans = {
            match.span() for form in (plain, text.in_hiragana(plain)) for match in _DANGER.finditer(form)
        }
        end = 0
        for begins, ends in sorted(spans):
            if begins >= end:
                found.append(plain[begins:ends])
                end = ends
    return list(dict.fromkeys(found))


def emergency_numbers(setting: str) -> list[str]:
    """119 and 110, and those of the setting (several with ・ between them), each once."""
    return list(dict.fromkeys([*EMERGENCY_NUMBERS, *(one for one in setting.split("・") if one)]))
