"""Danger to life: which words stop a memo, and what is written down of the telephone call. Pure, as `rules`.

A memo is not read at once: on a Saturday it lies until Monday. So words of danger, or 急ぎ, ask for a call first.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from stations.core.messages import N_, RuleBroken

# Rather one page too many than one call too few: somebody who knows better says so on the page. Blanks are taken out first.
_DANGER = re.compile(
    "|".join(
        (
            # wish to die, harm to oneself
            "[死し]に[たて][いくかえぇー]|死のうと?|死んで(?:しま)?いたい|死んでしまいたい|死んだほうが|死ぬしか",
            "消えて?(?:しま)?いたい|消えてしまいたい|消えたい|いなくなりたい",
            "生きてい?たくない|生きて(?:いる|る)(?:意味|の)が?(?:ない|つらい|辛い|いや)|生きる(?:意味がない|のが(?:つら|辛|いや|嫌))",
            "自殺|自死|自害|遺書|心中し|首を(?:吊|つ[りろっる])|首吊|飛び?[降お]り(?:たい|よう|る)|入水|練炭",
            "リストカット|自傷|手首を切|オーバードーズ|薬を(?:たくさん|大量に|まとめて|全部)[飲の]",
            # violence
            "殺(?:す|し(?:たい|て|た|そう)|さ[れな]|せ|そう)|ころ(?:す|して|され)",
            "暴力|DV|虐待|殴(?:る|ら|っ|り)[れた]?|なぐ(?:られ|った|る)|蹴られ|首を[絞し]め",
            "包丁を(?:向け|振り|突き)|刃物|刺(?:した|された|される|してやる)|閉じ込め(?:られ|て)",
            # an emergency of body or house
            "[でにが]倒れ[てた]|意識(?:が|も)(?:ない|なく|なか|はっきりし)",
            "息を?して(?:い)?ない|息ができ|息が苦し|呼吸が(?:な|苦し)|けいれん|大けが|大怪我|出血|血を吐|血が止まら",
            "胸が(?:痛|苦し)|ろれつ|(?:呼んでも|声をかけても|呼びかけても)(?:返事|反応)が(?:ない|なく|なか)",
            "(?:[2-9二三四五六七八九]日|何日)(?:間|も)*(?:何も|なにも)?食べてい?ない|(?:何も|なにも)食べてい?ない",
            "火事|煙が出|火をつけ",
        )
    )
)
CLOCKS_DIFFER = timedelta(minutes=5)


class CallOutcome(StrEnum):
    """What came of telephoning before a memo was sent."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A telephone call about a memo: ``whom`` (an office or a person there), ``at`` (aware), what came of it.

    Of NOT_NEEDED only the reason: the words that stopped the memo do not mean a danger now.
    """

    outcome: CallOutcome
    whom: str = ""
    at: datetime | None = None
    reason: str = ""


def danger_words(*texts: str) -> list[str]:
    """The words of danger in free text as they stand there, each once."""
    plain = ("".join(unicodedata.normalize("NFKC", text).split()) for text in texts)
    return list(dict.fromkeys(found.group() for text in plain for found in _DANGER.finditer(text)))


def needs_call(urgent: bool, *texts: str) -> bool:
    """Whether somebody has to be telephoned before a memo is sent."""
    return urgent or bool(danger_words(*texts))


def call_faults(call: Call, now: datetime, *, urgent: bool) -> list[RuleBroken]:
    """A call says whom and when, not in time to come; that none is needed says why, and is no answer to 急ぎ."""
    if call.outcome is CallOutcome.NOT_NEEDED:
        if urgent:
            return [RuleBroken("outcome", N_("「急ぎ」のメモは、送る前に電話してください。"))]
        return [] if call.reason.strip() else [RuleBroken("reason", N_("電話しない理由を入力してください。"))]
    faults = []
    if not call.whom.strip():
        faults.append(RuleBroken("whom", N_("電話した相手を入力してください。")))
    if call.at is None:
        faults.append(RuleBroken("at", N_("電話した時刻を入力してください。例：15:30")))
    elif call.at > now + CLOCKS_DIFFER:
        faults.append(RuleBroken("at", N_("電話した時刻は、いまか、それより前にしてください。")))
    return faults
