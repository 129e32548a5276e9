"""Around the end of a fiscal year: each act in each state on each of four days, as docs/rules/year-end.md has it."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.messages import RuleBroken
from stations.grants import rules, services
from stations.grants.models import Grant, Letter, PaymentRequest, Repayment
from stations.grants.rules import Status
from stations.grants.services import inspections, reports
from tests.grants import cast as grants
from tests.support import cast

YEAR = 2026
DAYS = {
    "3-31": dt.date(2027, 3, 31),
    "4-1": dt.date(2027, 4, 1),
    "5-31": dt.date(2027, 5, 31),
    "6-1": dt.date(2027, 6, 1),
}
BEFORE = dt.date(2027, 3, 30)
ENDS = {"closed", "withdrawn"}


def on(day: dt.date) -> AbstractContextManager[None]:
    return clock.telling(dt.datetime.combine(day, dt.time(3), dt.UTC))


@dataclass
class Case:
    """A grant of the old year, and the payment that the row is about."""

    made: grants.Team
    request: PaymentRequest | None = None

    @property
    def grant(self) -> Grant:
        return self.made.grant

    @property
    def payment(self) -> PaymentRequest:
        assert self.request is not None
        return self.request


def moved(made: grants.Team) -> dict[int, int]:
    """Budgets that need the city's approval."""
    moves = (20_000, -20_000, 0, 0)
    lines = zip(made.grant.lines, moves, strict=True)
    return {line.id: line.awarded_yen + move for line, move in lines}


def ask_change(made: grants.Team) -> None:
    services.request_change(grant=made.grant, budgets=moved(made), reason="広い部屋", by=made.chair)


def write_report(made: grants.Team) -> None:
    day = min(clock.today(), DAYS["3-31"])
    reports.save_report(grant=made.grant, summary="開いた。", completed_on=day, by=made.chair)
    auditor = cast.person(Role.COMMITTEE_AUDITOR, of=made.plan.committee)
    reports.audit_accounts(grant=made.grant, by=auditor)


def reported(made: grants.Team) -> Grant:
    write_report(made)
    reports.submit_report(grant=made.grant, by=made.chair)
    return made.grant


def _plan(made: grants.Team) -> None:
    return None


def _refusal(made: grants.Team) -> None:
    services.draft_refusal(grant=grants.reviewing(made), reason="対象外", by=made.officer)


def _refused(made: grants.Team) -> None:
    _refusal(made)
    services.approve_decision(grant=made.grant, by=made.approver)


def _change(made: grants.Team) -> None:
    grants.active(made)
    ask_change(made)


def _approved_change(made: grants.Team) -> None:
    _change(made)
    services.decide_change(grant=made.grant, approve=True, by=made.approver)


def _advance(step: Callable[[grants.Team, int], PaymentRequest]) -> Callable[[grants.Team], PaymentRequest]:
    def build(made: grants.Team) -> PaymentRequest:
        grants.active(made)
        return step(made, 50_000)

    return build


def _drafted(made: grants.Team, amount: int) -> PaymentRequest:
    request = grants.requested(made, amount)
    services.draft_order(request=request, by=made.officer)
    return request


def _discontinued(made: grants.Team) -> None:
    services.discontinue(grant=grants.active(made), reason="会場がない", by=made.chair)


def _reported(made: grants.Team) -> None:
    grants.active(made)
    reported(made)


def _returned(made: grants.Team) -> None:
    _reported(made)
    reports.return_report(grant=made.grant, reason="写真がない", by=made.officer)


def _settled(*, paid: int, spent: int, told: bool = True) -> Callable[[grants.Team], None]:
    def build(made: grants.Team) -> None:
        grants.active(made)
        if paid:
            grants.paid(made, paid)
        grants.spent(made, spent, line=2)
        grants.determined(made, told=told)

    return build


_EVEN = _settled(paid=60_000, spent=60_000)
_REFUND = _settled(paid=100_000, spent=60_000)
_BALANCE = _settled(paid=0, spent=60_000)


def _inspected(made: grants.Team) -> None:
    grants.active(made)
    grants.spent(made, 60_000, line=2)
    grants.inspected(made)


def _determining(made: grants.Team) -> None:
    _inspected(made)
    services.draft_determination(grant=made.grant, by=made.officer)


def _refund_due(made: grants.Team) -> None:
    _REFUND(made)
    services.order_refund(grant=made.grant, by=made.officer)


def _refunded(made: grants.Team) -> None:
    _refund_due(made)
    services.record_refund(grant=made.grant, received_on=clock.today(), by=made.cashier)


def _balance(made: grants.Team) -> PaymentRequest:
    _BALANCE(made)
    return services.order_balance(grant=made.grant, by=made.officer)


def _balance_asked(made: grants.Team) -> PaymentRequest:
    request = _balance(made)
    services.send_back_order(request=request, reason="口座を確かめる", by=made.approver)
    return request


def _balance_ordered(made: grants.Team) -> PaymentRequest:
    request = _balance(made)
    services.order_payment(request=request, by=made.approver)
    return request


def _balance_paid(made: grants.Team) -> PaymentRequest:
    request = _balance_ordered(made)
    services.record_payment(request=request, paid_on=clock.today(), by=made.cashier)
    return request


def _cancelled(made: grants.Team) -> None:
    grants.active(made)
    grants.cancelled(made)


def _cancelled_even(made: grants.Team) -> None:
    _cancelled(made)
    services.issue_cancellation(grant=made.grant, by=made.officer)


def _closed(made: grants.Team) -> None:
    _EVEN(made)
    services.close(grant=made.grant, by=made.officer)


def _withdrawn(made: grants.Team) -> None:
    services.withdraw(grant=grants.applied(made), by=made.chair)


STATES: dict[str, Callable[[grants.Team], object]] = {
    "plan approved": _plan,
    "applied": grants.applied,
    "reviewing": grants.reviewing,
    "award drafted": grants.deciding,
    "refusal drafted": _refusal,
    "refused, letter due": _refused,
    "awarded, letter due": grants.awarded,
    "active": grants.active,
    "change requested": _change,
    "change approved, letter due": _approved_change,
    "advance requested": _advance(grants.requested),
    "advance drafted": _advance(_drafted),
    "advance ordered": _advance(grants.ordered),
    "advance paid": _advance(grants.paid),
    "discontinued": _discontinued,
    "reported": _reported,
    "report returned": _returned,
    "inspected": _inspected,
    "determination drafted": _determining,
    "determined, letter due": _settled(paid=0, spent=60_000, told=False),
    "determined, even": _EVEN,
    "refund to order": _REFUND,
    "refund due": _refund_due,
    "refunded": _refunded,
    "balance to pay": _BALANCE,
    "balance requested": _balance_asked,
    "balance drafted": _balance,
    "balance ordered": _balance_ordered,
    "balance paid": _balance_paid,
    "cancelled, letter due": _cancelled,
    "cancelled, even": _cancelled_even,
    "closed": _closed,
    "withdrawn": _withdrawn,
}


def _report(case: Case) -> object:
    write_report(case.made)
    reports.submit_report(grant=case.grant, by=case.made.chair)
    return None


def _order(case: Case) -> object:
    services.order_payment(request=case.payment, by=case.made.approver)
    return case.payment


def _draft_order(case: Case) -> object:
    services.draft_order(request=case.payment, by=case.made.officer)
    return case.payment


def _pay(case: Case) -> object:
    services.record_payment(request=case.payment, paid_on=clock.today(), by=case.made.cashier)
    return case.payment


def _fail(case: Case) -> object:
    services.fail_payment(
        request=case.payment, returned_on=clock.today(), reason="口座なし", by=case.made.cashier
    )
    return rules.receiving_year(case.payment.fiscal_year, clock.today())


def _inspect(case: Case) -> object:
    inspections.inspect(grant=case.grant, by=case.made.officer)
    return None


ACTS: dict[str, Callable[[Case], object]] = {
    "apply": lambda case: services.apply(plan=case.made.plan, by=case.made.chair),
    "begin_review": lambda case: services.begin_review(grant=case.grant, by=case.made.officer),
    "withdraw": lambda case: services.withdraw(grant=case.grant, by=case.made.chair),
    "draft_award": lambda case: services.draft_award(
        grant=case.grant, awarded_yen=100_000, by=case.made.officer
    ),
    "draft_refusal": lambda case: services.draft_refusal(
        grant=case.grant, reason="年度が終わったため", by=case.made.officer
    ),
    "approve_decision": lambda case: services.approve_decision(grant=case.grant, by=case.made.approver),
    "send_back": lambda case: services.send_back(grant=case.grant, reason="直す", by=case.made.approver),
    "issue": lambda case: services.issue(grant=case.grant, by=case.made.officer),
    "draft_cancellation": lambda case: services.draft_cancellation(
        grant=case.grant, reason="目的外", by=case.made.officer
    ),
    "request_advance": lambda case: grants.requested(case.made, 10_000),
    "request_change": lambda case: ask_change(case.made),
    "submit_report": _report,
    "approve_change": lambda case: services.decide_change(
        grant=case.grant, approve=True, by=case.made.approver
    ),
    "refuse_change": lambda case: services.decide_change(
        grant=case.grant, approve=False, reason="年度が終わったため", by=case.made.approver
    ),
    "issue_change": lambda case: services.issue_change(grant=case.grant, by=case.made.officer),
    "draft_order": _draft_order,
    "return_request": lambda case: services.return_request(
        request=case.payment, reason="年度が終わったため", by=case.made.officer
    ),
    "order_payment": _order,
    "send_back_order": lambda case: services.send_back_order(
        request=case.payment, reason="直す", by=case.made.approver
    ),
    "record_payment": _pay,
    "withdraw_order": lambda case: services.withdraw_order(
        request=case.payment, reason="出納閉鎖", by=case.made.cashier
    ),
    "reverse_payment": lambda case: services.reverse_payment(
        request=case.payment, reason="番号の誤り", by=case.made.cashier
    ),
    "fail_payment": _fail,
    "return_report": lambda case: reports.return_report(
        grant=case.grant, reason="写真がない", by=case.made.officer
    ),
    "inspect": _inspect,
    "draft_determination": lambda case: services.draft_determination(grant=case.grant, by=case.made.officer),
    "determine": lambda case: services.determine(grant=case.grant, by=case.made.approver),
    "issue_determination": lambda case: services.issue_determination(grant=case.grant, by=case.made.officer),
    "order_refund": lambda case: services.order_refund(grant=case.grant, by=case.made.officer),
    "record_refund": lambda case: services.record_refund(
        grant=case.grant, received_on=clock.today(), by=case.made.cashier
    ),
    "reverse_refund": lambda case: services.reverse_refund(
        grant=case.grant, reason="日付の誤り", by=case.made.cashier
    ),
    "order_balance": lambda case: services.order_balance(grant=case.grant, by=case.made.officer),
    "issue_cancellation": lambda case: services.issue_cancellation(grant=case.grant, by=case.made.officer),
    "close": lambda case: services.close(grant=case.grant, by=case.made.officer),
}


# What these make carries a year: a letter, a payment, a repayment, the year itself.
COUNTED = frozenset(
    [
        "issue",
        "issue_change",
        "issue_determination",
        "issue_cancellation",
        "order_refund",
        "request_advance",
        "draft_order",
        "order_payment",
        "record_payment",
        "fail_payment",
        "order_balance",
        "record_refund",
    ]
)


def counted_in(result: object) -> str:
    """old or new: the year in which what an act made is counted."""
    if isinstance(result, Repayment):
        result = YEAR + 1 if result.prior_year_income else YEAR
    if isinstance(result, Letter):
        assert result.fiscal_year == clock.fiscal_year(result.issued_on)
    year = getattr(result, "fiscal_year", result)
    return "old" if year == YEAR else "new"


def table() -> dict[str, dict[str, list[str]]]:
    """state → act → the cells of the four days, read off the documentation."""
    text = (Path(__file__).parents[2] / "docs" / "rules" / "year-end.md").read_text()
    found: dict[str, dict[str, list[str]]] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[1] in ACTS:
            found.setdefault(cells[0], {})[cells[1]] = cells[2:]
    return found


TABLE = table()


def test_the_documentation_knows_every_state_and_act() -> None:
    assert set(TABLE) == set(STATES)
    assert {act for acts in TABLE.values() for act in acts} == set(ACTS)
    assert {cell for acts in TABLE.values() for cells in acts.values() for cell in cells} == {
        "yes",
        "old",
        "new",
        "-",
    }


def test_no_state_is_without_a_way_out() -> None:
    for state, acts in TABLE.items():
        for nth, day in enumerate(DAYS):
            open_ways = [act for act, cells in acts.items() if cells[nth] != "-"]
            assert open_ways or state in ENDS or (state == "plan approved" and day != "3-31"), (state, day)


@pytest.mark.parametrize("state", STATES)
def test_what_may_happen_on_each_day(db_session: Session, state: str):
    with on(BEFORE):
        made = grants.team(year=YEAR)
        grants.settings(YEAR + 1, by=made.approver, document_prefix="新共")
        built = STATES[state](made)
        db_session.flush()
    case = Case(made, built if isinstance(built, PaymentRequest) else None)
    if state == "reported":
        assert case.grant.status is Status.REPORTED
    found: dict[str, list[str]] = {act: [] for act in TABLE[state]}
    for day in DAYS.values():
        for act, cells in found.items():
            attempt = db_session.begin_nested()
            with on(day):
                try:
                    made_by_act = ACTS[act](case)
                    cells.append(counted_in(made_by_act) if act in COUNTED else "yes")
                except RuleBroken:
                    cells.append("-")
            attempt.rollback()
            db.session.expire_all()
    assert found == TABLE[state]
