"""返還命令: the draft that waits for its decision, or came back."""

from stations.grants.models import Grant
from stations.grants.queries import drafts
from stations.grants.settlement.models import RefundOrder


def pending_refund(grant: Grant) -> RefundOrder | None:
    """The drafted 返還命令 of a grant that nobody has decided yet."""
    return drafts.pending(RefundOrder, grant)


def returned_refund(grant: Grant) -> RefundOrder | None:
    """The draft of a 返還命令 that came back last; None once another has been made."""
    return drafts.returned(RefundOrder, grant)
