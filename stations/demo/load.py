"""Loading the demonstration: everything through the services, in the order of time, committed in steps."""

import datetime as dt
import random
from collections.abc import Callable

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.core import clock
from stations.core.config import Config
from stations.core.database import db
from stations.core.outbox import OutboxMail
from stations.demo import (
    ages,
    calendar,
    daily,
    devices,
    grants,
    meetings,
    plans,
    referrals,
    tablets,
    town,
    visits,
    wording,
)
from stations.demo.diary import Days, Diary
from stations.demo.places import PLACES
from stations.demo.referrals import Desk
from stations.demo.town import Town
from stations.demo.undertakings import Session, Undertaking, undertakings
from stations.people.models import Person
from stations.referrals.rules import ObservationStatus
from stations.referrals.rules import Status as ReferralStatus

_STEPS_A_COMMIT = 100


class Refused(Exception):
    """The demonstration may not be loaded here; says why."""


def check(config: Config) -> None:
    """Only a demonstration or a test, and only a database without people. Raises `Refused`."""
    if config.production:
        raise Refused("This is a production installation: the demonstration is never loaded into it.")
    if db.session.scalar(sa.select(sa.func.count()).select_from(Person)):
        raise Refused(
            "The database already holds people: the demonstration is loaded into an empty one only."
        )


def load(today: dt.date, *, progress: Callable[[float], None] = lambda part: None) -> None:
    """Live through the days up to ``today``; ``progress`` hears which part (0 … 1) of them has passed."""
    days = Days(_livable(today))
    here = Town(days, random.Random(f"stations {today.isoformat()}"))
    with clock.frozen_at(days.begins):
        town.settle(here)
        town.open_stations(here)
        desks = referrals.found_agencies(here)
    db.session.commit()
    diary = Diary(days.ends)
    with clock.frozen_at(days.begins):
        _begin(here, diary, desks)
    whole = (days.ends - days.begins).total_seconds()
    for nth, time in enumerate(diary.run()):
        if nth % _STEPS_A_COMMIT == 0:
            db.session.commit()
        progress((time - days.begins).total_seconds() / whole)
    asked_on = clock.local_date(days.ends) - dt.timedelta(days=1)
    while not clock.is_business_day(asked_on):
        asked_on -= dt.timedelta(days=1)
    with clock.frozen_at(clock.instant(asked_on, dt.time(10))):
        town.ask_for_a_role(here)
        devices.enrol(here)
    _send_old_mails(days.ends)
    db.session.commit()


def _livable(today: dt.date) -> dt.date:
    """The day itself; at a weekend on which a fiscal year begins, the last day of the year before.

    Nothing of the new year could be paid yet: banks are closed until its first office day.
    """
    first = clock.fiscal_year_period(clock.fiscal_year(today))[0]
    opens = clock.open_day(first)
    return today if first == opens or opens < today else first - dt.timedelta(days=1)


def _send_old_mails(now: dt.datetime) -> None:
    """Only the last week's mails still wait: what `outbox send` prints is then of these days."""
    db.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.queued_at < now - dt.timedelta(days=7))
        .values(sent_at=OutboxMail.due_at, attempts=1, body="")
    )


def _begin(here: Town, diary: Diary, desks: list[Desk]) -> None:
    """Every story there is."""
    written: dict[Undertaking, Plan] = {}
    diary.begin(grants.settings(here.days, here))
    diary.begin(daily.story(here.days))
    diary.begin(ages.story(here.days, here))
    diary.begin(wording.story(here.days, here))
    crowds = visits.scale(here.days)
    for place in PLACES:
        if place.running:
            diary.begin(calendar.story(here, place))
            diary.begin(visits.story(here, place, crowds))
        if place.key == tablets.STATION:
            diary.begin(tablets.story(here, place))
    for session in Session:
        diary.begin(meetings.story(here, session, written))
    diary.begin(meetings.called_off(here))
    for nth, task in enumerate(undertakings()):
        diary.begin(plans.story(here, task, written))
        if task.grant is not None:
            diary.begin(grants.story(here, task, written, nth))
    for nth, status in enumerate([*ReferralStatus, *ReferralStatus]):
        diary.begin(referrals.referral_story(here, desks[nth % 3], nth, status))
    for nth, wanted in enumerate([*ObservationStatus, *ObservationStatus]):
        diary.begin(referrals.memo_story(here, desks[nth % 3], desks[-1], nth, wanted))
