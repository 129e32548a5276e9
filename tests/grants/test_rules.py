from datetime import date

import pytest

from stations.core.messages import Conflict, RuleBroken
from stations.grants.awards.rules.granting import apply_by
from stations.grants.payments.rules.paying import (
    budget_year,
    cash_date_ok,
    check_bank_day,
    check_order_date,
    check_payment_date,
    check_reversible,
    is_prior_year_income,
    may_reverse,
)
from stations.grants.rules import (
    FINAL,
    PENDING,
    Act,
    PaymentAct,
    PaymentStatus,
    Status,
    check_decision_date,
    project_period,
    retention_end,
)
from stations.grants.workflow import GRANT, PAYMENT
from tests.support.refusals import refused
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    applied begin_review reviewing
    reviewing draft_award deciding
    reviewing draft_refusal deciding
    deciding send_back reviewing
    deciding approve_award awarded
    deciding approve_refusal refused
    awarded issue_award active
    active request_change change_requested
    change_requested approve_change active
    change_requested refuse_change active
    change_requested withdraw_change active
    active|report_returned|discontinued|partly_cancelled report reported
    reported|inspected return_report report_returned
    reported inspect inspected
    inspected draft_determination determining
    determining send_back inspected
    determining determine determined
    determined|cancelled order_refund refund_due
    refund_due record_refund refunded
    refunded reverse_refund refund_due
    determined order_balance balance_due
    balance_due pay_balance balance_paid
    balance_paid reverse_balance balance_due
    determined|refunded|balance_paid|cancelled close closed
    applied|reviewing withdraw withdrawn
    active discontinue discontinued
    awarded|active|change_requested|reported|report_returned|inspected cancel cancelled
    discontinued|partly_cancelled cancel cancelled
    determined|refund_due|refunded|balance_due|balance_paid cancel cancelled
    active|change_requested|discontinued|report_returned cancel_part partly_cancelled
""")
PAYMENT_STEPS = steps("""
    requested draft drafted
    drafted send_back_order requested
    drafted order ordered
    ordered pay paid
    ordered withdraw_order requested
    requested return returned
    requested withdraw_request cancelled
    requested|drafted cancel cancelled
    paid reverse cancelled
    paid fail failed
""")


@every_pair(Status, Act)
def test_every_act_in_every_state(status: Status, act: Act) -> None:
    check_step(GRANT.next_status, status, act, STEPS)


@every_pair(PaymentStatus, PaymentAct)
def test_every_payment_act_in_every_state(status: PaymentStatus, act: PaymentAct) -> None:
    check_step(PAYMENT.next_status, status, act, PAYMENT_STEPS)


def test_the_tables_as_a_whole() -> None:
    check_whole(Status, Act, STEPS, start="applied", ends=FINAL)
    assert set(FINAL) == {"refused", "withdrawn", "closed"}
    check_whole(
        PaymentStatus, PaymentAct, PAYMENT_STEPS, start="requested", ends={"returned", "cancelled", "failed"}
    )
    assert {source for source, _ in PAYMENT_STEPS} == {*PENDING, "paid"}


def test_what_leaves_a_decision_needs_a_second_person() -> None:
    decided = {Act(act) for source, act in STEPS if source in {"deciding", "determining"}}
    assert all(GRANT.row(act).four_eyes and GRANT.row(act).recused for act in decided)


COMPULSORY = {
    "send_back",
    "draft_refusal",
    "approve_refusal",
    "request_change",
    "refuse_change",
    "return_report",
    "discontinue",
    "cancel",
    "cancel_part",
    "reverse_refund",
    "reverse_balance",
}


@pytest.mark.parametrize("act", Act)
def test_reasons(act: Act) -> None:
    GRANT.row(act).check_reason("領収書の宛名が違うため")
    if act not in COMPULSORY:
        GRANT.row(act).check_reason("")
        return
    with pytest.raises(RuleBroken) as caught:
        GRANT.row(act).check_reason("　")
    assert caught.value.field == "reason"


@pytest.mark.parametrize("status", Status)
def test_a_record_is_corrected_until_an_amount_rests_on_it(status: Status) -> None:
    free = {
        *("active", "change_requested", "discontinued", "partly_cancelled"),
        *("reported", "report_returned", "inspected"),
    }
    assert may_reverse("advance", status) is (status in free)
    assert may_reverse("balance", status) is (status == "balance_paid")
    if status not in free:
        with pytest.raises(Conflict):
            check_reversible("advance", status)


@pytest.mark.parametrize("act", PaymentAct)
def test_payment_reasons(act: PaymentAct) -> None:
    PAYMENT.row(act).check_reason("口座番号の誤り")
    if act in {"draft", "order", "pay", "withdraw_request"}:
        PAYMENT.row(act).check_reason("")
        return
    with refused(RuleBroken, "reason"):
        PAYMENT.row(act).check_reason("")


def test_decisions_are_dated_inside_the_year_and_cash_until_the_end_of_may() -> None:
    for inside in (date(2026, 4, 1), date(2027, 3, 31)):
        check_decision_date(2026, inside)
        check_payment_date(2026, inside)
    with pytest.raises(RuleBroken, match="2026年度"):
        check_decision_date(2026, date(2027, 4, 1))
    assert cash_date_ok(2026, date(2027, 5, 31))
    check_payment_date(2026, date(2027, 5, 31))
    for outside in (date(2026, 3, 31), date(2027, 6, 1)):
        assert not cash_date_ok(2026, outside)
        with pytest.raises(RuleBroken, match="出納整理期間") as caught:
            check_payment_date(2026, outside)
        assert caught.value.field == "paid_on"


def test_a_repayment_after_may_belongs_to_the_new_year() -> None:
    assert not is_prior_year_income(2026, date(2027, 5, 31))
    assert is_prior_year_income(2026, date(2027, 6, 1))


def test_evidence_is_kept_for_whole_fiscal_years() -> None:
    assert retention_end(2026, 5) == date(2032, 3, 31)


def test_the_project_is_the_plan_of_a_whole_fiscal_year() -> None:
    assert project_period(2026) == (date(2026, 4, 1), date(2027, 3, 31))


@pytest.mark.parametrize(
    ("on", "year"), [((2027, 3, 31), 2026), ((2027, 5, 31), 2026), ((2027, 6, 1), 2027), ((2028, 4, 1), 2028)]
)
def test_a_late_balance_burdens_the_budget_of_its_day(on: tuple[int, int, int], year: int) -> None:
    assert budget_year("balance", 2026, date(*on)) == year
    assert budget_year("advance", 2026, date(*on)) == 2026


def test_until_when_to_apply() -> None:
    assert apply_by(date(2026, 6, 1), 2026) == date(2026, 6, 29)
    assert apply_by(date(2027, 3, 25), 2026) == date(2027, 3, 31), "while the year can still decide"
    assert apply_by(date(2027, 3, 25), 2027) == date(2027, 4, 22)


@pytest.mark.parametrize(
    ("closed", "next_open"),
    [
        ((2026, 11, 28), (2026, 11, 30)),  # a Saturday
        ((2026, 11, 23), (2026, 11, 24)),  # 勤労感謝の日
        ((2026, 12, 31), (2027, 1, 4)),
        ((2027, 5, 2), (2027, 5, 6)),
    ],
)
def test_money_moves_on_bank_days(closed: tuple[int, int, int], next_open: tuple[int, int, int]) -> None:
    with pytest.raises(RuleBroken) as caught:
        check_bank_day(date(*closed), field="paid_on")
    assert (caught.value.field, caught.value.params["next"]) == ("paid_on", date(*next_open))
    check_bank_day(date(*next_open), field="paid_on")


def test_banks_are_open_on_the_last_days_of_city_halls_year() -> None:
    for day in (29, 30):
        check_bank_day(date(2026, 12, day), field="paid_on")


def test_an_order_burdens_the_budget_that_was_drafted_and_only_while_its_cash_is_open() -> None:
    for kind, saying in (("advance", "概算払の支出命令はできません"), ("balance", "起案の後に2026年度の")):
        check_order_date(kind, 2026, 2026, date(2027, 5, 31))
        with refused(RuleBroken, None, saying):
            check_order_date(kind, 2026, 2026, date(2027, 6, 1))
    check_order_date("balance", 2026, 2027, date(2027, 6, 1))
    with refused(RuleBroken, None, "2027年度の出納整理期間"):
        check_order_date("balance", 2026, 2027, date(2028, 6, 1))
