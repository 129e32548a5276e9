"""Forms of receipts and incomes, in the order in which one reads the paper."""

import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Self

from flask import abort
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, SelectField

from stations.applications.rules import IncomeKind
from stations.core.formatting import yen
from stations.core.forms import (
    DateField,
    Form,
    Length,
    NotRequired,
    Required,
    Row,
    TidyText,
    TidyTextArea,
    UploadField,
    YenField,
    say,
)
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.messages import RuleBroken
from stations.core.money import Yen
from stations.grants.books.rules.receipts import Receipt, ReceiptKind, Split

if TYPE_CHECKING:
    from stations.grants.books.models import Receipt as Entered

LineChoice = tuple[int, object, str, Yen]
"""(line id, category, content, what is left of its budget)"""


def _line_id(value: str | int | None) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class SplitRow(Row):
    """One part of a receipt that belongs to several lines."""

    line_id = SelectField(_l("費目"), coerce=_line_id, choices=[], validate_choice=False)
    amount_yen = YenField(_l("金額"))

    @property
    def used(self) -> bool:
        return self.line_id.data is not None or bool((self.amount_yen.typed or "").strip())


class ReceiptForm(Form):
    """領収書. ``photo`` carries the mark of a photo that was kept at an earlier try."""

    photo = HiddenField()
    file = UploadField(_l("領収書の写真"))
    dated_on = DateField(_l("領収書の日付"), validators=[Required(_l("領収書の日付を入力してください。"))])
    amount_yen = YenField(_l("金額"), validators=[Required(_l("領収書の金額を入力してください。"))])
    line_id = SelectField(
        _l("費目（どの費用の支払いですか）"), coerce=_line_id, choices=[], validate_choice=False
    )
    payee = TidyText(_l("支払った相手（お店や会社の名前）"), validators=[Length(max=100)])
    description = TidyText(_l("但し書き（何に使いましたか）"), validators=[Length(max=200)])
    addressee = TidyText(_l("宛名"), validators=[Length(max=100)])
    kind = RadioField(_l("書類の種類"), choices=[], default=ReceiptKind.RECEIPT.value, validate_choice=False)
    used_on = DateField(_l("会場を使った日"), validators=[NotRequired()])
    splits = FieldList(FormField(SplitRow), label=_l("内訳"), min_entries=2)
    accept_warnings = BooleanField(_l("注意の内容を確かめました。このまま登録します"))

    def __init__(self, *args: object, lines: Iterable[LineChoice], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []
        self._lines = list(lines)
        self.kind.choices = [(kind.value, str(label(kind))) for kind in ReceiptKind]
        if self.kind.data not in set(ReceiptKind):
            abort(400)  # no page offers it
        # The rules of the paper ask for these, all at once, so no validator does; the page says so.
        # Of ``line_id`` and the split rows one is due: the page says that in words.
        for due in (self.payee, self.description, self.addressee, self.kind, self.file):
            due.flags.required = True
        for field in (self.line_id, *(row.form.line_id for row in self.splits)):
            self._offer(field)

    def _offer(self, field: SelectField) -> None:
        field.choices = [("", str(_("選んでください")))] + [
            (
                str(line_id),
                str(
                    _(
                        "%(category)s：%(content)s（予算まであと %(left)s）",
                        category=label(category),
                        content=content,
                        left=yen(left),
                    )
                ),
            )
            for line_id, category, content, left in self._lines
        ]

    @classmethod
    def filled(cls, receipt: "Entered", *, lines: Iterable[LineChoice]) -> Self:
        """The form as it would stand with an entry that is to be corrected."""
        rows = [{"line_id": part.line_id, "amount_yen": part.amount_yen} for part in receipt.splits]
        whole = len(rows) == 1
        data = {
            "dated_on": receipt.dated_on,
            "amount_yen": receipt.amount_yen,
            "line_id": rows[0]["line_id"] if whole else None,
            "payee": receipt.payee,
            "description": receipt.description,
            "addressee": receipt.addressee,
            "kind": receipt.kind,
            "used_on": receipt.used_on,
            "splits": [] if whole else rows,
        }
        return cls(data=data, lines=lines)

    def change_rows(self, *, add: bool, remove: str | None) -> None:
        """Add an empty split row, or take away the one with the name ``remove``."""
        if add:
            self._offer(self.splits.append_entry().form.line_id)
        if remove and len(self.splits.entries) > 1:
            self.splits.entries = [row for row in self.splits.entries if row.name != remove]

    @property
    def split_rows(self) -> list[SplitRow]:
        return [row.form for row in self.splits if row.form.used]

    def entered_splits(self) -> dict[int, Yen]:
        """Line id → yen: the rows when any is filled in, else the whole amount on the one line chosen."""
        if not self.split_rows:
            return {self.line_id.data: self.amount_yen.data} if self.line_id.data is not None else {}
        found: dict[int, Yen] = {}
        for row in self.split_rows:
            found[row.line_id.data] = found.get(row.line_id.data, 0) + row.amount_yen.data
        return found

    def as_read(self) -> Receipt:
        """What can be read of an entry that is not complete, to say at once all that is wrong with it."""
        rows = self.split_rows
        parts = [(row.line_id.data, row.amount_yen.data) for row in rows]
        if not rows:
            parts = [(self.line_id.data, self.amount_yen.data)]
        whole = self.amount_yen.data is not None and None not in {amount for _line, amount in parts}
        sums: dict[int, Yen] = {}
        for line, amount in parts:
            if line is not None:
                sums[line] = sums.get(line, 0) + (amount or 0)
        return Receipt(
            kind=ReceiptKind(self.kind.data),
            addressee=self.addressee.data or "",
            issuer=self.payee.data or "",
            purpose=self.description.data or "",
            dated_on=self.dated_on.data,
            used_on=self.used_on.data,
            amount=self.amount_yen.data
            if whole and (not rows or None not in {line for line, _amount in parts})
            else None,
            splits=tuple(Split(line, amount) for line, amount in sums.items()),
        )

    def validate(self, extra_validators: object = None) -> bool:
        sound = bool(super().validate(extra_validators))
        for row in self.split_rows:
            if row.line_id.data is None:
                row.line_id.errors = [_("費目を選んでください。")]
                sound = False
            if row.amount_yen.data is None and not row.amount_yen.errors:
                row.amount_yen.errors = [_("金額を入力してください。")]
                sound = False
        return sound

    def show_findings(self, errors: Sequence[RuleBroken], warnings: Sequence[RuleBroken]) -> None:
        """Put every finding beside its field. Nothing is rolled back: nothing but the photo was kept."""
        for broken in errors:
            name = broken.field or ""
            if name == "splits" and not self.split_rows:
                name = "line_id"
            elif name == "splits" and any(row.errors for row in self.split_rows):
                continue  # its rows say already what they lack
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(say(broken))
            else:
                field.errors = [*field.errors, say(broken)]
        self.warnings = [say(broken) for broken in warnings]
        if warnings and not errors and not self.errors:
            self.accept_warnings.errors = [_("注意の内容を確かめて、よければここに印をつけてください。")]


class CorrectionForm(ReceiptForm):
    """訂正 of a receipt: every field as it stands, and why. Its photo stays unless another one is chosen."""

    reason = TidyTextArea(
        _l("訂正の理由"), validators=[Required(_l("訂正の理由を入力してください。")), Length(max=500)]
    )

    def __init__(self, *args: object, lines: Iterable[LineChoice], **kwargs: object) -> None:
        super().__init__(*args, lines=lines, **kwargs)
        self.file.flags.required = False


class AnswerForm(Form):
    """The committee's words on a finding."""

    answer = TidyTextArea(
        _l("指摘への答え"), validators=[Required(_l("指摘への答えを入力してください。")), Length(max=1000)]
    )


class ReasonForm(Form):
    """The reason for taking something back."""

    reason = TidyTextArea(_l("理由"), validators=[Required(_l("理由を入力してください。")), Length(max=500)])


class IncomeForm(Form):
    """An income of the committee besides the grant. ``event`` is made with the page: sent twice, booked once."""

    event = HiddenField()
    kind = RadioField(
        _l("収入の種類"),
        choices=[],
        default=IncomeKind.FEES.value,
        validators=[Required(_l("収入の種類を選んでください。"))],
    )
    happened_on = DateField(_l("入金した日"), validators=[Required(_l("入金した日を入力してください。"))])
    amount_yen = YenField(_l("金額"), validators=[Required(_l("金額を入力してください。"))])
    description = TidyText(
        _l("内容"), validators=[Required(_l("何の収入かを入力してください。")), Length(max=200)]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, str(label(kind))) for kind in IncomeKind]
        try:
            self.event.data = str(uuid.UUID(self.event.data or ""))
        except ValueError:
            self.event.data = str(uuid.uuid4())


class IncomeCorrectionForm(IncomeForm):
    """訂正 of an income: every field as it stands, and why."""

    reason = TidyTextArea(
        _l("訂正の理由"), validators=[Required(_l("訂正の理由を入力してください。")), Length(max=500)]
    )
