"""What letters say beside facts: the paragraphs of each kind, their placeholders, what may be drafted. Pure.

Data of the city, by fiscal year (制度設定); the texts here are where a city begins. A text is words and placeholders like
{事業名}, nothing else: it is split, never evaluated, and reaches the template as data.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from stations.core.messages import N_, RuleBroken

LONGEST = 1_000
"""Of one text: some twenty lines of a letter."""


@dataclass(frozen=True)
class Placeholder:
    """A name that stands for a fact of the letter; ``fact``: what the letter's data calls it."""

    name: str
    fact: str


@dataclass(frozen=True)
class Kind:
    """One kind of letter: its texts by name, in the order of the letter, and what may stand in braces in them."""

    texts: Mapping[str, str]
    placeholders: tuple[Placeholder, ...]


MAY_BE_EMPTY = frozenset({"conditions", "closing"})

_ASK = "この決定について不明な点があるときは、下記の問合せ先にお尋ねください。"
_SLIP = "同封の納入通知書により、納期限までに取扱金融機関で納付してください。"
_ABOUT = "で申請のあった{会計年度}{制度名}"
_AWARDED = "{交付決定日}付け{交付決定番号}により交付の決定をした{会計年度}{制度名}については、{根拠}の規定により、下記のとおり"


def _kind(texts: dict[str, str], **facts: str) -> Kind:
    """Every letter knows the grant; ``facts``: placeholder → its fact, of this kind alone."""
    shared = {"事業名": "project", "会計年度": "fiscal_year", "制度名": "scheme", "根拠": "basis"}
    return Kind(texts, tuple(Placeholder(name, fact) for name, fact in (shared | facts).items()))


KINDS: Mapping[str, Kind] = {
    "award": _kind(
        {
            "opening": "{申請日}付け"
            + _ABOUT
            + "については、{根拠}の規定により、下記のとおり交付することに決定したので、通知します。",
            "payment": "請求により概算払をする。額の確定の後に精算する。",
            "payment_late": "概算払はしない（交付の決定は{決定日}）。額の確定の後に支払う。",
            "conditions": "補助事業の内容又は経費の配分を変更しようとするときは、あらかじめ市長の承認を受けること。"
            "ただし、流用の範囲内の変更を除く。\n"
            "補助金は、補助事業の目的以外に使用しないこと。\n"
            "補助事業に係る帳簿及び証拠書類を、補助事業の完了後{保存年数}年間保存すること。",
            "closing": "",
        },
        申請日="applied_dated",
        決定日="decided_dated",
        交付決定額="award_yen",
        事業の期間="period",
        実績報告の期限="report_due",
        保存年数="retention_years",
    ),
    "refusal": _kind(
        {
            "opening": "{申請日}付け"
            + _ABOUT
            + "については、{根拠}の規定により、下記のとおり交付しないことに決定したので、通知します。",
            "closing": _ASK,
        },
        申請日="applied_dated",
        交付申請額="applied_yen",
    ),
    "change": _kind(
        {
            "opening": "{申請日}付け"
            + _ABOUT
            + "の変更については、{根拠}の規定により、下記のとおり承認したので、通知します。",
            "conditions": "",
            "closing": "",
        },
        申請日="requested_dated",
        交付決定日="award_dated",
        交付決定番号="award_number",
        変更後の交付決定額="award_yen",
    ),
    "change_refusal": _kind(
        {
            "opening": "{申請日}付け"
            + _ABOUT
            + "の変更については、{根拠}の規定により、下記のとおり承認しないことに決定したので、通知します。",
            "closing": _ASK,
        },
        申請日="requested_dated",
        交付決定日="award_dated",
        交付決定番号="award_number",
    ),
    "cancellation": _kind(
        {
            "opening": _AWARDED + "交付の決定の{取消しの範囲}を取り消したので、通知します。",
            "repayment_reported": "{実績報告の期限}までに実績報告書を提出してください。検査の上、取消し後の交付決定額の範囲内で"
            "額を確定し、支払済額がこれを超えるときは、別に通知する返還命令書により返還してください。",
            "repayment": "支払済額のうち{返還額}は、別に通知する返還命令書により返還してください。",
            "repayment_none": "返還していただく額はありません。",
            "closing": _ASK,
        },
        交付決定日="award_dated",
        交付決定番号="award_number",
        取消しの範囲="extent",
        取り消す額="cancelled_yen",
        取消し後の額="kept_yen",
        支払済額="paid_yen",
        返還額="refund_yen",
        実績報告の期限="report_due",
    ),
    "determination": _kind(
        {
            "opening": "{実績報告日}付けで実績報告のあった{会計年度}{制度名}については、{根拠}の規定により、"
            "下記のとおり補助金の額を確定したので、通知します。",
            "settlement_paid": "差引額{差引額}は、精算払によりお支払いします。",
            "settlement_refunded": "差引額{差引額}は、別に通知する返還命令書により返還してください。",
            "settlement_none": "差引額はありません。",
            "closing": "",
        },
        実績報告日="reported_dated",
        交付決定日="award_dated",
        交付決定番号="award_number",
        交付決定額="award_yen",
        確定額="fixed_yen",
        支払済額="paid_yen",
        差引額="difference_yen",
    ),
    "refund": _kind(
        {
            "opening": _AWARDED + "返還を命じます。",
            "reason": "額の確定により、支払済額が確定額を超えたため。",
            "reason_cancelled": "交付決定の取消しにより、支払済額が交付できる額を超えたため。",
            "paying_back": _SLIP,
            "closing": "",
        },
        交付決定日="award_dated",
        交付決定番号="award_number",
        支払済額="paid_yen",
        確定額="fixed_yen",
        返還額="refund_yen",
        納期限="due",
    ),
    "recovery": _kind(
        {
            "opening": _AWARDED + "返還を命じます。",
            "reason": "額の確定の後に、補助の対象と認められない支出が判明したため。",
            "paying_back": _SLIP,
            "closing": "",
        },
        交付決定日="award_dated",
        交付決定番号="award_number",
        支払済額="paid_yen",
        確定額="fixed_yen",
        返還額="refund_yen",
        納期限="due",
    ),
}

_PIECES = re.compile(r"[{｛]([^{}｛｝\n]*)[}｝]")
_BRACES = re.compile(r"[{}｛｝]")


def check_texts(kind: str, texts: Mapping[str, str]) -> list[RuleBroken]:
    """What is wrong with the texts of a kind, each beside its field: empty, too long, a brace without its other, a
    placeholder that the kind does not have."""
    known = {one.name for one in KINDS[kind].placeholders}
    found = []
    for name in KINDS[kind].texts:
        text = texts.get(name, "")
        if not text.strip() and name not in MAY_BE_EMPTY:
            found.append(RuleBroken(name, N_("文を入力してください。")))
        if len(text) > LONGEST:
            found.append(RuleBroken(name, N_("%(limit)s文字までにしてください。"), limit=LONGEST))
        if _BRACES.search(_PIECES.sub("", text)):
            found.append(RuleBroken(name, N_("差し込みは「{事業名}」のように、{ と } で囲んでください。")))
        used = dict.fromkeys(match[1] for match in _PIECES.finditer(text))
        if unknown := [one for one in used if one not in known]:
            found.append(
                RuleBroken(
                    name,
                    N_("この文書にない差し込みです：%(names)s。一覧にある名前にしてください。"),
                    names="、".join(f"{{{one}}}" for one in unknown),
                )
            )
    return found


def values(kind: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Placeholder → what is printed for it: amounts like 180,000円, all else as it is; 「—」 for what this letter lacks."""
    return {
        one.name: f"{value:,}円".replace("-", "△")
        if one.fact.endswith("_yen") and isinstance(value, int)
        else str(value) or "—"
        for one in KINDS[kind].placeholders
        for value in [facts[one.fact]]
    }


def check_year(year: int, this_year: int) -> None:
    """Texts are drafted for the years of which letters go out: last year's grants are still settled this year."""
    if not is_open(year, this_year):
        raise RuleBroken(None, N_("通知書の文を変えられるのは、前年度、今年度、来年度の分です。"))


def is_open(year: int, this_year: int) -> bool:
    return this_year - 1 <= year <= this_year + 1


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """Pieces of both texts in reading order: ("same" | "gone" | "new", words)."""
    found: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", before[a:b]))
        else:
            found += [(kind, words) for kind, words in (("gone", before[a:b]), ("new", after[c:d])) if words]
    return found


Run = tuple[str, bool]
"""Words of a line, and whether they stay together on one line of the page, as amounts do."""


def filled(kind: str, text: str, said: Mapping[str, str]) -> list[list[Run]]:
    """The lines of a text, without empty ones, with what is ``said`` for its placeholders. Any text will do: what is no placeholder is words."""
    amounts = {one.name for one in KINDS[kind].placeholders if one.fact.endswith("_yen")}

    def runs(line: str) -> Iterable[Run]:
        end = 0
        for match in _PIECES.finditer(line):
            if match[1] in said:
                yield line[end : match.start()], False
                yield said[match[1]], match[1] in amounts
                end = match.end()
        yield line[end:], False

    return [[run for run in runs(line) if run[0]] for line in text.split("\n") if line.strip()]


def plain(kind: str, text: str, said: Mapping[str, str]) -> str:
    """A text as a reader of the letter will see it."""
    return "\n".join("".join(words for words, _whole in line) for line in filled(kind, text, said))
