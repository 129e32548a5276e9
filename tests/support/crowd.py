"""200 rows of every kind more than the demonstration has."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stations.core import clock
from stations.core.access import Role, scope_of
from stations.core.database import Model, db
from stations.core.text import for_searching
from tests.support.sampling import busiest

MANY = 200
WORD = "ジャム"

LISTS: list[tuple[Role | None, str, bool]] = [
    (Role.OFFICER, "/plans", True),
    (Role.CHAIR, "/plans", True),
    (Role.OFFICER, "/grants?year=", True),
    (Role.CHAIR, "/grants?year=", True),
    (Role.TREASURER, "/grants/{grant}/receipts", True),
    (Role.TREASURER, "/grants/{grant}/books", False),
    (Role.CASE_WORKER, "/referrals", True),
    (Role.CASE_WORKER, "/observations", True),
    (Role.CASE_WORKER, "/referrals/view-log", False),
    (Role.SECRETARIAT, "/meetings", True),
    (Role.ADMINISTRATOR, "/people", True),
    (Role.ADMINISTRATOR, "/people/requests", False),
    (Role.ADMINISTRATOR, "/people/view-log", False),
    (Role.OFFICER, "/agencies", True),
    (Role.CHAIR, "/committees/{committee}/officers", True),
    (Role.CHAIR, "/stations/{station}/venues", True),
    (Role.STATION_LEADER, "/stations/{station}/calendar", False),
    (Role.STATION_LEADER, "/attendance/stations/{station}", False),
    (Role.OFFICER, "/attendance", True),
    (Role.OFFICER, "/attendance/devices", True),
    (Role.STATION_LEADER, "/attendance/stations/{station}/devices", False),
    (None, "/calendar?month={next_month}", False),
]
"""Lists that are a page of their own: who reads it (None: a citizen), its address, whether it is searched."""

PARTS: list[tuple[Role | None, str, str, str]] = [
    (None, "/", "stations", "h3"),
    (None, "/stations/{station}", "openings", "li"),
    (None, "/stations/{station}", "venues", "h3"),
    (None, "/stations/{station}", "rules", "li"),
    (Role.CHAIR, "/committees/{committee}", "stations", "tr"),
    (Role.STATION_LEADER, "/stations/{station}/calendar", "rules", "li"),
    (Role.STATION_LEADER, "/attendance", "missing", "tr"),
    (Role.CHAIR, "/grants/{grant}", "requests", "tr"),
    (Role.CHAIR, "/grants/{grant}", "letters", "li"),
    (Role.CHAIR, "/grants/{grant}", "changes", "details"),
    (Role.OFFICER, "/grants/characters", "characters", "tr"),
    (Role.CHAIR, "/plans/{plan}", "versions", "li"),
    (Role.OFFICER, "/plans/{read_plan}", "versions", "li"),
    (Role.OFFICER, "/plans/{read_plan}", "comments-costs", "mt-banner"),
    (Role.SECRETARIAT, "/meetings", "plans", "tr"),
    (Role.SECRETARIAT, "/meetings/{meeting}", "items", "tr"),
    (Role.SECRETARIAT, "/meetings/{meeting}", "members", "li"),
    (Role.ADMINISTRATOR, "/people/{person}", "roles", "tr"),
    (Role.CASE_WORKER, "/referrals/{referral}", "consents", "tr"),
    (Role.CASE_WORKER, "/observations/{observation}", "calls", "tr"),
]
"""Lists inside the page of something else: who, where, the list's name, the element of a row."""


@dataclass(frozen=True)
class Crowd:
    """Ids of what has 200 rows: for filling ``/grants/{grant}``."""

    committee: int
    station: int
    agency: int
    grant: int
    plan: int
    read_plan: int
    meeting: int
    referral: int
    observation: int
    person: int
    next_month: str


def crowd() -> Crowd:
    """Copies of one row of each kind; the last has words of its own."""
    committee = busiest(scope_of(Role.CHAIR))
    agency = busiest(scope_of(Role.CASE_WORKER))
    assert committee is not None and agency is not None
    somebody = one("person", "login LIKE 'demo%'")
    people = more("person", somebody, login=_login, name=title, searched=_searched)
    plan = one("plan", f"committee_id = {committee.id} AND status = 'approved'")
    plans = more("plan", plan, number=lambda n: 5000 + n, title=title)
    more("plan", one("plan", "status = 'confirmed'"), number=lambda n: 6000 + n)
    grant = one("grant", f"committee_id = {committee.id} AND status = 'active'")
    version = one("plan_version", f"id = {grant['version_id']}")
    versions = more("plan_version", version, plan_id=lambda n: plans[n])
    more("grant", grant, plan_id=lambda n: plans[n], version_id=lambda n: versions[n])
    _of_the_grant(grant)
    _of_the_stations(committee.id, grant["station_id"])
    more("meeting", one("meeting", "status = 'closed'"), title=title)
    more("agency", one("agency", "is_marugoto_desk = 0"), name=title)
    more("role_assignment", one("role_assignment", f"committee_id = {committee.id}"), **_terms(people))
    member = one("role_assignment", "role = 'general_member'") | {"from_on": dt.date(2020, 4, 1)}
    more("role_assignment", member, person_id=lambda n: people[n])
    waiting = {"kind": "reset", "status": "waiting", "asked_by_id": 1, "asked_at": clock.now()}
    more(
        "administrator_request",
        waiting,
        person_id=lambda n: people[n],
        detail=lambda n: {"person": {"name": title(n), "email": somebody["email"]}},
    )
    printed = {"printed": "高", "reason": "外字", "by_id": 1, "at": clock.now()}
    more("printed_as", printed, character=lambda n: chr(0xE000 + n))
    returned = one("plan", "status = 'returned'")
    here = {"committee_id": committee.id, "station_id": grant["station_id"], "number": 4999}
    draft = returned | here | {"id": insert("plan", [returned | here])[0]}
    insert("plan_version", [one("plan_version", f"plan_id = {returned['id']}") | {"plan_id": draft["id"]}])
    return Crowd(
        committee=committee.id,
        station=grant["station_id"],
        agency=agency.id,
        grant=grant["id"],
        plan=_of_the_plan(draft),
        read_plan=_of_the_plan(plan),
        meeting=_of_the_meeting(plans, versions),
        referral=_of_the_people(agency.id),
        observation=_of_the_memos(agency.id),
        person=_of_the_person(people[0]),
        next_month=clock.add_months(clock.today(), 1).strftime("%Y-%m"),
    )


def _login(n: int) -> str:
    return f"crowd-{n}"


def _searched(n: int) -> str:
    return for_searching(title(n))


def _terms(people: list[int]) -> dict[str, Callable[[int], Any]]:
    """Terms of officers: half have ended."""
    return {
        "person_id": lambda n: people[n],
        "role": lambda n: "drafter",
        "from_on": lambda n: dt.date(2020, 4, 1) + dt.timedelta(days=n),
        "to_on": lambda n: dt.date(2024, 3, 31) if n % 2 else None,
    }


def _of_the_grant(grant: dict[str, Any]) -> None:
    """Receipts with their lines in the books, letters, advances, changes and history of one grant."""
    receipt = one("receipt", f"grant_id = {grant['id']} AND cancelled_at IS NULL")
    receipts = more("receipt", receipt, number=lambda n: 5000 + n, description=title)
    booked = one("ledger_transaction", f"receipt_id = {receipt['id']}") | {"client_event_id": None}
    bookings = more("ledger_transaction", booked, receipt_id=lambda n: receipts[n])
    for side in all_of("ledger_posting", f"transaction_id = {booked['id']}"):
        more("ledger_posting", side, transaction_id=lambda n: bookings[n])
    more("letter", one("letter", f"grant_id = {grant['id']}"), number=lambda n: 5000 + n)
    asked = one("payment_request", "status = 'paid' AND kind = 'advance'")
    asked |= {"grant_id": grant["id"], "status": "returned", "ordered_by_id": None, "ordered_at": None}
    more("payment_request", asked, instalment=lambda n: 5000 + n)
    budgets = {
        str(line["id"]): line["awarded_yen"] for line in all_of("grant_line", f"grant_id = {grant['id']}")
    }
    change = one("grant_change", "approved") | {"letter_id": None, "decided_by_id": None, "ended_by_id": None}
    more("grant_change", change | {"grant_id": grant["id"], "budgets": budgets, "before": budgets})
    more("event", one("event", f"object_type = 'grant' AND object_id = {grant['id']}"))


def _of_the_stations(committee_id: int, station_id: int) -> None:
    """Stations that are open to the public, each with a place and a day; of one: openings, places and rules."""
    today = clock.today()
    station = one("station", f"committee_id = {committee_id} AND closed_on IS NULL AND opened_on IS NOT NULL")
    venue = one("venue", f"station_id = {station_id} AND closed_on IS NULL")
    rule = one("calendar_rule", "1 = 1")
    held = one("opening", f"station_id = {station_id} AND status = 'held'")
    planned = held | {"status": "planned", "rule_id": None}
    stations = more("station", station, name=title, kana=lambda n: None)
    venues = more("venue", venue, station_id=lambda n: stations[n])
    soon = {"station_id": lambda n: stations[n], "venue_id": lambda n: venues[n]}
    more("opening", planned, **soon, on=lambda n: today + dt.timedelta(days=n % 20))
    more("opening", planned | {"status": "cancelled", "cancelled_reason": "台風のため"}, **soon, on=_next_day)
    here = {"station_id": lambda n: station_id, "venue_id": lambda n: venue["id"]}
    more("venue", venue, name=title)
    more("calendar_rule", rule | {"until_on": today + dt.timedelta(days=90), "ended_on": None}, **here)
    minutes = {"starts_at": lambda n: dt.time(n // 60, n % 60), "ends_at": lambda n: dt.time(23, 59)}
    first_day = clock.fiscal_year_period(clock.fiscal_year(today))[0]
    more("opening", held, **minutes, on=lambda n: first_day)
    more("opening", planned, **here, **minutes, on=lambda n: today + dt.timedelta(days=1 + n % 60))
    tablet = one("device", "revoked_at IS NULL") | {"station_id": station_id}
    more("device", tablet, name=title, public_id=_hash, token_hash=_hash)
    off = planned | {"status": "cancelled", "cancelled_reason": "会場の工事のため"}
    more("opening", off, **here, **minutes, on=lambda n: today + dt.timedelta(days=61 + n % 20))


def _hash(n: int) -> str:
    return f"crowd-{n}"


def _next_day(n: int) -> dt.date:
    return clock.today() + dt.timedelta(days=21 + n % 20)


def _of_the_plan(plan: dict[str, Any]) -> int:
    """Versions and comments of one plan."""
    version = one("plan_version", f"plan_id = {plan['id']}")
    more("plan_version", version, revision=lambda n: 100 + n)
    comment = one("section_comment", "resolved_at IS NOT NULL")
    more("section_comment", comment | {"plan_id": plan["id"], "revision": 0, "section": "costs", "field": ""})
    return int(plan["id"])


def _of_the_meeting(plans: list[int], versions: list[int]) -> int:
    """Items and members of one meeting."""
    item = one("agenda_item", "resolution = 'approved'")
    more(
        "agenda_item",
        item,
        plan_id=lambda n: plans[n],
        version_id=lambda n: versions[n],
        position=lambda n: 100 + n,
    )
    return int(item["meeting_id"])


def _of_the_people(agency_id: int) -> int:
    """Referrals, and one of them with consents that were asked for again and again, and with looks at it."""
    referral = one("referral", f"agency_id = {agency_id} AND sent_at IS NOT NULL")
    more("referral", referral, number=lambda n: f"T-{title(n)}")
    more("consent_record", one("consent_record", f"referral_id = {referral['id']}"))
    look = {
        "at": clock.now(),
        "by_id": 1,
        "object_type": "person",
        "object_id": 1,
        "purpose": "利用者の登録内容",
    }
    more("personal_data_view", look | {"endpoint": "people.show"})
    seen = {"object_type": "referral", "object_id": referral["id"], "endpoint": "referrals.referral"}
    more("personal_data_view", look | seen)
    return int(referral["id"])


def _of_the_memos(agency_id: int) -> int:
    """Memos, and one of them with telephone calls."""
    memo = one("observation", f"agency_id = {agency_id}")
    more("observation", memo, number=lambda n: f"K-{title(n)}")
    call = one("observation_call", "1 = 1")
    more("observation_call", call | {"observation_id": memo["id"]})
    return int(memo["id"])


def _of_the_person(person_id: int) -> int:
    """Roles of one person."""
    role = one("role_assignment", "role = 'secretariat'") | {"person_id": person_id}
    more("role_assignment", role, from_on=lambda n: dt.date(2020, 4, 1) + dt.timedelta(days=n))
    return person_id


def title(n: int) -> str:
    return "ゆずジャムの会" if n == MANY - 1 else f"数を増やす会{n}"


def all_of(table: str, which: str) -> list[dict[str, Any]]:
    found = Model.metadata.tables[table]
    return [dict(row) for row in db.session.execute(sa.select(found).where(sa.text(which))).mappings()]


def one(table: str, which: str) -> dict[str, Any]:
    found = Model.metadata.tables[table]
    row = (
        db.session.execute(sa.select(found).where(sa.text(which)).order_by(found.c.id).limit(1))
        .mappings()
        .one()
    )
    return dict(row)


def more(table: str, row: dict[str, Any], **changed: Callable[[int], Any]) -> list[int]:
    """Ids of the copies of ``row``."""
    return insert(table, [row | {name: value(n) for name, value in changed.items()} for n in range(MANY)])


def insert(table: str, rows: list[dict[str, Any]]) -> list[int]:
    """Ids of new rows, whatever ids they had."""
    target = Model.metadata.tables[table]
    made = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    return list(db.session.scalars(sa.insert(target).returning(target.c.id), made))
