from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.applications.rules import CostCategory, IncomeKind
from stations.core.messages import RuleBroken
from stations.grants.awards.rules.granting import award_amount, costs_behind
from stations.grants.awards.rules.reallocation import beyond_free, check_reallocation, reallocation_allowed
from stations.grants.payments.rules.paying import advance_limit, check_advance
from stations.grants.reports.rules import report_deadline, statement
from stations.grants.rules import Act, Status
from stations.grants.settings.rules import FiscalTerms, ReallocationRule, check_terms, processing_deadline
from stations.grants.settlement.rules.amounts import (
    Settlement,
    check_next_act,
    deducted_income,
    fixed_amount,
    settle,
)
from stations.grants.workflow import GRANT

TERMS = FiscalTerms(fiscal_year=2026)
RENT, SUPPLIES, HIRE = CostCategory.RENT, CostCategory.SUPPLIES, CostCategory.HIRE

yen = st.integers(0, 5_000_000)
terms = st.builds(
    lambda numerator, more, cap, unit: FiscalTerms(
        fiscal_year=2026,
        rate_numerator=numerator,
        rate_denominator=numerator + more,
        cap_yen=cap,
        unit_yen=unit,
    ),
    st.integers(1, 10),
    st.integers(0, 10),
    st.none() | st.integers(1, 1_000_000),
    st.sampled_from([1, 10, 100, 1_000, 10_000]),
)


def test_the_worked_example() -> None:
    nine_tenths = replace(TERMS, rate_numerator=9, rate_denominator=10)
    fixed = fixed_amount(112_345, 6_000, nine_tenths, 100_000)
    assert fixed == 95_000
    assert settle(fixed, 100_000).refund == 5_000


@pytest.mark.parametrize(
    ("eligible", "income", "cap", "awarded", "fixed"),
    [
        (100_999, 0, None, 200_000, 100_000),  # floored to the unit
        (100_999, 1_000, None, 200_000, 99_000),  # income lowers it first
        (300_000, 0, None, 200_500, 200_500),  # the award, as it stands
        (300_000, 0, 150_300, 200_000, 150_000),  # whole units of the cap
        (999, 0, None, 200_000, 0),
        (10_000, 20_000, None, 200_000, 0),  # never below zero
    ],
)
def test_fixed_amount(eligible: int, income: int, cap: int | None, awarded: int, fixed: int) -> None:
    assert fixed_amount(eligible, income, replace(TERMS, cap_yen=cap), awarded) == fixed


@given(yen, yen, terms, yen)
def test_fixed_keeps_every_limit(eligible: int, income: int, t: FiscalTerms, awarded: int) -> None:
    fixed = fixed_amount(eligible, income, t, awarded)
    assert 0 <= fixed <= awarded
    assert t.cap_yen is None or fixed <= t.cap_yen
    net = max(0, eligible - income)
    assert fixed * t.rate_denominator <= net * t.rate_numerator
    assert fixed % t.unit_yen == 0 or fixed == awarded
    # No more is lost than the rounding takes, unless a limit takes it.
    most = [awarded] if t.cap_yen is None else [awarded, t.cap_yen // t.unit_yen * t.unit_yen]
    assert fixed in most or (fixed + t.unit_yen) * t.rate_denominator > net * t.rate_numerator


@given(yen, yen, terms, yen, st.integers(0, 100_000))
def test_spending_more_never_fixes_less(e: int, i: int, t: FiscalTerms, awarded: int, more: int) -> None:
    assert fixed_amount(e, i, t, awarded) <= fixed_amount(e + more, i, t, awarded)
    assert fixed_amount(e, i + more, t, awarded) <= fixed_amount(e, i, t, awarded)


@given(yen, terms)
def test_a_plan_carried_out_as_awarded_is_paid_in_full(requested: int, t: FiscalTerms) -> None:
    awarded = award_amount(requested, t)
    assert fixed_amount(requested, 0, t, awarded) == awarded


@given(yen, terms)
def test_an_award_is_whole_units(requested: int, t: FiscalTerms) -> None:
    assert award_amount(requested, t) % t.unit_yen == 0


def test_a_cap_is_whole_units_too() -> None:
    check_terms(replace(TERMS, cap_yen=150_000))
    with pytest.raises(RuleBroken) as broken:
        check_terms(replace(TERMS, cap_yen=150_500))
    assert broken.value.field == "cap_yen"


def test_own_funds_do_not_lower_the_grant() -> None:
    assert deducted_income([(kind, 10 ** (n + 1)) for n, kind in enumerate(IncomeKind)]) == 101_110
    assert list(IncomeKind).index(IncomeKind.OWN_FUNDS) == 3


@given(yen, yen)
def test_refund_and_balance_never_both_and_no_yen_lost(fixed: int, paid: int) -> None:
    result = settle(fixed, paid)
    assert min(result.refund, result.balance) == 0
    assert result.refund >= 0
    assert result.balance >= 0
    assert paid - result.refund + result.balance == fixed


@given(yen, yen)
def test_the_next_act_is_the_only_one(fixed: int, paid: int) -> None:
    result = settle(fixed, paid)
    for act in (Act.ORDER_REFUND, Act.ORDER_BALANCE, Act.CLOSE):
        GRANT.next_status(Status.DETERMINED, act)
        if act is result.next_act:
            check_next_act(result, act)
        else:
            with pytest.raises(RuleBroken, match="返還"):
                check_next_act(result, act)


def test_next_act() -> None:
    assert Settlement(fixed=5, paid=6).next_act is Act.ORDER_REFUND
    assert Settlement(fixed=6, paid=5).next_act is Act.ORDER_BALANCE
    assert Settlement(fixed=5, paid=5).next_act is Act.CLOSE


@given(yen, st.lists(st.integers(-10, 400_000), max_size=12))
def test_advances_never_exceed_the_award(awarded: int, requests: list[int]) -> None:
    ordered = paid = 0
    for n, amount in enumerate(requests):
        if not 1 <= amount <= awarded - paid - ordered:
            with pytest.raises(RuleBroken) as caught:
                check_advance(Status.ACTIVE, amount, awarded=awarded, paid=paid, ordered=ordered)
            assert caught.value.field == "amount_yen"
            continue
        check_advance(Status.ACTIVE, amount, awarded=awarded, paid=paid, ordered=ordered)
        ordered += amount
        if n % 2:
            ordered, paid = 0, paid + ordered
        assert 0 < ordered + paid <= awarded
        assert advance_limit(awarded, paid, ordered) == awarded - paid - ordered


@pytest.mark.parametrize("status", Status)
def test_no_advance_outside_the_running_grant(status: Status) -> None:
    if status is Status.ACTIVE:
        check_advance(status, 1_000, awarded=1_000, paid=0, ordered=0)
        return
    with pytest.raises(RuleBroken, match="交付決定"):
        check_advance(status, 1_000, awarded=1_000, paid=0, ordered=0)


def test_report_is_due_at_the_earlier_day() -> None:
    assert report_deadline(date(2026, 12, 1), TERMS) == date(2026, 12, 31)
    assert report_deadline(date(2027, 3, 11), TERMS) == date(2027, 4, 10)
    assert report_deadline(date(2027, 3, 31), TERMS) == date(2027, 4, 10)


def test_statement_lists_what_was_planned_or_spent() -> None:
    lines = statement({SUPPLIES: 30_000, RENT: 12_000}, {SUPPLIES: 31_000, HIRE: 500})
    assert [(line.category, line.difference) for line in lines] == [
        (RENT, -12_000),
        (SUPPLIES, 1_000),
        (HIRE, 500),
    ]


BEFORE = {RENT: 100_000, SUPPLIES: 50_000}


@pytest.mark.parametrize(
    ("rent", "supplies", "smaller20", "any20"),
    [
        (100_000, 50_000, True, True),
        (100_001, 49_999, True, True),
        (160_000, -10_000, False, False),
        (90_000, 60_000, True, True),  # 20 % of the smaller, exactly
        (89_999, 60_001, False, False),
        (110_000, 40_000, True, True),
        (110_001, 39_999, False, False),
        (120_000, 30_000, False, False),
    ],
)
def test_two_categories(rent: int, supplies: int, smaller20: bool, any20: bool) -> None:
    after = {RENT: rent, SUPPLIES: supplies}
    assert reallocation_allowed(BEFORE, after, ReallocationRule.SMALLER20) is smaller20
    assert reallocation_allowed(BEFORE, after, ReallocationRule.ANY20) is any20


def test_the_two_rules_differ_over_three_categories() -> None:
    before = {RENT: 100_000, SUPPLIES: 100_000, HIRE: 10_000}
    after = {RENT: 81_000, SUPPLIES: 117_000, HIRE: 12_000}
    assert reallocation_allowed(before, after, ReallocationRule.ANY20)
    assert not reallocation_allowed(before, after, ReallocationRule.SMALLER20)


@pytest.mark.parametrize("rule", ReallocationRule)
def test_no_new_category_no_new_sum(rule: ReallocationRule) -> None:
    for after, hint in [
        ({RENT: 100_000, SUPPLIES: 49_000, HIRE: 1_000}, "交付決定にない"),
        ({RENT: 100_000, SUPPLIES: 50_001}, "合計額"),
        ({RENT: 100_000, SUPPLIES: 49_000}, "合計額"),
    ]:
        with pytest.raises(RuleBroken, match=hint):
            check_reallocation(BEFORE, after, rule)
    with pytest.raises(RuleBroken, match="交付決定にない"):
        check_reallocation(BEFORE | {HIRE: 0}, {RENT: 99_000, SUPPLIES: 50_000, HIRE: 1_000}, rule)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate_numerator": 0}, "rate_numerator"),
        ({"rate_numerator": 11, "rate_denominator": 10}, "rate_numerator"),
        ({"unit_yen": 0}, "unit_yen"),
        ({"cap_yen": 0}, "cap_yen"),
        ({"report_latest": (4, 31)}, "report_latest"),
        ({"retention_years": 0}, "retention_years"),
        ({"retention_years": 101}, "retention_years"),
        ({"report_days": -1}, "report_days"),
        ({"report_days": 367}, "report_days"),
        ({"processing_days": 999_999_999}, "processing_days"),
        ({"refund_days": 0}, "refund_days"),
        ({"processing_days": 0}, "processing_days"),
        ({"report_latest": (2, 29)}, "report_latest"),  # 2027 is no leap year
    ],
)
def test_settings_that_cannot_work(change: dict[str, object], field: str | None) -> None:
    with pytest.raises(RuleBroken) as caught:
        check_terms(replace(TERMS, **change))  # type: ignore[arg-type]  # fields of several types
    assert caught.value.field == field


def test_defaults_are_those_of_the_programme() -> None:
    assert (TERMS.unit_yen, TERMS.rate_numerator, TERMS.rate_denominator) == (1_000, 1, 1)
    assert (TERMS.report_days, TERMS.report_latest, TERMS.retention_years) == (30, (4, 10), 5)


def test_settings_at_their_borders_work() -> None:
    check_terms(TERMS)
    check_terms(replace(TERMS, rate_numerator=1, rate_denominator=1, unit_yen=1, cap_yen=1))
    check_terms(replace(TERMS, report_days=0, retention_years=1, refund_days=1, processing_days=1))
    check_terms(replace(TERMS, fiscal_year=2027, report_latest=(2, 29)))


@given(awarded=st.integers(1, 5_000_000), given_terms=terms)
def test_the_costs_behind_an_award_are_the_least_that_give_it(awarded: int, given_terms: FiscalTerms):
    exact = replace(given_terms, unit_yen=1, cap_yen=None)
    costs = costs_behind(awarded, exact)
    assert award_amount(costs, exact) >= awarded > award_amount(costs - 1, exact)


def test_what_falls_on_a_closed_day_is_due_on_the_next_open_one() -> None:
    a_monday = date(2026, 11, 2)
    assert processing_deadline(a_monday, 5) == date(2026, 11, 9), "from a Saturday"
    assert processing_deadline(a_monday, 8) == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        (ReallocationRule.SMALLER20, {RENT: (20_000, 10_000)}),
        (ReallocationRule.ANY20, {RENT: (20_000, 10_000)}),
    ],
)
def test_what_is_beyond_the_free_move_is_named(
    rule: ReallocationRule, named: dict[CostCategory, tuple[int, int]]
):
    before = {RENT: 50_000, SUPPLIES: 120_000}
    found = beyond_free(before, {RENT: 30_000, SUPPLIES: 140_000}, rule)
    assert {one.category: (one.moved, one.most) for one in found} == named
    assert beyond_free(before, {RENT: 40_000, SUPPLIES: 130_000}, rule) == []
