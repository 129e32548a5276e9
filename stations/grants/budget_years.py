"""What the budget of a year paid and received, whichever year the grants belong to. Pure.

A grant of 2026 whose balance is ordered in June 2027 is paid from the budget of 2027 (過年度支出); what its committee pays
back then is income of 2027 (過年度収入) and no longer lowers what 2026 paid (地方自治法施行令159条, 160条, 165条の8). So there are two
totals of every year: of its grants (`bookkeeping.Standing`), and of its budget, here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from stations.core.money import Yen
from stations.grants import rules


@dataclass(frozen=True, kw_only=True)
class PaidOut:
    """A payment of the city. ``came_back_on``: when the bank sent a failed transfer back (組戻し)."""

    grant_year: int
    budget: int
    amount: Yen
    came_back_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class PaidBack:
    """A repayment of a committee."""

    grant_year: int
    on: date
    amount: Yen


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One budget, in yen. ``own``: paid for grants of its year; ``earlier``: 過年度支出; ``returned``: 戻入.

    ``income`` is 過年度収入: a receipt of its own, which lowers no spending.
    """

    own: Yen = 0
    earlier: Yen = 0
    returned: Yen = 0
    income: Yen = 0

    @property
    def net(self) -> Yen:
        """What the budget has spent at last."""
        return self.own + self.earlier - self.returned

    def plus(self, **amounts: Yen) -> "Flow":
        return replace(self, **{name: getattr(self, name) + amount for name, amount in amounts.items()})


def flows(out: Iterable[PaidOut], back: Iterable[PaidBack]) -> dict[int, Flow]:
    """Budget year → what it paid and received; a year without anything is absent."""
    found: defaultdict[int, Flow] = defaultdict(Flow)
    for one in out:
        if one.came_back_on is not None:
            receives = rules.receiving_year(one.budget, one.came_back_on)
            if receives == one.budget:  # the budget has its money again: nothing was paid
                continue
            found[receives] = found[receives].plus(income=one.amount)
        name = "own" if one.budget == one.grant_year else "earlier"
        found[one.budget] = found[one.budget].plus(**{name: one.amount})
    for repaid in back:
        receives = rules.receiving_year(repaid.grant_year, repaid.on)
        name = "returned" if receives == repaid.grant_year else "income"
        found[receives] = found[receives].plus(**{name: repaid.amount})
    return dict(found)
