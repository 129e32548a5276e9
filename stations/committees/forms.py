"""Forms of committees, stations, venues and the calendar.

`WIDTHS` tells how wide a control is drawn; a field's description is its hint.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from stations.committees.rules import (
    LAST,
    NTHS,
    WEEKDAYS,
    CalendarPattern,
    Frequency,
    StationKind,
    missing_days,
)
from stations.core import text
from stations.core.access import Role
from stations.core.forms import (
    DateField,
    Form,
    Length,
    NotRequired,
    PhoneField,
    Required,
    SharedForm,
    TidyText,
    TidyTextArea,
    TimeField,
    WholeNumberField,
    YenField,
    say,
)
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.messages import RuleBroken

if TYPE_CHECKING:
    from stations.committees.models import Venue


class Checkboxes(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PostalField(StringField):
    """〒; full-width digits and look-alike hyphens become plain."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = text.normalise_postal(valuelist[0]) if valuelist else self.data


class AddressField(TidyText):
    """An address with plain hyphens; it stands on letters and in printed plans."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = text.normalise_address(valuelist[0]) if valuelist else self.data


def callable_number(_form: BaseForm, field: Field) -> None:
    """A validator: a telephone number as it is written in Japan."""
    try:
        text.check_phone(field.data or "")
    except RuleBroken as broken:
        raise ValidationError(say(broken)) from broken


class CommitteeForm(SharedForm):
    WIDTHS: ClassVar[dict[str, int | str]] = {"name": 30, "address": "full"}

    name = TidyText(
        _l("委員会の名前"),
        [Required(_l("委員会の名前を入力してください。"))],
        description=_l("領収書のあて名と同じ名前にします。"),
    )
    phone = PhoneField(_l("電話番号"), [NotRequired(), callable_number])
    address = AddressField(_l("住所"), [NotRequired()])

    @property
    def facts(self) -> dict[str, Any]:
        """The arguments of `services.edit_committee`."""
        return {name: self[name].data or "" for name in self.own}


class StationForm(SharedForm):
    WIDTHS: ClassVar[dict[str, int | str]] = {
        "name": 30,
        "kana": 30,
        "audience": 30,
        "what_to_bring": 30,
        "fee": 20,
    }

    name = TidyText(
        _l("ステーションの名前"), [Required(_l("ステーションの名前を入力してください。")), Length(max=40)]
    )
    kana = TidyText(
        _l("名前のふりがな"),
        [NotRequired(), Length(max=60)],
        description=_l(
            "ひらがなで、ことばの間をあけて。例：まばし の ひろば。英語のページでは、ローマ字にして見せます。"
        ),
    )
    kind = RadioField(_l("種類"), [Required(_l("種類を選んでください。"))], coerce=str)
    summary = TidyTextArea(
        _l("どんなところか"),
        [NotRequired(), Length(max=200)],
        description=_l("市民の方が読みます。「畑で野菜を育て、みんなで食べます。」のように書きます。"),
    )
    audience = TidyText(
        _l("対象"), [NotRequired(), Length(max=60)], description=_l("例：どなたでも／小学生と保護者")
    )
    what_to_bring = TidyText(_l("持ち物"), [NotRequired(), Length(max=60)])
    accessibility = TidyTextArea(
        _l("バリアフリー"),
        [NotRequired(), Length(max=200)],
        description=_l("段差、車いす、トイレ、駐車場、ベビーカーなど"),
    )
    fee = TidyText(_l("参加費"), [NotRequired(), Length(max=40)], description=_l("例：無料／お茶代100円"))
    phone = PhoneField(
        _l("電話番号"),
        [NotRequired(), callable_number],
        description=_l("市民の方が問い合わせる番号です。空欄のときは、市の窓口の番号を表示します。"),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.kind.choices = [(kind.value, label(kind)) for kind in StationKind]

    @property
    def facts(self) -> dict[str, Any]:
        """The arguments of `services.create_station` and `edit_station`."""
        facts = {name: self[name].data or "" for name in self.own}
        return {**facts, "kind": StationKind(self.kind.data)}


class VenueForm(SharedForm):
    WIDTHS: ClassVar[dict[str, int | str]] = {"name": 30, "postal_code": 8, "address": "full", "owner": 20}

    name = TidyText(_l("会場の名前"), [Required(_l("会場の名前を入力してください。")), Length(max=40)])
    postal_code = PostalField(_l("郵便番号"), [NotRequired()], description=_l("例：271-0000"))
    address = AddressField(_l("住所"), [Required(_l("会場の住所を入力してください。"))])
    directions = TidyTextArea(
        _l("行き方"),
        [NotRequired(), Length(max=200)],
        description=_l("例：見本駅の東口から歩いて5分。1階の会議室です。"),
    )
    owner = TidyText(_l("貸主"), [NotRequired(), Length(max=40)], description=_l("市民の方には見えません。"))
    rent_yen = YenField(
        _l("1回の使用料"),
        [NotRequired()],
        description=_l("市民の方には見えません。無料のときは空欄にします。"),
    )

    def validate_postal_code(self, field: PostalField) -> None:
        try:
            text.check_postal(field.data or "")
        except RuleBroken as broken:
            raise ValidationError(say(broken)) from broken

    @property
    def facts(self) -> dict[str, Any]:
        """The arguments of `services.add_venue` and `edit_venue`."""
        facts = {name: self[name].data or "" for name in self.own}
        return {**facts, "rent_yen": self.rent_yen.data or 0}


class EditVenueForm(VenueForm):
    closed_on = DateField(
        _l("使い終わる日"),
        [NotRequired()],
        description=_l("この会場を使わなくなるときだけ入力します。これからの予定は、そのまま残ります。"),
    )

    @property
    def facts(self) -> dict[str, Any]:
        return {**super().facts, "closed_on": self.closed_on.data}


class VenueChoice(Form):
    """A form in which one of a station's venues is chosen; preset when there is only one."""

    venue_id = SelectField(_l("会場"), [Required(_l("会場を選んでください。"))], coerce=str)

    def offer(self, venues: Iterable["Venue"]) -> None:
        names = [(str(venue.id), venue.name) for venue in venues]
        self.venue_id.choices = names if len(names) == 1 else [("", _("選んでください")), *names]


class RuleForm(VenueChoice):
    frequency = RadioField(_l("くりかえし方"), [Required(_l("くりかえし方を選んでください。"))], coerce=str)
    weekday = SelectField(_l("曜日"), [NotRequired()], coerce=str)
    interval = SelectField(_l("何週ごとか"), [NotRequired()], coerce=int, default=1)
    nths = Checkboxes(_l("第何週か"), [NotRequired()], coerce=int)
    day = WholeNumberField(
        _l("何日か"), [NotRequired()], description=_l("その日がない月は、お休みになります。")
    )
    starts_at = TimeField(
        _l("始まる時刻"),
        [Required(_l("始まる時刻を入力してください。"))],
        description=_l("例：10:00、13時30分、午後1時半"),
    )
    ends_at = TimeField(_l("終わる時刻"), [Required(_l("終わる時刻を入力してください。"))])
    from_on = DateField(_l("いつから"), [Required(_l("いつから開くかを入力してください。"))])
    until_on = DateField(
        _l("いつまで"), [Required(_l("いつまで開くかを入力してください。年度の終わりまでが目安です。"))]
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.frequency.choices = [(one.value, label(one)) for one in Frequency]
        self.weekday.choices = [
            ("", _("選んでください")),
            *((str(number), _(name)) for number, name in enumerate(WEEKDAYS)),
        ]
        self.interval.choices = [
            (1, _("毎週")),
            (2, _("隔週")),
            *((n, _("%(n)s週ごと", n=n)) for n in (3, 4)),
        ]
        self.nths.choices = [(nth, _(NTHS[nth])) for nth in (1, 2, 3, 4, 5, LAST)]

    def validate(self, extra_validators: object = None) -> bool:
        """As every form; what the chosen frequency needs besides is said at the same time."""
        right = super().validate(extra_validators)
        broken = (
            missing_days(
                Frequency(self.frequency.data), self.chosen_weekday, self.nths.data or (), self.day.data
            )
            if not self.frequency.errors
            else []
        )
        for one in broken:
            field = self[one.field or ""]
            if not field.errors:
                field.errors = [say(one)]
        return right and not broken

    @property
    def chosen_weekday(self) -> int | None:
        return int(self.weekday.data) if self.weekday.data else None

    @property
    def pattern(self) -> CalendarPattern:
        """What was chosen; fields that the frequency does not use are left out."""
        frequency = Frequency(self.frequency.data)
        by_weekday = frequency is not Frequency.MONTHLY_DAY
        return CalendarPattern(
            frequency=frequency,
            weekday=(self.chosen_weekday or 0) if by_weekday else 0,
            interval=self.interval.data if frequency is Frequency.WEEKLY else 1,
            nths=tuple(self.nths.data or ()) if frequency is Frequency.MONTHLY_WEEKDAY else (),
            day=(self.day.data or 0) if frequency is Frequency.MONTHLY_DAY else 1,
            starts_at=self.starts_at.data,
            ends_at=self.ends_at.data,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
        )


class OpeningForm(VenueChoice):
    WIDTHS: ClassVar[dict[str, int | str]] = {"starts_at": 8, "ends_at": 8}

    on = DateField(
        _l("開催する日"),
        [Required(_l("開催する日を入力してください。"))],
        description=_l(
            "西暦で入力します。例：2026年11月23日。予定になかった過ぎた日は、入れたあとに記録をつけます。"
        ),
    )
    starts_at = TimeField(
        _l("始まる時刻"),
        [Required(_l("始まる時刻を入力してください。"))],
        description=_l("例：10:00、13時30分、午後1時半"),
    )
    ends_at = TimeField(_l("終わる時刻"), [Required(_l("終わる時刻を入力してください。"))])


class CancelForm(Form):
    reason = TidyTextArea(
        _l("中止の理由"),
        [Required(_l("理由を入力してください。")), Length(max=200)],
        description=_l(
            "市民の方のページにも表示されます。「台風のため」のように短く書きます。人の名前や病気のことは書かないでください。"
        ),
    )


class EndRuleForm(Form):
    on = DateField(
        _l("最後の日"),
        [Required(_l("最後の日を入力してください。"))],
        description=_l("この日より後の予定を取り除きます。中止の記録と、終わった開催は残ります。"),
    )


class OpenStationForm(Form):
    on = DateField(
        _l("始める日"),
        [Required(_l("始める日を入力してください。"))],
        description=_l("この日から、市民の方のページに表示されます。"),
    )


class CloseStationForm(Form):
    on = DateField(
        _l("最後の日"),
        [Required(_l("最後の日を入力してください。"))],
        description=_l("この日より後の開催予定は取り除かれます。"),
    )
    reason = TidyTextArea(_l("理由"), [Required(_l("理由を入力してください。")), Length(max=200)])


class AppointForm(Form):
    WIDTHS: ClassVar[dict[str, int | str]] = {"login": 12}

    login = TidyText(
        _l("ログイン名"),
        [Required(_l("役員になる方のログイン名を入力してください。"))],
        description=_l("先に利用者の登録が必要です。ログイン名は、利用者の管理で確かめられます。"),
    )
    role = RadioField(_l("役職"), [Required(_l("役職を選んでください。"))], coerce=str)
    from_on = DateField(_l("任期の始まり"), [Required(_l("任期の始まりを入力してください。"))])
    to_on = DateField(
        _l("任期の終わり"), [NotRequired()], description=_l("決まっていないときは空欄にします。")
    )

    def offer(self, roles: Iterable[Role]) -> None:
        self.role.choices = [(role.value, label(role)) for role in roles]


class EndTermForm(Form):
    term_id = SelectField(_l("役員"), [Required(_l("役員を選んでください。"))], coerce=str)
    to_on = DateField(_l("任期の終わり"), [Required(_l("任期の終わりを入力してください。"))])
