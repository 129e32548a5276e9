"""Stations and the venues they use."""

import datetime as dt
from typing import TypedDict, Unpack

from stations.committees.models import Committee, Station, Venue
from stations.committees.rules import StationAct, StationKind, StationStage
from stations.committees.services.changes import change
from stations.committees.workflow import STATION
from stations.core import access, audit, clock, text
from stations.core.access import Actor, Permission
from stations.core.database import add, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.workflow import require_reason


class StationFacts(TypedDict, total=False):
    """What is said of a station; all of it is shown to the public."""

    name: str
    kana: str
    kind: StationKind
    summary: str
    audience: str
    what_to_bring: str
    accessibility: str
    fee: str
    phone: str


class VenueFacts(TypedDict, total=False):
    """What is said of a venue. The public does not see `owner` and `rent_yen`."""

    name: str
    address: str
    postal_code: str
    directions: str
    owner: str
    rent_yen: int
    latitude: float | None
    longitude: float | None
    closed_on: dt.date | None


def create_station(*, committee: Committee, by: Actor, **facts: Unpack[StationFacts]) -> Station:
    """A station in preparation: not public before `open_station`. `name` and `kind` are needed."""
    lock(committee)
    access.demand(by, Permission.STATION_MANAGE, committee)
    _check_name(facts.get("name", ""))
    _tidy_kana(facts)
    station = add(Station(committee=committee, **facts))
    audit.record(station, act=StationAct.CREATE, by=by, to_status=StationStage.PREPARING)
    return station


def _tidy_kana(facts: StationFacts) -> None:
    """The reading in hiragana; `RuleBroken` when something else was typed."""
    if kana := facts.get("kana", ""):
        facts["kana"] = text.furigana(kana, field="kana")


def edit_station(
    *, station: Station, by: Actor, loaded: str | None = None, **facts: Unpack[StationFacts]
) -> None:
    """Change what is said of a station; nothing is recorded when nothing changes.

    ``loaded``: the mark of these facts on the writer's page; `EditConflict` when somebody else changed them since.
    """
    _begin(station, by)
    _check_name(facts.get("name", station.name))
    _tidy_kana(facts)
    if changed := change(
        station, facts, loaded=loaded, by=by, first=lambda: audit.last_doer(station, [StationAct.EDIT])
    ):
        audit.record(station, act=StationAct.EDIT, by=by, detail={"changed": changed})


def open_station(*, station: Station, on: dt.date, by: Actor) -> None:
    """The station begins: it is public from `on`. It must have a venue."""
    _begin(station, by)
    before = station.stage
    after = STATION.next_status(before, StationAct.OPEN)
    if not station.open_venues:
        raise RuleBroken(None, N_("活動を始める前に、会場を1つ以上登録してください。"))
    station.opened_on = on
    audit.record(
        station,
        act=StationAct.OPEN,
        by=by,
        from_status=before,
        to_status=after,
        detail={"on": on.isoformat()},
    )


def close_station(*, station: Station, on: dt.date, reason: str, by: Actor) -> None:
    """The station ends after `on`, its last public day. What was planned for later is taken out."""
    from stations.committees.services.calendar import remove_planned

    _begin(station, by)
    before = station.stage
    after = STATION.next_status(before, StationAct.CLOSE)
    require_reason(reason)
    if station.opened_on is not None and on < station.opened_on:
        raise RuleBroken("on", N_("終わりの日は、始まりの日より後にしてください。"))
    station.closed_on = on
    for rule in station.calendar_rules:
        rule.ended_on = min(rule.last_on, on)
    removed = remove_planned(station_id=station.id, after=max(on, clock.today()))
    audit.record(
        station,
        act=StationAct.CLOSE,
        by=by,
        from_status=before,
        to_status=after,
        reason=reason,
        detail={"on": on.isoformat(), "openings": removed},
    )


def add_venue(*, station: Station, by: Actor, **facts: Unpack[VenueFacts]) -> Venue:
    """A place where the station may open. `name` and `address` are needed."""
    _begin(station, by)
    _check_venue(facts.get("name", ""), facts.get("address", ""))
    venue = add(Venue(station=station, **facts))
    audit.record(station, act=StationAct.ADD_VENUE, by=by, detail={"venue_id": venue.id})
    return venue


def edit_venue(*, venue: Venue, by: Actor, loaded: str | None = None, **facts: Unpack[VenueFacts]) -> None:
    """Change what is said of a venue, or end its use by `closed_on`; planned openings stay where they are.

    ``loaded`` as in `edit_station`.
    """
    _begin(venue.station, by)
    lock(venue)
    _check_venue(facts.get("name", venue.name), facts.get("address", venue.address))

    def first() -> audit.Doer | None:
        return audit.last_doer(
            venue.station, [StationAct.EDIT_VENUE], lambda detail: detail["venue_id"] == venue.id
        )

    if changed := change(venue, facts, loaded=loaded, by=by, first=first):
        audit.record(
            venue.station,
            act=StationAct.EDIT_VENUE,
            by=by,
            detail={"venue_id": venue.id, "changed": changed},
        )


def _begin(station: Station, by: Actor) -> None:
    lock(station)
    access.demand(by, Permission.STATION_MANAGE, station)
    if station.stage is StationStage.CLOSED:
        raise Conflict(None, N_("このステーションは活動を終了しているため、変更できません。"))


def _check_name(name: str) -> None:
    if not name.strip():
        raise RuleBroken("name", N_("ステーションの名前を入力してください。"))


def _check_venue(name: str, address: str) -> None:
    if not name.strip():
        raise RuleBroken("name", N_("会場の名前を入力してください。"))
    if not address.strip():
        raise RuleBroken("address", N_("会場の住所を入力してください。"))
