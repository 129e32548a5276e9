"""役員 of a committee and their terms. The terms themselves are kept by people."""

import datetime as dt

from stations.committees.models import Committee
from stations.committees.rules import CommitteeAct
from stations.core import access, audit
from stations.core.access import COMMITTEE_ROLES, Permission, Role
from stations.core.database import lock
from stations.core.messages import N_, RuleBroken
from stations.people.models import Person, RoleAssignment
from stations.people.services import roles


def appoint(
    *,
    committee: Committee,
    person: Person,
    role: Role,
    from_on: dt.date,
    to_on: dt.date | None,
    by: Person,
) -> RoleAssignment:
    """Make a person an officer for a term, both days included; 会計 and 監査 are never the same person, and 代表 is one."""
    lock(committee)
    access.demand(by, Permission.COMMITTEE_MANAGE, committee)
    if role not in COMMITTEE_ROLES:
        raise RuleBroken("role", N_("委員会の役職を選んでください。"))
    try:
        term = roles.give_role(
            person=person, role=role, committee_id=committee.id, from_on=from_on, to_on=to_on, by=by
        )
    except RuleBroken as broken:
        # The form of a committee asks for one office, which people calls "office" or "role".
        if broken.field == "office":
            raise RuleBroken("role", broken.message, **broken.params) from broken
        raise
    audit.record(
        committee,
        act=CommitteeAct.APPOINT,
        by=by,
        detail={
            "role": role,
            "term_id": term.id,
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat() if to_on is not None else None,
        },
    )
    return term


def end_term(*, committee: Committee, term: RoleAssignment, on: dt.date, by: Person) -> None:
    """End an officer's term after `on`; who held the office stays known."""
    lock(committee)
    access.demand(by, Permission.COMMITTEE_MANAGE, committee)
    if term.committee_id != committee.id:
        raise RuleBroken("term_id", N_("この委員会の役員を選んでください。"))
    roles.end_role(term, on=on, by=by)
    audit.record(
        committee,
        act=CommitteeAct.END_TERM,
        by=by,
        detail={"role": term.role, "term_id": term.id, "to_on": on.isoformat()},
    )
