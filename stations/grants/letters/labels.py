"""What the letters are called, and the act on a character that no font has."""

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


class CharacterAct(StrEnum):
    """What letters print for a character that no font has."""

    PRINT_AS = "print_as"


labels.register({CharacterAct.PRINT_AS: _l("代わりに印刷する文字を決める")})

audit.register("printed_as", acts=CharacterAct)
