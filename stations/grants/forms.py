"""Forms of acts that need no more than a press, a reason, or a yes or no."""

import datetime as dt

from stations.core import clock
from stations.core.forms import DateField, Form, Length, MarkField, Required, TidyText, TidyTextArea
from stations.core.language import lazy_gettext as _l

REASON_LENGTH = 1000


class ActForm(Form):
    """A form whose fields are what a service is told, by the names of its arguments."""

    @property
    def given(self) -> dict[str, object]:
        """Beside what the act is done to, and by whom; words that nobody typed are empty."""
        return {
            name: field.data or "" if isinstance(field, TidyText | TidyTextArea) else field.data
            for name, field in self._fields.items()
            if name != "csrf_token"
        }


class PressForm(ActForm):
    """Nothing to fill in: the button alone."""


class IssueForm(ActForm):
    """施行 of a letter. Its date is asked for only when city hall is closed today; else it is today."""

    issued_on = DateField(
        _l("通知書の日付（施行日）"),
        [Required(_l("通知書の日付を入力してください。"))],
        description=_l("今日は閉庁日のため、次の開庁日の日付にします。今日の日付にもできます。"),
        default=lambda: clock.open_day(clock.today()),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        if clock.is_business_day(clock.today()):
            del self.issued_on

    @property
    def on(self) -> dt.date | None:
        """The chosen day; None: today."""
        return self.issued_on.data if "issued_on" in self else None

    @property
    def given(self) -> dict[str, object]:
        return {"on": self.on}


class ReasonForm(ActForm):
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=REASON_LENGTH)])


class OptionalReasonForm(ActForm):
    reason = TidyTextArea(_l("理由"), [Length(max=REASON_LENGTH)])


class DecideForm(Form):
    """A press that remembers which draft was read."""

    mark = MarkField()
