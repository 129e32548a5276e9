"""Forms of money that comes back: a finding after 完結, the record of a refund."""

from stations.core import clock
from stations.core.forms import DateField, Length, Required, TidyText, YenField
from stations.core.language import lazy_gettext as _l
from stations.grants.forms import ActForm, ReasonForm


class RecoveryForm(ReasonForm):
    """A finding about a closed grant: what of its costs does not count, and why."""

    disallowed_yen = YenField(
        _l("認められない支出の額"), [Required(_l("認められない支出の額を入力してください。"))]
    )


class RefundForm(ActForm):
    received_on = DateField(_l("入金日"), [Required(_l("入金日を入力してください。"))], default=clock.today)
    reference = TidyText(_l("納入番号"), [Length(max=50)])
