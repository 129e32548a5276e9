"""Forms of the application, the decision, a change between lines, a cancellation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import abort
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from stations.core.forms import (
    DateField,
    Form,
    Length,
    MarkField,
    NotRequired,
    Required,
    Row,
    TidyTextArea,
    YenField,
    say,
)
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.messages import Refusal
from stations.grants.awards.rules.budgets import row_of
from stations.grants.forms import REASON_LENGTH

if TYPE_CHECKING:
    from stations.grants.models import GrantLine


class BudgetRow(Row):
    """The budget of one line of the grant."""

    line_id = HiddenField()
    budget_yen = YenField(_l("予算"), [NotRequired()])


class Budgets:
    """What both forms with a budget for each line share."""

    lines: "FieldList[FormField[BudgetRow]]"

    def demand_rows_of(self, lines: Sequence["GrantLine"]) -> None:
        """The request is a bad one (400) unless it has one row for each line of the grant, in their order."""
        if [row.line_id.data for row in self.lines] != [str(line.id) for line in lines]:
            abort(400)
        for row, line in zip(self.lines, lines, strict=True):
            row.budget_yen.label.text = _("「%(content)s」の予算", content=line.content)

    def show(self, *problems: Refusal) -> None:
        """What is wrong with one line stands beside its box (`budgets.row_of`), the rest as on every form."""
        rows = {row_of(int(row.line_id.data)): row.budget_yen for row in self.lines}
        super().show(*(one for one in problems if one.field not in rows))  # type: ignore[misc]  # a Form is beside this
        for refusal in problems:
            if refusal.field in rows:
                box = rows[refusal.field]
                box.errors = [*box.errors, say(refusal)]
                self.lines.errors = [row.errors for row in self.lines if row.errors]

    def budgets(self) -> dict[int, int] | None:
        """Line id → yen; None when every box is empty. A single empty box counts as 0."""
        rows = [(row.line_id.data or "", row.budget_yen.data) for row in self.lines]
        if all(amount is None for _, amount in rows):
            return None
        return {int(line_id): amount or 0 for line_id, amount in rows if line_id.isdecimal()}


class AwardForm(Budgets, Form):
    awarded_yen = YenField(_l("交付決定額"), [Required(_l("交付決定額を入力してください。"))])
    conditions = TidyTextArea(_l("交付の条件"), [Length(max=2000)])
    lines = FieldList(FormField(BudgetRow), _l("明細の予算"))


class ApplyForm(Form):
    starts_on = DateField(_l("事業を始める日"), [Required(_l("事業を始める日を入力してください。"))])


class CancelForm(Form):
    kept_yen = YenField(
        _l("取り消さずに残す額"),
        [Required(_l("残す額を入力してください。全部の取消しは0円です。"))],
        default=0,
    )
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=REASON_LENGTH)])


class ChangeForm(Budgets, Form):
    lines = FieldList(FormField(BudgetRow), _l("変更後の予算"))
    reason = TidyTextArea(
        _l("変更の理由"), [Required(_l("変更の理由を入力してください。")), Length(max=REASON_LENGTH)]
    )

    asked = HiddenField()
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
