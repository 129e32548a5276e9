"""What the lists of openings give as files."""

from typing import TYPE_CHECKING

from stations.core.formatting import hours
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Column, Kind

if TYPE_CHECKING:
    from stations.attendance.queries.counts import OpeningRow, StationRow

STATIONS: "tuple[Column[StationRow], ...]" = (
    Column(_l("ステーション"), lambda row: row.station.name),
    Column(_l("地区"), lambda row: row.station.committee.district.name),
    Column(_l("記録のある開催"), lambda row: row.openings, Kind.COUNT),
    Column(_l("延べ"), lambda row: row.visits, Kind.COUNT),
    Column(_l("確定がまだ"), lambda row: row.unclosed, Kind.COUNT),
)


def _state(row: "OpeningRow") -> str:
    if row.cancelled:
        return _("中止")
    if row.closed:
        return _("確定")
    return _("記録中") if row.record else _("記録がまだ")


OPENINGS: "tuple[Column[OpeningRow], ...]" = (
    Column(_l("開催日"), lambda row: row.opening.on, Kind.DATE),
    Column(_l("時間"), lambda row: hours(row.opening.starts_at, row.opening.ends_at)),
    Column(_l("会場"), lambda row: row.opening.venue.name),
    Column(_l("状態"), _state),
    Column(_l("入力"), lambda row: _("あとで入力") if row.record and row.record.late_entry else None),
    Column(_l("延べ"), lambda row: row.totals.visits if row.record else None, Kind.COUNT),
    Column(_l("初めて"), lambda row: row.totals.first_timers if row.record else None, Kind.COUNT),
    Column(
        _l("担い手"),
        lambda row: row.totals.staff + row.totals.volunteers if row.record else None,
        Kind.COUNT,
    ),
    Column(_l("相談"), lambda row: row.totals.consultations if row.record else None, Kind.COUNT),
)

MISSING: "tuple[Column[OpeningRow], ...]" = (
    Column(_l("開催日"), lambda row: row.opening.on, Kind.DATE),
    Column(_l("時間"), lambda row: hours(row.opening.starts_at, row.opening.ends_at)),
    Column(_l("ステーション"), lambda row: row.opening.station.name),
    Column(_l("延べ"), lambda row: row.totals.visits if row.record else None, Kind.COUNT),
)
