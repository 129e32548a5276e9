"""What of a receipt counts for the grant, and what may be disallowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.core.messages import Conflict, RuleBroken
from stations.grants.books.rules import eligibility
from stations.grants.rules import Status


def test_what_was_disallowed_does_not_count() -> None:
    assert eligibility.eligible(10_000, []) == 10_000
    assert eligibility.eligible(10_000, [1_200, 800]) == 8_000
    # Taken back: the second entry is answered by one of the same amount below zero.
    assert eligibility.eligible(10_000, [1_200, 800, -800]) == 8_800
    assert eligibility.eligible(10_000, [10_000]) == 0


@given(st.integers(1, 1_000_000), st.lists(st.integers(-5, 400_000), max_size=8))
def test_never_more_than_was_paid_is_disallowed(paid: int, tries: list[int]) -> None:
    taken: list[int] = []
    for amount in tries:
        left = paid - sum(taken)
        if 1 <= amount <= left:
            eligibility.check_disallowed(amount, paid=paid, already=sum(taken), reason="対象外の品")
            taken.append(amount)
            continue
        with pytest.raises(RuleBroken) as broken:
            eligibility.check_disallowed(amount, paid=paid, already=sum(taken), reason="対象外の品")
        assert broken.value.field == "amount_yen"
    assert eligibility.eligible(paid, taken) == paid - sum(taken) >= 0


def test_a_disallowed_part_needs_its_reason() -> None:
    with pytest.raises(RuleBroken) as broken:
        eligibility.check_disallowed(1, paid=10, already=0, reason=" ")
    assert broken.value.field == "reason"


@pytest.mark.parametrize("status", list(Status))
def test_parts_are_disallowed_while_the_report_is_with_the_city_and_nothing_is_drafted(
    status: Status,
) -> None:
    if status in {Status.REPORTED, Status.INSPECTED}:
        eligibility.check_open(status)
    else:
        with pytest.raises(Conflict):
            eligibility.check_open(status)


@pytest.mark.parametrize(
    ("amount", "awarded", "two"), [(100_000, 100_000, False), (100_001, 100_000, True), (5, None, False)]
)
def test_a_receipt_above_the_whole_award_takes_two_officials(
    amount: int, awarded: int | None, two: bool
) -> None:
    assert eligibility.needs_second_look(amount, awarded) is two
