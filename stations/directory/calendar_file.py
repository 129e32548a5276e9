"""The .ics file of a station (RFC 5545), for people's own calendars."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stations.committees.models import Station
from stations.core import clock
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from icalendar import Event

    from stations.directory.queries import Dated


def calendar_file(station: Station, dates: Iterable["Dated"], *, base_url: str, page_url: str) -> bytes:
    """UTF-8 text of a calendar. An opening keeps its UID for ever, so that a cancellation finds its event.

    Of two events with one UID the one with the higher SEQUENCE holds (RFC 5545 3.8.7.4).
    """
    from icalendar import Calendar  # here: a large package that few requests need

    host = urlsplit(base_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", f"-//{host}//stations//JA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", " ".join(station.name.split()))
    calendar.add("x-wr-timezone", clock.TOKYO.key)
    for one in dates:
        calendar.add_component(_event(station, one, host, page_url))
    return bytes(calendar.to_ical())


def _event(station: Station, one: "Dated", host: str, page_url: str) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"opening-{one.opening_id}@{host}")
    event.add("dtstamp", clock.now())
    event.add("sequence", one.sequence)
    if one.changed_at:
        event.add("last-modified", one.changed_at)
    event.add("dtstart", _utc(one.on, one.starts_at))
    event.add("dtend", _utc(one.on, one.ends_at))
    event.add("summary", _("【中止】%(name)s", name=station.name) if one.cancelled else station.name)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    event.add("location", f"{one.venue.name} {one.venue.address}")
    event.add("description", _why_not(one) if one.cancelled else one.venue.directions)
    event.add("url", page_url)
    return event


def _why_not(one: "Dated") -> str:
    return one.reason or _("この日の開催は、予定からなくなりました。")


def _utc(on: dt.date, at: dt.time) -> dt.datetime:
    return dt.datetime.combine(on, at, clock.TOKYO).astimezone(dt.UTC)
