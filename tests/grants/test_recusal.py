"""Nobody decides for the city on a committee they sit on (除斥): each act of the city, tried by somebody who does.

The list is written by hand. An act of the city that is missing here is found by the last test.
"""

import pytest
from sqlalchemy.orm import Session

from stations.core.access import Role
from stations.core.messages import NotAllowed
from tests.grants import acts, states
from tests.grants import cast as grants
from tests.support import cast

# act: the state in which it is tried, and who does it for the city
CITY_ACTS = {
    "begin_review": ("applied", "officer"),
    "draft_award": ("reviewing", "officer"),
    "draft_refusal": ("reviewing", "officer"),
    "approve_decision": ("award drafted", "approver"),
    "send_back": ("award drafted", "approver"),
    "issue": ("awarded, letter due", "officer"),
    "approve_change": ("change requested", "approver"),
    "refuse_change": ("change requested", "approver"),
    "issue_change": ("change approved, letter due", "officer"),
    "draft_order": ("advance requested", "officer"),
    "return_request": ("advance requested", "officer"),
    "order_payment": ("advance drafted", "approver"),
    "send_back_order": ("advance drafted", "approver"),
    "record_payment": ("advance ordered", "cashier"),
    "withdraw_order": ("advance ordered", "cashier"),
    "reverse_payment": ("advance paid", "cashier"),
    "fail_payment": ("advance paid", "cashier"),
    "return_report": ("reported", "officer"),
    "inspect": ("reported", "officer"),
    "draft_determination": ("inspected", "officer"),
    "determine": ("determination drafted", "approver"),
    "issue_determination": ("determined, letter due", "officer"),
    "draft_refund": ("refund to order", "officer"),
    "order_refund": ("refund drafted", "approver"),
    "return_refund": ("refund drafted", "approver"),
    "issue_refund": ("refund ordered, letter due", "officer"),
    "record_refund": ("refund due", "cashier"),
    "reverse_refund": ("refunded", "cashier"),
    "order_balance": ("balance to pay", "officer"),
    "draft_cancellation": ("active", "officer"),
    "cancel": ("cancellation drafted", "approver"),
    "return_cancellation": ("cancellation drafted", "approver"),
    "issue_cancellation": ("cancelled, letter due", "officer"),
    "close": ("determined, even", "officer"),
    "draft_recovery": ("closed", "officer"),
    "approve_recovery": ("finding drafted", "approver"),
    "send_back_recovery": ("finding drafted", "approver"),
    "issue_recovery": ("finding decided, letter due", "officer"),
    "record_recovery": ("finding ordered", "cashier"),
    "reverse_recovery": ("finding repaid", "cashier"),
}
COMMITTEE_ACTS = {
    "apply",
    "withdraw",
    "request_advance",
    "withdraw_advance",
    "request_change",
    "withdraw_change",
    "submit_report",
    "discontinue",
}


@pytest.mark.parametrize("act", CITY_ACTS)
def test_who_sits_on_the_committee_leaves_the_act_to_others(db_session: Session, act: str):
    state, role = CITY_ACTS[act]
    case = acts.case(grants.team())
    states.STATES[state](case.made)
    official = getattr(case.made, role)
    cast.give(official, Role.DRAFTER, of=case.made.plan.committee)
    with pytest.raises(NotAllowed, match="除斥"):
        acts.ACTS[act](case)


def test_every_act_of_the_city_is_tried():
    assert set(acts.ACTS) == set(CITY_ACTS) | COMMITTEE_ACTS
