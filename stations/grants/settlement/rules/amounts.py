"""What a grant comes to: the fixed amount, and what is then refunded or still paid. Pure.

Worked example: rate 9/10, unit 1,000円, awarded 100,000円, advances 100,000円. Eligible costs
112,345円 and fees 6,000円 leave 106,345円; nine tenths are 95,710円, floored 95,000円; fixed is
95,000円, so 5,000円 are refunded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stations.applications.rules import IncomeKind
from stations.core import clock, money
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.grants.awards.rules.granting import award_amount
from stations.grants.rules import Act
from stations.grants.settings.rules import FiscalTerms

# 自己資金 fills what nothing else covers; only the other kinds lower the grant (programme rule).
DEDUCTED = frozenset(IncomeKind) - {IncomeKind.OWN_FUNDS}


def deducted_income(incomes: Iterable[tuple[IncomeKind, Yen]]) -> Yen:
    """The income that lowers the grant: 参加費, 寄附金, 他補助金, その他, but not 自己資金."""
    return sum(amount for kind, amount in incomes if kind in DEDUCTED)


def fixed_amount(eligible: Yen, income: Yen, terms: FiscalTerms, awarded: Yen) -> Yen:
    """額の確定: min(floor_unit((eligible − income) × rate), cap, awarded), never below zero.

    It is a multiple of the unit unless the award, taken as it stands, is smaller.
    `income`: from `deducted_income`. Rounding happens here, once.
    """
    return min(award_amount(eligible - income, terms), awarded)


@dataclass(frozen=True)
class Settlement:
    """The fixed amount against what was paid; at most one of `refund` and `balance` is not zero."""

    fixed: Yen
    paid: Yen

    @property
    def refund(self) -> Yen:
        return max(0, self.paid - self.fixed)

    @property
    def balance(self) -> Yen:
        return max(0, self.fixed - self.paid)

    @property
    def next_act(self) -> Act:
        """返還命令, 精算払, or 完結 when nothing is left between city and committee."""
        if self.refund:
            return Act.ORDER_REFUND
        return Act.ORDER_BALANCE if self.balance else Act.CLOSE


def settle(fixed: Yen, paid: Yen) -> Settlement:
    """Compare the fixed amount (0 after a full 取消し) with what has been paid, refunds taken off."""
    return Settlement(fixed=fixed, paid=paid)


def check_next_act(settlement: Settlement, act: Act) -> None:
    """`RuleBroken` when `act` is not what the settlement calls for, as closing with a refund open."""
    if act is not settlement.next_act:
        raise RuleBroken(
            None,
            N_("差引は、返還%(refund)s・精算払%(balance)sです。これに合う手続きを選んでください。"),
            refund=money.format_yen(settlement.refund),
            balance=money.format_yen(settlement.balance),
        )


def refund_due_on(issued_on: date, days: int) -> date:
    """納期限 of a 返還命令: so many days (setting) after its letter, moved to a day on which city hall is open."""
    return clock.open_day(issued_on + timedelta(days=days))
