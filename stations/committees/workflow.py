"""What may be done to a station and to one of its openings, and by whom."""

from stations.committees.rules import OpeningAct, OpeningStatus, StationAct, StationStage
from stations.core.access import Permission
from stations.core.workflow import Step, Workflow

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P = OpeningAct, OpeningStatus, Permission

# Told by two dates, so that a station moves on by itself when its day comes.
STATION = Workflow(
    StationStage,
    Step(StationAct.OPEN, StationStage.PREPARING, StationStage.RUNNING, P.STATION_MANAGE),
    Step(StationAct.CLOSE, StationStage.RUNNING, StationStage.CLOSED, P.STATION_MANAGE),
)

OPENING = Workflow(
    OpeningStatus,
    # Follows from the end of the day's record.
    Step(A.HOLD, S.PLANNED, S.HELD, P.VISIT_RECORD),
    Step(A.CANCEL, S.PLANNED, S.CANCELLED, P.OPENING_MANAGE, needs_reason=True,
         endpoint="committees.cancel_opening", kind="danger"),
    Step(A.RESTORE, S.CANCELLED, S.PLANNED, P.OPENING_MANAGE,
         endpoint="committees.restore_opening", kind="secondary"),
)
# fmt: on
