"""返還 after 完結: what a finding about a closed grant comes to. Pure."""

from stations.core import money
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.grants.rules import RecoveryStatus
from stations.grants.settings.rules import FiscalTerms
from stations.grants.settlement.rules.amounts import fixed_amount

# A grant has at most one finding that is not answered.
OPEN = frozenset({RecoveryStatus.DRAFTED, RecoveryStatus.DECIDED, RecoveryStatus.ORDERED})
# What these ask back is no longer the committee's.
COUNTS = frozenset({RecoveryStatus.DECIDED, RecoveryStatus.ORDERED, RecoveryStatus.REPAID})
# The committee knows it, by the letter.
TOLD = frozenset({RecoveryStatus.ORDERED, RecoveryStatus.REPAID})


def left(eligible: Yen, income: Yen, terms: FiscalTerms, awarded: Yen, *, kept: Yen, disallowed: Yen) -> Yen:
    """What the committee may keep when ``disallowed`` of the eligible costs do not count, at most ``kept``.

    By the rule of the 額の確定 (`amounts.fixed_amount`), so that a finding within the rounding costs nothing.
    """
    return min(kept, fixed_amount(max(0, eligible - disallowed), income, terms, awarded))


def check_disallowed(disallowed: Yen, *, eligible: Yen, kept: Yen, left: Yen) -> None:
    """`RuleBroken` on "disallowed_yen" for nothing, more than the eligible costs, or what changes no amount."""
    if not 1 <= disallowed <= eligible:
        raise RuleBroken(
            "disallowed_yen",
            N_("認められない支出の額は、1円から%(limit)sまでで入力してください。"),
            limit=money.format_yen(eligible),
        )
    if left >= kept:
        raise RuleBroken(
            "disallowed_yen",
            N_("この額を除いても、残る額は%(kept)sのままです。返還を命じる額はありません。"),
            kept=money.format_yen(kept),
        )
