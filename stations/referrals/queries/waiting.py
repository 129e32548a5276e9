"""What waits for a station or an agency about referrals and memos, by number only, and until when."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from flask_babel import format_date
from sqlalchemy import orm

from stations.core import access, audit, clock
from stations.core.access import Actor, Permission
from stations.core.database import db
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.tasks import Task
from stations.referrals import consent_rules
from stations.referrals.consent_rules import Recipient
from stations.referrals.models import Observation, Referral
from stations.referrals.queries.sheets import available_steps, due_follow_ups, due_on, memo_due_on
from stations.referrals.rules import Act, ObservationAct, ObservationStatus, Status
from stations.referrals.workflow import OBSERVATION, REFERRAL


def waiting_for(person: Actor) -> list[Task]:
    """For the home page, by number only: what the station or the agency has to do next, and until when."""
    return _referral_tasks(person) + _observation_tasks(person) + _alerts(person)


# What the home page asks for; nobody waits for an act that is not here.
_TASKS: dict[StrEnum, str] = {
    Act.SEND: N_("つなぎ %(number)s を書き終えて送る"),
    Act.ACCEPT: N_("つなぎ %(number)s を受理する"),
    Act.ARRANGE: N_("つなぎ %(number)s の見学を調整する"),
    Act.RECORD_FIRST_VISIT: N_("つなぎ %(number)s の見学・初回同行を記録する"),
}
_RETURNED: dict[StrEnum, str] = {Act.SEND: N_("差し戻されたつなぎ %(number)s を直す")}
_MEMO_TASKS: dict[StrEnum, str] = {
    ObservationAct.SEND: N_("気づきメモ %(number)s を書き終えて送る"),
    ObservationAct.REDIRECT: N_("同意がなくなった気づきメモ %(number)s の送り先を決め直す"),
    ObservationAct.ACKNOWLEDGE: N_("気づきメモ %(number)s を受け付ける"),
    ObservationAct.START: N_("気づきメモ %(number)s の対応を始める"),
    ObservationAct.CLOSE: N_("気づきメモ %(number)s に回答する"),
}
_MEMO_RETURNED: dict[StrEnum, str] = {ObservationAct.SEND: N_("差し戻された気づきメモ %(number)s を直す")}


def _referral_tasks(person: Actor) -> list[Task]:
    stations = access.station_ids(person, Permission.REFERRAL_ANSWER) or frozenset()
    if not (stations or access.agency_ids(person, Permission.REFERRAL_MAKE)):
        return []
    waiting = db.session.execute(
        sa.select(Referral, audit.since(Referral))
        .where(Referral.readable_by(person), Referral.status.not_in(REFERRAL.final))
        .options(orm.selectinload(Referral.follow_ups), orm.selectinload(Referral.consents))
        .order_by(Referral.id)
    )
    tasks = []
    for one, since in waiting:
        of_station = one.station_id in stations
        words = _words(person, one, _RETURNED if one.status is Status.RETURNED else _TASKS)
        if words is not None:
            tasks.append(_task(words, one, due_on(one, since)))
        elif not of_station and not consent_rules.may_disclose(one.consent, Recipient.STATION, clock.today()):
            tasks.append(
                _task(_("つなぎ %(number)s の同意を確かめる", number=one.number), one, clock.today())
            )
        for follow_up in due_follow_ups(person, one) if of_station else []:
            month = format_date(follow_up.due_on, "MMM")
            what = _(
                "つなぎ %(number)s のその後の様子を記録する（%(month)s）", number=one.number, month=month
            )
            tasks.append(_task(what, one, follow_up.due_on))
    return tasks


def _observation_tasks(person: Actor) -> list[Task]:
    if not any(
        access.can(person, one) for one in (Permission.OBSERVATION_WRITE, Permission.OBSERVATION_ANSWER)
    ):
        return []
    memos = db.session.execute(
        sa.select(Observation, audit.since(Observation))
        .where(Observation.readable_by(person), Observation.status.not_in(OBSERVATION.final))
        .options(orm.selectinload(Observation.consents))
        .order_by(Observation.id)
    )
    return [
        Task(
            label=words,
            endpoint="referrals.observation",
            values={"observation_id": one.id},
            due_on=memo_due_on(one, since),
            urgent=one.urgent,
        )
        for one, since in memos
        if (
            words := _words(
                person, one, _MEMO_RETURNED if one.status is ObservationStatus.RETURNED else _MEMO_TASKS
            )
        )
    ]


def _words(person: Actor, subject: Referral | Observation, tasks: Mapping[StrEnum, str]) -> str | None:
    """What the first act that ``person`` can do, of those that are ``tasks``, is called there."""
    steps = available_steps(person, subject, tasks)
    return _(tasks[steps[0].act], number=subject.number) if steps else None


def _alerts(person: Actor) -> list[Task]:
    """For 地域共生課: urgent memos that nobody acknowledged, by number."""
    if not access.can(person, Permission.OBSERVATION_ALERTED):
        return []
    return [
        Task(
            label=_("受付のない至急の気づきメモ %(number)s について電話する", number=number),
            endpoint="referrals.alerted_observation",
            values={"observation_id": memo_id},
            due_on=clock.today(),
            urgent=True,
        )
        for memo_id, number in db.session.execute(_unanswered())
    ]


@cache  # built once: writing down such a statement takes longer than asking it
def _unanswered() -> sa.Select[int, str]:
    return sa.select(Observation.id, Observation.number).where(
        Observation.status == ObservationStatus.SENT, Observation.section_alerted_at.is_not(None)
    )


def _task(label: str, referral: Referral, due_on: dt.date | None) -> Task:
    return Task(
        label=label, endpoint="referrals.referral", values={"referral_id": referral.id}, due_on=due_on
    )
