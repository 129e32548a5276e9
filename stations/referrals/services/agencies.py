"""Acts on agencies: data that the city keeps."""

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from stations.core import access, audit, edit_conflicts, text
from stations.core.access import Actor, Permission
from stations.core.database import add, db, fetch_all, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.workflow import require_reason
from stations.referrals import agencies
from stations.referrals.agencies import AgencyAct
from stations.referrals.models import Agency
from stations.referrals.queries import sheets


@dataclass(frozen=True, kw_only=True)
class AgencyFacts:
    """What the city knows of an agency. ``closed_on``: its last day; it then makes and receives nothing new.

    ``is_marugoto_desk`` is of a new agency only: of those that exist, `appoint_desk` and `relieve_desk` change it.
    """

    name: str
    kind: str
    phone: str = ""
    district_id: int | None = None
    is_marugoto_desk: bool = False
    closed_on: dt.date | None = None

    @property
    def editable(self) -> dict[str, object]:
        """What `edit_agency` writes, by column."""
        return {name: value for name, value in asdict(self).items() if name != "is_marugoto_desk"}


def create_agency(*, facts: AgencyFacts, by: Actor | None) -> Agency:
    """A new agency. ``by`` None: the installation's own commands. `RuleBroken` on "name" or "phone".

    `Conflict` when it would be a second 福祉まるごと相談窓口: `appoint_desk` puts one in the place of another.
    """
    if by is not None:
        access.demand(by, Permission.AGENCY_MANAGE)
    _check(facts, None)
    if facts.is_marugoto_desk and _hold_desks():
        raise Conflict(None, N_("福祉まるごと相談窓口は、すでに登録されています。"))
    agency = add(Agency(**asdict(facts)))
    audit.record(agency, act=AgencyAct.CREATE, by=by, to_status=agency.status)
    return agency


def edit_agency(*, agency: Agency, facts: AgencyFacts, by: Actor, loaded: str | None = None) -> Agency:
    """Change what is known of an agency; what it sent and received stays its own, and so does being the desk.

    ``loaded``: the mark of the facts on the writer's page; `EditConflict` when somebody else changed them since.
    """
    lock(agency)
    access.demand(by, Permission.AGENCY_MANAGE, agency)
    _check(facts, agency)
    before = agency.status
    if facts.closed_on != agency.closed_on:
        agencies.check_desk_stays_open(is_desk=agency.is_marugoto_desk, closed_on=facts.closed_on)
    if edit_conflicts.change(
        agency,
        facts.editable,
        loaded=loaded,
        by=by,
        first=lambda: audit.last_doer(agency, [AgencyAct.EDIT]),
    ):
        audit.record(agency, act=AgencyAct.EDIT, by=by, from_status=before, to_status=agency.status)
    return agency


def appoint_desk(*, agency: Agency, reason: str, by: Actor, loaded: str | None = None) -> None:
    """``agency`` becomes 福祉まるごと相談窓口 in the place of the one before: the only receiver without consent.

    社会福祉法106条の6 is why there is one and why it is known since when and why: both agencies keep it in history.
    ``loaded``: the mark of the desk's name on the writer's page; `EditConflict` when another one is the desk by now.
    `RuleBroken` on "reason"; `Conflict` when it is the desk already, or closed.
    """
    desks = _begin_desk(agency, reason, by)
    if agency in desks:
        raise Conflict(None, N_("この相談機関は、すでに福祉まるごと相談窓口です。"))
    if agency.closed_on is not None:
        raise Conflict(None, N_("廃止された相談機関は、福祉まるごと相談窓口にできません。"))
    edit_conflicts.check(loaded, sheets.desk_name(), by=by, first=_last_appointed)
    for one in desks:
        _set_desk(one, AgencyAct.RELIEVE_DESK, reason, by)
    db.session.flush()  # the database holds one desk at most, and writes rows in the order of their ids
    _set_desk(agency, AgencyAct.APPOINT_DESK, reason, by)


def relieve_desk(*, agency: Agency, reason: str, by: Actor, loaded: str | None = None) -> None:
    """``agency`` is 福祉まるごと相談窓口 no longer, and nobody is in its place.

    ``loaded`` as in `appoint_desk`. `RuleBroken` on "reason"; `Conflict` when it is not the desk.
    """
    if agency not in _begin_desk(agency, reason, by):
        raise Conflict(None, N_("この相談機関は、福祉まるごと相談窓口ではありません。"))
    edit_conflicts.check(loaded, sheets.desk_name(), by=by, first=_last_appointed)
    _set_desk(agency, AgencyAct.RELIEVE_DESK, reason, by)


def _last_appointed() -> audit.Doer | None:
    return audit.last_doer(Agency, [AgencyAct.APPOINT_DESK, AgencyAct.RELIEVE_DESK])


def _begin_desk(agency: Agency, reason: str, by: Actor) -> list[Agency]:
    """Who is the desk, held until the transaction ends, once ``by`` may say who is, and why."""
    desks = _hold_desks()
    access.demand(by, Permission.AGENCY_MANAGE, agency)
    require_reason(reason)
    return desks


def _hold_desks() -> list[Agency]:
    """Hold every agency, so that nobody else appoints a desk meanwhile; those that are one (none or one)."""
    db.session.flush()
    every = sa.select(Agency).order_by(Agency.id).with_for_update()
    return [one for one in fetch_all(every.execution_options(populate_existing=True)) if one.is_marugoto_desk]


def _set_desk(agency: Agency, act: AgencyAct, reason: str, by: Actor) -> None:
    agency.is_marugoto_desk = act is AgencyAct.APPOINT_DESK
    audit.record(agency, act=act, by=by, reason=reason)


def _check(facts: AgencyFacts, agency: Agency | None) -> None:
    if facts.phone:
        text.check_phone(facts.phone, field="phone")
    same_name = sa.select(Agency.id).where(Agency.name == facts.name)
    if agency is not None:
        same_name = same_name.where(Agency.id != agency.id)
    if db.session.scalar(same_name) is not None:
        raise RuleBroken("name", N_("同じ名称の相談機関が登録されています。"))
