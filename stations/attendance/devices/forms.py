"""Forms of tablets: enrolling one, its name, the end of its enrolment."""

from wtforms import Field, PasswordField, StringField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from stations.attendance.devices import rules
from stations.core.forms import Form, Length, Required, TidyText, say
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.messages import RuleBroken


class PinField(PasswordField):
    """Digits that are never shown again."""

    @property
    def pin(self) -> str:
        """As it is compared: full-width digits are plain ones."""
        return rules.plain_pin(self.data or "")


def _is_a_pin(_form: BaseForm, field: PinField) -> None:
    try:
        rules.check_pin(field.pin)
    except RuleBroken as broken:
        raise ValidationError(say(broken)) from broken


def _name_field() -> Field:
    longest = Length(max=rules.NAME_LONGEST)
    return TidyText(_l("端末の名前"), [Required(_l("端末の名前を入力してください。")), longest])


class ShowCodeForm(Form):
    """One press: a new code."""


class EnrolForm(Form):
    """Typed on the tablet: the code that somebody shows, what the tablet is called, and its PIN twice."""

    code = StringField(_l("登録番号"), [Required(_l("登録番号を入力してください。"))])
    name = _name_field()
    pin = PinField(_l("暗証番号"), [Required(_l("暗証番号を入力してください。")), _is_a_pin])
    pin_again = PinField(
        _l("暗証番号（確認）"), [Required(_l("確認のため、もう一度同じ暗証番号を入力してください。"))]
    )

    def validate_pin_again(self, field: PinField) -> None:
        if field.pin != self.pin.pin:
            raise ValidationError(_("2つの暗証番号が同じではありません。もう一度入力してください。"))


class RenameForm(Form):
    name = _name_field()


class RevokeForm(Form):
    reason = TidyText(_l("取り消す理由"), [Required(_l("理由を入力してください。")), Length(max=200)])
