"""Forms of general meetings."""

from typing import Any

from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from stations.core.forms import (
    DateField,
    Form,
    Length,
    NotRequired,
    Required,
    SharedForm,
    TidyText,
    TidyTextArea,
    TimeField,
    WholeNumberField,
)
from stations.core.language import lazy_gettext as _l
from stations.meetings.labels import RESOLUTIONS
from stations.meetings.rules import Resolution

SHORT, LONG = 80, 1000


class MeetingForm(SharedForm):
    title = TidyText(
        _l("会議の名称"),
        [Required(_l("会議の名称を入力してください。")), Length(max=SHORT)],
        description=_l("例：2026年度　第3回全体会議"),
    )
    held_on = DateField(_l("開催日"), [Required(_l("開催日を入力してください。"))])
    starts_at = TimeField(
        _l("開始時刻"), [Required(_l("開始時刻を入力してください。"))], description=_l("例：14:00、午後2時")
    )
    place = TidyText(_l("場所"), [Required(_l("場所を入力してください。")), Length(max=SHORT)])

    @property
    def facts(self) -> dict[str, Any]:
        """The arguments of `services.plan_meeting` and `edit`."""
        return {name: self[name].data for name in self.own}


class ResolveForm(Form):
    resolution = RadioField(
        _l("結果"),
        [Required(_l("結果を選んでください。"))],
        choices=[SelectChoice(value.value, name) for value, name in RESOLUTIONS.items()],
    )
    votes_for = WholeNumberField(_l("賛成"), [Required(_l("賛成の数を入力してください。"))])
    votes_against = WholeNumberField(_l("反対"), [NotRequired()])
    abstentions = WholeNumberField(_l("棄権"), [NotRequired()])
    conditions = TidyTextArea(
        _l("承認の条件"), [NotRequired(), Length(max=LONG)], description=_l("条件付承認のときに必要です。")
    )
    reason = TidyTextArea(
        _l("理由"), [NotRequired(), Length(max=LONG)], description=_l("継続審議と不承認のときに必要です。")
    )

    @property
    def facts(self) -> dict[str, Any]:
        """The arguments of `services.check_resolving` and `resolve`."""
        votes = ("votes_for", "votes_against", "abstentions")
        return {
            "resolution": Resolution(self.resolution.data),
            "reason": self.reason.data or "",
            "conditions": self.conditions.data or "",
            **{name: self[name].data or 0 for name in votes},
        }


class ReasonForm(Form):
    reason = TidyTextArea(_l("理由"), [NotRequired(), Length(max=LONG)])


class CancelForm(Form):
    reason = TidyTextArea(
        _l("中止の理由"),
        [Required(_l("中止の理由を入力してください。")), Length(max=LONG)],
        description=_l("全体会議の構成員と、すべての地区の実行委員会が読みます。"),
    )


class MinutesForm(SharedForm):
    """What people add to the record; the results themselves are not typed."""

    minutes = TidyTextArea(
        _l("話し合われたこと"),
        [NotRequired(), Length(max=20_000)],
        description=_l("意見、質問と答え、申し合わせなど。結果・票数・条件は、上の記録がそのまま載ります。"),
    )
