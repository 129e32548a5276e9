"""Forms of acts that need no more than a press, or a reason."""

from stations.core.forms import Form, Length, Required, TidyTextArea
from stations.core.language import lazy_gettext as _l

REASON_LENGTH = 1000


class PressForm(Form):
    """Nothing to fill in: the button alone."""


class ReasonForm(Form):
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=REASON_LENGTH)])


class OptionalReasonForm(Form):
    reason = TidyTextArea(_l("理由"), [Length(max=REASON_LENGTH)])
