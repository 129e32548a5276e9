"""What tablets report of themselves besides their touches."""

import datetime as dt

from stations.attendance.device_events import DeviceReport
from stations.attendance.models import TallyDevice
from stations.attendance.queries import tablets
from stations.committees.models import Opening
from stations.core import access, clock
from stations.core.access import Actor, Permission
from stations.core.database import add, lock

HEARD_AGAIN = dt.timedelta(minutes=1)
"""A tablet asks four times a minute; so often at most is it written down that it is there."""
DEVICES_OF_ONE = 5
"""Of one person at one opening: nobody counts on more, but a script could name a new one in each request."""


def note_report(
    *, opening: Opening, report: DeviceReport, settled: int, clock_ahead: dt.timedelta, by: Actor
) -> None:
    """Note how many touches a tablet still holds and how far its clock is ahead.

    ``settled``: how many of those it reports are answered now and need not be sent again.
    """
    access.demand(by, Permission.VISIT_RECORD, opening)
    now, unsent = clock.now(), max(0, report.unsent - settled)
    device = tablets.device(opening, report.device_id)
    if device is None and (unsent or not report.gone):
        lock(opening)  # two pages of one browser may report for the first time at once
        device = tablets.device(opening, report.device_id) or _new(opening, report.device_id, by)
    if device is None:
        return
    ahead = round(clock_ahead.total_seconds())
    reported = (device.unsent, device.gone, device.person_id)
    as_before = reported == (unsent, report.gone, by.id) and abs(device.clock_ahead_seconds - ahead) < 60
    if as_before and not unsent and now - device.heard_at < HEARD_AGAIN:
        return
    device.unsent, device.gone, device.person_id = unsent, report.gone, by.id
    device.heard_at, device.clock_ahead_seconds = now, ahead
    add(device)


def _new(opening: Opening, device_id: str, by: Actor) -> TallyDevice:
    """A tablet heard of first. After `DEVICES_OF_ONE` of a person it takes the place of one of theirs.

    Of the one that holds least, and of those of the one that was silent longest: others' tablets are never touched.
    """
    own = [one for one in tablets.devices_of(opening) if one.person_id == by.id]
    if len(own) < DEVICES_OF_ONE:
        return TallyDevice(opening_id=opening.id, device_id=device_id, unsent=0, clock_ahead_seconds=0)
    replaced = min(own, key=lambda one: (one.unsent, one.heard_at))
    replaced.device_id = device_id
    return replaced
