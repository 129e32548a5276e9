"""The city's districts and their committees."""

import csv
from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack

import sqlalchemy as sa

from stations.committees.models import Committee, District
from stations.committees.rules import CommitteeAct
from stations.committees.services.changes import change
from stations.core import access, audit
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, RuleBroken

DISTRICTS = Path(__file__).parents[1] / "districts.csv"


class DistrictFacts(NamedTuple):
    """One line of the list of districts: its name without 地区, and the middle of its area in degrees."""

    number: int
    code: str
    name: str
    kana: str
    latitude: float
    longitude: float


class CommitteeFacts(TypedDict, total=False):
    """How a committee is called and reached."""

    name: str
    phone: str
    address: str


def load_districts(path: Path = DISTRICTS) -> int:
    """Bring the districts of a CSV list, each with its committee, into the database; returns how many are new.

    Districts are known by their code: an existing one gets the list's name and place, its committee is left
    alone. None is ever removed.
    """
    known = {district.code: district for district in db.session.scalars(sa.select(District))}
    new = 0
    for facts in _read(path):
        district = known.get(facts.code)
        if district is not None:
            for name, value in facts._asdict().items():
                setattr(district, name, value)
            continue
        district = add(District(**facts._asdict()))
        committee = add(Committee(district=district, name=f"{facts.name}地区実行委員会"))
        audit.record(committee, act=CommitteeAct.FOUND, by=None)
        new += 1
    db.session.flush()
    return new


def edit_committee(
    *, committee: Committee, by: Actor, loaded: str | None = None, **facts: Unpack[CommitteeFacts]
) -> None:
    """Change a committee's name or how it is reached. Receipts must be addressed to the name.

    ``loaded`` as in `edit_station`.
    """
    lock(committee)
    access.demand(by, Permission.COMMITTEE_MANAGE, committee)
    if not facts.get("name", committee.name).strip():
        raise RuleBroken("name", N_("委員会の名前を入力してください。"))
    if changed := change(
        committee,
        facts,
        loaded=loaded,
        by=by,
        first=lambda: audit.last_doer(committee, [CommitteeAct.EDIT]),
    ):
        audit.record(committee, act=CommitteeAct.EDIT, by=by, detail={"changed": changed})


def _read(path: Path) -> list[DistrictFacts]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            DistrictFacts(
                number=int(row["number"]),
                code=row["code"],
                name=row["name"],
                kana=row["kana"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
            )
            for row in csv.DictReader(stream)
        ]
