"""The history of a committee and of a station in words: which office, rule, date or venue, and what was changed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from stations.committees import queries
from stations.committees.forms import CommitteeForm, EditVenueForm, StationForm
from stations.committees.rules import CommitteeAct, OpeningAct, StationAct, StationKind, describe
from stations.core import audit
from stations.core.access import Role
from stations.core.audit import Entry
from stations.core.formatting import date, hours, yen
from stations.core.forms import SharedForm
from stations.core.labels import label
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from stations.committees.models import CalendarRule, Committee, Opening, Station

LONGEST = 40
"""Letters of a text that a history shows."""
BEFORE_THE_CHANGE = 8

DATED = frozenset({StationAct.ADD_OPENING.value, *(act.value for act in OpeningAct)})
"""Acts on one opening, shown with its day."""


def of_committee(committee: "Committee", officers: Iterable[queries.Officer]) -> list[Entry]:
    """What was done to a committee and to its stations, newest first; ``officers``: all whom its pages name."""
    names = {one.term_id: one.name for one in officers}
    own = [replace(one, changes=_of_committee(one, names)) for one in audit.timeline(committee)]
    called = {station.id: station.name for station in committee.stations}
    theirs = [
        replace(one, changes=_joined(called[one.object_id], one.changes))
        for one in _with_days(audit.timeline(*committee.stations), committee.stations)
    ]
    return sorted([*own, *theirs], key=lambda one: one.at, reverse=True)


def of_station(station: "Station") -> list[Entry]:
    """What was done to a station, its venues and its calendar, with every date ever called off, newest first."""
    return _with_days(queries.history(station), [station])


# ---- what was done to whom ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Named:
    """What events name by id, each kind looked up once for the page."""

    venues: Mapping[int, str]
    rules: Mapping[int, "CalendarRule"]
    openings: Mapping[int, "Opening"]


def _with_days(entries: list[Entry], stations: Iterable["Station"]) -> list[Entry]:
    """``entries`` of stations and their openings, each with its words."""
    dated_early = (one for one in entries if one.act in DATED and "on" not in one.detail)
    named = _Named(
        venues={venue.id: venue.name for station in stations for venue in station.venues},
        rules=queries.rules_named({one.detail["rule_id"] for one in entries if "rule_id" in one.detail}),
        openings=queries.openings_named({_opening_id(one) for one in dated_early}),
    )
    return [replace(one, changes=_of_station(one, named)) for one in entries]


def _opening_id(entry: Entry) -> int:
    """The station's own event names the opening; the opening's events are about it."""
    return int(entry.detail.get("opening_id", entry.object_id))


def _of_committee(entry: Entry, names: Mapping[int, str]) -> str:
    detail = entry.detail
    match entry.act:
        case CommitteeAct.EDIT:
            return _changed(CommitteeForm, detail)
        case CommitteeAct.APPOINT | CommitteeAct.END_TERM:
            term = _span(_day(detail.get("from_on")), _day(detail.get("to_on")))
            return _joined(str(label(Role(detail["role"]))), names.get(detail["term_id"], ""), term)
    return ""


def _of_station(entry: Entry, named: _Named) -> str:
    detail = entry.detail
    day = _day(detail.get("on"))
    match entry.act:
        case StationAct.EDIT:
            return _changed(StationForm, detail)
        case StationAct.OPEN:
            return _span(day, None)
        case StationAct.CLOSE:
            return _span(None, day)
        case StationAct.ADD_VENUE:
            return named.venues.get(detail["venue_id"], "")
        case StationAct.EDIT_VENUE:
            return _joined(named.venues.get(detail["venue_id"], ""), _changed(EditVenueForm, detail))
        case StationAct.ADD_RULE | StationAct.END_RULE:
            rule = named.rules.get(detail["rule_id"])
            return _rule(rule, ended_on=day, added=entry.act == StationAct.ADD_RULE) if rule else ""
        case act if act in DATED:
            opening = named.openings.get(_opening_id(entry))
            return _opening(detail if "on" in detail else getattr(opening, "in_history", {}), named)
    return ""


def _rule(rule: "CalendarRule", *, ended_on: dt.date | None, added: bool) -> str:
    """A rule as one says it, its venue, and the days between which it was to hold or the day it ended."""
    span = _span(rule.from_on, rule.until_on) if added else _span(None, ended_on)
    return _joined(describe(rule.calendar_pattern, _), rule.venue.name, span)


def _opening(kept: Mapping[str, Any], named: _Named) -> str:
    """Day, hours and venue of an opening (`Opening.in_history`); nothing of one that is gone and was not kept."""
    if not kept:
        return ""
    starts_at, ends_at = (dt.time.fromisoformat(kept[name]) for name in ("starts_at", "ends_at"))
    day = f"{date(_day(kept['on']))} {hours(starts_at, ends_at)}"
    return _joined(day, named.venues.get(kept["venue_id"], ""))


# ---- from what to what ----------------------------------------------------------------------------------------------


def _changed(kind: type[SharedForm], detail: Mapping[str, Any]) -> str:
    """The changed fields by the labels of the form; early events kept the names of the fields only."""
    form = kind(formdata=None, meta={"csrf": False})
    changed = detail.get("changed", {})
    moved = changed if isinstance(changed, dict) else dict.fromkeys(changed)
    return _("、").join(_move(form[name].label.text, name, moved[name]) for name in moved if name in form)


def _move(called: str, name: str, values: Sequence[object] | None) -> str:
    if values is None:
        return str(called)
    before, after = _shortened(*(_value(name, value) for value in values))
    return _("%(name)s：%(before)s → %(after)s", name=called, before=before, after=after)


def _value(name: str, value: Any) -> str:
    """A stored fact as people read it, in one line."""
    if value is None or value == "":
        return "—"
    match name:
        case "kind":
            return str(label(StationKind(value)))
        case "closed_on":
            return date(_day(value))
        case "rent_yen":
            return yen(value)
    return " ".join(str(value).split())


def _shortened(before: str, after: str) -> tuple[str, str]:
    """Long texts from shortly before the place where they differ."""
    if max(len(before), len(after)) <= LONGEST:
        return before, after
    same = sum(1 for _both in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(0, same - BEFORE_THE_CHANGE)
    return _part(before, start), _part(after, start)


def _part(text: str, start: int) -> str:
    end = start + LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def _day(kept: str | None) -> dt.date | None:
    return dt.date.fromisoformat(kept) if kept else None


def _span(start: dt.date | None, end: dt.date | None) -> str:
    if start and end:
        return _("%(start)sから%(end)sまで", start=date(start), end=date(end))
    if start:
        return _("%(start)sから", start=date(start))
    return _("%(day)sまで", day=date(end)) if end else ""


def _joined(*parts: str) -> str:
    return "　".join(part for part in parts if part)
