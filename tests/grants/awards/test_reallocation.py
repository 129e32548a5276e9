"""流用 is held to where money is spent, not only where somebody asks for it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.applications.rules import CostCategory
from stations.core.access import Role
from stations.core.messages import RuleBroken
from stations.grants.awards.rules.reallocation import check_spending, spending_allowed
from stations.grants.awards.services import changes
from stations.grants.books.rules.receipts import Level
from stations.grants.books.services import receipts
from stations.grants.books.services.receipts import ReceiptRefused
from stations.grants.reports.queries import reports as report_queries
from stations.grants.reports.rules import Need
from stations.grants.reports.services import reports
from stations.grants.settings.rules import ReallocationRule
from tests.grants.active_grant import Team, enter, team, written
from tests.support import cast

RENT, SUPPLIES, HIRE = CostCategory.RENT, CostCategory.SUPPLIES, CostCategory.HIRE
SMALLER20, ANY20 = ReallocationRule.SMALLER20, ReallocationRule.ANY20
DECIDED = {RENT: 36_000, SUPPLIES: 84_000}


@pytest.mark.parametrize(
    ("spent", "rule", "allowed"),
    [
        ({RENT: 36_000, SUPPLIES: 84_000}, SMALLER20, True),
        ({SUPPLIES: 91_200}, SMALLER20, True),
        ({SUPPLIES: 91_201}, SMALLER20, False),
        ({RENT: 43_200}, ANY20, True),
        ({RENT: 43_201}, ANY20, False),
        ({SUPPLIES: 91_201}, ANY20, False),
        ({HIRE: 1}, SMALLER20, False),
        # All is used up: what is spent beyond is nobody's but the committee's own money.
        ({RENT: 36_000, SUPPLIES: 120_000}, SMALLER20, True),
    ],
)
def test_spending_keeps_to_budgets_and_the_free_share(
    spent: dict[CostCategory, int], rule: ReallocationRule, allowed: bool
) -> None:
    assert spending_allowed(DECIDED, spent, rule) is allowed


@pytest.mark.parametrize(
    "spent",
    [
        {RENT: 90_000, SUPPLIES: 110_000},
        # More was spent beyond than others left: the smallest was exceeded with the committee's own money.
        {RENT: 90_000, SUPPLIES: 110_000, HIRE: 15_000},
    ],
    ids=["what others left", "what was spent beyond"],
)
def test_money_is_moved_between_the_largest_categories_first(spent: dict[CostCategory, int]) -> None:
    """A fifth of the smallest touched is free: 20,000円 of 100,000円, but only 2,000円 once the smallest is touched."""
    decided = {HIRE: 10_000, RENT: 100_000, SUPPLIES: 100_000}
    assert spending_allowed(decided, spent, SMALLER20)


@given(
    st.dictionaries(st.sampled_from(CostCategory), st.integers(1, 500_000)), st.sampled_from(ReallocationRule)
)
def test_spending_no_category_beyond_its_budget_is_always_free(
    decided: dict[CostCategory, int], rule: ReallocationRule
) -> None:
    check_spending(decided, {category: amount // 2 for category, amount in decided.items()}, rule)
    check_spending(decided, decided, rule)


pytest_db = pytest.mark.usefixtures("db_session")


def needs(made: Team) -> list[str | None]:
    return [broken.field for broken in report_queries.report(made.grant).missing]


@pytest_db
def test_a_receipt_beyond_the_free_share_warns_and_a_smaller_one_does_not() -> None:
    made = team()
    enter(made, 91_200, accept_warnings=False)
    with pytest.raises(ReceiptRefused) as refused:
        enter(made, 1, accept_warnings=False)
    assert [broken.field for broken in refused.value.of(Level.WARNING)] == ["splits"]
    assert not refused.value.of(Level.ERROR)
    enter(made, 1_000, splits={made.rent: 1_000}, description="会場の使用料", accept_warnings=False)


@pytest_db
def test_the_report_waits_for_the_change_and_goes_once_it_is_approved() -> None:
    made = team()
    enter(made, 95_000)
    written(made)
    assert needs(made) == [Need.REALLOCATION, Need.AUDIT]
    with pytest.raises(RuleBroken, match="変更承認"):
        reports.audit_accounts(grant=made.grant, by=made.auditor)
    change = {made.rent: 25_000, made.food: 71_000, made.printing: 24_000}
    changes.request_change(grant=made.grant, budgets=change, reason="食材が値上がりした", by=made.chair)
    changes.decide_change(grant=made.grant, approve=True, by=cast.person(Role.APPROVER))
    assert needs(made) == [Need.AUDIT]


@pytest_db
def test_cancelling_what_is_beyond_is_the_other_way_out() -> None:
    made = team()
    enter(made, 80_000)
    beyond = enter(made, 15_000, dated_on=dt.date(2026, 10, 4))
    assert Need.REALLOCATION in needs(made)
    receipts.cancel_receipt(receipt=beyond, reason="自己負担にする", by=made.treasurer)
    assert Need.REALLOCATION not in needs(made)
