"""The people around one committee's plan."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from stations.committees.models import Committee, Station
from stations.core.access import Role
from stations.people.models import Person
from tests.support import cast


@dataclass
class Street:
    """One committee with its station and the people who write, hand in and check its plan."""

    committee: Committee
    station: Station
    drafter: Person
    chair: Person
    officer: Person
    secretariat: Person


@pytest.fixture
def street(db_session: Session) -> Street:
    committee = cast.committee()
    station = cast.station(committee)
    cast.venue(station)
    drafter = cast.person(Role.DRAFTER, of=committee, name="下書 文子")
    chair = cast.person(Role.CHAIR, of=committee, name="代表 守")
    officer = cast.person(Role.OFFICER, name="担当 直")
    for somebody in (drafter, chair, officer):
        somebody.email = f"{somebody.login}@stations.example"
    return Street(committee, station, drafter, chair, officer, cast.person(Role.SECRETARIAT, name="社協 結"))
