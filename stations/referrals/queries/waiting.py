"""What waits for a station or an agency about referrals and memos, by number only, and until when."""

import datetime as dt
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
from stations.referrals import consent_rules, deadlines, rules
from stations.referrals.consent_rules import Recipient
from stations.referrals.models import (
    Observation,
    Referral,
)
from stations.referrals.queries.sheets import due_on, is_stranded, memo_due_on
from stations.referrals.rules import ObservationStatus, Status
from stations.referrals.visibility import CONCEALED


def waiting_for(person: Actor) -> list[Task]:
    """For the home page, by number only: what the station or the agency has to do next, and until when."""
    return _referral_tasks(person) + _observation_tasks(person) + _alerts(person)


def _referral_tasks(person: Actor) -> list[Task]:
    stations = access.station_ids(person, Permission.REFERRAL_ANSWER) or frozenset()
    agencies = access.agency_ids(person, Permission.REFERRAL_MAKE) or frozenset()
    if not stations and not agencies:
        return []
    theirs = sa.or_(Referral.station_id.in_(stations), Referral.agency_id.in_(agencies))
    waiting = db.session.execute(
        sa.select(Referral, audit.since(Referral))
        .where(theirs, Referral.status.not_in(rules.FINAL))
        .options(orm.selectinload(Referral.follow_ups), orm.selectinload(Referral.consents))
        .order_by(Referral.id)
    )
    tasks = []
    for one, since in waiting:
        of_station = one.station_id in stations
        agreed = consent_rules.may_tell(one.consent, Recipient.STATION, clock.today())
        words = (_STATION_STEPS if of_station else _AGENCY_STEPS).get(one.status)
        if words is not None:
            tasks.append(_task(_(words, number=one.number), one, due_on(one, since)))
        elif not of_station and not agreed:
            tasks.append(
                _task(_("つなぎ %(number)s の同意を確かめる", number=one.number), one, clock.today())
            )
        readable = of_station and agreed and one.status not in CONCEALED
        for look in one.follow_ups if readable else []:
            if look.done_at is None and deadlines.may_follow_up(look.due_on, clock.today()):
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
    memos = db.session.execute(
        sa.select(Observation, audit.since(Observation))
        .where(theirs)
        .options(orm.selectinload(Observation.consents))
        .order_by(Observation.id)
    )
    tasks = []
    for one, since in memos:
        words = _memo_words(one, one.station_id in stations, one.agency_id in agencies)
        if words is None:
            continue
        tasks.append(
            Task(
                label=_(words, number=one.number),
                endpoint="referrals.observation",
                values={"observation_id": one.id},
                due_on=memo_due_on(one, since),
                urgent=one.urgent,
            )
        )
    return tasks


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


def _memo_words(one: Observation, of_station: bool, of_agency: bool) -> str | None:
    if is_stranded(one):
        return _STRANDED if of_station else None
    of_both = (_MEMO_STATION_STEPS if of_station else {}) | (_MEMO_AGENCY_STEPS if of_agency else {})
    return of_both.get(one.status)


def _task(label: str, referral: Referral, due_on: dt.date | None) -> Task:
    return Task(
        label=label, endpoint="referrals.referral", values={"referral_id": referral.id}, due_on=due_on
    )
