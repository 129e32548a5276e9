"""Forms of attendance: one touch without JavaScript, the day's summary, opening a record again."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from wtforms import BooleanField, Field, FieldList, FormField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import NumberRange

from stations.attendance import band_rules, rules
from stations.attendance.band_rules import LONGEST, LONGEST_EN, MOST, Band
from stations.attendance.labels import COLOURS, tile_names
from stations.attendance.rules import OTHERS, Totals
from stations.core.danger import danger_words
from stations.core.disclosures import Found, find_personal
from stations.core.formatting import date, hours
from stations.core.forms import (
    Form,
    Length,
    NotRequired,
    Required,
    Row,
    SharedForm,
    TidyText,
    TidyTextArea,
    TimeField,
    WholeNumberField,
    names_of,
)
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.messages import N_, RuleBroken

if TYPE_CHECKING:
    from stations.attendance.models import OpeningRecord
    from stations.committees.models import Opening

# The Japanese word is what is stored.
WEATHERS = (N_("晴れ"), N_("くもり"), N_("雨"), N_("雪"), N_("荒天"))


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

    `day_form` makes it with a field for each age band of the year, first of all. The words are shared as in every
    `SharedForm`; of the counts, differences are booked (``counts_seen``).
    """

    WORDS = ("weather", "note", "incident")
    BANDS: ClassVar[tuple[str, ...]] = ()
    _fields: dict[str, Field]

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

    def __init__(self, *args: object, counted: Totals, names: Mapping[str, str], **options: object) -> None:
        super().__init__(*args, data=dict.fromkeys(names, 0) | counted.by_tile(), **options)
        fields: dict[str, Field] = self._fields
        self._fields = {
            name: fields[name] for name in (*names, *(name for name in fields if name not in names))
        }
        for tile, name in names.items():
            self[tile].label.text = name
        self.weather.choices = [
            SelectChoice("", _("記入しない")),
            *(SelectChoice(one, _(one)) for one in WEATHERS),
        ]
        if not self.is_submitted():
            self.see(counted)

    def see(self, counted: Totals) -> None:
        """What stands on the page that is shown now."""
        numbers = counted.by_tile()
        self.counts_seen.data = ",".join(str(numbers.get(tile, 0)) for tile in self.tiles)

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
    def tiles(self) -> tuple[str, ...]:
        return (*self.BANDS, *OTHERS)

    @property
    def bands(self) -> list[Field]:
        return [self[tile] for tile in self.BANDS]

    @property
    def others(self) -> list[Field]:
        return [self[tile] for tile in OTHERS]

    @property
    def typed(self) -> Totals:
        return rules.totals_of_tiles({tile: self[tile].data for tile in self.tiles})

    @property
    def loaded_totals(self) -> Totals | None:
        """The counts that stood on the page; None when the hidden field was tampered with."""
        numbers = (self.counts_seen.data or "").split(",")
        if len(numbers) != len(self.tiles) or not all(one.isdecimal() for one in numbers):
            return None
        return rules.totals_of_tiles(dict(zip(self.tiles, map(int, numbers), strict=True)))


def day_form(record: "OpeningRecord | None", counted: Totals, bands: Sequence[Band]) -> DayForm:
    """The form of a day with these age bands."""
    return _day_form(tuple(one.code for one in bands))(obj=record, counted=counted, names=tile_names(bands))


@cache
def _day_form(codes: tuple[str, ...]) -> type[DayForm]:
    names_of.cache_clear()  # of the fields whose words an error page gives back, these are new
    return type("DayForm", (DayForm,), {"BANDS": codes} | {code: _count() for code in codes})


class BandRow(Row):
    """One age band of a draft; without any name there is none."""

    place = WholeNumberField(
        _l("順番"),
        [NotRequired(), NumberRange(1, MOST, _l("1から%(most)sまでの数字で入力してください。", most=MOST))],
    )
    label = TidyText(_l("名前"), [NotRequired(), Length(max=LONGEST)])
    label_en = TidyText(_l("英語の名前"), [NotRequired(), Length(max=LONGEST_EN)])
    colour = SelectField(_l("色"), coerce=int, choices=[])


class BandsForm(Form):
    """起案 of a year's age bands: as many rows as there may be."""

    bands = FieldList(FormField(BandRow), _l("年代の区分"), min_entries=MOST, max_entries=MOST)

    def __init__(self, *args: object, drafted: Sequence[Band], **options: object) -> None:
        rows = [
            {"place": place, "label": one.label, "label_en": one.label_en, "colour": one.colour}
            for place, one in enumerate(drafted, start=1)
        ]
        free = sorted(set(range(1, MOST + 1)) - {one.colour for one in drafted})
        rows += [{"place": place, "colour": colour} for place, colour in enumerate(free, start=len(rows) + 1)]
        super().__init__(*args, data={"bands": rows}, **options)
        for row in self.rows:
            row.colour.choices = [
                SelectChoice(n, f"{n} {name}") for n, name in enumerate(COLOURS[:MOST], start=1)
            ]

    @property
    def rows(self) -> list[BandRow]:
        return [row.form for row in self.bands.entries]

    @property
    def typed(self) -> tuple[Band, ...]:
        """The rows with a name, by their places; `RuleBroken` when those are not clear."""
        return band_rules.in_order(
            (row.place.data, Band("", row.label.data or "", row.label_en.data or "", row.colour.data))
            for row in self.rows
            if row.label.data or row.label_en.data
        )


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
