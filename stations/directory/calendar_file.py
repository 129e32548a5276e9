"""The .ics file of a station (RFC 5545), for people's own calendars."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stations.committees.models import Opening, Station
from stations.committees.rules import OpeningStatus
from stations.core import clock
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from icalendar import Event

Changes = Mapping[int, tuple[int, dt.datetime]]


def calendar_file(
    station: Station, openings: Iterable[Opening], changes: Changes, *, base_url: str, page_url: str
) -> bytes:
    """UTF-8 text of a calendar. An opening keeps its UID for ever, so that a cancellation finds its event.

    ``changes``: by opening, how often it was called off or restored and when last. Of two events with one UID the one
    with the higher SEQUENCE holds (RFC 5545 3.8.7.4).
    """
    from icalendar import Calendar  # here: a large package that few requests need

    host = urlsplit(base_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", f"-//{host}//stations//JA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", station.name)
    calendar.add("x-wr-timezone", clock.TOKYO.key)
    for opening in openings:
        calendar.add_component(_event(station, opening, changes.get(opening.id), host, page_url))
    return bytes(calendar.to_ical())


def _event(
    station: Station, opening: Opening, changed: tuple[int, dt.datetime] | None, host: str, page_url: str
) -> "Event":
    from icalendar import Event

    cancelled = opening.status is OpeningStatus.CANCELLED
    event = Event()
    event.add("uid", f"opening-{opening.id}@{host}")
    event.add("dtstamp", clock.now())
    event.add("sequence", changed[0] if changed else 0)
    if changed:
        event.add("last-modified", changed[1])
    event.add("dtstart", _utc(opening.on, opening.starts_at))
    event.add("dtend", _utc(opening.on, opening.ends_at))
    event.add("summary", _("【中止】%(name)s", name=station.name) if cancelled else station.name)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("location", f"{opening.venue.name} {opening.venue.address}")
    event.add("description", opening.cancelled_reason or opening.venue.directions)
    event.add("url", page_url)
    return event


def _utc(on: dt.date, at: dt.time) -> dt.datetime:
    return dt.datetime.combine(on, at, clock.TOKYO).astimezone(dt.UTC)
