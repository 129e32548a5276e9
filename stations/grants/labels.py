"""What the states and acts of grants are called, the tones of their chips, the stages of a grant's life."""

from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l
from stations.grants.rules import (
    AccountsAct,
    Act,
    InPlaceAct,
    PaymentAct,
    PaymentStart,
    PaymentStatus,
    RecoveryAct,
    RecoveryStart,
    RecoveryStatus,
    Status,
)

labels.register(
    {
        Status.APPLIED: _l("交付申請"),
        Status.REVIEWING: _l("審査"),
        Status.DECIDING: _l("決裁中"),
        Status.AWARDED: _l("交付決定（施行待ち）"),
        Status.REFUSED: _l("不交付決定"),
        Status.ACTIVE: _l("実施中"),
        Status.CHANGE_REQUESTED: _l("変更申請中"),
        Status.REPORTED: _l("実績報告"),
        Status.REPORT_RETURNED: _l("報告差戻し"),
        Status.INSPECTED: _l("検査済"),
        Status.DETERMINING: _l("確定決裁中"),
        Status.DETERMINED: _l("額の確定"),
        Status.REFUND_DUE: _l("返還命令"),
        Status.REFUNDED: _l("戻入済"),
        Status.BALANCE_DUE: _l("精算払"),
        Status.BALANCE_PAID: _l("精算払済"),
        Status.CLOSED: _l("完結"),
        Status.WITHDRAWN: _l("取下げ"),
        Status.DISCONTINUED: _l("中止・廃止"),
        Status.PARTLY_CANCELLED: _l("一部取消し（報告待ち）"),
        Status.CANCELLED: _l("取消し"),
    }
)

labels.register(
    {
        Act.BEGIN_REVIEW: _l("審査を始める"),
        Act.DRAFT_AWARD: _l("交付決定を起案する"),
        Act.DRAFT_REFUSAL: _l("不交付を起案する"),
        Act.SEND_BACK: _l("起案を差し戻す"),
        Act.APPROVE_AWARD: _l("交付決定を承認する"),
        Act.APPROVE_REFUSAL: _l("不交付決定を承認する"),
        Act.ISSUE_AWARD: _l("交付決定通知書を施行する"),
        Act.REQUEST_CHANGE: _l("変更を申請する"),
        Act.APPROVE_CHANGE: _l("変更を承認する"),
        Act.REFUSE_CHANGE: _l("変更を承認しない"),
        Act.WITHDRAW_CHANGE: _l("変更の申請を取り下げる"),
        Act.REPORT: _l("実績を報告する"),
        Act.RETURN_REPORT: _l("実績報告を差し戻す"),
        Act.INSPECT: _l("検査を終える"),
        Act.DRAFT_DETERMINATION: _l("額の確定を起案する"),
        Act.DETERMINE: _l("額を確定する"),
        Act.ORDER_REFUND: _l("返還を命じる"),
        Act.RECORD_REFUND: _l("戻入を記録する"),
        Act.ORDER_BALANCE: _l("精算払の手続きを始める"),
        Act.REVERSE_REFUND: _l("戻入の記録を訂正する"),
        Act.PAY_BALANCE: _l("精算払を記録する"),
        Act.REVERSE_BALANCE: _l("精算払の記録を訂正する"),
        Act.CLOSE: _l("完結する"),
        Act.WITHDRAW: _l("申請を取り下げる"),
        Act.DISCONTINUE: _l("事業を中止・廃止する"),
        Act.CANCEL: _l("交付決定を取り消す"),
        Act.CANCEL_PART: _l("交付決定の一部を取り消す"),
    }
)

labels.register(
    {
        PaymentStatus.REQUESTED: _l("請求"),
        PaymentStatus.DRAFTED: _l("支出命令の決裁中"),
        PaymentStatus.ORDERED: _l("支出命令"),
        PaymentStatus.PAID: _l("支払済"),
        PaymentStatus.FAILED: _l("振込不能（組戻し）"),
        PaymentStatus.RETURNED: _l("差戻し"),
        PaymentStatus.CANCELLED: _l("取消"),
    }
)
labels.register(
    {
        PaymentAct.DRAFT: _l("支出命令を起案する"),
        PaymentAct.ORDER: _l("支出命令を決裁する"),
        PaymentAct.SEND_BACK: _l("支出命令の起案を差し戻す"),
        PaymentAct.PAY: _l("支払を記録する"),
        PaymentAct.WITHDRAW_ORDER: _l("支出命令を取り下げる"),
        PaymentAct.WITHDRAW: _l("請求を取り下げる"),
        PaymentAct.RETURN: _l("請求を差し戻す"),
        PaymentAct.CANCEL: _l("請求を取り消す"),
        PaymentAct.REVERSE: _l("支払の記録を訂正する"),
        PaymentAct.FAIL: _l("振込ができず戻ったことを記録する"),
    }
)

TONES: dict[Status, str] = {
    Status.APPLIED: "blue",
    Status.REVIEWING: "blue",
    Status.DECIDING: "yellow",
    Status.AWARDED: "green",
    Status.REFUSED: "red",
    Status.ACTIVE: "green",
    Status.CHANGE_REQUESTED: "yellow",
    Status.REPORTED: "blue",
    Status.REPORT_RETURNED: "orange",
    Status.INSPECTED: "blue",
    Status.DETERMINING: "yellow",
    Status.DETERMINED: "green",
    Status.REFUND_DUE: "orange",
    Status.REFUNDED: "green",
    Status.BALANCE_DUE: "yellow",
    Status.BALANCE_PAID: "green",
    Status.CLOSED: "grey",
    Status.WITHDRAWN: "grey",
    Status.DISCONTINUED: "orange",
    Status.PARTLY_CANCELLED: "orange",
    Status.CANCELLED: "red",
}

labels.register(
    {
        InPlaceAct.APPLY: _l("交付を申請する"),
        InPlaceAct.REALLOCATE: _l("流用を届け出る"),
        InPlaceAct.ISSUE_LETTER: _l("通知書を施行する"),
        InPlaceAct.DRAFT_CANCELLATION: _l("取消しを起案する"),
        InPlaceAct.RETURN_CANCELLATION: _l("取消しの起案を差し戻す"),
        InPlaceAct.DRAFT_REFUND: _l("返還命令を起案する"),
        InPlaceAct.REMIND_REPORT: _l("実績報告を催促する（自動）"),
        InPlaceAct.RETURN_REFUND: _l("返還命令の起案を差し戻す"),
    }
)
labels.register(
    {
        AccountsAct.SAVE_REPORT: _l("実績報告を書く"),
        AccountsAct.AUDIT: _l("会計を監査する"),
        AccountsAct.QUESTION: _l("監査が会計に直してほしいと伝える"),
        AccountsAct.VOID_AUDIT: _l("会計が変わり、監査がやり直しになった"),
        AccountsAct.RECORD_INCOME: _l("収入を記録する"),
        AccountsAct.CORRECT_INCOME: _l("収入の記録を訂正する"),
        AccountsAct.CANCEL_INCOME: _l("収入の記録を取り消す"),
    }
)
labels.register(
    {
        PaymentStart.REQUEST: _l("請求する"),
        PaymentStart.RECORD_AGAIN: _l("支払の記録をやり直す"),
        PaymentStart.PAY_AGAIN: _l("支払をやり直す"),
    }
)
labels.register(
    {
        RecoveryStatus.DRAFTED: _l("決裁待ち"),
        RecoveryStatus.RETURNED: _l("差戻し"),
        RecoveryStatus.DECIDED: _l("決裁済（施行待ち）"),
        RecoveryStatus.ORDERED: _l("返還命令"),
        RecoveryStatus.REPAID: _l("入金済"),
    }
)
labels.register(
    {
        RecoveryAct.APPROVE: _l("完結後の返還を決裁する"),
        RecoveryAct.SEND_BACK: _l("完結後の返還の起案を差し戻す"),
        RecoveryAct.ISSUE: _l("返還命令書（完結後）を施行する"),
        RecoveryAct.RECORD: _l("入金を記録する"),
        RecoveryAct.REVERSE: _l("入金の記録を訂正する"),
    }
)
labels.register({RecoveryStart.DRAFT_RECOVERY: _l("完結後の返還を起案する")})

audit.register("grant", acts=(Act, InPlaceAct, AccountsAct), statuses=Status)
audit.register("grant_recovery", acts=(RecoveryAct, RecoveryStart), statuses=RecoveryStatus)
audit.register("payment_request", acts=(PaymentAct, PaymentStart), statuses=PaymentStatus)

# The life of a grant in the order in which it is lived: the steps on its page, the queues of the officials.
STAGES: dict[str, tuple[object, frozenset[Status]]] = {
    "review": (_l("申請・審査"), frozenset({Status.APPLIED, Status.REVIEWING})),
    "decision": (_l("決裁・施行"), frozenset({Status.DECIDING, Status.AWARDED})),
    "running": (_l("実施"), frozenset({Status.ACTIVE, Status.CHANGE_REQUESTED})),
    "report": (
        _l("実績報告"),
        frozenset({Status.DISCONTINUED, Status.PARTLY_CANCELLED, Status.REPORTED, Status.REPORT_RETURNED}),
    ),
    "determination": (
        _l("検査・額の確定"),
        frozenset({Status.INSPECTED, Status.DETERMINING, Status.DETERMINED}),
    ),
    "settlement": (
        _l("精算・返還"),
        frozenset(
            {
                Status.REFUND_DUE,
                Status.REFUNDED,
                Status.BALANCE_DUE,
                Status.BALANCE_PAID,
                Status.CANCELLED,
            }
        ),
    ),
    "closed": (_l("完結"), frozenset({Status.CLOSED})),
    "ended": (_l("不交付・取下げ"), frozenset({Status.REFUSED, Status.WITHDRAWN})),
}


def steps(status: Status, *, cancelled: bool = False) -> list[tuple[object, str]]:
    """(label, done | current | error | todo) of each step of a grant's life, for `ui.steps`.

    ``cancelled``: the grant was cancelled, and is now perhaps further (返還, 完結).
    """
    if status in STAGES["ended"][1]:
        return [(STAGES["review"][0], "done"), (STAGES["ended"][0], "error")]
    if cancelled or status is Status.CANCELLED:
        return _steps_after_cancelling(status)
    names = [name for name in STAGES if name != "ended"]
    here = next(number for number, name in enumerate(names) if status in STAGES[name][1])
    stopped = {Status.REPORT_RETURNED, Status.DISCONTINUED, Status.PARTLY_CANCELLED}
    mark = "error" if status in stopped else "current"
    if status is Status.CLOSED:
        mark = "done"
    return [
        (STAGES[name][0], "done" if number < here else mark if number == here else "todo")
        for number, name in enumerate(names)
    ]


def _steps_after_cancelling(status: Status) -> list[tuple[object, str]]:
    """A cancelled grant is not carried out, reported or inspected any more: 取消し, 返還, 完結 is what is left."""
    settling = {Status.CANCELLED: "todo", Status.CLOSED: "done"}.get(status, "current")
    return [
        (STAGES["review"][0], "done"),
        (STAGES["decision"][0], "done"),
        (labels.label(Status.CANCELLED), "error"),
        (STAGES["settlement"][0], settling),
        (STAGES["closed"][0], "done" if status is Status.CLOSED else "todo"),
    ]
