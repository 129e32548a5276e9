"""What may be done to the record of an opening's day, by who may record visits; and to a draft of a year's age bands."""

from stations.attendance.band_rules import BandAct, BandDraftStatus
from stations.attendance.rules import RecordAct, RecordStatus
from stations.core.access import Permission
from stations.core.workflow import Step, Workflow

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P = RecordAct, RecordStatus, Permission
BA, BS = BandAct, BandDraftStatus

RECORD = Workflow(
    RecordStatus,
    Step(A.SAVE_DETAILS, S.OPEN, None, P.VISIT_RECORD),
    Step(A.CORRECT, S.OPEN, None, P.VISIT_RECORD, needs_reason=True),
    Step(A.MOVE_OUT, S.OPEN, None, P.VISIT_RECORD, needs_reason=True),
    Step(A.MOVE_IN, S.OPEN, None, P.VISIT_RECORD),
    Step(A.CLOSE, S.OPEN, S.CLOSED, P.VISIT_RECORD),
    Step(A.REOPEN, S.CLOSED, S.OPEN, P.VISIT_RECORD, needs_reason=True),
)

BANDS = Workflow(
    BandDraftStatus,
    Step(BA.APPROVE, BS.WAITING, BS.APPROVED, P.VISIT_APPROVE_BANDS, endpoint="attendance.decide_bands"),
    Step(BA.RETURN, BS.WAITING, BS.RETURNED, P.VISIT_APPROVE_BANDS, needs_reason=True, endpoint="attendance.decide_bands",
         kind="secondary"),
    # Drafting again takes the place of what waits.
    Step(BA.DRAFT, BS.WAITING, BS.REPLACED, P.VISIT_DRAFT_BANDS, endpoint="attendance.draft_bands", kind="secondary"),
)
# fmt: on
