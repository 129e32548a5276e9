"""Forms of the final report and its inspection."""

from typing import Any

from stations.core.forms import DateField, Form, Length, NotRequired, Required, SharedForm, TidyTextArea
from stations.core.language import lazy_gettext as _l


class ReportForm(SharedForm):
    """実績報告: what was done, what came of it, and when it ended. May be saved unfinished."""

    summary = TidyTextArea(_l("実施した内容"), validators=[Length(max=2000)])
    results = TidyTextArea(_l("成果と課題"), validators=[Length(max=2000)])
    completed_on = DateField(_l("事業が完了した日"), validators=[NotRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.summary, self.completed_on):
            field.flags.required = True  # before it is handed in, so no validator asks; the page says so


class ConfirmForm(Form):
    """A button that needs no words."""


class TickForm(Form):
    """What an inspector asks to mend; empty when the receipt is in order."""

    finding = TidyTextArea(_l("指摘"), validators=[Length(max=500)])


class ReturnForm(Form):
    """Why a report goes back."""

    reason = TidyTextArea(
        _l("差戻しの理由"), validators=[Required(_l("理由を入力してください。")), Length(max=1000)]
    )


class QuestionForm(Form):
    """What the committee's auditor wants mended."""

    reason = TidyTextArea(
        _l("直してほしいこと"),
        validators=[Required(_l("直してほしいことを入力してください。")), Length(max=1000)],
    )
