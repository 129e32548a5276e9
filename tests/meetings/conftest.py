"""A meeting to come, its members, and a confirmed plan."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from stations.applications.models import Plan
from stations.committees.models import Station
from stations.core import clock
from stations.core.access import Role
from stations.meetings import services
from stations.meetings.models import Meeting
from stations.people.models import Person
from tests.applications import cast as plans
from tests.support import cast


@dataclass
class Hall:
    """The general meeting: three members, one of whom sits on the committee whose plan is confirmed."""

    meeting: Meeting
    members: list[Person]
    secretariat: Person
    officer: Person
    chair: Person
    station: Station
    plan: Plan

    def attend(self, count: int = 3) -> None:
        present = {member.id: "present" for member in self.members[:count]}
        services.record_presence(meeting=self.meeting, present=present, by=self.secretariat)


@pytest.fixture
def hall(db_session: Session) -> Hall:
    station = cast.station(cast.committee())
    chair = cast.person(Role.CHAIR, of=station.committee, name="代表 守")
    officer = cast.person(Role.OFFICER, name="担当 直")
    secretariat = cast.person(Role.SECRETARIAT, name="社協 結")
    members = [cast.person(Role.GENERAL_MEMBER, name=f"構成 {name}") for name in "一二三"]
    cast.give(members[2], Role.TREASURER, of=station.committee)
    meeting = services.plan_meeting(
        title="第1回全体会議",
        held_on=clock.today(),
        starts_at=dt.time(14),
        place="市民会館 会議室",
        by=secretariat,
    )
    plan = plans.confirmed(station, chair, officer)
    return Hall(meeting, members, secretariat, officer, chair, station, plan)
