"""What may be done to a general meeting (全体会議), and by whom; its items are plans (`applications.workflow`)."""

from stations.core.access import Permission
from stations.core.workflow import Step, Workflow
from stations.meetings.rules import MeetingAct, MeetingStatus

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P = MeetingAct, MeetingStatus, Permission

MEETING = Workflow(
    MeetingStatus,
    Step(A.OPEN, S.PLANNED, S.OPEN, P.MEETING_MANAGE, endpoint="meetings.open_meeting"),
    Step(A.CLOSE, S.OPEN, S.CLOSED, P.MEETING_MANAGE, endpoint="meetings.close"),
    Step(A.CANCEL, (S.PLANNED, S.OPEN), S.CANCELLED, P.MEETING_MANAGE,
         needs_reason=True, endpoint="meetings.cancel", kind="danger"),
)
# fmt: on
