"""Forms of money that moves: asking for an advance, recording a payment or a refund."""

import datetime as dt

from stations.core import clock
from stations.core.forms import DateField, Form, Length, Required, TidyText, TidyTextArea, YenField
from stations.core.language import lazy_gettext as _l
from stations.grants.forms.acts import REASON_LENGTH, ReasonForm


class AdvanceForm(Form):
    amount_yen = YenField(_l("請求する額"), [Required(_l("請求する額を入力してください。"))])
    purpose = TidyTextArea(
        _l("何に使いますか"), [Required(_l("何に使うための請求かを入力してください。")), Length(max=500)]
    )


def _last_bank_day() -> dt.date:
    return clock.last_bank_day(clock.today())


class PaymentForm(Form):
    paid_on = DateField(_l("支払日"), [Required(_l("支払日を入力してください。"))], default=_last_bank_day)
    reference = TidyText(_l("支払番号"), [Length(max=50)])


class FailedForm(Form):
    """組戻し: when the money came back, and ``reason`` as the bank gave it."""

    returned_on = DateField(
        _l("お金が戻った日"), [Required(_l("お金が戻った日を入力してください。"))], default=_last_bank_day
    )
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=REASON_LENGTH)])


class RecoveryForm(ReasonForm):
    """A finding about a closed grant: what of its costs does not count, and why."""

    disallowed_yen = YenField(
        _l("認められない支出の額"), [Required(_l("認められない支出の額を入力してください。"))]
    )


class RefundForm(Form):
    received_on = DateField(_l("入金日"), [Required(_l("入金日を入力してください。"))], default=clock.today)
    reference = TidyText(_l("納入番号"), [Length(max=50)])
