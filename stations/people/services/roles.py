"""Roles with terms: given and ended, never deleted, never by oneself."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import force_locale

from stations.core import access, audit, clock, outbox
from stations.core.access import TWO_ADMINISTRATORS, Body, Permission, Role, Scope, scope_of
from stations.core.database import Model, add, db, lock
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.messages import N_, Conflict, NotAllowed, RuleBroken
from stations.people import rules
from stations.people.models import Person, RoleAssignment
from stations.people.rules import Office, OfficeTerm, PersonAct
from stations.people.services.accounts import demand_second

OFFICES: dict[Role, Office] = {
    Role.CHAIR: Office.CHAIR,
    Role.TREASURER: Office.TREASURER,
    Role.COMMITTEE_AUDITOR: Office.AUDITOR,
    Role.DRAFTER: Office.MEMBER,
}
# The section that keeps committees and stations also appoints their people; all else is the administrator's.
ALSO_GIVEN_BY = {Scope.COMMITTEE: Permission.COMMITTEE_MANAGE, Scope.STATION: Permission.STATION_MANAGE}


@dataclass(frozen=True)
class _Place:
    """Where a role is held, as `access.can` asks for it."""

    where: Body

    def body(self) -> Body:
        return self.where


def give_role(
    *,
    person: Person,
    role: Role,
    committee_id: int | None = None,
    station_id: int | None = None,
    agency_id: int | None = None,
    from_on: dt.date,
    to_on: dt.date | None = None,
    by: Person | None,
    second: Person | None = None,
) -> RoleAssignment:
    """Give a role in one body from a day to a day (both included; None: open-ended).

    ``by`` is None only for the installation's own commands. ``second``: the other administrator who agreed, for a role
    of `TWO_ADMINISTRATORS`. Raises RuleBroken on "body", "to_on", "role", "office", NotAllowed for one's own roles and
    for roles that ``by`` may not give, or not alone.
    """
    made = check_role(
        person=person,
        role=role,
        committee_id=committee_id,
        station_id=station_id,
        agency_id=agency_id,
        from_on=from_on,
        to_on=to_on,
        by=by,
    )
    if by is not None and role in TWO_ADMINISTRATORS:
        demand_second(person, by=by, second=second)
    person.roles.append(made)
    add(made)
    _forget_held_roles(person)
    audit.record(person, act=PersonAct.GIVE_ROLE, by=by, detail=detail_of(made))
    if person.password_hash is not None:
        with force_locale(person.language):
            subject = _("新しい役割のお知らせ")
            body = _("「%(role)s」の役割が加わりました。サインインしてご確認ください。", role=label(role))
        outbox.queue(to=person, subject=subject, body=body)
    return made


def check_role(
    *,
    person: Person,
    role: Role,
    committee_id: int | None = None,
    station_id: int | None = None,
    agency_id: int | None = None,
    from_on: dt.date,
    to_on: dt.date | None = None,
    by: Person | None,
) -> RoleAssignment:
    """The role that `give_role` would give, not stored, with the person held; raises what it raises but for `second`."""
    ids = {Scope.COMMITTEE: committee_id, Scope.STATION: station_id, Scope.AGENCY: agency_id}
    if any((scope_of(role) is scope) != (value is not None) for scope, value in ids.items()):
        raise RuleBroken("body", N_("この役割を持つ団体を選んでください。"))
    made = RoleAssignment(
        person_id=person.id,
        role=role,
        committee_id=committee_id,
        station_id=station_id,
        agency_id=agency_id,
        from_on=from_on,
        to_on=to_on,
        given_by_id=by.id if by is not None else None,
    )
    _demand(made, by)
    rules.check_term(from_on, to_on)
    # Against two requests at once: the committee for its one 代表, before the person, as `committees` does.
    if committee_id is not None:
        _hold_committee(committee_id)
    lock(person)
    _check_doubles(made)
    if committee_id is not None:
        _check_offices(made)
    return made


def end_role(assignment: RoleAssignment, *, on: dt.date, by: Person | None) -> None:
    """Let a role end with a day, which still belongs to it. RuleBroken on "to_on", Conflict when it has ended.

    Never later than it ends already: a longer term is another role, which `give_role` holds against all others.
    """
    _demand(assignment, by)
    person = lock(assignment.person)
    lock(assignment)
    if assignment.to_on is not None and assignment.to_on < clock.today():
        raise Conflict(None, N_("この役割は、すでに終わっています。"))
    if rules.term_revoked(assignment.from_on, assignment.to_on):
        raise Conflict(None, N_("この役割は、すでに取り消されています。"))
    rules.check_term(assignment.from_on, on)
    if assignment.to_on is not None and on > assignment.to_on:
        raise RuleBroken(
            "to_on",
            N_("いまの終わりの日より後にはできません。任期を延ばすときは、次の任期の役割を付けてください。"),
        )
    assignment.to_on = on
    _forget_held_roles(person)
    audit.record(person, act=PersonAct.END_ROLE, by=by, detail=detail_of(assignment))


def revoke_role(assignment: RoleAssignment, *, reason: str, by: Person) -> None:
    """Take back a role that was given by mistake: it holds on no day, from now on. The act and its reason stay.

    RuleBroken on "reason", or when the role has held before today; Conflict when it has ended.
    """
    _demand(assignment, by)
    person = lock(assignment.person)
    lock(assignment)
    if assignment.to_on is not None and assignment.to_on < clock.today():
        raise Conflict(None, N_("この役割は、すでに終わっています。"))
    rules.check_revoking(assignment.from_on, assignment.to_on, clock.today())
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    assignment.to_on = assignment.from_on - dt.timedelta(days=1)
    _forget_held_roles(person)
    audit.record(
        person, act=PersonAct.REVOKE_ROLE, by=by, reason=reason.strip(), detail=detail_of(assignment)
    )


def _demand(assignment: RoleAssignment, by: Person | None) -> None:
    if by is None:
        return
    place = _Place(assignment.body())
    also = ALSO_GIVEN_BY.get(scope_of(assignment.role))
    if also is None or not access.can(by, also, place):
        access.demand(by, Permission.PEOPLE_MANAGE, place)
    if assignment.person_id == by.id:
        raise NotAllowed(None, N_("ご自分の役割は、ほかの人に変更を依頼してください。"))


def _check_doubles(made: RoleAssignment) -> None:
    same = sa.select(RoleAssignment).where(
        RoleAssignment.person_id == made.person_id,
        RoleAssignment.role == made.role,
        RoleAssignment.committee_id.is_not_distinct_from(made.committee_id),
        RoleAssignment.station_id.is_not_distinct_from(made.station_id),
        RoleAssignment.agency_id.is_not_distinct_from(made.agency_id),
    )
    for other in db.session.scalars(same):
        if rules.terms_overlap(made.from_on, made.to_on, other.from_on, other.to_on):
            raise RuleBroken("role", N_("同じ役割を、同じ期間にすでに持っています。"))


def _check_offices(made: RoleAssignment) -> None:
    terms = db.session.scalars(
        sa.select(RoleAssignment).where(RoleAssignment.committee_id == made.committee_id)
    )
    new, *held = (
        OfficeTerm(term.person_id, OFFICES[term.role], term.from_on, term.to_on) for term in [made, *terms]
    )
    rules.check_offices(new, held)


def _hold_committee(committee_id: int) -> None:
    """Lock the committee's row; its model lies in a package above this one."""
    committee = Model.metadata.tables["committee"]
    db.session.execute(sa.select(committee.c.id).where(committee.c.id == committee_id).with_for_update())


def detail_of(assignment: RoleAssignment) -> dict[str, str | int]:
    """What history keeps of a role: no names."""
    kept = {
        "role": assignment.role.value,
        "committee_id": assignment.committee_id,
        "station_id": assignment.station_id,
        "agency_id": assignment.agency_id,
        "from_on": assignment.from_on.isoformat(),
        "to_on": assignment.to_on.isoformat() if assignment.to_on else None,
    }
    return {name: value for name, value in kept.items() if value is not None}


def _forget_held_roles(person: Person) -> None:
    """`Person.held_roles` is worked out once per request; now it is another."""
    person.__dict__.pop("held_roles", None)
