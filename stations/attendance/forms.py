"""Forms of attendance: one touch without JavaScript, the day's summary, opening a record again."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import NumberRange

from stations.attendance import rules
from stations.attendance.rules import AgeBand, Counter, Totals
from stations.core.danger import danger_words
from stations.core.disclosures import Found, find_personal
from stations.core.formatting import date, hours
from stations.core.forms import (
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
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.messages import N_, RuleBroken

if TYPE_CHECKING:
    from stations.committees.models import Opening

# The Japanese word is what is stored.
WEATHERS = (N_("晴れ"), N_("くもり"), N_("雨"), N_("雪"), N_("荒天"))
BANDS = tuple(str(band) for band in AgeBand)
OTHERS = tuple(str(counter) for counter in Counter if counter is not Counter.VISIT)


class TapForm(Form):
    """One press of a tile's button. ``event`` is made with the page, so a press sent twice counts once."""

    event = HiddenField()

    def fresh(self) -> None:
        """A new id for the next press."""
        self.event.data = str(uuid.uuid4())

    @property
    def event_id(self) -> str:
        """The id the page carried; a new one if the field was tampered with."""
        try:
            return str(uuid.UUID(self.event.data or ""))
        except ValueError:
            return str(uuid.uuid4())


def read_act(act: str) -> tuple[str, int] | None:
    """("elementary", 1) from "plus:elementary"; None for "undo". `RuleBroken` for anything else."""
    if act == "undo":
        return None
    sign, _colon, key = act.partition(":")
    if sign not in {"plus", "minus"}:
        raise RuleBroken(None, N_("数える欄を読み取れませんでした。"))
    rules.tile(key)
    return key, 1 if sign == "plus" else -1


def _count() -> WholeNumberField:
    """The number of one tile; labelled when the form is made."""
    message = _l("0から%(most)s までの数字で入力してください。", most=rules.MAX_COUNT)
    needed = Required(_l("人数を入力してください。0人のときは0とします。"))
    return WholeNumberField(validators=[needed, NumberRange(0, rules.MAX_COUNT, message)])


class DayForm(SharedForm):
    """The day's summary: every count, the weather, a note, an incident, and why a count was changed.

    The words are shared as in every `SharedForm`; of the counts, differences are booked (``counts_seen``).
    """

    WORDS = ("weather", "note", "incident")

    preschool = _count()
    elementary = _count()
    teen = _count()
    age_18_39 = _count()
    age_40_64 = _count()
    age_65_plus = _count()
    unknown = _count()
    first_timer = _count()
    staff = _count()
    volunteer = _count()
    consultation = _count()
    connected = _count()
    counts_seen = HiddenField()
    reason = TidyText(_l("人数を直した理由"), [NotRequired(), Length(max=200)])
    others_checked = BooleanField(_l("ほかの端末を確かめました。この人数で確定します。"))
    weather = SelectField(_l("天気"), choices=[])
    note = TidyTextArea(_l("この回のようす"), [NotRequired(), Length(max=1000)])
    incident = TidyTextArea(
        _l("ヒヤリハット（けが・事故になりそうだったこと）"), [NotRequired(), Length(max=1000)]
    )
    kept = BooleanField(_l("確かめました。このまま残します。"))
    called = TidyText(
        _l("電話した相手と時刻（電話がいらないときは、その理由）"), [NotRequired(), Length(max=200)]
    )

    def __init__(self, *args: object, counted: Totals, **options: object) -> None:
        super().__init__(*args, data=counted.by_tile(), **options)
        for tile in rules.TILES:
            self[tile].label.text = label(rules.tile(tile)[1] or rules.tile(tile)[0])
        self.weather.choices = [
            SelectChoice("", _("記入しない")),
            *(SelectChoice(one, _(one)) for one in WEATHERS),
        ]
        if not self.is_submitted():
            self.see(counted)

    def see(self, counted: Totals) -> None:
        """What stands on the page that is shown now."""
        self.counts_seen.data = ",".join(str(number) for number in counted.by_tile().values())

    @property
    def found(self) -> list[Found]:
        """What points at a person in words that are not kept yet: the committee and officials read them, too."""
        fresh = [one.data or "" for one in (self.note, self.incident) if one.data != one.object_data]
        return [one for words in fresh for one in find_personal(words)]

    def validate(self, extra_validators: object = None) -> bool:
        """The words are asked about once, when everything else is right."""
        sound: bool = super().validate(extra_validators)
        if sound and self.found and not self.kept.data:
            self.kept.errors = [_("なくてもよい言葉は消してください。残すときは、しるしをつけてください。")]
            return False
        return sound

    @property
    def danger(self) -> list[str]:
        """Words of danger in what was typed."""
        return danger_words(self.note.data or "", self.incident.data or "")

    @property
    def bands(self) -> list[Field]:
        return [self[tile] for tile in BANDS]

    @property
    def others(self) -> list[Field]:
        return [self[tile] for tile in OTHERS]

    @property
    def typed(self) -> Totals:
        return rules.totals_of_tiles({tile: self[tile].data for tile in rules.TILES})

    @property
    def seen_totals(self) -> Totals | None:
        """The counts that stood on the page; None when the hidden field was tampered with."""
        numbers = (self.counts_seen.data or "").split(",")
        if len(numbers) != len(rules.TILES) or not all(one.isdecimal() for one in numbers):
            return None
        return rules.totals_of_tiles(dict(zip(rules.TILES, map(int, numbers), strict=True)))


class ReopenForm(Form):
    reason = TidyText(_l("開き直す理由"), [Required(_l("理由を入力してください。")), Length(max=200)])


class MoveForm(Form):
    """Which touches go to which of the station's other openings, and why."""

    to = RadioField(_l("どの回へ移しますか"), [Required(_l("移す先の回を選んでください。"))], coerce=int)
    since = TimeField(_l("何時からの入力を移しますか"), [NotRequired()])
    reason = TidyText(_l("移す理由"), [Required(_l("理由を入力してください。")), Length(max=200)])

    def __init__(self, *args: object, others: Iterable["Opening"], **options: object) -> None:
        super().__init__(*args, **options)
        self.to.choices = [
            SelectChoice(one.id, f"{date(one.on)} {hours(one.starts_at, one.ends_at)}") for one in others
        ]
