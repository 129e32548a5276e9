"""Acts on agencies: data that the city keeps."""

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from stations.core import access, audit, text
from stations.core import seen as two_writers
from stations.core.access import Actor, Permission
from stations.core.database import add, db, lock
from stations.core.messages import N_, RuleBroken
from stations.referrals.models import Agency
from stations.referrals.rules import AgencyAct


@dataclass(frozen=True, kw_only=True)
class AgencyFacts:
    """What the city knows of an agency. ``closed_on``: its last day; it then makes and receives nothing new."""

    name: str
    kind: str
    phone: str = ""
    district_id: int | None = None
    is_marugoto_desk: bool = False
    closed_on: dt.date | None = None


def create_agency(*, facts: AgencyFacts, by: Actor | None) -> Agency:
    """A new agency. ``by`` None: the installation's own commands. `RuleBroken` on "name" or "phone"."""
    if by is not None:
        access.demand(by, Permission.AGENCY_MANAGE)
    _check(facts, None)
    agency = add(Agency(**asdict(facts)))
    audit.record(agency, act=AgencyAct.CREATE, by=by, to_status=agency.status)
    return agency


def edit_agency(*, agency: Agency, facts: AgencyFacts, by: Actor, seen: str | None = None) -> Agency:
    """Change what is known of an agency; what it sent and received stays its own.

    ``seen``: the mark of the facts on the writer's page; `Overtaken` when somebody else changed them since.
    """
    lock(agency)
    access.demand(by, Permission.AGENCY_MANAGE, agency)
    _check(facts, agency)
    before = agency.status
    two_writers.change(agency, asdict(facts), seen=seen)
    audit.record(agency, act=AgencyAct.EDIT, by=by, from_status=before, to_status=agency.status)
    return agency


def _check(facts: AgencyFacts, agency: Agency | None) -> None:
    if facts.phone:
        text.check_phone(facts.phone, field="phone")
    same_name = sa.select(Agency.id).where(Agency.name == facts.name)
    if agency is not None:
        same_name = same_name.where(Agency.id != agency.id)
    if db.session.scalar(same_name) is not None:
        raise RuleBroken("name", N_("同じ名称の相談機関が登録されています。"))
