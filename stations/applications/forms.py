"""Forms of plans: one for each section, and those of the acts.

What each field is called stands in `labels.FIELDS`, so that forms, comments and printed plans agree.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from flask import request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import BooleanField, Field, FieldList, FormField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from stations.applications.content import PARTS, stored
from stations.applications.labels import CATEGORIES, CATEGORY_EXAMPLES, FIELDS, GROUPS, INCOMES
from stations.applications.rules import CostCategory, IncomeKind, Section, cost_group
from stations.applications.services.drafting import CostInput, IncomeInput
from stations.core import once
from stations.core.forms import (
    Form,
    Length,
    NotRequired,
    Required,
    Row,
    SharedForm,
    TidyText,
    TidyTextArea,
    UploadField,
    WholeNumberField,
    YenField,
)
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l

if TYPE_CHECKING:
    from stations.applications.models import Plan, SectionComment
    from stations.committees.models import Station, Venue

LONG, SHORT = 4000, 60
CHOOSE = SelectChoice("", _l("選んでください"))


class NewPlanForm(Form):
    """Which station, which year, what it is called, and what it starts from."""

    station_id = SelectField(_l("ステーション"), [Required(_l("ステーションを選んでください。"))], coerce=int)
    fiscal_year = SelectField(_l("年度"), [Required(_l("年度を選んでください。"))], coerce=int)
    title = TidyText(
        _l("計画の名称"),
        [Required(_l("計画の名称を入力してください。")), Length(max=SHORT)],
        description=_l("例：小金ふれあい農園　2027年度の計画"),
    )
    copy_of = SelectField(
        _l("前の計画を写す"),
        [NotRequired()],
        coerce=int,
        description=_l("文章と費用の明細が入った状態から始められます。あとから直せます。"),
    )

    another = BooleanField(_l("承認された計画とは別の計画をつくります"))

    def offer(
        self, stations: Iterable["Station"], plans: Iterable["Plan"], years: Sequence[tuple[int, str]]
    ) -> None:
        """Fill the choices: stations, earlier plans (id, title), fiscal years (year, label)."""
        self.station_id.choices = [SelectChoice(str(one.id), one.name) for one in stations]
        self.fiscal_year.choices = [SelectChoice(str(year), name) for year, name in years]
        self.copy_of.choices = [SelectChoice("0", _l("写さずに始める"))] + [
            SelectChoice(str(one.id), f"{one.fiscal_year}　{one.title}") for one in plans
        ]

    def ask_again(self) -> None:
        """The station has an approved plan for the chosen year: a second one is made only knowingly."""
        self.another.errors = [_("もう1つ計画をつくるときは、ここに印をつけてください。")]


class SectionForm(SharedForm):
    """Base of the sections, which several people of a committee write."""

    corrected = BooleanField(_l("コメントに対応しました"))

    OWN: ClassVar[tuple[str, ...]] = ()

    def values(self) -> dict[str, Any]:
        """Field → value, as `services.save_section` wants them."""
        return {name: self._fields[name].data for name in self.OWN}

    def inputs(self) -> list[Field]:
        """The section's own fields, in order."""
        return [self._fields[name] for name in self.OWN]

    def change_rows(self, pressed: MultiDict[str, str] | ImmutableMultiDict[str, str]) -> bool:
        """Add or remove the row whose button was pressed (without JavaScript); True when one was."""
        return False


class PurposeForm(SectionForm):
    OWN = ("purpose", "activities")
    purpose = TidyTextArea(
        FIELDS["purpose"],
        [Required(_l("目的を入力してください。")), Length(max=LONG)],
        description=_l("どんな場所にしたいか、だれのどんな困りごとに応えるかを書きます。"),
    )
    activities = TidyTextArea(
        FIELDS["activities"],
        [Required(_l("内容を入力してください。")), Length(max=LONG)],
        description=_l("1回の流れや、季節の行事を書きます。"),
    )


class AudienceForm(SectionForm):
    OWN = ("audience", "expected_visits")
    audience = TidyTextArea(
        FIELDS["audience"],
        [Required(_l("対象を入力してください。")), Length(max=LONG)],
        description=_l("例：年齢や住まいを問わず、どなたでも。"),
    )
    expected_visits = WholeNumberField(
        FIELDS["expected_visits"],
        [NotRequired(), NumberRange(0, 10_000, _l("見込み人数は10,000人までの数で入力してください。"))],
        description=_l("およその数で結構です。"),
    )


class VenuesForm(SectionForm):
    OWN = ("venues", "venues_note")
    venues = SelectMultipleField(
        FIELDS["venues"],
        [Required(_l("会場を1つ以上選んでください。"))],
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    venues_note = TidyTextArea(
        FIELDS["venues_note"],
        [NotRequired(), Length(max=LONG)],
        description=_l("使う部屋、借りる時間、段差や駐車場のことなど。"),
    )


class OpeningsForm(SectionForm):
    OWN = ("openings_planned", "openings_note")
    openings_planned = WholeNumberField(
        FIELDS["openings_planned"],
        [
            Required(_l("開催予定を1回以上入力してください。")),
            NumberRange(1, 400, _l("開催回数は1から400までの数で入力してください。")),
        ],
    )
    openings_note = TidyTextArea(
        FIELDS["openings_note"],
        [NotRequired(), Length(max=LONG)],
        description=_l("例：毎月第2土曜日　午前10時から正午まで"),
    )


class OrganisationForm(SectionForm):
    OWN = ("organisation", "safety")
    organisation = TidyTextArea(
        FIELDS["organisation"],
        [Required(_l("体制を入力してください。")), Length(max=LONG)],
        description=_l("当日の人数、役割の分担、協力してくれる団体など。"),
    )
    safety = TidyTextArea(
        FIELDS["safety"],
        [Required(_l("安全管理を入力してください。")), Length(max=LONG)],
        description=_l("保険、けがや災害のときの連絡、食べ物を扱うときの衛生など。"),
    )


def _category_choices() -> list[SelectChoice]:
    named = []
    for category in CostCategory:
        example = CATEGORY_EXAMPLES.get(category)
        text = _l("%(name)s（%(example)s）", name=CATEGORIES[category], example=example) if example else None
        named.append(
            SelectChoice(category.value, text or CATEGORIES[category], optgroup=GROUPS[cost_group(category)])
        )
    return named


class CostLineRow(Row):
    """One cost line; a row in which nothing is typed is no row."""

    category = SelectField(
        _l("費目"),
        [Required(_l("費目を選んでください。"))],
        choices=[SelectChoice("", _l("選んでください"), optgroup=_l("未選択")), *_category_choices()],
        default="",
    )
    content = TidyText(_l("内容"), [Required(_l("何に使うかを入力してください。")), Length(max=SHORT)])
    quantity = WholeNumberField(
        _l("数量"),
        [
            Required(_l("数量を入力してください。")),
            NumberRange(min=1, message=_l("数量は1以上の整数で入力してください。")),
        ],
    )
    unit = TidyText(_l("単位"), [NotRequired(), Length(max=8)])
    unit_price_yen = YenField(
        _l("単価"),
        [
            Required(_l("単価を入力してください。")),
            NumberRange(min=1, message=_l("単価は1円以上で入力してください。")),
        ],
    )


class IncomeLineRow(Row):
    kind = SelectField(
        _l("区分"),
        [Required(_l("区分を選んでください。"))],
        choices=[CHOOSE, *(SelectChoice(kind.value, text) for kind, text in INCOMES.items())],
        default="",
    )
    content = TidyText(_l("内容"), [NotRequired(), Length(max=SHORT)])
    amount_yen = YenField(
        _l("金額"),
        [
            Required(_l("金額を入力してください。")),
            NumberRange(min=1, message=_l("金額は1円以上で入力してください。")),
        ],
    )


class CostsForm(SectionForm):
    """Cost lines and expected income; empty rows are left out."""

    OWN = ("lines", "incomes")
    lines = FieldList(FormField(CostLineRow), FIELDS["cost_lines"], min_entries=1)
    incomes = FieldList(FormField(IncomeLineRow), FIELDS["income_lines"], min_entries=1)

    def validate(self, extra_validators: object = None) -> bool:
        for rows in (self.lines, self.incomes):
            rows.entries = [entry for entry in rows.entries if not _is_blank(entry.form)]
        valid = bool(super().validate(extra_validators))
        if valid and not self.lines.entries:
            self.lines.errors = [str(_l("費用の明細を1行以上入力してください。"))]
            valid = False
        for rows in (self.lines, self.incomes):
            if not rows.entries:
                rows.append_entry()
        return valid

    def change_rows(self, pressed: MultiDict[str, str] | ImmutableMultiDict[str, str]) -> bool:
        lists = {rows.name: rows for rows in (self.lines, self.incomes)}
        if (name := pressed.get("add_row", "")) in lists:
            lists[name].append_entry()
            return True
        removed = pressed.get("remove_row")
        for rows in lists.values():
            kept = [entry for entry in rows.entries if entry.name != removed]
            if len(kept) < len(rows.entries):
                rows.entries = kept
                if not kept:
                    rows.append_entry()
                return True
        return False

    def cost_inputs(self) -> list[CostInput]:
        return [
            CostInput(
                category=CostCategory(row["category"].data),
                content=row["content"].data,
                quantity=row["quantity"].data,
                unit=row["unit"].data or "",
                unit_price_yen=row["unit_price_yen"].data,
            )
            for row in (entry.form for entry in self.lines)
            if not _is_blank(row)
        ]

    def income_inputs(self) -> list[IncomeInput]:
        return [
            IncomeInput(
                kind=IncomeKind(row["kind"].data),
                content=row["content"].data or "",
                amount_yen=row["amount_yen"].data,
            )
            for row in (entry.form for entry in self.incomes)
            if not _is_blank(row)
        ]


def _is_blank(row: Row) -> bool:
    typed = (getattr(field, "typed", None) or field.data for field in row if field.short_name != "csrf_token")
    return not any(str(value).strip() for value in typed if value is not None)


class AttachmentsForm(SectionForm):
    """The section that has no fields of its own: files are added one by one."""


class AttachForm(Form):
    file = UploadField(_l("ファイル"), [Required(_l("ファイルを選んでください。"))])
    caption = TidyText(
        _l("説明"), [NotRequired(), Length(max=SHORT)], description=_l("例：会場の見積書、委員の名簿")
    )


class CommentForm(Form):
    prefixes = frozenset(section.value for section in Section)

    field = SelectField(_l("どの欄について"), [NotRequired()])
    text = TidyTextArea(
        _l("コメント"),
        [Required(_l("コメントを入力してください。")), Length(max=1000)],
        description=_l("どこを、どう直せばよいかを書きます。差し戻すと、実行委員会に見えます。"),
    )


class ReasonForm(Form):
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=1000)])


class OptionalReasonForm(Form):
    reason = TidyTextArea(_l("理由"), [NotRequired(), Length(max=1000)])


def comment_form(section: Section, comment: "SectionComment | None" = None) -> CommentForm:
    """A comment form of a section, or of a comment to be corrected; its ids differ from the page's other sections'."""
    form = CommentForm(prefix=section.value, obj=comment)
    form.field.choices = [SelectChoice("", _l("この項目の全体"))] + [
        SelectChoice(name, FIELDS[name]) for name in PARTS[section] if name in FIELDS
    ]
    return form


SECTIONS: dict[Section, type[SectionForm]] = {
    Section.PURPOSE: PurposeForm,
    Section.AUDIENCE: AudienceForm,
    Section.VENUES: VenuesForm,
    Section.OPENINGS: OpeningsForm,
    Section.ORGANISATION: OrganisationForm,
    Section.COSTS: CostsForm,
    Section.ATTACHMENTS: AttachmentsForm,
}
NOT_TYPED = frozenset({"csrf_token", once.FIELD, "act", "add_row", "remove_row", "loaded", "corrected"})


def typed_in(form: MultiDict[str, str] | ImmutableMultiDict[str, str]) -> dict[str, list[str]]:
    """What was typed, without tokens and buttons, to be given back later as it was."""
    return {name: form.getlist(name) for name in form if name not in NOT_TYPED}


def section_form(section: Section, plan: "Plan", venues: Iterable["Venue"]) -> SectionForm:
    """The form of a section: as sent, else as typed and kept, else as stored."""
    kept = plan.unfinished.get(section.value)
    typed = MultiDict((name, value) for name, values in (kept or {}).items() for value in values)
    options = {"formdata": typed} if kept and request.method == "GET" else {}
    form = SECTIONS[section](**options, data=stored(plan, section))
    form.share(lambda: stored(plan, section))
    if isinstance(form, VenuesForm):
        form.venues.choices = [SelectChoice(str(venue.id), venue.name) for venue in venues]
    return form


def kept_form(section: Section, plan: "Plan", venues: Iterable["Venue"]) -> SectionForm:
    """What was kept half-written of a section, and checked as if it were sent: its fields say what is wrong."""
    kept = plan.unfinished.get(section.value, {})
    typed = MultiDict((name, value) for name, values in kept.items() for value in values)
    form = SECTIONS[section](formdata=typed, meta={"csrf": False}, data=stored(plan, section))
    if isinstance(form, VenuesForm):
        form.venues.choices = [SelectChoice(str(venue.id), venue.name) for venue in venues]
    form.validate()
    return form
