"""The stage at which a plan and its grant stand, as the overview counts them: one stage for every state."""

from enum import StrEnum

from stations.applications import rules as plans
from stations.grants import rules as grants


class Stage(StrEnum):
    """From 計画作成 to 完結, in the order of the columns; ENDED gathers 不承認, 不交付, 取下げ."""

    DRAFTING = "drafting"
    CHECKING = "checking"
    MEETING = "meeting"
    APPROVED = "approved"
    DECIDING = "deciding"
    RUNNING = "running"
    REPORTING = "reporting"
    SETTLING = "settling"
    CLOSED = "closed"
    ENDED = "ended"


OF_PLAN: dict[plans.Status, Stage] = {
    plans.Status.DRAFT: Stage.DRAFTING,
    plans.Status.RETURNED: Stage.DRAFTING,
    plans.Status.SUBMITTED: Stage.CHECKING,
    plans.Status.RECEIVED: Stage.CHECKING,
    plans.Status.CONFIRMED: Stage.CHECKING,
    plans.Status.TABLED: Stage.MEETING,
    plans.Status.DEFERRED: Stage.MEETING,
    plans.Status.APPROVED: Stage.APPROVED,
    plans.Status.APPROVED_WITH_CONDITIONS: Stage.APPROVED,
    plans.Status.REJECTED: Stage.ENDED,
    plans.Status.WITHDRAWN: Stage.ENDED,
}

OF_GRANT: dict[grants.Status, Stage] = {
    grants.Status.APPLIED: Stage.DECIDING,
    grants.Status.REVIEWING: Stage.DECIDING,
    grants.Status.DECIDING: Stage.DECIDING,
    grants.Status.AWARDED: Stage.DECIDING,
    grants.Status.ACTIVE: Stage.RUNNING,
    grants.Status.CHANGE_REQUESTED: Stage.RUNNING,
    grants.Status.DISCONTINUED: Stage.REPORTING,
    grants.Status.PARTLY_CANCELLED: Stage.REPORTING,
    grants.Status.REPORTED: Stage.REPORTING,
    grants.Status.REPORT_RETURNED: Stage.REPORTING,
    grants.Status.INSPECTED: Stage.REPORTING,
    grants.Status.DETERMINING: Stage.REPORTING,
    grants.Status.DETERMINED: Stage.SETTLING,
    grants.Status.REFUND_DUE: Stage.SETTLING,
    grants.Status.REFUNDED: Stage.SETTLING,
    grants.Status.BALANCE_DUE: Stage.SETTLING,
    grants.Status.BALANCE_PAID: Stage.SETTLING,
    grants.Status.CANCELLED: Stage.SETTLING,
    grants.Status.CLOSED: Stage.CLOSED,
    grants.Status.REFUSED: Stage.ENDED,
    grants.Status.WITHDRAWN: Stage.ENDED,
}


def stage(plan: plans.Status, grant: grants.Status | None) -> Stage:
    """Where a plan stands: its grant's stage as soon as there is one."""
    return OF_PLAN[plan] if grant is None else OF_GRANT[grant]
