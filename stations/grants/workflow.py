"""What may be done to a grant, to one of its payments, and to a finding after 完結; by whom, and who hears of it."""

from stations.core.access import Permission, Role
from stations.core.workflow import Step, Workflow
from stations.grants.rules import (
    Act,
    InPlaceAct,
    PaymentAct,
    PaymentStatus,
    RecoveryAct,
    RecoveryStart,
    RecoveryStatus,
    Status,
)

# A table is read in rows: short names, and not one argument a line.
# fmt: off
A, S, P, R = Act, Status, Permission, Role
PA, PS, RA, RS = PaymentAct, PaymentStatus, RecoveryAct, RecoveryStatus

_COMMITTEE = (R.CHAIR, R.TREASURER)

# Whenever there is an award that is not closed (補助金等適正化法17条; 3項: also after the 額の確定), but for the two drafts
# that are decided first.
_AWARDED = (
    S.AWARDED,
    S.ACTIVE,
    S.CHANGE_REQUESTED,
    S.REPORTED,
    S.REPORT_RETURNED,
    S.INSPECTED,
    S.DETERMINED,
    S.REFUND_DUE,
    S.REFUNDED,
    S.BALANCE_DUE,
    S.BALANCE_PAID,
    S.DISCONTINUED,
    S.PARTLY_CANCELLED,
)

GRANT = Workflow(
    Status,
    # A drafted 取消し is decided before anything else.
    Step(A.CANCEL, _AWARDED, S.CANCELLED, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.cancel", notifies=(R.OFFICER,)),
    Step(A.CANCEL_PART, (S.ACTIVE, S.CHANGE_REQUESTED, S.REPORT_RETURNED, S.DISCONTINUED),
         S.PARTLY_CANCELLED, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.cancel", notifies=(R.OFFICER,)),
    Step(InPlaceAct.RETURN_CANCELLATION, _AWARDED, None, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.return_cancellation", kind="secondary", notifies=(R.OFFICER,)),
    Step(A.BEGIN_REVIEW, S.APPLIED, S.REVIEWING, P.GRANT_REVIEW, endpoint="grants.begin_review"),
    Step(A.DRAFT_AWARD, S.REVIEWING, S.DECIDING, P.GRANT_REVIEW,
         endpoint="grants.draft_award", notifies=(R.APPROVER,)),
    Step(A.DRAFT_REFUSAL, S.REVIEWING, S.DECIDING, P.GRANT_REVIEW,
         needs_reason=True, endpoint="grants.draft_refusal", kind="secondary", notifies=(R.APPROVER,)),
    Step(A.APPROVE_AWARD, S.DECIDING, S.AWARDED, P.GRANT_APPROVE,
         endpoint="grants.decide", notifies=(R.OFFICER,)),
    # Its reason was written with the draft; approving it passes the same reason on.
    Step(A.APPROVE_REFUSAL, S.DECIDING, S.REFUSED, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.decide", notifies=(R.OFFICER,)),
    Step(A.SEND_BACK, S.DECIDING, S.REVIEWING, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.send_back", kind="secondary", notifies=(R.OFFICER,)),
    Step(A.ISSUE_AWARD, S.AWARDED, S.ACTIVE, P.GRANT_ISSUE, endpoint="grants.issue", notifies=_COMMITTEE),
    Step(A.REQUEST_CHANGE, S.ACTIVE, S.CHANGE_REQUESTED, P.GRANT_APPLY,
         needs_reason=True, endpoint="grants.change", kind="secondary", notifies=(R.OFFICER, R.APPROVER)),
    Step(InPlaceAct.REALLOCATE, S.ACTIVE, None, P.GRANT_APPLY, needs_reason=True, notifies=(R.OFFICER, R.APPROVER)),
    Step(A.APPROVE_CHANGE, S.CHANGE_REQUESTED, S.ACTIVE, P.GRANT_APPROVE,
         endpoint="grants.decide_change", notifies=(*_COMMITTEE, R.OFFICER)),
    Step(A.REFUSE_CHANGE, S.CHANGE_REQUESTED, S.ACTIVE, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.decide_change", notifies=(*_COMMITTEE, R.OFFICER)),
    Step(A.WITHDRAW_CHANGE, S.CHANGE_REQUESTED, S.ACTIVE, P.GRANT_APPLY,
         endpoint="grants.withdraw_change", kind="secondary", notifies=(R.OFFICER, R.APPROVER)),
    # What is kept after a 一部取消し rests on the report: it is inspected as after 中止・廃止.
    Step(A.REPORT, (S.ACTIVE, S.REPORT_RETURNED, S.DISCONTINUED, S.PARTLY_CANCELLED), S.REPORTED,
         P.REPORT_SUBMIT,
         endpoint="grants.report", kind="secondary", notifies=(R.OFFICER,)),
    Step(A.INSPECT, S.REPORTED, S.INSPECTED, P.REPORT_INSPECT, endpoint="grants.inspect"),
    Step(A.DRAFT_DETERMINATION, S.INSPECTED, S.DETERMINING, P.GRANT_REVIEW,
         endpoint="grants.draft_determination", notifies=(R.APPROVER,)),
    Step(A.RETURN_REPORT, (S.REPORTED, S.INSPECTED), S.REPORT_RETURNED, P.REPORT_INSPECT,
         needs_reason=True, endpoint="grants.return_report", kind="secondary", notifies=_COMMITTEE),
    Step(A.DETERMINE, S.DETERMINING, S.DETERMINED, P.GRANT_APPROVE,
         endpoint="grants.determine", notifies=(R.OFFICER,)),
    Step(A.SEND_BACK, S.DETERMINING, S.INSPECTED, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.send_back", kind="secondary", notifies=(R.OFFICER,)),
    Step(InPlaceAct.DRAFT_REFUND, (S.DETERMINED, S.CANCELLED), None, P.GRANT_REVIEW,
         endpoint="grants.draft_refund", notifies=(R.APPROVER,)),
    Step(A.ORDER_REFUND, (S.DETERMINED, S.CANCELLED), S.REFUND_DUE, P.GRANT_APPROVE,
         endpoint="grants.order_refund", notifies=(R.OFFICER,)),
    Step(InPlaceAct.RETURN_REFUND, (S.DETERMINED, S.CANCELLED), None, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.return_refund", kind="secondary", notifies=(R.OFFICER,)),
    Step(A.RECORD_REFUND, S.REFUND_DUE, S.REFUNDED, P.PAYMENT_RECORD,
         endpoint="grants.record_refund", notifies=(*_COMMITTEE, R.OFFICER)),
    Step(A.ORDER_BALANCE, S.DETERMINED, S.BALANCE_DUE, P.PAYMENT_DRAFT, endpoint="grants.order_balance"),
    # Both follow from an act on the balance's payment.
    Step(A.PAY_BALANCE, S.BALANCE_DUE, S.BALANCE_PAID, P.PAYMENT_RECORD),
    Step(A.REVERSE_BALANCE, S.BALANCE_PAID, S.BALANCE_DUE, P.PAYMENT_RECORD, needs_reason=True),
    Step(A.CLOSE, (S.DETERMINED, S.REFUNDED, S.BALANCE_PAID, S.CANCELLED), S.CLOSED, P.GRANT_REVIEW,
         endpoint="grants.close", notifies=_COMMITTEE),
    # A mistaken record (another day, another number) is answered in the books and recorded again.
    Step(A.REVERSE_REFUND, S.REFUNDED, S.REFUND_DUE, P.PAYMENT_RECORD,
         needs_reason=True, endpoint="grants.reverse_refund", kind="secondary", notifies=(R.TREASURER, R.OFFICER)),
    Step(A.WITHDRAW, (S.APPLIED, S.REVIEWING), S.WITHDRAWN, P.GRANT_APPLY,
         endpoint="grants.withdraw", kind="danger", notifies=(R.OFFICER,)),
    Step(A.DISCONTINUE, S.ACTIVE, S.DISCONTINUED, P.GRANT_APPLY,
         needs_reason=True, endpoint="grants.discontinue", kind="danger", notifies=(R.OFFICER,)),
    Step(InPlaceAct.DRAFT_CANCELLATION, _AWARDED, None, P.GRANT_REVIEW,
         needs_reason=True, endpoint="grants.draft_cancellation", kind="danger", notifies=(R.APPROVER,)),
    Step(RecoveryStart.DRAFT_RECOVERY, S.CLOSED, None, P.GRANT_REVIEW,
         needs_reason=True, endpoint="grants.draft_recovery", kind="danger", notifies=(R.APPROVER,)),
)

PAYMENT = Workflow(
    PaymentStatus,
    Step(PA.DRAFT, PS.REQUESTED, PS.DRAFTED, P.PAYMENT_DRAFT,
         endpoint="grants.draft_order", notifies=(R.APPROVER,)),
    Step(PA.WITHDRAW, PS.REQUESTED, PS.CANCELLED, P.ADVANCE_REQUEST,
         endpoint="grants.withdraw_advance", kind="secondary", notifies=(R.OFFICER,)),
    Step(PA.RETURN, PS.REQUESTED, PS.RETURNED, P.PAYMENT_DRAFT,
         needs_reason=True, endpoint="grants.return_request", kind="secondary", notifies=(R.TREASURER,)),
    Step(PA.ORDER, PS.DRAFTED, PS.ORDERED, P.PAYMENT_ORDER, endpoint="grants.order", notifies=(R.CASHIER,)),
    Step(PA.SEND_BACK, PS.DRAFTED, PS.REQUESTED, P.PAYMENT_ORDER,
         needs_reason=True, endpoint="grants.send_back_order", kind="secondary", notifies=(R.OFFICER,)),
    # Once ordered the money may have left the bank: nothing cancels it, and only the cashier knows that it did not leave.
    Step(PA.PAY, PS.ORDERED, PS.PAID, P.PAYMENT_RECORD,
         endpoint="grants.record_payment", notifies=_COMMITTEE),
    Step(PA.WITHDRAW_ORDER, PS.ORDERED, PS.REQUESTED, P.PAYMENT_RECORD,
         needs_reason=True, endpoint="grants.unpayable", kind="secondary", notifies=(R.OFFICER,)),
    # 訂正: the money left, the record is wrong. 組戻し: the bank sent the money back.
    Step(PA.REVERSE, PS.PAID, PS.CANCELLED, P.PAYMENT_RECORD,
         needs_reason=True, endpoint="grants.reverse_payment", kind="secondary", notifies=(R.TREASURER, R.OFFICER)),
    Step(PA.FAIL, PS.PAID, PS.FAILED, P.PAYMENT_RECORD,
         needs_reason=True, endpoint="grants.fail_payment", kind="secondary", notifies=(*_COMMITTEE, R.OFFICER)),
    # With the grant: 中止・廃止 by the committee, 取消し by the city.
    Step(PA.CANCEL, (PS.REQUESTED, PS.DRAFTED), PS.CANCELLED, (P.GRANT_APPLY, P.GRANT_APPROVE),
         needs_reason=True),
)

RECOVERY = Workflow(
    RecoveryStatus,
    Step(RA.APPROVE, RS.DRAFTED, RS.DECIDED, P.GRANT_APPROVE,
         endpoint="grants.approve_recovery", notifies=(R.OFFICER,)),
    Step(RA.SEND_BACK, RS.DRAFTED, RS.RETURNED, P.GRANT_APPROVE,
         needs_reason=True, endpoint="grants.return_recovery", kind="secondary", notifies=(R.OFFICER,)),
    Step(RA.ISSUE, RS.DECIDED, RS.ORDERED, P.GRANT_ISSUE,
         endpoint="grants.issue_recovery", notifies=(*_COMMITTEE, R.CASHIER)),
    Step(RA.RECORD, RS.ORDERED, RS.REPAID, P.PAYMENT_RECORD,
         endpoint="grants.record_recovery", notifies=(*_COMMITTEE, R.OFFICER)),
    Step(RA.REVERSE, RS.REPAID, RS.ORDERED, P.PAYMENT_RECORD,
         needs_reason=True, endpoint="grants.reverse_recovery", kind="secondary", notifies=(R.TREASURER, R.OFFICER)),
)
