"""What the lists of tablets give as files."""

import datetime as dt
from typing import TYPE_CHECKING

from stations.attendance.device_events import is_clock_wrong
from stations.attendance.labels import format_ahead
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.language import lazy_gettext as _l
from stations.core.tables import Column, Kind

if TYPE_CHECKING:
    from stations.attendance.devices.models import Device


def _clock(one: "Device") -> str | None:
    ahead = dt.timedelta(seconds=one.clock_ahead_seconds)
    if is_clock_wrong(ahead):
        return format_ahead(ahead)
    return _("合っています") if one.last_synced_at else None


DEVICES: "tuple[Column[Device], ...]" = (
    Column(_l("端末"), lambda one: one.name),
    Column(_l("ステーション"), lambda one: one.station.name),
    Column(_l("状態"), lambda one: str(label(one.status))),
    Column(_l("最後の送信"), lambda one: one.last_synced_at, Kind.DATE),
    Column(_l("未送信"), lambda one: one.unsent, Kind.COUNT),
    Column(_l("時計"), _clock),
    Column(_l("版"), lambda one: one.app_version or None),
)
