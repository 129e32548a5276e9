"""Loading the demonstration: everything through the services, in the order of time, committed in steps."""

import random
from collections.abc import Callable

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.core import clock
from stations.core.config import Config
from stations.core.database import db
from stations.demo import calendar, grants, meetings, plans, referrals, town, visits
from stations.demo.diary import Days, Diary, at
from stations.demo.town import Town
from stations.demo.undertakings import Session, Undertaking, undertakings
from stations.people.models import Person

_STEPS_A_COMMIT = 40


class Refused(Exception):
    """The demonstration may not be loaded here; says why."""


def check(config: Config) -> None:
    """Only a demonstration or a test, and only a database without people. Raises `Refused`."""
    if config.production:
        raise Refused("This is a production installation: the demonstration is never loaded into it.")
    if db.session.scalar(sa.select(sa.func.count()).select_from(Person)):
        raise Refused("The database already holds people: the demonstration is loaded into an empty one only.")


def load(days: Days, *, progress: Callable[[float], None]) -> None:
    """Live through the days; ``progress`` hears which part (0 … 1) of them has passed."""
    seeded = random.Random(f"stations {days.today.isoformat()}")
    here = Town(days, seeded)
    with clock.telling(days.begins):
        town.settle(here)
        town.open_stations(here)
        referrals.found_agencies(here)
    db.session.commit()
    diary = Diary(days.ends)
    tell(here, diary)
    steps = 0
    whole = (days.ends - days.begins).total_seconds() or 1.0

    def each(time: object) -> None:
        nonlocal steps
        steps += 1
        if steps % _STEPS_A_COMMIT == 0:
            db.session.commit()

    def step(time: "object") -> None:
        each(time)

    diary.live(lambda time: (each(time), progress((time - days.begins).total_seconds() / whole))[0])
    db.session.commit()
