import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.core.messages import RuleBroken
from stations.core.money import MAX_YEN, apply_rate, floor_unit, format_yen, parse_yen

amounts = st.integers(0, MAX_YEN)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("0", 0),
        ("1234", 1234),
        ("1,234,567", 1234567),
        ("１２，３４５円", 12345),
        ("￥1,000", 1000),
        (" ¥ 500 ", 500),
        ("　３００　円", 300),
        ("007", 7),
        ("999999999", MAX_YEN),
    ],
)
def test_reads_what_people_type(typed: str, amount: int) -> None:
    assert parse_yen(typed) == amount


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "金額を入力"),
        ("　", "金額を入力"),
        ("千円", "円単位の整数"),
        ("1.5", "円単位の整数"),
        ("1,23", "円単位の整数"),
        ("12,3456", "円単位の整数"),
        ("5²", "円単位の整数"),
        ("①", "円単位の整数"),
        ("٣", "円単位の整数"),
        ("1000000000", "けた数"),
        ("-1", "マイナスの金額は入力できません"),
        ("△1,000", "マイナスの金額は入力できません"),
    ],
)
def test_says_what_to_do_instead(typed: str, hint: str) -> None:
    with pytest.raises(RuleBroken, match=hint) as caught:
        parse_yen(typed, field="amount_yen")
    assert caught.value.field == "amount_yen"


@pytest.mark.parametrize("typed", ["-1,000", "△1,000", "▲１０００", "−1000円", "－¥1,000"])
def test_negatives_where_they_are_allowed(typed: str) -> None:
    assert parse_yen(typed, negative=True) == -1000


@given(st.integers(-MAX_YEN, MAX_YEN))
def test_what_is_written_can_be_read(amount: int) -> None:
    assert parse_yen(format_yen(amount), negative=True) == amount


def test_written_form() -> None:
    assert format_yen(1234567) == "1,234,567円"
    assert format_yen(-1000) == "△1,000円"
    assert format_yen(0) == "0円"


@given(amounts, st.integers(1, 10_000))
def test_floor_loses_less_than_a_unit(amount: int, unit: int) -> None:
    floored = floor_unit(amount, unit)
    assert floored % unit == 0
    assert 0 <= amount - floored < unit


@given(amounts, st.integers(0, 100), st.integers(1, 100), st.integers(1, 10_000))
def test_rate_is_rounded_once_at_the_end(net: int, numerator: int, denominator: int, unit: int) -> None:
    result = apply_rate(net, numerator, denominator, unit)
    assert result % unit == 0
    # result ≤ net × n/d < result + unit, in whole numbers
    assert result * denominator <= net * numerator < (result + unit) * denominator


def test_rate_does_not_suffer_from_binary_fractions() -> None:
    assert apply_rate(110_000, 9, 10, 1) == 99_000
    assert apply_rate(10_000, 2, 3, 1) == 6_666
    assert apply_rate(10_000, 2, 3, 1_000) == 6_000
