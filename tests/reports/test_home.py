"""The home page: the next opening of a committee's stations, and whose queue each state of a grant stands in."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
import time_machine
from sqlalchemy.orm import Session

from stations.attendance.services import day
from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus
from stations.core import clock
from stations.core.access import CITY_ROLES, ROLE_PERMISSIONS, Role
from stations.core.database import add
from stations.core.formatting import short_date
from stations.grants.awards.services import awards
from stations.grants.books.rules.bookkeeping import GrantBalance
from stations.grants.letters.labels import LETTERS
from stations.grants.models import Grant
from stations.grants.pages.available_acts import AvailableAct, Facts, available_acts
from stations.grants.rules import FINAL, Status
from stations.reports.queries.home import home
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import PageClient
from tests.support.html_page import text_of

AWARDED = 100_000
TODAY = clock.today()


# ---- openings of today ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "days", "chosen"),
    [
        pytest.param(dt.time(9), 0, True, id="before it begins"),
        pytest.param(dt.time(11, 59), 0, True, id="while it is open"),
        pytest.param(dt.time(12), 3, False, id="once it is over"),
    ],
)
def test_a_committee_sees_of_today_what_is_not_over(
    client: PageClient, db_session: Session, at: dt.time, days: int, chosen: bool
):
    station = cast.station(cast.committee())
    today = cast.opening(station, TODAY)
    cast.opening(station, TODAY + dt.timedelta(days=3))
    chair = cast.person(Role.CHAIR, of=station.committee)
    with time_machine.travel(dt.datetime.combine(TODAY, at, clock.TOKYO), tick=False):
        client.sign_in(chair)
        (row,) = client.get("/home").all("li", class_="mt-station")
        [found] = home(chair).stations
    assert "次の開催" in text_of(row) and short_date(TODAY + dt.timedelta(days=days)) in text_of(row)
    assert (found.opening == today) is chosen


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.STATION_LEADER])
def test_who_stands_at_the_door_sees_what_is_to_come_and_the_last_one_to_be_recorded(
    client: PageClient, db_session: Session, role: Role
):
    station = cast.station(cast.committee())
    place = cast.venue(station)
    first, second, called_off, running, later = (
        add(Opening(station=station, venue=place, on=TODAY, starts_at=dt.time(begins), ends_at=dt.time(ends)))
        for begins, ends in ((8, 9), (9, 11), (10, 11), (12, 14), (15, 16))
    )
    called_off.status, called_off.cancelled_reason = OpeningStatus.CANCELLED, "台風のため"
    tomorrow = cast.opening(station, TODAY + dt.timedelta(days=1))
    person = cast.person(role, of=station)
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(13), clock.TOKYO), tick=False):
        assert home(person).openings == [second, running, later, tomorrow]
        assert home(person).ended == [second]
        client.sign_in(person)
        rows = [text_of(row) for row in client.get("/home").all("li", class_="mt-station")]
        assert ["記録がまだです" in row for row in rows] == [True, False, False, False]
        day.begin(opening=second, by=person)
        day.close(opening=second, by=person)
        assert home(person).openings == [first, running, later, tomorrow]
        day.close(opening=day.begin(opening=first, by=person).opening, by=person)
        assert home(person).openings == [running, later, tomorrow]


def test_what_is_called_off_today_is_not_the_next_opening(db_session: Session):
    station = cast.station(cast.committee())
    opening = cast.opening(station, TODAY)
    opening.status, opening.cancelled_reason = OpeningStatus.CANCELLED, "台風のため"
    with clock.frozen_at(dt.datetime.combine(TODAY, dt.time(9), clock.TOKYO)):
        [found] = home(cast.person(Role.CHAIR, of=station.committee)).stations
    assert found.opening is None


# ---- the queue of the city ---------------------------------------------------------------------------------------


def _expected_acts(status: Status) -> Iterator[AvailableAct | None]:
    """The act that the state asks for first, whatever else is known of the grant; None: no act is expected.

    Leaves out what has a task of its own in any state: the letter about a decided change, a drafted 取消し,
    a drafted 返還命令 and its letter.
    """
    sent, refused, amounts = ((), tuple(LETTERS)), (None, "対象外"), (0, AWARDED // 2, AWARDED)
    for letters, reason, fixed, paid in product(sent, refused, amounts, amounts):
        if status is Status.CANCELLED and fixed > paid:
            continue  # a 取消し leaves at most what was paid: nothing is paid after it
        known = Facts(
            letters=Counter(letters),
            unpublished_changes=(),
            cancellations=letters.count("cancellation"),
            balance=GrantBalance(awarded=AWARDED, paid=paid, spent=0, cash=0),
            cancelling_since=None,
            refunding_since=None,
            since=None,
            change_asked_at=None,
            advance_returned=False,
        )
        grant = Grant(
            status=status,
            refusal_reason=reason,
            fixed_yen=fixed,
            refund_due_on=TODAY,
            fiscal_year=clock.fiscal_year(TODAY),
        )
        yield next((act for act in available_acts(grant, known) if act.kind == "primary"), None)


def _works_off(role: Role, status: Status) -> bool:
    """Whether a role does every act that a grant in this state may wait for.

    What is final keeps its state for ever, so that a queue of states cannot show when its last letter went out.
    """
    if status in FINAL:
        return False
    return all(act and act.permission in ROLE_PERMISSIONS[role] for act in _expected_acts(status))


@pytest.mark.parametrize("status", Status)
def test_a_state_stands_in_the_queue_of_who_works_it_off(db_session: Session, status: Status):
    for role in sorted(CITY_ROLES):
        queue = [count.status for count in home(cast.person(role)).queue if isinstance(count.status, Status)]
        assert queue.count(status) == _works_off(role, status), role


def test_every_state_that_waits_for_the_city_waits_for_one_role(db_session: Session):
    """Else the test above would be content with a state that no queue shows."""
    for status in set(Status) - FINAL:
        workers = [role for role in CITY_ROLES if _works_off(role, status)]
        asked = any(
            act and act.permission in ROLE_PERMISSIONS[role]
            for act in _expected_acts(status)
            for role in CITY_ROLES
        )
        assert len(workers) == asked, status


# ---- money that can still be used -------------------------------------------------------------------------------


def test_only_what_can_be_spent_is_added_up_and_nothing_pays_for_another(db_session: Session):
    made = grants.team()

    def another() -> grants.Team:
        station = cast.station(made.plan.committee)
        return replace(made, plan=grants.approved_plan(station, made.chair, year=made.plan.fiscal_year))

    grants.active(made, 100_000)
    grants.spent(made, 30_000)
    over, ended = another(), another()
    grants.active(over, 50_000)
    grants.spent(over, 52_000)
    grants.active(ended, 40_000)
    awards.discontinue(grant=ended.grant, reason="会場がない", by=made.chair)
    found = home(made.treasurer)
    money = found.money
    assert money is not None
    assert (money.grants, money.awarded, money.spent) == (2, 150_000, 82_000)
    assert (money.left, money.over) == (70_000, 2_000), "2,000円 above one award are not taken off the other"
    assert sorted((one.left for one in found.plans), key=str) == [-2_000, 70_000, None]
