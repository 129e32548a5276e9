"""Forms of a change between lines, and of the decision on it."""

from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from stations.core.forms import Form, Length, MarkField, Required, TidyTextArea
from stations.core.language import lazy_gettext as _l
from stations.grants.forms.acts import REASON_LENGTH
from stations.grants.forms.awards import BudgetRow, Budgets


class ChangeForm(Budgets, Form):
    lines = FieldList(FormField(BudgetRow), _l("変更後の予算"))
    reason = TidyTextArea(
        _l("変更の理由"), [Required(_l("変更の理由を入力してください。")), Length(max=REASON_LENGTH)]
    )

    told = HiddenField()
    """That the button, as the sender saw it, asked for approval."""
    knows = BooleanField(_l("市の承認が要ることと、承認されるまで予算が変わらないことを確かめました"))


class DecideChangeForm(Form):
    mark = MarkField()
    decision = RadioField(
        _l("決定"),
        [Required(_l("承認するか、しないかを選んでください。"))],
        choices=[SelectChoice("approve", _l("承認する")), SelectChoice("refuse", _l("承認しない"))],
    )
    reason = TidyTextArea(_l("承認しないときの理由"), [Length(max=REASON_LENGTH)])
