"""One referral or memo, its consent, who may do what with it, and the agencies and people around."""

import datetime as dt
from collections.abc import Collection, Container, Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.committees.models import Station
from stations.core import access, clock
from stations.core.access import Actor, Permission, Role
from stations.core.audit import Event
from stations.core.database import db, fetch_all
from stations.core.disclosures import Found, find_personal
from stations.core.workflow import Step
from stations.people.models import Person, RoleAssignment
from stations.people.role_queries import holders
from stations.referrals import consent_rules, danger, deadlines, rules
from stations.referrals.consent_rules import Consent, Recipient
from stations.referrals.models import (
    Agency,
    ConsentRecord,
    FollowUp,
    Observation,
    ObservationCall,
    Referral,
)
from stations.referrals.rules import ObservationStatus, SheetAct, Status
from stations.referrals.workflow import OBSERVATION, REFERRAL

Sheet = Referral | Observation


def agency(agency_id: int) -> Agency | None:
    return db.session.get(Agency, agency_id)


def referral(referral_id: int) -> Referral | None:
    return db.session.get(Referral, referral_id)


def observation(observation_id: int) -> Observation | None:
    return db.session.get(Observation, observation_id)


def latest_consent(subject: Sheet) -> Consent | None:
    """The record that counts, read from the database; the gate never trusts what was loaded before a lock."""
    own = (
        ConsentRecord.referral_id if isinstance(subject, Referral) else ConsentRecord.observation_id
    ) == subject.id
    record = db.session.scalars(
        sa.select(ConsentRecord).where(own).order_by(ConsentRecord.id.desc()).limit(1)
    ).first()
    return record.consent if record is not None else None


# ---- who may do what ---------------------------------------------------------------------------------------------


def available_steps(
    person: Actor, subject: Sheet, among: Container[StrEnum] | None = None
) -> list[Step[Any]]:
    """What ``person`` can do to a sheet or memo now, in the order of its table; ``among``: of these acts alone."""
    steps: Iterable[Step[Any]]
    if isinstance(subject, Referral):
        steps = REFERRAL.steps_from(subject.status)
    else:
        may_know = subject.may_be_disclosed(subject.consent, clock.today())
        every = OBSERVATION.steps_from(subject.status)
        steps = [
            one for one in every if rules.observation_act_fits(subject.status, one.act, may_know=may_know)
        ]
    asked = steps if among is None else [step for step in steps if step.act in among]
    return [step for step in asked if any(access.can(person, one, subject) for one in step.permissions)]


def is_memo(subject: Sheet) -> bool:
    return isinstance(subject, Observation)


def check_offered(subject: Sheet, act: StrEnum) -> None:
    """`Conflict` when the state, or of a memo the consent, allows ``act`` no more: as the service would say it."""
    if isinstance(subject, Referral):
        REFERRAL.step(subject.status, act)
    else:
        OBSERVATION.step(subject.status, act)
        may_know = subject.may_be_disclosed(subject.consent, clock.today())
        rules.check_observation_act(subject.status, act, may_know=may_know)


def personal_in(subject: Sheet) -> dict[str, list[Found]]:
    """What a sheet or memo carries that it might do without, by field (`disclosures`)."""
    alias = subject.alias.strip()
    called = alias and not alias.endswith(("さん", "様", "さま", "くん", "君", "ちゃん"))
    texts = {"alias": f"{alias}さん" if called else alias}
    if isinstance(subject, Referral):
        texts |= {"wishes": subject.wishes, "considerations": subject.considerations}
    else:
        texts["facts"] = subject.facts
    return {field: found for field, text in texts.items() if (found := find_personal(text))}


def lacks_confirmation(subject: Sheet) -> bool:
    """Whether somebody has to say why what was found must be there: not since it was written last."""
    return bool(personal_in(subject)) and not _confirmed(subject)


def _confirmed(subject: Sheet) -> bool:
    def last(*acts: SheetAct) -> sa.ScalarSelect[int]:
        own = (Event.object_type == subject.__tablename__, Event.object_id == subject.id)
        return sa.select(sa.func.max(Event.id)).where(*own, Event.act.in_(acts)).scalar_subquery()

    row = db.session.execute(
        sa.select(last(SheetAct.CONFIRM_CONTENT), last(SheetAct.CREATE, SheetAct.SAVE))
    ).one()
    confirmed: int | None = row[0]
    written: int | None = row[1]
    return confirmed is not None and confirmed > (written or 0)


def may_record_call(person: Actor, observation: Observation) -> bool:
    """Whether ``person`` is offered to write a call about a memo down: when it is urgent or stopped by its words."""
    if not takes_calls(person, observation):
        return False
    asked = danger.needs_call(observation.urgent, observation.facts, observation.alias)
    return asked and bool(available_steps(person, observation, {SheetAct.RECORD_CALL}))


def takes_calls(person: Actor, observation: Observation) -> bool:
    """Whether a call can be added to a memo: while it is alive, by 地域共生課 and by whom it is not concealed from."""
    if not OBSERVATION.allows(observation.status, SheetAct.RECORD_CALL):
        return False
    alerted = access.can(person, Permission.OBSERVATION_ALERTED, observation)
    return bool(alerted) or not observation.concealed_from(person)


def lacks_call(observation: Observation) -> bool:
    """Whether somebody has to be telephoned before a memo is sent, and nobody was since it was sent last."""
    sent_at = observation.sent_at
    called = any(sent_at is None or call.recorded_at > sent_at for call in observation.calls)
    return not called and danger.needs_call(observation.urgent, observation.facts, observation.alias)


def calls(observation: Observation) -> list[ObservationCall]:
    """The calls about a memo with their words, which are sealed and read together here, oldest first."""
    asked = sa.select(ObservationCall).where(ObservationCall.observation_id == observation.id)
    read = asked.options(orm.undefer(ObservationCall.whom), orm.undefer(ObservationCall.reason))
    return fetch_all(read.order_by(ObservationCall.id))


def is_unanswered(observation: Observation, now: dt.datetime) -> bool:
    """Whether an urgent memo waited as long as it may for somebody to acknowledge it."""
    return (
        observation.status is ObservationStatus.SENT
        and observation.escalate_at is not None
        and observation.escalate_at <= now
    )


def alerted_observation(observation_id: int) -> Observation | None:
    """A memo that 地域共生課 was alerted to; None for every other."""
    found = observation(observation_id)
    return found if found is not None and found.section_alerted_at is not None else None


def is_stranded(observation: Observation) -> bool:
    """A memo that lies with a receiver who may no longer read it: the station has to decide where it goes."""
    may_know = observation.may_be_disclosed(observation.consent, clock.today())
    return observation.status in rules.AT_RECEIVER and not may_know


def due_follow_ups(person: Actor, referral: Referral) -> list[FollowUp]:
    """The follow-ups that ``person`` can write down today, the first one first."""
    today = clock.today()
    agreed = consent_rules.may_disclose(referral.consent, Recipient.STATION, today)
    if not agreed or not available_steps(person, referral, {SheetAct.RECORD_FOLLOW_UP}):
        return []
    return [
        one
        for one in referral.follow_ups
        if one.done_at is None and deadlines.may_follow_up(one.due_on, today)
    ]


def receivers(observation: Observation, on: dt.date) -> list[Agency]:
    """The agencies a memo may go to: those a valid consent names, and the desk.

    Those of the station's own district come first.
    """
    offered = [
        one
        for one in agencies()
        if consent_rules.may_disclose(observation.consent, one.recipient, on, agency_id=one.id)
    ]
    return sorted(offered, key=lambda one: not is_local(one, observation))


def nameable(station: Station | None) -> list[Agency]:
    """The agencies that can be named to a person; those of the station's district first. The desk needs no consent."""
    own = station.committee.district_id if station is not None else None
    named = [one for one in agencies() if not one.is_marugoto_desk]
    return sorted(named, key=lambda one: own is None or one.district_id != own)


def is_local(agency: Agency, observation: Observation) -> bool:
    """Whether an agency is there for the district of the memo's station."""
    return agency.district_id == observation.station.committee.district_id


def agencies(*, closed: bool = False) -> list[Agency]:
    """Agencies by kind and name, 福祉まるごと相談窓口 first; with ``closed`` those that ended, too."""
    statement = sa.select(Agency).order_by(Agency.is_marugoto_desk.desc(), Agency.kind, Agency.name)
    return fetch_all(statement if closed else statement.where(Agency.closed_on.is_(None)))


def agency_names() -> dict[int, str]:
    """What every agency is called, by id."""
    return {one.id: one.name for one in agencies(closed=True)}


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


def people_of(subject: Sheet, roles: Collection[Role]) -> list[Person]:
    """Who holds one of ``roles`` today: in the agency or the station of a sheet or memo, or in the city."""
    return holders(
        roles,
        RoleAssignment.agency_id == subject.agency_id,
        RoleAssignment.station_id == subject.station_id,
    )


# ---- until when --------------------------------------------------------------------------------------------------


def due_on(referral: Referral, since: dt.datetime | None) -> dt.date | None:
    """Until when the next step is taken; what was promised at sending stands. ``since``: of its state (`audit.since`)."""
    if referral.status is Status.SENT:
        return referral.acknowledge_by_on
    return deadlines.step_by(referral.status, clock.local_date(since or referral.made_at))


def memo_due_on(observation: Observation, since: dt.datetime | None) -> dt.date | None:
    """The same for a memo. One that its receiver may no longer read is decided on today: nobody reads of the concern."""
    if is_stranded(observation):
        return clock.today()
    if observation.status is ObservationStatus.SENT:
        return observation.acknowledge_by_on
    day = clock.local_date(since or observation.made_at)
    return deadlines.memo_step_by(observation.status, day, urgent=observation.urgent)
