"""The search form of the public pages, sent by GET."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField

from stations.committees.place_names import readings
from stations.committees.rules import WEEKDAYS, StationKind
from stations.core import language
from stations.core.forms import Form, TidyText
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.directory.queries import Wish

if TYPE_CHECKING:
    from stations.committees.models import District


class SearchForm(Form):
    """地区・曜日・種類・ことば・今日・今週; what cannot be read is left open."""

    class Meta(FlaskForm.Meta):
        csrf = False  # it only reads

    district = SelectField(_l("地区"))
    weekday = SelectField(_l("曜日"))
    kind = SelectField(_l("種類"))
    words = TidyText(_l("対象・内容のことば"), description=_l("例：子ども、野菜、車いす"))
    today = BooleanField(_l("今日ひらくところ"))
    week = BooleanField(_l("今日から1週間にひらくところ"))

    def __init__(self, districts: Iterable["District"]) -> None:
        super().__init__(formdata=request.args)
        anything = ("", _("すべて"))
        districts = list(districts)
        latin = {} if language.current() == "ja" else readings((one.name, one.kana) for one in districts)
        self.offered: dict[SelectField, list[tuple[str, str]]] = {
            self.district: [
                anything,
                *((one.code, _("%(name)s地区", name=latin.get(one.name, one.name))) for one in districts),
            ],
            self.weekday: [anything, *((str(day), _(name)) for day, name in enumerate(WEEKDAYS))],
            self.kind: [anything, *((kind.value, label(kind)) for kind in StationKind)],
        }
        for field, choices in self.offered.items():
            field.choices = list(choices)

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen or typed and can be read, as the address carries it."""
        chosen = {
            field.name: str(field.data)
            for field in (self.district, self.weekday, self.kind, self.words)
            if field.data and field.validate(self)
        }
        return chosen | {field.name: "1" for field in (self.today, self.week) if field.data}

    @property
    def conditions(self) -> list[tuple[str, dict[str, str]]]:
        """What was chosen besides the day, in the reader's words, each with the address that is left without it."""
        chosen = self.chosen
        said = {
            field.name: str(dict(choices)[chosen[field.name]])
            for field, choices in self.offered.items()
            if field.name in chosen
        }
        if "words" in chosen:
            said["words"] = chosen["words"]
        return [
            (words, {other: value for other, value in chosen.items() if other != name})
            for name, words in said.items()
        ]

    def days(self) -> list[tuple[str, dict[str, str], bool]]:
        """The chips of the days: name, what the address then carries, whether it is chosen."""
        chosen = self.chosen
        others = {name: value for name, value in chosen.items() if name not in {"today", "week"}}
        return [
            (_("すべて"), others, not {"today", "week"} & chosen.keys()),
            (_("今日"), others | {"today": "1"}, "today" in chosen),
            (_("1週間"), others | {"week": "1"}, "week" in chosen),
        ]

    @property
    def wish(self) -> Wish:
        chosen = self.chosen
        return Wish(
            district=chosen.get("district"),
            weekday=int(chosen["weekday"]) if "weekday" in chosen else None,
            kind=StationKind(chosen["kind"]) if "kind" in chosen else None,
            words=chosen.get("words", ""),
            today="today" in chosen,
            week="week" in chosen,
        )
