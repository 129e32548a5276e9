"""Forms of the final report and its inspection."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wtforms import SelectField

from stations.core.formatting import yen
from stations.core.forms import (
    DateField,
    Form,
    Length,
    NotRequired,
    Required,
    SharedForm,
    TidyTextArea,
    YenField,
)
from stations.core.labels import label
from stations.core.language import lazy_gettext as _l

if TYPE_CHECKING:
    from stations.grants.books.models import ReceiptSplit


class ReportForm(SharedForm):
    """実績報告: what was done, what came of it, and when it ended. May be saved unfinished."""

    summary = TidyTextArea(_l("実施した内容"), validators=[Length(max=2000)])
    results = TidyTextArea(_l("成果と課題"), validators=[Length(max=2000)])
    completed_on = DateField(_l("事業が完了した日"), validators=[NotRequired()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.summary, self.completed_on):
            field.flags.required = True  # before it is handed in, so no validator asks; the page says so


class ConfirmForm(Form):
    """A button that needs no words."""


class TickForm(Form):
    """What an inspector asks to correct; empty when the receipt is in order."""

    finding = TidyTextArea(_l("指摘"), validators=[Length(max=500)])


class DisallowForm(Form):
    """対象外: how much of which line of a receipt, and why."""

    line_id = SelectField(_l("費目"), coerce=int, choices=[], validate_choice=False)
    amount_yen = YenField(
        _l("対象外にする額"), validators=[Required(_l("対象外にする額を入力してください。"))]
    )
    reason = TidyTextArea(
        _l("対象外にする理由"),
        validators=[Required(_l("対象外にする理由を入力してください。")), Length(max=500)],
    )

    def offer(self, parts: "Iterable[ReceiptSplit]") -> None:
        """The lines over which the receipt is split."""
        self.line_id.choices = [
            (part.line_id, f"{label(part.line.category)}：{part.line.content}（{yen(part.amount_yen)}）")
            for part in parts
        ]


class ReturnForm(Form):
    """Why a report goes back."""

    reason = TidyTextArea(
        _l("差戻しの理由"), validators=[Required(_l("理由を入力してください。")), Length(max=1000)]
    )


class QuestionForm(Form):
    """What the committee's auditor wants corrected."""

    reason = TidyTextArea(
        _l("直してほしいこと"),
        validators=[Required(_l("直してほしいことを入力してください。")), Length(max=1000)],
    )
