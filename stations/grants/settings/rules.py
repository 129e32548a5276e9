"""The terms of a fiscal year (制度設定), and what they may be. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from stations.core import clock
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen


class ReallocationRule(StrEnum):
    """How far the committee may move money between categories (流用) without asking."""

    SMALLER20 = "smaller20"
    ANY20 = "any20"


@dataclass(frozen=True, kw_only=True)
class FiscalTerms:
    """The settings of one fiscal year (制度設定). The defaults are fictional until the city gives its own."""

    fiscal_year: int
    rate_numerator: int = 1
    rate_denominator: int = 1
    cap_yen: Yen | None = None
    unit_yen: Yen = 1_000
    report_days: int = 30
    report_latest: tuple[int, int] = (4, 10)
    refund_days: int = 20
    processing_days: int = 30
    resubmit_days: int = 14
    reminder_days: tuple[int, ...] = (-7, 0, 7, 14)
    reallocation_rule: ReallocationRule = ReallocationRule.SMALLER20
    document_prefix: str = ""
    retention_years: int = 5


# Days and years beyond these are typing errors, and dates counted with them would not exist.
_BOUNDS = {
    "report_days": (0, 366),
    "refund_days": (1, 366),
    "processing_days": (1, 366),
    "resubmit_days": (1, 366),
    "retention_years": (1, 100),
}


def check_terms(terms: FiscalTerms) -> None:
    """`RuleBroken` on the setting that could not work: a rate above 1, a unit or cap below 1, no such day."""
    if not 1 <= terms.rate_numerator <= terms.rate_denominator:
        raise RuleBroken("rate_numerator", N_("補助率は、0より大きく1以下の分数で入力してください。"))
    if terms.unit_yen < 1:
        raise RuleBroken("unit_yen", N_("端数処理の単位は1円以上で入力してください。"))
    if terms.cap_yen is not None and terms.cap_yen < 1:
        raise RuleBroken("cap_yen", N_("上限額は1円以上で入力するか、空欄にしてください。"))
    if terms.cap_yen is not None and terms.cap_yen % terms.unit_yen:
        raise RuleBroken("cap_yen", N_("上限額は、端数処理の単位で割り切れる額にしてください。"))
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(terms, name) <= most:
            raise RuleBroken(
                name, N_("%(least)sから%(most)sまでの数で入力してください。"), least=least, most=most
            )
    try:
        date(terms.fiscal_year + 1, *terms.report_latest)
    except ValueError:
        raise RuleBroken("report_latest", N_("実績報告の最終期限は、ある日付にしてください。")) from None


@lru_cache(maxsize=64)  # a page of reports reads the days of each grant's year
def parse_reminder_days(text: str) -> tuple[int, ...]:
    """Read 「-7, 0, 7、14」: days beside the deadline, those before it with a minus. `RuleBroken` on "reminder_days"."""
    plain = re.sub(r"[−–—ー‐△▲]", "-", unicodedata.normalize("NFKC", text)).replace("、", ",")
    pieces = [piece for piece in re.split(r"[,\s]+", plain) if piece]
    if not all(re.fullmatch(r"[+-]?[0-9]{1,3}", piece) for piece in pieces):
        raise RuleBroken(
            "reminder_days", N_("日数は「-7, 0, 7, 14」のように、読点か空白で区切って入力してください。")
        )
    days = tuple(sorted(int(piece) for piece in pieces))
    if len(set(days)) < len(days) or len(days) > 10 or any(abs(day) > 366 for day in days):
        raise RuleBroken(
            "reminder_days", N_("同じ日は1回だけ、期限の前後366日以内で、10回までにしてください。")
        )
    return days


def format_reminder_days(days: Iterable[int]) -> str:
    """「-7, 0, 7, 14」, as `parse_reminder_days` reads it."""
    return ", ".join(str(day) for day in days)


def processing_deadline(received_on: date, days: int) -> date:
    """The end of the 標準処理期間 (行政手続法 6条): until when the city deals with what a committee handed in.

    On a day on which city hall is open.
    """
    return clock.open_day(received_on + timedelta(days=days))
