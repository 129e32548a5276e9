"""What the letters and their texts are called, and the act on a character that no font has."""

from enum import StrEnum

from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l

LETTERS = {
    "award": _l("交付決定通知書"),
    "refusal": _l("不交付決定通知書"),
    "change": _l("変更承認通知書"),
    "change_refusal": _l("変更不承認通知書"),
    "cancellation": _l("交付決定取消通知書"),
    "determination": _l("額の確定通知書"),
    "refund": _l("返還命令書"),
    "recovery": _l("返還命令書（完結後）"),
}

TEXTS = {
    "opening": _l("本文"),
    "payment": _l("支払の方法"),
    "payment_late": _l("支払の方法（年度が終わってから通知するとき）"),
    "conditions": _l("条件（1行に1つ）"),
    "settlement_paid": _l("差引額の扱い（精算払をするとき）"),
    "settlement_refunded": _l("差引額の扱い（返還を求めるとき）"),
    "settlement_none": _l("差引額の扱い（差引額がないとき）"),
    "repayment_reported": _l("支払済額の扱い（実績報告を待つとき）"),
    "repayment": _l("支払済額の扱い（返還を求めるとき）"),
    "repayment_none": _l("支払済額の扱い（返還がないとき）"),
    "reason": _l("返還の理由"),
    "reason_cancelled": _l("返還の理由（交付決定を取り消したとき）"),
    "paying_back": _l("納付の方法"),
    "closing": _l("結びの文"),
}


class CharacterAct(StrEnum):
    """What letters print for a character that no font has."""

    PRINT_AS = "print_as"


labels.register({CharacterAct.PRINT_AS: _l("代わりに印刷する文字を決める")})

audit.register("printed_as", acts=CharacterAct)
