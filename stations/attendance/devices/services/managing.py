"""What is done to a tablet after it was enrolled."""

import datetime as dt

import sqlalchemy as sa

from stations.attendance.devices import rules
from stations.attendance.devices.models import Device
from stations.attendance.devices.rules import DeviceAct
from stations.attendance.devices.services import enrolling
from stations.core import access, audit, clock
from stations.core.access import Actor, Permission
from stations.core.database import db, lock
from stations.core.workflow import require_reason

VERSION_LONGEST = 40
FARTHEST = 2**31 - 1  # seconds: as many as the column holds


def rename(*, device: Device, name: str, by: Actor) -> Device:
    """Another name for a tablet, as its people call it."""
    _hold(device, by)
    name = name.strip()
    rules.check_name(name)
    if name != device.name:
        detail = {"before": device.name, "after": name}
        device.name = name
        audit.record(device, act=DeviceAct.RENAME, by=by, detail=detail)
    return device


def revoke(*, device: Device, reason: str, by: Actor) -> Device:
    """End a tablet's enrolment: at its next contact it locks itself. What it has not sent stays on it, to be exported."""
    _hold(device, by)
    require_reason(reason)
    enrolling.end(device, reason=reason.strip(), by=by)
    return device


def _hold(device: Device, by: Actor) -> None:
    lock(device)
    access.demand(by, Permission.DEVICE_MANAGE, device)
    rules.check_enrolled(device.status)


def note_synced(*, device: Device, version: str, unsent: int, clock_ahead: dt.timedelta) -> None:
    """Keep what a tablet reports with the events that it sends; that it sent some once a minute, unless it says something new."""
    now, version = clock.now(), version[:VERSION_LONGEST]
    ahead = max(-FARTHEST, min(round(clock_ahead.total_seconds()), FARTHEST))
    same = (device.app_version, device.unsent) == (version, unsent)
    if (
        same
        and abs(device.clock_ahead_seconds - ahead) < 60
        and rules.was_seen_lately(device.last_synced_at, now)
    ):
        return
    device.last_synced_at, device.app_version, device.unsent = now, version, unsent
    device.clock_ahead_seconds = ahead


def note_seen(device: Device, *, only_reads: bool) -> bool:
    """Keep that a tablet was heard of; False when that was done within the minute.

    ``only_reads``: the request changes nothing else, so this has a transaction of its own.
    """
    now = clock.now()
    if rules.was_seen_lately(device.last_seen_at, now):
        return False
    again = sa.or_(Device.last_seen_at.is_(None), Device.last_seen_at <= now - rules.SEEN_EVERY)
    seen = sa.update(Device).where(Device.id == device.id, again).values(last_seen_at=now)
    if not only_reads:
        db.session.execute(seen)
        return True
    with db.sessionmaker() as session:
        session.connection(execution_options={"reads_only": False})
        session.execute(seen)
        session.commit()
    return True
