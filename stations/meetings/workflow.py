"""What may be done to a general meeting (全体会議), and by whom; its items are plans (`applications.workflow`)."""

from stations.core.access import Permission
from stations.core.workflow import Step, Workflow
from stations.meetings.rules import MeetingAct, MeetingStatus

MEETING = Workflow(
    MeetingStatus,
    Step(
        MeetingAct.OPEN,
        (MeetingStatus.PLANNED,),
        MeetingStatus.OPEN,
        Permission.MEETING_MANAGE,
        endpoint="meetings.open_meeting",
    ),
    Step(
        MeetingAct.CLOSE,
        (MeetingStatus.OPEN,),
        MeetingStatus.CLOSED,
        Permission.MEETING_MANAGE,
        endpoint="meetings.close",
    ),
    Step(
        MeetingAct.CANCEL,
        (MeetingStatus.PLANNED, MeetingStatus.OPEN),
        MeetingStatus.CANCELLED,
        Permission.MEETING_MANAGE,
        needs_reason=True,
        endpoint="meetings.cancel",
        kind="danger",
    ),
)
