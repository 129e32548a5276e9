"""What may be done to the record of an opening's day, by who may record visits; and to a draft of a year's age bands."""

from stations.attendance.rules import RecordAct, RecordStatus
from stations.core.access import Permission
from stations.core.drafts import two_officials
from stations.core.workflow import Step, Workflow

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P = RecordAct, RecordStatus, Permission

RECORD = Workflow(
    RecordStatus,
    Step(A.SAVE_DETAILS, S.OPEN, None, P.VISIT_RECORD),
    Step(A.CORRECT, S.OPEN, None, P.VISIT_RECORD, needs_reason=True),
    Step(A.MOVE_OUT, S.OPEN, None, P.VISIT_RECORD, needs_reason=True),
    Step(A.MOVE_IN, S.OPEN, None, P.VISIT_RECORD),
    Step(A.CLOSE, S.OPEN, S.CLOSED, P.VISIT_RECORD),
    Step(A.REOPEN, S.CLOSED, S.OPEN, P.VISIT_RECORD, needs_reason=True),
)
# fmt: on

BANDS = two_officials(
    draft=P.VISIT_DRAFT_BANDS,
    draft_page="attendance.draft_bands",
    decide=P.VISIT_APPROVE_BANDS,
    decide_page="attendance.decide_bands",
)
