"""The form of what is printed for a character that no font has."""

import re

from stations.core.forms import Form, Length, ReadField, Required, TidyText, TidyTextArea
from stations.core.language import lazy_gettext as _l
from stations.grants.forms import REASON_LENGTH

_CODE_POINT = re.compile(r"[Uu]\+([0-9A-Fa-f]{4,6})")


class CharacterField(ReadField):
    """One character, or its number as error messages name it: U+E000. ``data`` is text or None."""

    def read(self, typed: str) -> str:
        code = _CODE_POINT.fullmatch(typed.strip())
        number = int(code[1], 16) if code else 0
        return chr(number) if 0 < number <= 0x10FFFF else typed.strip()

    def write(self, data: str) -> str:
        return data


class CharacterForm(Form):
    character = CharacterField(
        _l("印刷できない文字"),
        [Required(_l("印刷できない文字を入力してください。"))],
        description=_l("文字そのものか、エラーに表示された番号（例：U+E000）を入力します。"),
    )
    printed = TidyText(
        _l("代わりに印刷する文字"),
        [Length(max=20)],
        description=_l("空けておくと、その文字を省いて印刷します。"),
    )
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=REASON_LENGTH)])
