"""Forms of payments: asking for an advance, recording what was paid, or came back."""

import datetime as dt

from stations.core import clock
from stations.core.forms import DateField, Length, Required, TidyText, TidyTextArea, YenField
from stations.core.language import lazy_gettext as _l
from stations.grants.forms import REASON_LENGTH, ActForm


class AdvanceForm(ActForm):
    amount_yen = YenField(_l("請求する額"), [Required(_l("請求する額を入力してください。"))])
    purpose = TidyTextArea(
        _l("何に使いますか"), [Required(_l("何に使うための請求かを入力してください。")), Length(max=500)]
    )


def _last_bank_day() -> dt.date:
    return clock.last_bank_day(clock.today())


class PaymentForm(ActForm):
    paid_on = DateField(_l("支払日"), [Required(_l("支払日を入力してください。"))], default=_last_bank_day)
    reference = TidyText(_l("支払番号"), [Length(max=50)])


class FailedForm(ActForm):
    """組戻し: when the money came back, and ``reason`` as the bank gave it."""

    returned_on = DateField(
        _l("お金が戻った日"), [Required(_l("お金が戻った日を入力してください。"))], default=_last_bank_day
    )
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=REASON_LENGTH)])
