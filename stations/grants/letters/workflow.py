"""What may be done to a draft of a letter's texts: decided by another official than the one who drafted it, or replaced."""

from stations.core.access import Permission
from stations.core.workflow import Step, Workflow
from stations.grants.letters.wording import TextAct, TextStatus

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P = TextAct, TextStatus, Permission

TEXTS = Workflow(
    TextStatus,
    Step(A.APPROVE, S.WAITING, S.APPROVED, P.GRANT_APPROVE, endpoint="grants.decide_letter_texts"),
    Step(A.RETURN, S.WAITING, S.RETURNED, P.GRANT_APPROVE, needs_reason=True, endpoint="grants.decide_letter_texts",
         kind="secondary"),
    # Drafting again takes the place of what waits.
    Step(A.DRAFT, S.WAITING, S.REPLACED, P.GRANT_REVIEW, endpoint="grants.draft_letter_texts", kind="secondary"),
)
# fmt: on
