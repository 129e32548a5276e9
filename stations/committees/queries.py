"""What committees and stations there are, when they open, and who may see which."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.committees import rules
from stations.committees.models import CalendarRule, Committee, District, Opening, Station, Venue
from stations.committees.rules import OpeningAct, OpeningStatus, is_over
from stations.core import access, audit, clock
from stations.core.access import COMMITTEE_ROLES, Actor, Permission, Role
from stations.core.database import db, fetch_all
from stations.core.language import gettext as _
from stations.core.tasks import Task
from stations.people.models import Person, RoleAssignment

OFFICE_ORDER = (Role.CHAIR, Role.TREASURER, Role.COMMITTEE_AUDITOR, Role.DRAFTER)
"""Which officer stands first in a list."""


# ---- one object -----------------------------------------------------------------------------------------------------


def district(code: str) -> District | None:
    return db.session.scalar(sa.select(District).where(District.code == code))


def committee(committee_id: int) -> Committee | None:
    return db.session.scalar(
        sa.select(Committee)
        .where(Committee.id == committee_id)
        .options(orm.selectinload(Committee.stations).selectinload(Station.venues))
    )


def station(station_id: int) -> Station | None:
    return db.session.scalar(
        sa.select(Station).where(Station.id == station_id).options(orm.selectinload(Station.venues))
    )


def venue(venue_id: int) -> Venue | None:
    return db.session.scalar(
        sa.select(Venue).where(Venue.id == venue_id).options(orm.joinedload(Venue.station, innerjoin=True))
    )


def calendar_rule(calendar_rule_id: int) -> CalendarRule | None:
    return db.session.scalar(
        sa.select(CalendarRule)
        .where(CalendarRule.id == calendar_rule_id)
        .options(orm.joinedload(CalendarRule.station, innerjoin=True), orm.joinedload(CalendarRule.venue))
    )


def opening(opening_id: int) -> Opening | None:
    return db.session.scalar(sa.select(Opening).where(Opening.id == opening_id).options(*_with_place()))


# ---- districts and stations -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DistrictStations:
    """A district with those of its stations that somebody may see. ``own``: they belong to it."""

    district: District
    committee: Committee
    stations: list[Station]
    own: bool


def districts() -> list[District]:
    """All districts in the city's order, with committee and stations."""
    return fetch_all(
        sa.select(District)
        .order_by(District.number)
        .options(
            orm.joinedload(District.committee, innerjoin=True),
            orm.selectinload(District.committee, Committee.stations),
        )
    )


def districts_for(person: Actor) -> list[DistrictStations]:
    """What the index shows: every district to those who read all, else one's own; own ones first."""
    everything = access.committee_ids(person, Permission.STATION_READ) is None
    mine = _own_committee_ids(person)
    visible = {one.id: one for one in stations_for(person, Permission.STATION_READ)}
    found = [
        DistrictStations(
            district=one,
            committee=one.committee,
            stations=[each for each in one.committee.stations if each.id in visible],
            own=one.committee.id in mine,
        )
        for one in districts()
    ]
    reached = {each.committee_id for each in visible.values()} | mine
    shown = [one for one in found if everything or one.committee.id in reached]
    return sorted(shown, key=lambda one: (not one.own, one.district.number))


def stations_for(person: Actor, permission: Permission) -> list[Station]:
    """Stations over which somebody holds ``permission``, in the order of the districts; closed ones too."""
    statement = (
        sa.select(Station)
        .join(Station.committee)
        .join(Committee.district)
        .options(orm.contains_eager(Station.committee).contains_eager(Committee.district))
        .order_by(District.number, Station.id)
    )
    return fetch_all(statement.where(_reach(person, permission)))


def running_stations() -> list[Station]:
    """Stations that the public may see today, with their venues, in the order of the districts."""
    return list(db.session.scalars(_running_stations(), {"today": clock.today()}).unique())


@cache  # built once: writing down such a statement takes longer than asking it
def _running_stations() -> sa.Select[Station]:
    return (
        sa.select(Station)
        .join(Station.committee)
        .join(Committee.district)
        .outerjoin(Station.venues)
        .options(
            orm.contains_eager(Station.committee).contains_eager(Committee.district),
            orm.contains_eager(Station.venues),
        )
        .where(_is_running())
        .order_by(District.number, Station.id, Venue.id)
    )


def _own_committee_ids(person: Actor) -> set[int]:
    return {held.committee_id for held in person.held_roles if held.committee_id is not None}


def _reach(person: Actor, permission: Permission) -> sa.ColumnElement[bool]:
    committees = access.committee_ids(person, permission)
    if committees is None:
        return sa.true()
    stations = access.station_ids(person, permission) or frozenset()
    return sa.or_(Station.committee_id.in_(committees), Station.id.in_(stations))


# ---- the calendar ---------------------------------------------------------------------------------------------------


def openings_between(
    start: dt.date,
    end: dt.date,
    *,
    station_ids: Collection[int] | None = None,
    statuses: Collection[OpeningStatus] | None = None,
) -> list[Opening]:
    """Openings from ``start`` to ``end``, both included, in order, with station and venue (None: all)."""
    statement = _between()
    if station_ids is not None:
        statement = statement.where(Opening.station_id.in_(station_ids))
    if statuses is not None:
        statement = statement.where(Opening.status.in_(statuses))
    return list(db.session.scalars(statement, {"start": start, "end": end}))


@cache
def _between() -> sa.Select[Opening]:
    days = Opening.on.between(sa.bindparam("start"), sa.bindparam("end"))
    statement = sa.select(Opening).where(days).options(*_with_place())
    return statement.order_by(Opening.on, Opening.starts_at, Opening.station_id)


def next_openings(
    *,
    limit: int | None = None,
    station_ids: Collection[int] | None = None,
    planned_only: bool = False,
) -> list[Opening]:
    """The openings that come next, cancelled ones too unless ``planned_only``; of today those not yet over."""
    statement = (
        sa.select(Opening)
        .where(to_come())
        .options(*_with_place())
        .order_by(Opening.on, Opening.starts_at, Opening.station_id)
        .limit(limit)
    )
    if station_ids is not None:
        statement = statement.where(Opening.station_id.in_(station_ids))
    if planned_only:
        statement = statement.where(Opening.status == OpeningStatus.PLANNED)
    return list(db.session.scalars(statement, this_moment()))


def next_by_station(station_ids: Iterable[int]) -> dict[int, Opening]:
    """The next opening of each station that is neither cancelled nor over, with its venue."""
    asked = {"station_ids": list(station_ids)} | this_moment()
    return {one.station_id: one for one in db.session.scalars(_next_by_station(), asked)}


@cache
def _next_by_station() -> sa.Select[Opening]:
    order = sa.func.row_number().over(
        partition_by=Opening.station_id, order_by=(Opening.on, Opening.starts_at)
    )
    numbered = (
        sa.select(Opening.id, order.label("place"))
        .where(
            Opening.station_id.in_(sa.bindparam("station_ids", expanding=True)),
            to_come(),
            Opening.status != OpeningStatus.CANCELLED,
        )
        .subquery()
    )
    return (
        sa.select(Opening)
        .join(numbered, numbered.c.id == Opening.id)
        .where(numbered.c.place == 1)
        .options(orm.joinedload(Opening.venue, innerjoin=True))
    )


def near_openings(station_ids: Iterable[int], until: dt.date) -> list[Opening]:
    """Every opening of today, and what is called off up to ``until``, in order; over or not.

    For a page that holds the stations with their venues already: neither is read again.
    """
    asked = {"station_ids": list(station_ids), "today": clock.today(), "until": until}
    return list(db.session.scalars(_near(), asked))


@cache
def _near() -> sa.Select[Opening]:
    today: sa.BindParameter[dt.date] = sa.bindparam("today")
    return (
        sa.select(Opening)
        .where(
            Opening.station_id.in_(sa.bindparam("station_ids", expanding=True)),
            Opening.on.between(today, sa.bindparam("until")),
            sa.or_(Opening.on == today, Opening.status == OpeningStatus.CANCELLED),
        )
        .order_by(Opening.on, Opening.starts_at, Opening.station_id)
    )


def ended_today(openings: Iterable[Opening]) -> set[int]:
    """Stations that opened today and will not open again today, by `near_openings`."""
    today, now = clock.today(), clock.now()
    takes_place = [one for one in openings if one.on == today and one.status is not OpeningStatus.CANCELLED]
    to_come = {one.station_id for one in takes_place if not is_over(one.on, one.ends_at, now)}
    return {one.station_id for one in takes_place} - to_come


def to_come(opening: type[Opening] = Opening) -> sa.ColumnElement[bool]:
    """Not over yet by the clock of Matsudo (`rules.is_over`), of today too; asked with `this_moment`."""
    today: sa.BindParameter[dt.date] = sa.bindparam("today")
    return sa.or_(
        opening.on > today, sa.and_(opening.on == today, opening.ends_at > sa.bindparam("this_hour"))
    )


def this_moment() -> dict[str, Any]:
    """The parameters of `to_come`."""
    here = clock.now().astimezone(clock.TOKYO)
    return {"today": here.date(), "this_hour": here.time()}


def calendar_rules(station_id: int) -> list[CalendarRule]:
    """A station's rules with their venues: those that hold today or later first, ended ones last."""
    rules = fetch_all(
        sa.select(CalendarRule)
        .where(CalendarRule.station_id == station_id)
        .options(orm.joinedload(CalendarRule.venue, innerjoin=True))
        .order_by(CalendarRule.from_on, CalendarRule.id)
    )
    return sorted(rules, key=lambda rule: rule.last_on < clock.today())


def _with_place() -> tuple[orm.interfaces.ORMOption, ...]:
    return orm.joinedload(Opening.station, innerjoin=True), orm.joinedload(Opening.venue, innerjoin=True)


# ---- history --------------------------------------------------------------------------------------------------------


def history(station: Station) -> list[audit.Entry]:
    """What was done to a station, and which of its openings were called off or restored, newest first.

    Of openings that are no longer in the calendar too: a restored one that its rule's end then took out.
    """
    ids = db.session.scalars(_ever_cancelled(), {"station_id": station.id})
    # A timeline asks an object only for its table and its id; those that are gone have nothing else.
    openings = [Opening(id=one) for one in ids]
    entries = audit.timeline(station, *openings, without=[OpeningAct.HOLD.value])
    # SQLite once gave the id of a removed opening away again, maybe to another station.
    return [one for one in entries if one.detail.get("station_id", station.id) == station.id]


@cache
def _ever_cancelled() -> sa.Select[int]:
    """Ids of a station's openings with a cancellation; early events do not tell the station."""
    station_id: sa.BindParameter[int] = sa.bindparam("station_id")
    return (
        sa.select(audit.Event.object_id)
        .distinct()
        .where(
            audit.Event.object_type == Opening.__tablename__,
            audit.Event.act == OpeningAct.CANCEL.value,
            sa.or_(
                audit.Event.detail["station_id"].as_integer() == station_id,
                audit.Event.object_id.in_(sa.select(Opening.id).where(Opening.station_id == station_id)),
            ),
        )
    )


def rules_named(rule_ids: Collection[int]) -> dict[int, CalendarRule]:
    """Rules with their venues, by id; no statement for none."""
    asked = sa.select(CalendarRule).where(CalendarRule.id.in_(rule_ids))
    found = fetch_all(asked.options(orm.joinedload(CalendarRule.venue, innerjoin=True))) if rule_ids else []
    return {one.id: one for one in found}


def openings_named(opening_ids: Collection[int]) -> dict[int, Opening]:
    """Those of the openings that are still in the calendar, by id; no statement for none."""
    found = fetch_all(sa.select(Opening).where(Opening.id.in_(opening_ids))) if opening_ids else []
    return {one.id: one for one in found}


# ---- officers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Officer:
    """One term of one officer. ``active``: it covers today."""

    term_id: int
    person_id: int
    name: str
    role: Role
    from_on: dt.date
    to_on: dt.date | None
    active: bool


def officers(committee: Committee) -> list[Officer]:
    """Everybody who holds or held an office of the committee: present ones first, by office, then by term."""
    rows = db.session.execute(
        sa.select(RoleAssignment, Person.name)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.committee_id == committee.id,
            RoleAssignment.role.in_(COMMITTEE_ROLES),
            # One given by mistake and taken back ends before it begins.
            sa.or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= RoleAssignment.from_on),
        )
        .options(orm.lazyload("*"))
        .order_by(RoleAssignment.from_on.desc(), RoleAssignment.id)
    )
    today = clock.today()
    found = [
        Officer(
            term_id=term.id,
            person_id=term.person_id,
            name=name,
            role=term.role,
            from_on=term.from_on,
            to_on=term.to_on,
            active=term.active_on(today),
        )
        for term, name in rows
    ]
    return sorted(found, key=lambda one: (not one.active, OFFICE_ORDER.index(one.role)))


def term(term_id: int) -> RoleAssignment | None:
    """An officer's term, for ending it."""
    return db.session.get(RoleAssignment, term_id)


def person_by_login(login: str) -> Person | None:
    """Who signs in under this name, to be appointed."""
    return db.session.scalar(sa.select(Person).where(Person.login == login.strip().lower()))


# ---- what waits -----------------------------------------------------------------------------------------------------


def readings() -> list[tuple[str, str]]:
    """(name, kana) of every district and every station that has one."""
    rows = db.session.execute(
        sa.select(District.name, District.kana).union_all(
            sa.select(Station.name, Station.kana).where(Station.kana.is_not(None))
        )
    )
    return [(name, kana) for name, kana in rows if kana]


def waiting_for(person: Actor) -> list[Task]:
    """Running stations of one's own without any opening to come."""
    committees = access.committee_ids(person, Permission.OPENING_MANAGE)
    if committees is None or not (committees or access.station_ids(person, Permission.OPENING_MANAGE)):
        return []
    idle = db.session.execute(_idle().where(_reach(person, Permission.OPENING_MANAGE)), this_moment())
    return [
        Task(
            label=_("「%(station)s」の開催予定を入れる", station=name),
            endpoint="committees.calendar",
            values={"station_id": station_id},
            due_on=rules.announce_by(last_on),
        )
        for station_id, name, last_on in idle
    ]


@cache
def _idle() -> sa.Select[int, str, dt.date]:
    planned = sa.exists().where(
        Opening.station_id == Station.id, Opening.status == OpeningStatus.PLANNED, to_come()
    )
    last_on = (
        sa.select(sa.func.max(Opening.on))
        .where(
            Opening.station_id == Station.id,
            Opening.on <= sa.bindparam("today"),
            Opening.status != OpeningStatus.CANCELLED,
        )
        .scalar_subquery()
    )
    return (
        sa.select(Station.id, Station.name, sa.func.coalesce(last_on, Station.opened_on))
        .where(_is_running(), ~planned)
        .order_by(Station.id)
    )


def _is_running() -> sa.ColumnElement[bool]:
    """Open to the public on the day ``today``."""
    today: sa.BindParameter[dt.date] = sa.bindparam("today")
    return sa.and_(
        Station.opened_on <= today, sa.or_(Station.closed_on.is_(None), Station.closed_on >= today)
    )
