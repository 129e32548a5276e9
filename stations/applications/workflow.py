"""What may be done to a plan (企画案・計画案), by whom, and who hears of it."""

from stations.applications.rules import Act, Status
from stations.core.access import Permission, Role
from stations.core.workflow import Step, Workflow

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P, R = Act, Status, Permission, Role

# The committee's own: its chair, and who drafted the plan.
_COMMITTEE = (R.CHAIR, R.DRAFTER)

PLAN = Workflow(
    Status,
    Step(A.SUBMIT, (S.DRAFT, S.RETURNED), S.SUBMITTED, P.PLAN_SUBMIT,
         endpoint="applications.submit", notifies=(R.OFFICER,)),
    Step(A.RECEIVE, S.SUBMITTED, S.RECEIVED, P.PLAN_REVIEW, endpoint="applications.receive"),
    Step(A.CONFIRM, S.RECEIVED, S.CONFIRMED, P.PLAN_REVIEW,
         endpoint="applications.confirm", notifies=(*_COMMITTEE, R.SECRETARIAT)),
    Step(A.RETURN, (S.RECEIVED, S.DEFERRED), S.RETURNED, P.PLAN_REVIEW,
         needs_reason=True, endpoint="applications.return_", kind="secondary", notifies=_COMMITTEE),
    # Before 受付; back to what it was submitted from.
    Step(A.RECALL, S.SUBMITTED, S.DRAFT, P.PLAN_SUBMIT,
         endpoint="applications.recall", kind="secondary", notifies=(R.OFFICER,)),
    Step(A.RECALL_CORRECTED, S.SUBMITTED, S.RETURNED, P.PLAN_SUBMIT, notifies=(R.OFFICER,)),
    Step(A.TABLE, (S.CONFIRMED, S.DEFERRED), S.TABLED, P.MEETING_MANAGE,
         endpoint="meetings.table", notifies=_COMMITTEE),
    # Off the agenda; back to what it was tabled from.
    Step(A.UNTABLE, S.TABLED, S.CONFIRMED, P.MEETING_MANAGE,
         endpoint="meetings.untable", kind="secondary", notifies=_COMMITTEE),
    Step(A.UNTABLE_DEFERRED, S.TABLED, S.DEFERRED, P.MEETING_MANAGE, notifies=_COMMITTEE),
    Step(A.APPROVE, S.TABLED, S.APPROVED, P.MEETING_RESOLVE,
         endpoint="meetings.resolve", notifies=_COMMITTEE),
    Step(A.APPROVE_WITH_CONDITIONS, S.TABLED, S.APPROVED_WITH_CONDITIONS, P.MEETING_RESOLVE,
         endpoint="meetings.resolve", notifies=_COMMITTEE),
    Step(A.DEFER, S.TABLED, S.DEFERRED, P.MEETING_RESOLVE,
         needs_reason=True, endpoint="meetings.resolve", notifies=_COMMITTEE),
    Step(A.REJECT, S.TABLED, S.REJECTED, P.MEETING_RESOLVE,
         needs_reason=True, endpoint="meetings.resolve", notifies=_COMMITTEE),
    Step(A.WITHDRAW, (S.DRAFT, S.SUBMITTED, S.RECEIVED, S.RETURNED, S.CONFIRMED, S.TABLED, S.DEFERRED),
         S.WITHDRAWN, P.PLAN_WITHDRAW,
         endpoint="applications.withdraw", kind="danger", notifies=(R.OFFICER,)),
)
# fmt: on
