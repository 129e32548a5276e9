from dataclasses import replace
from datetime import date

import pytest

from stations.applications.rules import CostCategory
from stations.grants.books.rules.receipts import (
    Award,
    Budgets,
    Level,
    Receipt,
    ReceiptKind,
    Split,
    check_receipt,
    is_vague,
)
from stations.grants.settings.rules import ReallocationRule

AWARD = Award(
    group_name="つばめ地区実行委員会",
    fiscal_year=2026,
    period=(date(2026, 6, 1), date(2027, 3, 31)),
    lines={1: CostCategory.RENT, 2: CostCategory.SUPPLIES},
)
GOOD = Receipt(
    kind=ReceiptKind.RECEIPT,
    addressee="つばめ地区実行委員会 様",
    issuer="架空商店",
    purpose="調理実習の食材代として",
    dated_on=date(2026, 10, 3),
    amount=3_240,
    splits=(Split(2, 3_240),),
)
TODAY = date(2026, 11, 23)


def found(receipt: Receipt, *others: Receipt, today: date = TODAY) -> list[tuple[str, str | None]]:
    return [
        (finding.level.value, finding.field)
        for finding in check_receipt(receipt, AWARD, today=today, others=others)
    ]


def test_a_good_receipt_has_no_findings() -> None:
    assert found(GOOD) == []
    assert found(replace(GOOD, kind=ReceiptKind.BANK_SLIP)) == []
    assert found(replace(GOOD, splits=(Split(1, 240), Split(2, 3_000)))) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": ReceiptKind.ESTIMATE}, "kind"),
        ({"kind": ReceiptKind.INVOICE}, "kind"),
        ({"kind": ReceiptKind.DELIVERY_NOTE}, "kind"),
        ({"addressee": "上様"}, "addressee"),
        ({"addressee": ""}, "addressee"),
        ({"addressee": "山川 花子 様"}, "addressee"),
        ({"issuer": " "}, "issuer"),
        ({"purpose": "お品代"}, "purpose"),
        ({"dated_on": date(2026, 5, 31)}, "dated_on"),
        ({"dated_on": date(2026, 11, 24)}, "dated_on"),
        ({"splits": ()}, "splits"),
        ({"amount": 10_000_000, "splits": (Split(2, 10_000_000),)}, "amount_yen"),
        ({"splits": (Split(2, 3_239),)}, "splits"),
        ({"splits": (Split(2, 3_000), Split(9, 240))}, "splits"),
        ({"splits": (Split(2, 3_340), Split(1, -100))}, "splits"),
    ],
)
def test_each_fault_is_one_error_beside_its_field(change: dict[str, object], field: str) -> None:
    assert found(replace(GOOD, **change)) == [("error", field)]  # type: ignore[arg-type]  # several types


def test_the_borders_belong_to_what_is_good() -> None:
    first, last = AWARD.period
    for day in (first, last, TODAY):
        assert found(replace(GOOD, dated_on=day), today=max(day, TODAY)) == []
    assert found(replace(EARLY, used_on=last)) == []
    assert found(replace(GOOD, amount=1, splits=(Split(2, 1),))) == []


def test_an_amount_of_nothing() -> None:
    assert ("error", "amount_yen") in found(replace(GOOD, amount=0, splits=(Split(2, 0),)))


def test_the_addressee_is_compared_by_its_plain_form() -> None:
    for addressee in ("つばめ地区実行委員会御中", "つばめ地区　実行委員会", "つばめ地区実行委員会"):
        assert found(replace(GOOD, addressee=addressee)) == []


@pytest.mark.parametrize(
    "purpose",
    [
        "",
        "　",
        "品代",
        "お品代",
        "お品代として",
        "但し、お品代として",
        "一式",
        "備品一式",
        "商品代金",
        "物品",
        "代金として",
        "雑費",
    ],
)
def test_words_that_say_nothing(purpose: str) -> None:
    assert is_vague(purpose)


def test_a_set_of_things_is_asked_about() -> None:
    assert found(replace(GOOD, purpose="食材一式")) == [("warning", "purpose")]
    assert found(replace(GOOD, purpose="一式")) == [("error", "purpose")]


@pytest.mark.parametrize(
    "purpose",
    [
        "食材代",
        "会場使用料",
        "折り紙・色鉛筆一式",
        "お茶代",
        "講師謝礼として",
        "ボランティア保険料",
        "おもちゃ代",
    ],
)
def test_words_that_say_something(purpose: str) -> None:
    assert not is_vague(purpose)


EARLY = replace(GOOD, dated_on=date(2026, 2, 10), purpose="集会室使用料", splits=(Split(1, 3_240),))


def test_a_venue_paid_in_the_year_before_shows_its_day_of_use() -> None:
    assert found(replace(EARLY, used_on=date(2026, 6, 1))) == []
    assert found(EARLY) == [("error", "used_on")]
    assert found(replace(EARLY, used_on=date(2026, 5, 31))) == [("error", "used_on")]


def test_nothing_else_may_be_paid_before_the_period() -> None:
    used = replace(EARLY, used_on=date(2026, 6, 1))
    assert found(replace(used, splits=(Split(2, 3_240),))) == [("error", "dated_on")]
    assert found(replace(used, splits=(Split(1, 240), Split(2, 3_000)))) == [("error", "dated_on")]
    assert found(replace(used, dated_on=date(2025, 3, 31))) == [("error", "dated_on")]
    assert found(replace(used, dated_on=date(2025, 4, 1))) == []


def test_after_the_period_is_too_late_for_everything() -> None:
    later = replace(EARLY, dated_on=date(2027, 4, 1), used_on=date(2027, 3, 1))
    assert found(later, today=date(2027, 4, 5)) == [("error", "dated_on")]


def test_the_same_paper_twice_is_a_warning_after_the_errors() -> None:
    twin = replace(GOOD, issuer="架空　商店", purpose="別の言葉")
    assert found(GOOD, twin) == [("warning", "amount_yen")]
    assert found(replace(GOOD, addressee="上様"), twin) == [("error", "addressee"), ("warning", "amount_yen")]
    assert found(GOOD, replace(GOOD, amount=1), replace(GOOD, dated_on=date(2026, 10, 4))) == []


def test_findings_speak() -> None:
    [finding] = check_receipt(replace(GOOD, splits=(Split(2, 3_000),)), AWARD, today=TODAY)
    assert (finding.level, str(finding)) == (Level.ERROR, "内訳の合計が、領収書の金額に240円足りません。")
    [finding] = check_receipt(replace(GOOD, dated_on=date(2026, 4, 1)), AWARD, today=TODAY)
    assert "令和8年6月1日から令和9年3月31日まで" in str(finding)


def test_a_difference_says_in_which_direction_and_waits_for_the_total() -> None:
    [finding] = check_receipt(replace(GOOD, splits=(Split(2, 3_300),)), AWARD, today=TODAY)
    assert str(finding) == "内訳の合計が、領収書の金額より60円多すぎます。"
    assert found(replace(GOOD, amount=None, splits=(Split(2, 3_300),))) == []
    assert found(replace(GOOD, amount=None, dated_on=None, addressee="上様")) == [("error", "addressee")]


def test_a_category_over_its_budget_is_named_with_the_excess() -> None:
    decided = {CostCategory.RENT: 10_000, CostCategory.SUPPLIES: 10_000}
    budgets = Budgets(decided=decided, spent={CostCategory.SUPPLIES: 9_000}, rule=ReallocationRule.SMALLER20)
    [finding] = check_receipt(GOOD, replace(AWARD, budgets=budgets), today=TODAY)
    assert finding.level is Level.WARNING
    assert dict(finding.params) == {
        "category": CostCategory.SUPPLIES,
        "budget": "10,000円",
        "over": "2,240円",
    }
    assert "費目のあいだで予算を動かせるのは" in finding.message


@pytest.mark.parametrize(("amount", "level"), [(100_000, []), (100_001, [("warning", "amount_yen")])])
def test_a_receipt_above_the_whole_award_is_looked_at_twice(
    amount: int, level: list[tuple[str, str]]
) -> None:
    receipt = replace(GOOD, amount=amount, splits=(Split(2, amount),))
    findings = check_receipt(receipt, replace(AWARD, awarded=100_000), today=TODAY)
    assert [(one.level.value, one.field) for one in findings] == level


def test_the_greatest_receipt_is_one_of_seven_digits() -> None:
    assert found(replace(GOOD, amount=9_999_999, splits=(Split(2, 9_999_999),))) == []


def test_a_receipt_from_before_the_project_began_asks_for_a_look() -> None:
    award = replace(AWARD, begins_on=date(2026, 10, 4))
    findings = check_receipt(GOOD, award, today=TODAY)
    assert [(one.level.value, one.field) for one in findings] == [("warning", "dated_on")]
    assert check_receipt(replace(GOOD, dated_on=date(2026, 10, 4)), award, today=TODAY) == []
