"""What the lists of stations, places, openings and officers give as files."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stations.committees.rules import OpeningStatus, describe
from stations.core import clock
from stations.core.formatting import hours
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Column, Kind

if TYPE_CHECKING:
    from stations.committees.models import CalendarRule, Opening, Station, Venue
    from stations.committees.queries import DistrictStations, Officer

    NextOpenings = Mapping[int, Opening]
    OfDistrict = tuple[DistrictStations, Station | None]


def districts(next_by_station: "NextOpenings") -> "tuple[Column[OfDistrict], ...]":
    """One row a station, and one for a district without any; ``next_by_station``: by the station's id."""

    def following(row: "OfDistrict") -> "Opening | None":
        return next_by_station.get(row[1].id) if row[1] else None

    return (
        Column(_l("地区"), lambda row: row[0].district.name),
        Column(_l("ステーション"), lambda row: row[1].name if row[1] else None),
        Column(_l("状態"), lambda row: str(label(row[1].stage)) if row[1] else _("準備中")),
        Column(_l("種類"), lambda row: str(label(row[1].kind)) if row[1] else None),
        Column(_l("次の開催"), lambda row: one.on if (one := following(row)) else None, Kind.DATE),
        Column(
            _l("時間"), lambda row: hours(one.starts_at, one.ends_at) if (one := following(row)) else None
        ),
        Column(_l("会場"), lambda row: one.venue.name if (one := following(row)) else None),
    )


def stations(next_by_station: "NextOpenings") -> "tuple[Column[Station], ...]":
    """Of one committee."""
    return (
        Column(_l("名前"), lambda one: one.name),
        Column(_l("種類"), lambda one: str(label(one.kind))),
        Column(_l("状態"), lambda one: str(label(one.stage))),
        Column(
            _l("次の開催"), lambda one: soon.on if (soon := next_by_station.get(one.id)) else None, Kind.DATE
        ),
        Column(_l("会場"), lambda one: soon.venue.name if (soon := next_by_station.get(one.id)) else None),
    )


VENUES: "tuple[Column[Venue], ...]" = (
    Column(_l("会場"), lambda one: one.name),
    Column(_l("使用終了"), lambda one: None if one.in_use else _("使用終了")),
    Column(_l("郵便番号"), lambda one: one.postal_code or None),
    Column(_l("住所"), lambda one: one.address),
    Column(_l("行き方"), lambda one: one.directions or None),
    Column(_l("貸主"), lambda one: one.owner or None),
    Column(_l("1回の使用料"), lambda one: one.rent_yen, Kind.YEN),
)

OFFICERS: "tuple[Column[Officer], ...]" = (
    Column(_l("氏名"), lambda one: one.name),
    Column(_l("役職"), lambda one: str(label(one.role))),
    Column(_l("状態"), lambda one: _("在任中") if one.active else _("任期外")),
    Column(_l("任期の始まり"), lambda one: one.from_on, Kind.DATE),
    Column(_l("任期の終わり"), lambda one: one.to_on, Kind.DATE),
)

RULES: "tuple[Column[CalendarRule], ...]" = (
    Column(_l("開催のきまり"), lambda one: describe(one.calendar_pattern, _)),
    Column(_l("会場"), lambda one: one.venue.name),
    Column(_l("始まり"), lambda one: one.from_on, Kind.DATE),
    Column(_l("終わり"), lambda one: one.last_on, Kind.DATE),
    Column(_l("状態"), lambda one: _("終了") if one.last_on < clock.today() else None),
)


def _state(one: "Opening") -> str:
    unrecorded = one.status is OpeningStatus.PLANNED and one.on < clock.today()
    return _("記録がまだ") if unrecorded else str(label(one.status))


OPENINGS: "tuple[Column[Opening], ...]" = (
    Column(_l("開催日"), lambda one: one.on, Kind.DATE),
    Column(_l("時間"), lambda one: f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M}"),
    Column(_l("会場"), lambda one: one.venue.name),
    Column(_l("臨時"), lambda one: None if one.rule_id else _("臨時")),
    Column(_l("状態"), _state),
    Column(_l("中止の理由"), lambda one: one.cancelled_reason or None),
)
