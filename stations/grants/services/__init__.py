"""The acts on grants, by noun."""

from stations.grants.services.awards import (
    apply,
    approve_decision,
    approved_version,
    begin_review,
    discontinue,
    draft_award,
    draft_refusal,
    mark_of_draft,
    send_back,
    withdraw,
)
from stations.grants.services.cancellations import cancel, draft_cancellation, return_cancellation
from stations.grants.services.changes import decide_change, request_change, withdraw_change
from stations.grants.services.characters import print_as
from stations.grants.services.determinations import (
    check_books,
    close,
    determine,
    draft_determination,
    fixed_of,
    order_balance,
    own_funds_at_the_end,
    settlement_of,
)
from stations.grants.services.ledger import book, reverse
from stations.grants.services.letters import (
    draft_pdf,
    issue,
    issue_cancellation,
    issue_change,
    issue_determination,
)
from stations.grants.services.payment_corrections import fail_payment, reverse_payment, withdraw_order
from stations.grants.services.payments import (
    draft_order,
    order_payment,
    record_payment,
    request_advance,
    return_request,
    send_back_order,
    withdraw_advance,
)
from stations.grants.services.refunds import (
    draft_refund,
    issue_refund,
    order_refund,
    record_refund,
    return_refund,
    reverse_refund,
)
from stations.grants.services.settings import (
    approve_settings,
    change_deadlines,
    draft_settings,
    return_settings,
)

__all__ = [
    "apply",
    "approve_decision",
    "approve_settings",
    "approved_version",
    "begin_review",
    "book",
    "cancel",
    "change_deadlines",
    "check_books",
    "close",
    "decide_change",
    "determine",
    "discontinue",
    "draft_award",
    "draft_cancellation",
    "draft_determination",
    "draft_order",
    "draft_pdf",
    "draft_refund",
    "draft_refusal",
    "draft_settings",
    "fail_payment",
    "fixed_of",
    "issue",
    "issue_cancellation",
    "issue_change",
    "issue_determination",
    "issue_refund",
    "mark_of_draft",
    "order_balance",
    "order_payment",
    "order_refund",
    "own_funds_at_the_end",
    "print_as",
    "record_payment",
    "record_refund",
    "request_advance",
    "request_change",
    "return_cancellation",
    "return_refund",
    "return_request",
    "return_settings",
    "reverse",
    "reverse_payment",
    "reverse_refund",
    "send_back",
    "send_back_order",
    "settlement_of",
    "withdraw",
    "withdraw_advance",
    "withdraw_change",
    "withdraw_order",
]
