"""Questions about referrals and memos. Lists carry numbers, never what a person is called."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import format_date
from sqlalchemy import orm

from stations.committees.models import Station
from stations.core import access, clock
from stations.core.access import AGENCY_ROLES, Actor, Permission, Role
from stations.core.database import db, fetch_all
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.tasks import Task
from stations.people.models import Person, RoleAssignment
from stations.referrals import rules
from stations.referrals.models import (
    OWN_TO_THE_STATION,
    Agency,
    ConsentRecord,
    FollowUp,
    Observation,
    Referral,
)
from stations.referrals.rules import Act, Consent, ObservationAct, ObservationStatus, Recipient, Status

# Which side of a referral may do what. EXPIRE is the system's own.
_AGENCY, _STATION = frozenset({Permission.REFERRAL_MAKE}), frozenset({Permission.REFERRAL_ANSWER})
PERMISSIONS: dict[Act, frozenset[Permission]] = {
    Act.SEND: _AGENCY,
    Act.WITHDRAW: _AGENCY,
    Act.ACCEPT: _STATION,
    Act.RETURN: _STATION,
    Act.ARRANGE: _STATION,
    Act.AGREE_VISIT: _AGENCY | _STATION,
    Act.RECORD_FIRST_VISIT: _STATION,
    Act.START: _STATION,
    Act.SETTLE: _STATION,
    Act.CLOSE: _AGENCY | _STATION,
    Act.FAIL: _AGENCY | _STATION,
    Act.SUSPEND: _AGENCY | _STATION,
    Act.RESUME: _AGENCY | _STATION,
}
OBSERVATION_PERMISSIONS: dict[ObservationAct, Permission] = {
    ObservationAct.SEND: Permission.OBSERVATION_WRITE,
    ObservationAct.REDIRECT: Permission.OBSERVATION_WRITE,
    ObservationAct.WITHDRAW: Permission.OBSERVATION_WRITE,
    ObservationAct.ACKNOWLEDGE: Permission.OBSERVATION_ANSWER,
    ObservationAct.START: Permission.OBSERVATION_ANSWER,
    ObservationAct.CLOSE: Permission.OBSERVATION_ANSWER,
    ObservationAct.RETURN: Permission.OBSERVATION_ANSWER,
}


@dataclass(frozen=True)
class ReferralRow:
    """A line of the list: no name, no wish, only the number and how far it is."""

    id: int
    number: str
    status: Status
    agency: str
    station: str
    sent_at: dt.datetime | None
    due_on: dt.date | None
    overdue: bool


@dataclass(frozen=True)
class ObservationRow:
    """A line of the list of memos."""

    id: int
    number: str
    status: ObservationStatus
    urgent: bool
    agency: str
    station: str
    sent_at: dt.datetime | None
    due_on: dt.date | None
    overdue: bool


# ---- loaders ---------------------------------------------------------------------------------------------------


def agency(agency_id: int) -> Agency | None:
    return db.session.get(Agency, agency_id)


def referral(referral_id: int) -> Referral | None:
    return db.session.get(Referral, referral_id)


def observation(observation_id: int) -> Observation | None:
    return db.session.get(Observation, observation_id)


def latest_consent(subject: Referral | Observation) -> Consent | None:
    """The record that counts, read from the database; the gate never trusts what was loaded before a lock."""
    own = (
        ConsentRecord.referral_id if isinstance(subject, Referral) else ConsentRecord.observation_id
    ) == subject.id
    record = db.session.scalars(
        sa.select(ConsentRecord).where(own).order_by(ConsentRecord.id.desc()).limit(1)
    ).first()
    return record.consent if record is not None else None


# ---- who may do what ---------------------------------------------------------------------------------------------


def acts_for(person: Actor, referral: Referral) -> list[Act]:
    """What ``person`` can do to a referral now, in the order of its life."""
    open_now = rules.TRANSITIONS[referral.status]
    return [
        act
        for act, permissions in PERMISSIONS.items()
        if act in open_now and any(access.can(person, one, referral) for one in permissions)
    ]


def observation_acts_for(person: Actor, observation: Observation) -> list[ObservationAct]:
    """What ``person`` can do to a memo now; the consent that counts today decides, too."""
    status = observation.status
    told = rules.may_tell(observation.consent, observation.recipient, clock.today())
    open_now = [
        act
        for act in rules.OBSERVATION_TRANSITIONS[status]
        if rules.observation_act_fits(status, act, told=told)
    ]
    return [
        act
        for act, permission in OBSERVATION_PERMISSIONS.items()
        if act in open_now and access.can(person, permission, observation)
    ]


def is_concealed(person: Actor, referral: Referral) -> bool:
    """Whether the person's data is kept from ``person``, who is only on the station's side.

    The latest record counts at every look, in every state: a later 「なし」 or 「未確認」 closes the sheet as a
    withdrawal or the end of the consent does.
    """
    if access.can(person, Permission.REFERRAL_MAKE, referral):
        return False
    return referral.status in rules.CONCEALED or not rules.may_tell(
        referral.consent, Recipient.STATION, clock.today()
    )


def is_observation_concealed(person: Actor, observation: Observation) -> bool:
    """The same for a memo, whose receiver loses sight of it; the desk of the 支援会議 needs no consent."""
    if access.can(person, Permission.OBSERVATION_WRITE, observation):
        return False
    return not rules.may_tell(observation.consent, observation.recipient, clock.today())


def is_stranded(observation: Observation) -> bool:
    """A memo that lies with a receiver who may no longer read it: the station has to decide where it goes."""
    return observation.status in rules.AT_RECEIVER and not rules.may_tell(
        observation.consent, observation.recipient, clock.today()
    )


def open_looks(person: Actor, referral: Referral) -> list[FollowUp]:
    """The looks back that ``person`` can write down today, the first one first."""
    today = clock.today()
    mine = any(access.can(person, one, referral) for one in _AGENCY | _STATION)
    over = referral.status in rules.FINAL | rules.CONCEALED
    if over or not mine or not rules.may_tell(referral.consent, Recipient.STATION, today):
        return []
    return [
        one for one in referral.follow_ups if one.done_at is None and rules.may_follow_up(one.due_on, today)
    ]


def receivers(observation: Observation, on: dt.date) -> list[Agency]:
    """The agencies a memo may go to: all with a valid consent that covers them, else only the desk.

    Those of the station's own district come first.
    """
    offered = [
        one
        for one in agencies()
        if rules.may_tell(
            observation.consent, Recipient.MARUGOTO_DESK if one.is_marugoto_desk else Recipient.AGENCY, on
        )
    ]
    return sorted(offered, key=lambda one: not is_local(one, observation))


def is_local(agency: Agency, observation: Observation) -> bool:
    """Whether an agency is there for the district of the memo's station."""
    return agency.district_id == observation.station.committee.district_id


def agencies(*, closed: bool = False) -> list[Agency]:
    """Agencies by kind and name, 福祉まるごと相談窓口 first; with ``closed`` those that ended, too."""
    statement = sa.select(Agency).order_by(Agency.is_marugoto_desk.desc(), Agency.kind, Agency.name)
    return fetch_all(statement if closed else statement.where(Agency.closed_on.is_(None)))


def own_agencies(person: Actor) -> list[Agency]:
    """The agencies in whose name ``person`` may refer."""
    mine = access.agency_ids(person, Permission.REFERRAL_MAKE)
    return [one for one in agencies() if mine is None or one.id in mine]


def own_stations(person: Actor) -> list[Station]:
    """The stations in whose name ``person`` may write a memo."""
    mine = access.station_ids(person, Permission.OBSERVATION_WRITE) or frozenset()
    return fetch_all(sa.select(Station).where(Station.id.in_(mine)).order_by(Station.id))


def desk() -> Agency | None:
    """福祉まるごと相談窓口; there is never a second one."""
    return next((one for one in agencies() if one.is_marugoto_desk), None)


def desk_name() -> str | None:
    """What 福祉まるごと相談窓口 is called in the list of agencies: its name is unique."""
    found = desk()
    return None if found is None else found.name


def agency_people(agency_id: int) -> list[Person]:
    """Who works at an agency today."""
    return _holders(RoleAssignment.agency_id == agency_id, AGENCY_ROLES)


def station_leaders(station_id: int) -> list[Person]:
    """Who leads a station today."""
    return _holders(RoleAssignment.station_id == station_id, {Role.STATION_LEADER})


def _holders(body: sa.ColumnElement[bool], roles: Collection[Role]) -> list[Person]:
    today = clock.today()
    holding = sa.select(RoleAssignment.person_id).where(
        body,
        RoleAssignment.role.in_(roles),
        RoleAssignment.from_on <= today,
        sa.or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= today),
    )
    return fetch_all(
        sa.select(Person).where(Person.id.in_(holding), Person.disabled_at.is_(None)).order_by(Person.id)
    )


# ---- lists -------------------------------------------------------------------------------------------------------


def referrals(person: Actor, status: Status | None = None) -> list[ReferralRow]:
    """The referrals ``person`` may read, overdue ones first, then the newest; optionally of one state."""
    today = clock.today()
    next_look = (
        sa.select(sa.func.min(FollowUp.due_on))
        .where(FollowUp.referral_id == Referral.id, FollowUp.done_at.is_(None))
        .scalar_subquery()
    )
    statement = sa.select(Referral, next_look).where(_readable(person)).order_by(Referral.id.desc())
    if status is not None:
        statement = statement.where(Referral.status == status)
    rows = [
        ReferralRow(
            one.id,
            one.number,
            one.status,
            one.agency.name,
            one.station.name,
            one.sent_at,
            due_on := _due_on(one, look_on),
            due_on is not None and rules.is_overdue(due_on, None, today),
        )
        for one, look_on in db.session.execute(statement)
    ]
    return sorted(rows, key=lambda row: not row.overdue)


def observations(person: Actor, status: ObservationStatus | None = None) -> list[ObservationRow]:
    """The memos ``person`` may read, overdue and urgent ones first, then the newest."""
    today = clock.today()
    statement = sa.select(Observation).where(_readable_memos(person)).order_by(Observation.id.desc())
    if status is not None:
        statement = statement.where(Observation.status == status)
    rows = [
        ObservationRow(
            one.id,
            one.number,
            one.status,
            one.urgent,
            one.agency.name,
            one.station.name,
            one.sent_at,
            due_on := one.acknowledge_by_on if one.status is ObservationStatus.SENT else None,
            due_on is not None and rules.is_overdue(due_on, None, today),
        )
        for one in db.session.scalars(statement)
    ]
    return sorted(rows, key=lambda row: (not row.overdue, not row.urgent))


def expiring(on: dt.date) -> list[Referral]:
    """Referrals under way whose consent ended before a day."""
    latest = (
        sa.select(ConsentRecord.referral_id, sa.func.max(ConsentRecord.id).label("id"))
        .group_by(ConsentRecord.referral_id)
        .subquery()
    )
    return fetch_all(
        sa.select(Referral)
        .join(latest, latest.c.referral_id == Referral.id)
        .join(ConsentRecord, ConsentRecord.id == latest.c.id)
        .where(Referral.status.in_(rules.EXPIRING), ConsentRecord.expires_on < on)
        .order_by(Referral.id)
    )


def waiting_for(person: Actor) -> list[Task]:
    """For the home page, by number only: what the station or the agency has to do next, and until when."""
    return _referral_tasks(person) + _observation_tasks(person)


def _referral_tasks(person: Actor) -> list[Task]:
    stations = access.station_ids(person, Permission.REFERRAL_ANSWER) or frozenset()
    agencies = access.agency_ids(person, Permission.REFERRAL_MAKE) or frozenset()
    if not stations and not agencies:
        return []
    theirs = sa.or_(Referral.station_id.in_(stations), Referral.agency_id.in_(agencies))
    waiting = db.session.scalars(
        sa.select(Referral)
        .where(theirs, Referral.status.not_in(rules.FINAL))
        .options(orm.selectinload(Referral.follow_ups), orm.selectinload(Referral.consents))
        .order_by(Referral.id)
    ).all()
    tasks = []
    for one in waiting:
        of_station = one.station_id in stations
        agreed = rules.may_tell(one.consent, Recipient.STATION, clock.today())
        words = (_STATION_STEPS if of_station else _AGENCY_STEPS).get(one.status)
        if words is not None:
            tasks.append(_task(_(words, number=one.number), one, _due_on(one, None)))
        elif not of_station and not agreed:
            tasks.append(_task(_("つなぎ %(number)s の同意を確かめる", number=one.number), one, None))
        for look in one.follow_ups if of_station and agreed else []:
            if look.done_at is None and rules.may_follow_up(look.due_on, clock.today()):
                month = format_date(look.due_on, "MMM")
                what = _(
                    "つなぎ %(number)s のその後の様子を記録する（%(month)s）", number=one.number, month=month
                )
                tasks.append(_task(what, one, look.due_on))
    return tasks


_STATION_STEPS = {
    Status.SENT: N_("つなぎ %(number)s を受理する"),
    Status.ACCEPTED: N_("つなぎ %(number)s の見学を調整する"),
    Status.ARRANGING: N_("つなぎ %(number)s の見学・初回同行を記録する"),
}
_AGENCY_STEPS = {
    Status.DRAFT: N_("つなぎ %(number)s を書き終えて送る"),
    Status.RETURNED: N_("差し戻されたつなぎ %(number)s を直す"),
}
_MEMO_STATION_STEPS = {
    ObservationStatus.DRAFT: N_("気づきメモ %(number)s を書き終えて送る"),
    ObservationStatus.RETURNED: N_("差し戻された気づきメモ %(number)s を直す"),
}
_STRANDED = N_("同意がなくなった気づきメモ %(number)s の送り先を決め直す")
_MEMO_AGENCY_STEPS = {
    ObservationStatus.SENT: N_("気づきメモ %(number)s を受け付ける"),
    ObservationStatus.ACKNOWLEDGED: N_("気づきメモ %(number)s の対応を始める"),
    ObservationStatus.IN_PROGRESS: N_("気づきメモ %(number)s に回答する"),
}


def _observation_tasks(person: Actor) -> list[Task]:
    stations = access.station_ids(person, Permission.OBSERVATION_WRITE) or frozenset()
    agencies = access.agency_ids(person, Permission.OBSERVATION_ANSWER) or frozenset()
    if not stations and not agencies:
        return []
    theirs = sa.or_(
        sa.and_(
            Observation.station_id.in_(stations),
            Observation.status.in_(rules.AT_RECEIVER | set(_MEMO_STATION_STEPS)),
        ),
        sa.and_(Observation.agency_id.in_(agencies), Observation.status.in_(_MEMO_AGENCY_STEPS)),
    )
    statement = sa.select(Observation).where(theirs).order_by(Observation.id)
    tasks = []
    for one in db.session.scalars(statement.options(orm.selectinload(Observation.consents))):
        words = _memo_words(one, one.station_id in stations, one.agency_id in agencies)
        if words is None:
            continue
        waited_for = one.acknowledge_by_on if one.status is ObservationStatus.SENT else None
        due_on = clock.today() if words == _STRANDED else waited_for  # nobody reads of the concern until then
        tasks.append(
            Task(
                label=_(words, number=one.number),
                endpoint="referrals.observation",
                values={"observation_id": one.id},
                due_on=due_on,
                urgent=one.urgent,
            )
        )
    return tasks


def _memo_words(one: Observation, of_station: bool, of_agency: bool) -> str | None:
    if is_stranded(one):
        return _STRANDED if of_station else None
    of_both = (_MEMO_STATION_STEPS if of_station else {}) | (_MEMO_AGENCY_STEPS if of_agency else {})
    return of_both.get(one.status)


def _task(label: str, referral: Referral, due_on: dt.date | None) -> Task:
    return Task(
        label=label, endpoint="referrals.referral", values={"referral_id": referral.id}, due_on=due_on
    )


def _due_on(referral: Referral, look_on: dt.date | None) -> dt.date | None:
    """What is waited for next: the acknowledgement, else the first open follow-up while the referral lives."""
    if referral.status is Status.SENT:
        return referral.acknowledge_by_on
    return None if referral.status in rules.FINAL else look_on


def _readable(person: Actor) -> sa.ColumnElement[bool]:
    """The referrals of one's agency, and those sent to one's station."""
    agencies = access.agency_ids(person, Permission.REFERRAL_READ) or frozenset()
    stations = access.station_ids(person, Permission.REFERRAL_READ) or frozenset()
    return sa.or_(
        Referral.agency_id.in_(agencies),
        sa.and_(Referral.station_id.in_(stations), Referral.sent_at.is_not(None)),
    )


def _readable_memos(person: Actor) -> sa.ColumnElement[bool]:
    """The memos of one's station, and those one's agency has received."""
    agencies = access.agency_ids(person, Permission.OBSERVATION_READ) or frozenset()
    stations = access.station_ids(person, Permission.OBSERVATION_READ) or frozenset()
    return sa.or_(
        Observation.station_id.in_(stations),
        sa.and_(Observation.agency_id.in_(agencies), Observation.status.not_in(OWN_TO_THE_STATION)),
    )
