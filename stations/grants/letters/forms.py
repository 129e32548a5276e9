"""The forms of what letters say, and of what is printed for a character that no font has."""

import re

from stations.core.forms import Form, Length, ReadField, Required, TidyText, TidyTextArea, say
from stations.core.language import lazy_gettext as _l
from stations.grants.forms import REASON_LENGTH
from stations.grants.letters.labels import TEXTS
from stations.grants.letters.wording import KINDS, LONGEST, MAY_BE_EMPTY, check_texts

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


def _text(name: str) -> TidyTextArea:
    must = [] if name in MAY_BE_EMPTY else [Required(_l("文を入力してください。"))]
    return TidyTextArea(TEXTS[name], [*must, Length(max=LONGEST)])


class TextsForm(Form):
    """The texts of one kind of letter; those of the others are taken away."""

    opening = _text("opening")
    payment = _text("payment")
    payment_late = _text("payment_late")
    settlement_paid = _text("settlement_paid")
    settlement_refunded = _text("settlement_refunded")
    settlement_none = _text("settlement_none")
    repayment_reported = _text("repayment_reported")
    repayment = _text("repayment")
    repayment_none = _text("repayment_none")
    reason = _text("reason")
    reason_cancelled = _text("reason_cancelled")
    paying_back = _text("paying_back")
    conditions = _text("conditions")
    closing = _text("closing")

    def __init__(self, kind: str, **options: object) -> None:
        super().__init__(**options)
        self.kind = kind
        for name in TEXTS:
            if name not in KINDS[kind].texts:
                del self[name]

    @property
    def typed(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in KINDS[self.kind].texts}

    def validate(self, extra_validators: object = None) -> bool:
        """Every text gets its errors at once."""
        readable = super().validate(extra_validators)
        problems = [one for one in check_texts(self.kind, self.typed) if not self[one.field or ""].errors]
        for problem in problems:
            self[problem.field or ""].errors = [say(problem)]
        return bool(readable) and not problems
