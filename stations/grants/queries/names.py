"""How grants and people are called on pages."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from stations.core.database import db
from stations.core.language import gettext as _
from stations.grants.models import Grant, PaymentRequest
from stations.grants.recoveries import GrantRecovery
from stations.people.models import Person


def called(grant: Grant) -> str:
    """つながる六実の家（新緑を見る会）: a station has several grants a year, told apart by their plans."""
    return called_by(grant.station.name, grant.plan.title)


def called_by(station: str, title: str) -> str:
    """`called`, where only the names were read."""
    return _("%(station)s（%(plan)s）", station=station, plan=title)


@dataclass(frozen=True)
class OpenGrant:
    """A grant at which something can still be done: what tasks call it by, and its pending payment requests.

    ``reminded``: when its report was reminded of last, and to how many that was mailed. ``recovery``: the finding
    that is open about a closed grant.
    """

    grant: Grant
    station: str
    title: str
    asked: list[PaymentRequest]
    district: str = ""
    reminded: tuple[dt.datetime, int] | None = None
    recovery: GrantRecovery | None = None

    @property
    def name(self) -> str:
        """As `called`."""
        return called_by(self.station, self.title)


def names(person_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Person id → name, in one query; 「—」 for nobody."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    found: dict[int | None, str] = {None: "—"}
    if wanted:
        rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(wanted)))
        found |= {row.id: row.name for row in rows}
    return found
