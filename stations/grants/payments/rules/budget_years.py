"""What the budget of a year paid and received, whichever year the grants belong to. Pure.

A grant of 2026 whose balance is ordered in June 2027 is paid from the budget of 2027 (過年度支出); what its committee pays
back then is income of 2027 (過年度収入) and no longer lowers what 2026 paid (地方自治法施行令159条, 160条, 165条の8). So there are two
totals of every year: of its grants (`bookkeeping.GrantBalance`), and of its budget, here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain

from stations.core.money import Yen
from stations.grants.payments.rules import paying


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


@dataclass(frozen=True)
class Received:
    """What one budget receives of a repayment: 戻入, or 過年度収入 (``income``)."""

    budget: int
    income: bool
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

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(
            own=self.own + other.own,
            earlier=self.earlier + other.earlier,
            returned=self.returned + other.returned,
            income=self.income + other.income,
        )


def received(out: Iterable[PaidOut], back: Iterable[PaidBack]) -> list[list[Received]]:
    """Which budgets receive the repayments of one grant, in the order in which they were recorded.

    What was paid last comes back first: money goes into the budget that paid it (戻入), and not more of it than that
    budget paid, until that budget's cash closes; then it is income of the day's year.
    """
    left: defaultdict[int, Yen] = defaultdict(int)
    for one in out:
        if one.came_back_on is None:
            left[one.budget] += one.amount
    return [_shared(repaid, left) for repaid in back]


def _shared(repaid: PaidBack, left: dict[int, Yen]) -> list[Received]:
    """One repayment over ``left`` (budget → what it paid and has not got back), which it lowers."""
    parts: defaultdict[tuple[int, bool], Yen] = defaultdict(int)
    rest = repaid.amount
    for budget in sorted(left, reverse=True):
        if part := min(rest, left[budget]):
            parts[_receiver(budget, repaid.on)] += part
            left[budget] -= part
            rest -= part
    if rest:
        parts[_receiver(repaid.grant_year, repaid.on)] += rest
    return [Received(budget, income, amount) for (budget, income), amount in parts.items()]


def _receiver(paid_from: int, on: date) -> tuple[int, bool]:
    return paying.receiving_year(paid_from, on), paying.is_prior_year_income(paid_from, on)


def flows(out: Iterable[PaidOut], back: Iterable[PaidBack]) -> dict[int, Flow]:
    """Budget year → what it paid and received for one grant; a year without anything is absent."""
    out = list(out)
    found: defaultdict[int, Flow] = defaultdict(Flow)
    for one in out:
        if one.came_back_on is not None:
            receives = paying.receiving_year(one.budget, one.came_back_on)
            if receives == one.budget:  # the budget has its money again: nothing was paid
                continue
            found[receives] += Flow(income=one.amount)
        own = one.budget == one.grant_year
        found[one.budget] += Flow(own=one.amount) if own else Flow(earlier=one.amount)
    for part in chain.from_iterable(received(out, back)):
        found[part.budget] += Flow(income=part.amount) if part.income else Flow(returned=part.amount)
    return dict(found)
