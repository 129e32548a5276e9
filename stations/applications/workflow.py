"""What may be done to a plan (企画案・計画案), by whom, and who hears of it."""

from stations.applications.rules import Act, Status
from stations.core.access import Permission, Role
from stations.core.workflow import Step, Workflow

# The committee's own: its chair, and who drafted the plan.
_COMMITTEE = (Role.CHAIR, Role.DRAFTER)

PLAN = Workflow(
    Status,
    Step(
        Act.SUBMIT,
        (Status.DRAFT, Status.RETURNED),
        Status.SUBMITTED,
        Permission.PLAN_SUBMIT,
        endpoint="applications.submit",
        notifies=(Role.OFFICER,),
    ),
    Step(
        Act.RECEIVE,
        (Status.SUBMITTED,),
        Status.RECEIVED,
        Permission.PLAN_REVIEW,
        endpoint="applications.receive",
    ),
    Step(
        Act.CONFIRM,
        (Status.RECEIVED,),
        Status.CONFIRMED,
        Permission.PLAN_REVIEW,
        endpoint="applications.confirm",
        notifies=(*_COMMITTEE, Role.SECRETARIAT),
    ),
    Step(
        Act.RETURN,
        (Status.RECEIVED, Status.DEFERRED),
        Status.RETURNED,
        Permission.PLAN_REVIEW,
        needs_reason=True,
        endpoint="applications.return_",
        kind="secondary",
        notifies=_COMMITTEE,
    ),
    # Before 受付; back to what it was submitted from.
    Step(
        Act.RECALL,
        (Status.SUBMITTED,),
        Status.DRAFT,
        Permission.PLAN_SUBMIT,
        endpoint="applications.recall",
        kind="secondary",
        notifies=(Role.OFFICER,),
    ),
    Step(
        Act.RECALL_MENDED,
        (Status.SUBMITTED,),
        Status.RETURNED,
        Permission.PLAN_SUBMIT,
        notifies=(Role.OFFICER,),
    ),
    Step(
        Act.TABLE,
        (Status.CONFIRMED, Status.DEFERRED),
        Status.TABLED,
        Permission.MEETING_MANAGE,
        endpoint="meetings.table",
        notifies=_COMMITTEE,
    ),
    # Off the agenda; back to what it was tabled from.
    Step(
        Act.UNTABLE,
        (Status.TABLED,),
        Status.CONFIRMED,
        Permission.MEETING_MANAGE,
        endpoint="meetings.untable",
        kind="secondary",
        notifies=_COMMITTEE,
    ),
    Step(
        Act.UNTABLE_DEFERRED,
        (Status.TABLED,),
        Status.DEFERRED,
        Permission.MEETING_MANAGE,
        notifies=_COMMITTEE,
    ),
    Step(
        Act.APPROVE,
        (Status.TABLED,),
        Status.APPROVED,
        Permission.MEETING_RESOLVE,
        endpoint="meetings.resolve",
        notifies=_COMMITTEE,
    ),
    Step(
        Act.APPROVE_WITH_CONDITIONS,
        (Status.TABLED,),
        Status.APPROVED_WITH_CONDITIONS,
        Permission.MEETING_RESOLVE,
        endpoint="meetings.resolve",
        notifies=_COMMITTEE,
    ),
    Step(
        Act.DEFER,
        (Status.TABLED,),
        Status.DEFERRED,
        Permission.MEETING_RESOLVE,
        needs_reason=True,
        endpoint="meetings.resolve",
        notifies=_COMMITTEE,
    ),
    Step(
        Act.REJECT,
        (Status.TABLED,),
        Status.REJECTED,
        Permission.MEETING_RESOLVE,
        needs_reason=True,
        endpoint="meetings.resolve",
        notifies=_COMMITTEE,
    ),
    Step(
        Act.WITHDRAW,
        (
            Status.DRAFT,
            Status.SUBMITTED,
            Status.RECEIVED,
            Status.RETURNED,
            Status.CONFIRMED,
            Status.TABLED,
            Status.DEFERRED,
        ),
        Status.WITHDRAWN,
        Permission.PLAN_WITHDRAW,
        endpoint="applications.withdraw",
        kind="danger",
        notifies=(Role.OFFICER,),
    ),
)
