"""Around the end of a fiscal year: each act in each state on each of four days, as docs/rules/year-end.md has it."""

import datetime as dt
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.database import db
from stations.core.messages import Refusal
from stations.grants.letters.models import Letter
from stations.grants.payments.models import Repayment
from stations.grants.rules import Status
from tests.grants import acts, states
from tests.grants import cast as grants

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
    return clock.frozen_at(dt.datetime.combine(day, dt.time(3), dt.UTC))


# What these make carries a year: a letter, a payment, a repayment, the year itself.
COUNTED = frozenset(
    [
        "issue",
        "issue_change",
        "issue_determination",
        "issue_cancellation",
        "issue_refund",
        "request_advance",
        "draft_order",
        "order_payment",
        "record_payment",
        "fail_payment",
        "order_balance",
        "record_refund",
        "issue_recovery",
        "record_recovery",
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
        if len(cells) == 6 and cells[1] in acts.ACTS:
            found.setdefault(cells[0], {})[cells[1]] = cells[2:]
    return found


TABLE = table()


def test_the_documentation_knows_every_state_and_act() -> None:
    assert set(TABLE) == set(states.STATES)
    assert {act for row in TABLE.values() for act in row} <= set(acts.ACTS)
    assert {cell for row in TABLE.values() for cells in row.values() for cell in cells} == {
        "yes",
        "old",
        "new",
        "-",
    }


def test_no_state_is_without_a_way_out() -> None:
    for state, row in TABLE.items():
        for nth, day in enumerate(DAYS):
            open_ways = [act for act, cells in row.items() if cells[nth] != "-"]
            assert open_ways or state in ENDS or (state == "plan approved" and day != "3-31"), (state, day)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)  # the services have tests on both
@pytest.mark.parametrize("state", states.STATES)
def test_what_may_happen_on_each_day(db_session: Session, state: str):
    with on(BEFORE):
        made = grants.team(year=YEAR)
        grants.settings(YEAR + 1, by=made.approver, document_prefix="新共")
        states.STATES[state](made)
        case = acts.case(made)
    if state == "reported":
        assert case.grant.status is Status.REPORTED
    found: dict[str, list[str]] = {act: [] for act in TABLE[state]}
    for day in DAYS.values():
        for act, cells in found.items():
            attempt = db_session.begin_nested()
            with on(day):
                try:
                    made_by_act = acts.ACTS[act](case)
                    cells.append(counted_in(made_by_act) if act in COUNTED else "yes")
                except Refusal:
                    cells.append("-")
            attempt.rollback()
            db.session.expire_all()
    assert found == TABLE[state]
