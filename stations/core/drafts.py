"""What one official drafts for a fiscal year and another approves or sends back: its states and its table of steps. Pure."""

from enum import StrEnum

from stations.core.access import ROLE_PERMISSIONS, Permission, Role
from stations.core.workflow import Step, Workflow


class DraftStatus(StrEnum):
    """決裁待ち; then decided by another official, or replaced by a newer draft."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    REPLACED = "replaced"


class DraftAct(StrEnum):
    DRAFT = "draft"
    APPROVE = "approve"
    RETURN = "return"


def two_officials(
    *, draft: Permission, draft_page: str, decide: Permission, decide_page: str
) -> Workflow[DraftStatus]:
    """The table of steps of one kind of draft. Who may decide hears of a draft, who may draft of the decision.

    ``decide`` is a permission of four eyes. The pages are endpoints.
    """
    A, S = DraftAct, DraftStatus
    drafters, deciders = _who_may(draft), _who_may(decide)
    # A table is read in rows, and not one argument a line.
    # fmt: off
    return Workflow(
        S,
        Step(A.APPROVE, S.WAITING, S.APPROVED, decide, endpoint=decide_page, notifies=drafters),
        Step(A.RETURN, S.WAITING, S.RETURNED, decide, needs_reason=True, endpoint=decide_page, kind="secondary",
             notifies=drafters),
        # Drafting again takes the place of what waits.
        Step(A.DRAFT, S.WAITING, S.REPLACED, draft, endpoint=draft_page, kind="secondary", notifies=deciders),
    )
    # fmt: on


def _who_may(permission: Permission) -> tuple[Role, ...]:
    return tuple(role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions)
