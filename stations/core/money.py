"""Yen: whole numbers only, typed as people type them, rounded once and downwards."""

import re

from stations.core.messages import N_, RuleBroken

Yen = int

# Nine digits fit a 32-bit column, and ten times the city's whole 重層 budget.
MAX_YEN: Yen = 999_999_999

# Only these characters, not NFKC: NFKC would read 5² as 52.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９，￥－−△▲", "0123456789,¥----", " \u3000\t")
_AMOUNT = re.compile(r"(?P<sign>-?)¥?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)円?")


def parse_yen(text: str, *, field: str | None = None, negative: bool = False) -> Yen:
    """Read 「1,234」「１，２３４円」「¥1234」, and 「△1,234」 or 「-1,234」 where `negative` is allowed.

    A misplaced comma is refused rather than guessed. Raises `RuleBroken` on `field`.
    """
    plain = text.translate(_HALF_WIDTH)
    if not plain:
        raise RuleBroken(field, N_("金額を入力してください。"))
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        raise RuleBroken(field, N_("金額は「12,300」のように、円単位の整数で入力してください。"))
    amount = int(match["digits"].replace(",", ""))
    if amount > MAX_YEN:
        raise RuleBroken(field, N_("金額が大きすぎます。けた数を確かめてください。"))
    if match["sign"] and not negative and amount:
        raise RuleBroken(field, N_("金額は0円以上で入力してください。"))
    return -amount if match["sign"] else amount


def floor_unit(amount: Yen, unit: Yen) -> Yen:
    """The largest multiple of `unit` that is not above `amount` (端数切捨て)."""
    return amount // unit * unit


def apply_rate(net: Yen, numerator: int, denominator: int, unit: Yen) -> Yen:
    """floor_unit(net × numerator/denominator), in whole numbers and rounded once, at the end."""
    return net * numerator // (denominator * unit) * unit


def format_yen(amount: Yen) -> str:
    """「1,234,567円」; negatives as 「△1,000円」, the custom of public accounts."""
    return f"{'△' if amount < 0 else ''}{abs(amount):,}円"
