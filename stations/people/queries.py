"""What pages ask about people: lists, roles with the names of their bodies, links, what waits."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy import orm

from stations.core import access, audit, clock, text
from stations.core.access import SECOND_FACTOR_ROLES, Permission, Role, Scope, scope_of
from stations.core.audit import Entry
from stations.core.database import Model, db
from stations.core.forms import typed_words
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.lists import Paged, paged
from stations.core.tasks import Task
from stations.people import keys, rules
from stations.people.models import (
    AdministratorRequest,
    HeldForm,
    LinkKind,
    OneTimeLink,
    Person,
    RecoveryCode,
    RoleAssignment,
    SignInFailure,
)
from stations.people.request_queries import requests_to_decide
from stations.people.role_queries import in_term
from stations.people.rules import AccountStatus, RequestKind, RequestStatus

DEMO_LOGINS = "demo-"
GUESSED_AT = "guessed_at"  # what the list of people is also filtered by, besides states


@dataclass(frozen=True)
class RoleRow:
    """A role as it is shown: in which body, from when to when, and whether it holds today or was taken back."""

    id: int
    role: Role
    body_name: str
    from_on: dt.date
    to_on: dt.date | None
    active: bool
    ended: bool
    revoked: bool

    @property
    def may_be_revoked(self) -> bool:
        return not self.ended and self.from_on >= clock.today()


@dataclass(frozen=True)
class PersonRow:
    """A line of the list of people."""

    person: Person
    roles: list[RoleRow]


@dataclass(frozen=True)
class DemoAccount:
    """One button of the demonstration's sign-in page."""

    person_id: int
    name: str
    role: Role
    body_name: str


@dataclass(frozen=True)
class Held:
    """A form that was kept, opened for its writer."""

    id: int
    path: str
    held_at: dt.datetime
    fields: list[tuple[str, str]]

    @property
    def typed(self) -> list[str]:
        """What the writer will recognise: words and numbers, not the values of buttons and boxes."""
        return typed_words(self.fields)


def person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def person_with_roles(person_id: int) -> Person | None:
    """Somebody with all roles in one query: each request of somebody signed in begins with it."""
    return db.session.scalars(_with_roles(), {"person_id": person_id}).unique().one_or_none()


@cache
def _with_roles() -> sa.Select[Person]:
    return (
        sa.select(Person).where(Person.id == sa.bindparam("person_id")).options(orm.joinedload(Person.roles))
    )


def role_assignment(role_assignment_id: int) -> RoleAssignment | None:
    return db.session.get(RoleAssignment, role_assignment_id)


def people(*, search: str = "", role: str = "", status: str = "", page: int = 1) -> Paged[PersonRow]:
    """People by reading, filtered by words in name, reading or login, by a role held today, by account state."""
    asked = sa.select(Person)
    if search:
        asked = asked.where(matching(search))
    if role in set(Role):
        holding = sa.select(RoleAssignment.person_id).where(RoleAssignment.role == Role(role), in_term())
        asked = asked.where(Person.id.in_(holding))
    if status in set(AccountStatus):
        asked = asked.where(_has_status(AccountStatus(status)))
    elif status == GUESSED_AT:
        asked = asked.where(Person.id.in_(one.id for one in guessed_at()))
    found = paged(asked.order_by(Person.kana, Person.login), page)
    names = body_names(role for one in found.rows for role in one.roles)
    return dataclasses.replace(
        found,
        rows=[PersonRow(one, [row for row in role_rows(one, names) if row.active]) for one in found.rows],
    )


def matching(search: str) -> sa.ColumnElement[bool]:
    """People in whose name, reading or login each of the words stands, in whatever form it is typed."""
    words = [text.for_searching(word) for word in text.normalise(search).split()]
    return sa.and_(*(Person.searched.contains(word, autoescape=True) for word in words if word))


def _has_status(status: AccountStatus) -> sa.ColumnElement[bool]:
    """`Person.status` said to the database (a test holds both together)."""
    if status is AccountStatus.DISABLED:
        return Person.disabled_at.is_not(None)
    unset = Person.password_hash.is_(None)
    return sa.and_(Person.disabled_at.is_(None), unset if status is AccountStatus.INVITED else sa.not_(unset))


BodyNames = dict[tuple[Scope, int], str]


def body_names(assignments: Iterable[RoleAssignment]) -> BodyNames:
    """Names of the committees, stations and agencies of roles: one query for each kind that occurs.

    They belong to higher packages; here only their tables' id and name are read.
    """
    wanted: dict[Scope, set[int]] = {}
    for assignment in assignments:
        if key := _body_key(assignment):
            wanted.setdefault(key[0], set()).add(key[1])
    names: BodyNames = {}
    for scope, ids in wanted.items():
        table = Model.metadata.tables[scope.value]
        asked = sa.select(table.c.id, table.c.name).where(table.c.id.in_(ids))
        names |= {(scope, row_id): name for row_id, name in db.session.execute(asked)}
    return names


def _body_key(assignment: RoleAssignment) -> tuple[Scope, int] | None:
    scope = scope_of(assignment.role)
    body_id = None if scope is Scope.CITY else getattr(assignment, f"{scope.value}_id")
    return None if body_id is None else (scope, body_id)


def role_rows(who: Person, names: BodyNames | None = None) -> list[RoleRow]:
    """Roles of a person, those that hold today first, then future ones, then ended ones."""
    names = body_names(who.roles) if names is None else names
    rows = [role_row(assignment, names) for assignment in who.roles]
    return sorted(rows, key=lambda row: (not row.active, row.ended, row.from_on))


def role_row(assignment: RoleAssignment, names: BodyNames | None = None) -> RoleRow:
    names = body_names([assignment]) if names is None else names
    today = clock.today()
    key = _body_key(assignment)
    return RoleRow(
        id=assignment.id,
        role=assignment.role,
        body_name=names.get(key, "") if key else str(label(Scope.CITY)),
        from_on=assignment.from_on,
        to_on=assignment.to_on,
        active=assignment.active_on(today),
        ended=(revoked := rules.term_revoked(assignment.from_on, assignment.to_on))
        or (assignment.to_on is not None and assignment.to_on < today),
        revoked=revoked,
    )


def bodies() -> dict[Scope, list[tuple[int, str]]]:
    """All committees, stations and agencies a role may be held in, as (id, name)."""
    found: dict[Scope, list[tuple[int, str]]] = {}
    for scope in (Scope.COMMITTEE, Scope.STATION, Scope.AGENCY):
        table = Model.metadata.tables[scope.value]
        asked = sa.select(table.c.id, table.c.name).order_by(table.c.id)
        if "closed_on" in table.c:
            asked = asked.where(sa.or_(table.c.closed_on.is_(None), table.c.closed_on >= clock.today()))
        found[scope] = [(row_id, name) for row_id, name in db.session.execute(asked)]
    return found


def timeline(who: Person) -> list[Entry]:
    """What was done to an account, roles named, newest first."""
    return [
        dataclasses.replace(
            entry, label=_("%(act)s（%(role)s）", act=entry.label, role=label(Role(entry.detail["role"])))
        )
        if "role" in entry.detail
        else entry
        for entry in audit.timeline(who)
    ]


def usable_link(token: str) -> OneTimeLink | None:
    """The link of a token, if it can still be used."""
    return db.session.scalar(
        sa.select(OneTimeLink)
        .join(OneTimeLink.person)
        .where(
            OneTimeLink.token_hash == keys.token_hash(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.voided_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
            Person.disabled_at.is_(None),
        )
    )


def link_kind_for(who: Person) -> LinkKind:
    """An invitation until there is a password, a reset afterwards."""
    return LinkKind.INVITATION if who.password_hash is None else LinkKind.RESET


def open_link_of(who: Person) -> OneTimeLink | None:
    """The link that is still out, so that the administrator sees until when."""
    return db.session.scalar(
        sa.select(OneTimeLink)
        .where(
            OneTimeLink.person_id == who.id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.voided_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
        )
        .limit(1)
    )


def recovery_codes_left(who: Person) -> int:
    return db.session.scalar(_codes_left(), {"person_id": who.id}) or 0


@cache
def _codes_left() -> sa.Select[int]:
    return sa.select(sa.func.count()).where(
        RecoveryCode.person_id == sa.bindparam("person_id"), RecoveryCode.used_at.is_(None)
    )


@cache
def _kept_and_left() -> sa.Select[dt.datetime | None, int]:
    """Since when forms are kept for somebody (None without one), and how many recovery codes are left."""
    held = sa.select(sa.func.min(HeldForm.held_at)).where(
        HeldForm.person_id == sa.bindparam("person_id"), HeldForm.held_at > sa.bindparam("alive")
    )
    return sa.select(held.scalar_subquery(), _codes_left().scalar_subquery())


def held_forms(who: Person) -> list[Held]:
    """Forms kept for somebody, the latest first."""
    asked = (
        sa.select(HeldForm)
        .where(HeldForm.person_id == who.id, HeldForm.held_at > clock.now() - rules.HELD_FORM_LIFE)
        .order_by(HeldForm.held_at.desc(), HeldForm.id.desc())
    )
    return [
        Held(
            row.id,
            row.path,
            row.held_at,
            [(name, value) for name, value in json.loads(keys.decrypt(row.fields))],
        )
        for row in db.session.scalars(asked)
    ]


def demo_accounts() -> list[DemoAccount]:
    """For each role, the first active demo account that holds it today."""
    asked = (
        sa.select(RoleAssignment, Person.name)
        .join(RoleAssignment.person)
        .where(
            Person.login.startswith(DEMO_LOGINS, autoescape=True),
            Person.disabled_at.is_(None),
            in_term(),
        )
        .order_by(RoleAssignment.person_id, RoleAssignment.id)
    )
    first: dict[Role, tuple[RoleAssignment, str]] = {}
    for assignment, name in db.session.execute(asked):
        first.setdefault(assignment.role, (assignment, name))
    names = body_names(assignment for assignment, _name in first.values())
    return [
        DemoAccount(assignment.person_id, name, role, role_row(assignment, names).body_name)
        for role in Role
        if role in first
        for assignment, name in [first[role]]
    ]


def demo_person(person_id: int) -> Person | None:
    """A demo account, or None: the one-click sign-in is for nobody else."""
    found = db.session.get(Person, person_id)
    if found is None or not found.is_active or not found.login.startswith(DEMO_LOGINS):
        return None
    return found


def waiting_for(who: Person) -> list[Task]:
    """「次にすること」 about accounts: kept forms, the second factor, few codes left, unused invitations."""
    tasks: list[Task] = []
    alive = clock.now() - rules.HELD_FORM_LIFE
    held_at, codes_left = db.session.execute(_kept_and_left(), {"person_id": who.id, "alive": alive}).one()
    if held_at is not None:
        tasks.append(
            Task(
                label=_("お預かりしている入力があります"),
                endpoint="people.held_form",
                due_on=clock.local_date(held_at + rules.HELD_FORM_LIFE),
            )
        )
    if who.totp_secret is None:
        if any(one.role in SECOND_FACTOR_ROLES for one in who.held_roles):
            tasks.append(Task(label=_("認証アプリを登録してください"), endpoint="people.enrol"))
    elif codes_left <= rules.FEW_RECOVERY_CODES:
        tasks.append(
            Task(
                label=_("予備コードを新しくしてください"),
                endpoint="people.recovery_codes",
                hint=_("残り%(n)s個です", n=codes_left),
            )
        )
    if access.can(who, Permission.PEOPLE_MANAGE):
        tasks += _unused_invitations()
        tasks += requests_to_decide(who)
        if found := guessed_at():
            tasks.append(
                Task(
                    label=_("サインインの失敗が続いている利用者が%(n)s人います", n=len(found)),
                    endpoint="people.index",
                    values={"status": GUESSED_AT},
                    hint=_("だれかがパスワードを試しているおそれがあります"),
                )
            )
    return tasks


def administrator_request(administrator_request_id: int) -> AdministratorRequest | None:
    return db.session.get(AdministratorRequest, administrator_request_id)


def open_requests(of: Person | None = None) -> list[AdministratorRequest]:
    """What administrators asked others for and nobody has decided, the oldest first; ``of``: about one person."""
    asked = sa.select(AdministratorRequest).where(AdministratorRequest.status == RequestStatus.WAITING)
    if of is not None:
        asked = asked.where(AdministratorRequest.person_id == of.id)
    both = (orm.joinedload(AdministratorRequest.person), orm.joinedload(AdministratorRequest.asked_by))
    return list(db.session.scalars(asked.options(*both).order_by(AdministratorRequest.id)))


def asked_roles(requests: Iterable[AdministratorRequest]) -> dict[int, RoleRow]:
    """By id of a request, the role it asks for; requests of other kinds are missing."""
    asked = {one.id: RoleAssignment(**one.asked_role()) for one in requests if one.kind is RequestKind.ROLE}
    names = body_names(asked.values())
    return {request_id: role_row(made, names) for request_id, made in asked.items()}


def guessed_at() -> list[Person]:
    """Accounts at which so many sign-ins failed within a day that new places must wait their turn."""
    since = clock.now() - rules.FAILURE_WINDOW
    counted = (
        sa.select(SignInFailure.key)
        .where(SignInFailure.at > since)
        .group_by(SignInFailure.key)
        .having(sa.func.count() >= rules.FREE_FAILURES_ACCOUNT)
    )
    found = set(db.session.scalars(counted))
    if not found:
        return []
    # The keys name nobody, so everybody's is worked out.
    ids = [
        row.id
        for row in db.session.execute(sa.select(Person.id, Person.login))
        if keys.account_hash(row.login) in found
    ]
    return list(db.session.scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id)))


def failed_sign_ins(who: Person) -> int:
    """How many sign-ins of somebody failed within a day, on devices that had not signed in before."""
    counted = sa.select(sa.func.count()).where(
        SignInFailure.key == keys.account_hash(who.login),
        SignInFailure.at > clock.now() - rules.FAILURE_WINDOW,
    )
    return db.session.scalar(counted) or 0


def _unused_invitations() -> list[Task]:
    row = db.session.execute(
        sa.select(sa.func.count(sa.distinct(Person.id)), sa.func.min(OneTimeLink.expires_at))
        .select_from(Person)
        .outerjoin(
            OneTimeLink,
            sa.and_(
                OneTimeLink.person_id == Person.id,
                OneTimeLink.used_at.is_(None),
                OneTimeLink.voided_at.is_(None),
            ),
        )
        .where(_has_status(AccountStatus.INVITED))
    ).one()
    waiting: int = row[0]
    expires_at: dt.datetime | None = row[1]
    if not waiting:
        return []
    return [
        Task(
            label=_("まだ使われていない招待が%(n)s件あります", n=waiting),
            endpoint="people.index",
            values={"status": AccountStatus.INVITED.value},
            due_on=clock.local_date(expires_at) if expires_at is not None else None,
        )
    ]
