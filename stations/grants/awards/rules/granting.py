"""Applying, awarding and cancelling: until when, from when, how much. Pure."""

from datetime import date

from stations.core import clock, money
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.grants.rules import AFTER_INSPECTION, Act, Status, project_period
from stations.grants.settings.rules import FiscalTerms

# A plan that the meeting approved by then is one of the whole year: custom, not law.
_WHOLE_YEAR_UNTIL = (4, 30)


def usual_beginning(fiscal_year: int, approved_on: date) -> date:
    """When a project usually begins: with its year, or on the day of a resolution later in the year."""
    first, _last = project_period(fiscal_year)
    return first if approved_on <= date(fiscal_year, *_WHOLE_YEAR_UNTIL) else approved_on


def check_beginning(fiscal_year: int, on: date) -> None:
    """A project begins inside its fiscal year. `RuleBroken` on "starts_on"."""
    first, last = project_period(fiscal_year)
    if not first <= on <= last:
        raise RuleBroken(
            "starts_on",
            N_("事業を始める日は、%(year)s年度（4月1日から3月31日まで）の日にしてください。"),
            year=fiscal_year,
        )


def cancelling_act(status: Status, kept_yen: int) -> Act:
    """The act that a 取消し is: of all, or of a part, which ends at once after the inspection and else waits for it."""
    return Act.CANCEL if kept_yen == 0 or status in AFTER_INSPECTION else Act.CANCEL_PART


# Working days in which a committee is asked to apply once its plan is approved: custom, not law.
APPLY_WITHIN = 20


def apply_by(approved_on: date, fiscal_year: int) -> date:
    """Until when to apply with an approved plan: soon, and while the year can still decide on it."""
    return min(clock.add_business_days(approved_on, APPLY_WITHIN), clock.fiscal_year_period(fiscal_year)[1])


def award_amount(requested: Yen, terms: FiscalTerms) -> Yen:
    """The most that can be awarded on a request, in whole units: floor_unit(min(requested × rate, cap))."""
    rounded = money.apply_rate(
        max(0, requested), terms.rate_numerator, terms.rate_denominator, terms.unit_yen
    )
    return rounded if terms.cap_yen is None else min(rounded, money.floor_unit(terms.cap_yen, terms.unit_yen))


def costs_behind(awarded: Yen, terms: FiscalTerms) -> Yen:
    """The least costs, after income, of which the year's rate gives the award: ⌈awarded ÷ rate⌉."""
    return -(-awarded * terms.rate_denominator // terms.rate_numerator)


def check_kept(kept: Yen, *, decided: Yen, carried: Yen, paid: Yen) -> None:
    """What a 取消し leaves with the committee; `RuleBroken` on "kept_yen" when it is too much.

    ``decided``: the award, or what was fixed, before it. ``carried``: what `fixed_amount` gives on the receipts,
    inspected ones as soon as there has been an inspection. ``paid``: a cancelled grant is paid no more.
    """
    if kept == 0:
        return
    limit = min(carried, paid)
    if kept > limit:
        raise RuleBroken(
            "kept_yen",
            N_(
                "残せる額は%(limit)sまでです（領収書から計算した額%(carried)s、支払済%(paid)sの小さいほう）。"
            ),
            limit=money.format_yen(limit),
            carried=money.format_yen(carried),
            paid=money.format_yen(paid),
        )
    if kept >= decided:
        raise RuleBroken(
            "kept_yen",
            N_("残す額は、いまの額%(decided)sより少ない額で入力してください。"),
            decided=money.format_yen(decided),
        )
