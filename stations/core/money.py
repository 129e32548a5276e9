"""Yen: whole numbers only, typed as people type them, rounded once and downwards."""

import re

from stations.core import text
from stations.core.messages import N_, RuleBroken

Yen = int

# Nine digits fit a 32-bit column, and ten times the city's whole 重層 budget.
MAX_YEN: Yen = 999_999_999

_SIGNS = str.maketrans("￥＼\\－−ー△▲．", "¥¥¥-----.")
# 「金500円也」 and 「¥500-」 are how receipts write an amount that nobody may add a digit to.
_AMOUNT = re.compile(
    rf"(?P<sign>-?)(?:(?P<lead>金?¥|金)(?P<inner>-?))?(?P<digits>{text.GROUPED})円?也?(?P<end>\.?-)?"
)


def parse_yen(typed: str, *, field: str | None = None, negative: bool = False) -> Yen:
    """Read 「1,234」「１，２３４円」「¥1234」「金1,234円也」「¥1,234-」, and 「△1,234」 or 「-1,234」 where `negative` is allowed.

    Raises `RuleBroken` on `field`. The page reads the same (`amounts.js`); tests/core/amounts.json holds both together.
    """
    plain = text.half_width_digits(typed).translate(_SIGNS)
    if not plain:
        raise RuleBroken(field, N_("金額を入力してください。"))
    match = _AMOUNT.fullmatch(plain)
    if match is None or (match["end"] and not match["lead"]):
        raise RuleBroken(field, N_("金額は「12,300」のように、円単位の整数で入力してください。"))
    amount = int(match["digits"].replace(",", ""))
    if amount > MAX_YEN:
        raise RuleBroken(field, N_("金額が大きすぎます。けた数を確かめてください。"))
    minus = bool(match["sign"] or match["inner"])
    if minus and not negative:
        raise RuleBroken(
            field, N_("マイナスの金額は入力できません。「-」や「△」を付けずに入力してください。")
        )
    return -amount if minus else amount


def floor_unit(amount: Yen, unit: Yen) -> Yen:
    """The largest multiple of `unit` that is not above `amount` (端数切捨て)."""
    return amount // unit * unit


def apply_rate(net: Yen, numerator: int, denominator: int, unit: Yen) -> Yen:
    """floor_unit(net × numerator/denominator), in whole numbers and rounded once, at the end."""
    return net * numerator // (denominator * unit) * unit


def format_yen(amount: Yen) -> str:
    """「1,234,567円」; negatives as 「△1,000円」, the custom of public accounts."""
    return f"{'△' if amount < 0 else ''}{abs(amount):,}円"
