"""Who may do what: roles, permissions, one table between them, and one function that answers.

Views ask through ``@requires`` (`core.guards`), services through ``demand``, templates through ``can``: always the
same answer. Pure: the tables of steps (`core.workflow`) name permissions and roles.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from stations.core.messages import N_, NotAllowed


class Scope(StrEnum):
    """What a role is held over."""

    CITY = "city"
    COMMITTEE = "committee"
    STATION = "station"
    AGENCY = "agency"


class Role(StrEnum):
    DRAFTER = "drafter"
    CHAIR = "chair"
    TREASURER = "treasurer"
    COMMITTEE_AUDITOR = "committee_auditor"
    OFFICER = "officer"
    APPROVER = "approver"
    CASHIER = "cashier"
    ADMINISTRATOR = "administrator"
    GENERAL_MEMBER = "general_member"
    SECRETARIAT = "secretariat"
    STATION_LEADER = "station_leader"
    VOLUNTEER = "volunteer"
    CASE_WORKER = "case_worker"
    MARUGOTO_DESK = "marugoto_desk"
    EXTERNAL_AUDITOR = "external_auditor"


COMMITTEE_ROLES = frozenset({Role.DRAFTER, Role.CHAIR, Role.TREASURER, Role.COMMITTEE_AUDITOR})
STATION_ROLES = frozenset({Role.STATION_LEADER, Role.VOLUNTEER})
AGENCY_ROLES = frozenset({Role.CASE_WORKER, Role.MARUGOTO_DESK})
CITY_ROLES = frozenset(
    {
        Role.OFFICER,
        Role.APPROVER,
        Role.CASHIER,
        Role.ADMINISTRATOR,
        Role.GENERAL_MEMBER,
        Role.SECRETARIAT,
        Role.EXTERNAL_AUDITOR,
    }
)
_ROLES_OF = {
    Scope.COMMITTEE: COMMITTEE_ROLES,
    Scope.STATION: STATION_ROLES,
    Scope.AGENCY: AGENCY_ROLES,
    Scope.CITY: CITY_ROLES,
}
_SCOPES = {role: scope for scope, roles in _ROLES_OF.items() for role in roles}

# People of the city and of agencies see other people's data and money: they must sign in with a second factor.
# The meeting's own people read what committees hand in and decide in a room.
SECOND_FACTOR_ROLES = (AGENCY_ROLES | CITY_ROLES) - {Role.GENERAL_MEMBER, Role.SECRETARIAT}

# No administrator gives these alone, or opens an account that holds one: they decide on money or read about people.
TWO_ADMINISTRATORS = (AGENCY_ROLES | CITY_ROLES) - {Role.GENERAL_MEMBER, Role.SECRETARIAT}

OFFICIALS = CITY_ROLES - {Role.GENERAL_MEMBER}


def scope_of(role: Role) -> Scope:
    """The kind of body a role is held in."""
    return _SCOPES[role]


class Permission(StrEnum):
    """``resource:action``; each is used by at least one route (a test of the project)."""

    COMMITTEE_READ = "committee:read"
    COMMITTEE_MANAGE = "committee:manage"
    STATION_READ = "station:read"
    STATION_MANAGE = "station:manage"
    OPENING_MANAGE = "opening:manage"

    PLAN_READ = "plan:read"
    PLAN_DRAFT = "plan:draft"
    PLAN_SUBMIT = "plan:submit"
    PLAN_WITHDRAW = "plan:withdraw"
    PLAN_REVIEW = "plan:review"

    MEETING_READ = "meeting:read"
    MEETING_MANAGE = "meeting:manage"
    MEETING_RESOLVE = "meeting:resolve"
    MINUTES_READ = "minutes:read"

    GRANT_READ = "grant:read"
    GRANT_APPLY = "grant:apply"
    GRANT_REVIEW = "grant:review"
    GRANT_APPROVE = "grant:approve"
    GRANT_ISSUE = "grant:issue"
    GRANT_SETTINGS = "grant:settings"
    ADVANCE_REQUEST = "advance:request"
    PAYMENT_DRAFT = "payment:draft"
    PAYMENT_ORDER = "payment:order"
    PAYMENT_RECORD = "payment:record"
    RECEIPT_ENTER = "receipt:enter"
    FINDING_ANSWER = "finding:answer"
    ACCOUNTS_AUDIT = "accounts:audit"
    REPORT_SUBMIT = "report:submit"
    REPORT_INSPECT = "report:inspect"

    VISIT_RECORD = "visit:record"
    VISIT_READ = "visit:read"
    VISIT_DRAFT_BANDS = "visit:draft_bands"
    VISIT_APPROVE_BANDS = "visit:approve_bands"
    DEVICE_MANAGE = "device:manage"

    AGENCY_MANAGE = "agency:manage"
    REFERRAL_MAKE = "referral:make"
    REFERRAL_ANSWER = "referral:answer"
    REFERRAL_READ = "referral:read"
    OBSERVATION_WRITE = "observation:write"
    OBSERVATION_ANSWER = "observation:answer"
    OBSERVATION_READ = "observation:read"
    OBSERVATION_ALERTED = "observation:alerted"

    OVERVIEW_READ = "overview:read"
    PEOPLE_MANAGE = "people:manage"
    AUDIT_READ = "audit:read"
    OWN_ACCOUNT = "account:own"


_EVERYBODY = frozenset({Permission.OWN_ACCOUNT})
_COMMITTEE_READS = frozenset(
    {
        Permission.COMMITTEE_READ,
        Permission.STATION_READ,
        Permission.PLAN_READ,
        Permission.GRANT_READ,
        Permission.VISIT_READ,
        Permission.MEETING_READ,
    }
)
_CITY_READS = _COMMITTEE_READS | {Permission.OVERVIEW_READ, Permission.MINUTES_READ}

_AGENCY_WORK = frozenset(
    {
        Permission.REFERRAL_MAKE,
        Permission.REFERRAL_READ,
        Permission.OBSERVATION_READ,
        Permission.OBSERVATION_ANSWER,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.DRAFTER: _COMMITTEE_READS
    | {Permission.PLAN_DRAFT, Permission.STATION_MANAGE, Permission.OPENING_MANAGE},
    Role.CHAIR: _COMMITTEE_READS
    | {
        Permission.PLAN_DRAFT,
        Permission.PLAN_SUBMIT,
        Permission.PLAN_WITHDRAW,
        Permission.STATION_MANAGE,
        Permission.OPENING_MANAGE,
        Permission.GRANT_APPLY,
        Permission.FINDING_ANSWER,
        Permission.REPORT_SUBMIT,
    },
    Role.TREASURER: _COMMITTEE_READS
    | {Permission.PLAN_DRAFT, Permission.ADVANCE_REQUEST}
    | {Permission.RECEIPT_ENTER, Permission.FINDING_ANSWER},
    Role.COMMITTEE_AUDITOR: _COMMITTEE_READS | {Permission.ACCOUNTS_AUDIT},
    Role.OFFICER: _CITY_READS
    | {
        Permission.COMMITTEE_MANAGE,
        Permission.STATION_MANAGE,
        Permission.OPENING_MANAGE,
        Permission.PLAN_REVIEW,
        Permission.GRANT_REVIEW,
        Permission.GRANT_ISSUE,
        Permission.PAYMENT_DRAFT,
        Permission.REPORT_INSPECT,
        Permission.VISIT_DRAFT_BANDS,
        Permission.DEVICE_MANAGE,
        Permission.AGENCY_MANAGE,
        Permission.OBSERVATION_ALERTED,
    },
    Role.APPROVER: _CITY_READS
    | {
        Permission.GRANT_APPROVE,
        Permission.GRANT_SETTINGS,
        Permission.PAYMENT_ORDER,
        Permission.VISIT_APPROVE_BANDS,
    },
    Role.CASHIER: _CITY_READS | {Permission.PAYMENT_RECORD},
    Role.ADMINISTRATOR: frozenset(
        {Permission.PEOPLE_MANAGE, Permission.COMMITTEE_READ, Permission.STATION_READ, Permission.AUDIT_READ}
    ),
    Role.GENERAL_MEMBER: frozenset({Permission.MEETING_READ, Permission.MINUTES_READ, Permission.PLAN_READ}),
    Role.SECRETARIAT: frozenset(
        {
            Permission.COMMITTEE_READ,
            Permission.STATION_READ,
            Permission.PLAN_READ,
            Permission.MEETING_READ,
            Permission.MINUTES_READ,
            Permission.MEETING_MANAGE,
            Permission.MEETING_RESOLVE,
            Permission.OVERVIEW_READ,
        }
    ),
    Role.STATION_LEADER: frozenset(
        {
            Permission.STATION_READ,
            Permission.OPENING_MANAGE,
            Permission.VISIT_RECORD,
            Permission.VISIT_READ,
            Permission.DEVICE_MANAGE,
            Permission.REFERRAL_READ,
            Permission.REFERRAL_ANSWER,
            Permission.OBSERVATION_READ,
            Permission.OBSERVATION_WRITE,
        }
    ),
    Role.VOLUNTEER: frozenset({Permission.STATION_READ, Permission.VISIT_RECORD, Permission.VISIT_READ}),
    Role.CASE_WORKER: _AGENCY_WORK,
    Role.MARUGOTO_DESK: _AGENCY_WORK,
    Role.EXTERNAL_AUDITOR: _CITY_READS | {Permission.AUDIT_READ},
}

# Four eyes: nobody does these to what they drafted, submitted or ordered themselves (obj.maker_ids()).
FOUR_EYES = frozenset(
    {
        Permission.PLAN_REVIEW,
        Permission.MEETING_RESOLVE,
        Permission.GRANT_APPROVE,
        Permission.PAYMENT_DRAFT,
        Permission.PAYMENT_ORDER,
        Permission.PAYMENT_RECORD,
        Permission.ACCOUNTS_AUDIT,
        Permission.REPORT_INSPECT,
        Permission.VISIT_APPROVE_BANDS,
    }
)

# Recusal: nobody decides for the city, or in the meeting, on a committee they sit on.
RECUSED = frozenset(
    {
        Permission.PLAN_REVIEW,
        Permission.MEETING_RESOLVE,
        Permission.GRANT_REVIEW,
        Permission.GRANT_APPROVE,
        Permission.GRANT_ISSUE,
        Permission.PAYMENT_DRAFT,
        Permission.PAYMENT_ORDER,
        Permission.PAYMENT_RECORD,
        Permission.REPORT_INSPECT,
    }
)


@dataclass(frozen=True)
class Held:
    """A role held today in one body."""

    role: Role
    committee_id: int | None = None
    station_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Body:
    """The bodies an object belongs to; what a scoped role is compared with. ``common``: it is everybody's."""

    committee_id: int | None = None
    station_id: int | None = None
    agency_ids: frozenset[int] = field(default_factory=frozenset)
    common: bool = False


class Actor(Protocol):
    """What access must know of a person. ``people.models.Person`` is the only one."""

    @property
    def id(self) -> int: ...
    @property
    def is_authenticated(self) -> bool: ...
    @property
    def held_roles(self) -> tuple[Held, ...]: ...


@dataclass(frozen=True)
class Answer:
    """``ok``, or why not. ``hidden``: the asker may not even know that the object exists (404)."""

    ok: bool
    reason: str = ""
    hidden: bool = False

    def __bool__(self) -> bool:
        return self.ok


YES = Answer(True)


def _covers(held: Held, body: Body) -> bool:
    scope = scope_of(held.role)
    if scope is Scope.CITY or body.common:
        return True
    if scope is Scope.COMMITTEE:
        return held.committee_id is not None and held.committee_id == body.committee_id
    if scope is Scope.STATION:
        return held.station_id is not None and held.station_id == body.station_id
    return held.agency_id is not None and held.agency_id in body.agency_ids


def can(person: Actor, permission: Permission, obj: Any = None) -> Answer:
    """Whether ``person`` may do ``permission`` to ``obj`` (None: to anything at all): `holds` and `stands_apart`."""
    answer = holds(person, permission, obj)
    return stands_apart(person, permission, obj) if answer and obj is not None else answer


def holds(person: Actor, permission: Permission, obj: Any = None) -> Answer:
    """Whether a role of ``person`` gives ``permission`` over ``obj``, no matter who made it.

    Objects tell their ``body()`` and, where four eyes apply, ``maker_ids()``; those that only some of a body's
    people may know of (an unsent referral) also tell ``hidden_from(person)``.
    """
    if not person.is_authenticated:
        return Answer(False, N_("サインインしてください。"), hidden=True)
    if permission in _EVERYBODY:
        return YES
    roles = person.held_roles  # once: views pass flask-login's proxy, which looks the person up at each touch
    holding = [held for held in roles if permission in ROLE_PERMISSIONS[held.role]]
    if obj is None:
        return YES if holding else Answer(False, N_("あなたの役割では、この操作はできません。"))
    body: Body = obj.body()
    hidden_from = getattr(obj, "hidden_from", None)
    knows = [held for held in roles if _covers(held, body)]
    if not knows or (hidden_from is not None and hidden_from(person, permission)):
        return Answer(False, N_("見つかりません。"), hidden=True)
    if not any(held in knows for held in holding):
        read = f"{permission.partition(':')[0]}:read"
        readable = any(read in ROLE_PERMISSIONS[held.role] for held in knows)
        return Answer(False, N_("あなたの役割では、この操作はできません。"), hidden=not readable)
    return YES


def stands_apart(person: Actor, permission: Permission, obj: Any) -> Answer:
    """Four eyes and recusal (除斥): whether ``person`` neither made ``obj`` nor sits on its committee."""
    if permission in FOUR_EYES and person.id in obj.maker_ids():
        return Answer(
            False,
            N_(
                "ご自分で起案・提出したものは、ほかの人が処理します（起案した人と決裁する人を分けるきまりです）。"
            ),
        )
    if permission in RECUSED and sits_on(person, obj.body().committee_id):
        return Answer(False, N_("ご自分が役員を務める地区の案件は、ほかの人が処理します（除斥）。"))
    return YES


def sits_on(person: Actor, committee_id: int | None) -> bool:
    """Whether ``person`` holds an office in a committee today."""
    return any(
        held.role in COMMITTEE_ROLES and held.committee_id == committee_id for held in person.held_roles
    )


def demand(person: Actor, permission: Permission, obj: Any = None) -> None:
    """The service's own check, after the row is locked; raises NotAllowed with the reason."""
    _demand(can(person, permission, obj))


def demand_role(person: Actor, permissions: Sequence[Permission], obj: Any) -> Permission:
    """The first of several permissions that a role of ``person`` gives over ``obj``; NotAllowed when none does."""
    for permission in permissions:
        answer = holds(person, permission, obj)
        if answer:
            return permission
    raise NotAllowed(None, answer.reason)


def demand_apart(person: Actor, permission: Permission, obj: Any) -> None:
    """Four eyes and recusal alone; NotAllowed."""
    _demand(stands_apart(person, permission, obj))


def _demand(answer: Answer) -> None:
    if not answer:
        raise NotAllowed(None, answer.reason)


def roles_of(person: Actor) -> frozenset[Role]:
    return frozenset(held.role for held in person.held_roles)


def committee_ids(person: Actor, permission: Permission) -> frozenset[int] | None:
    """Committees in which ``person`` holds ``permission``; None when a city-wide role gives it for all."""
    return _ids(person, permission, Scope.COMMITTEE, "committee_id")


def station_ids(person: Actor, permission: Permission) -> frozenset[int] | None:
    """Stations in which ``person`` holds ``permission`` by a station role; None for all."""
    return _ids(person, permission, Scope.STATION, "station_id")


def agency_ids(person: Actor, permission: Permission) -> frozenset[int] | None:
    """Agencies in which ``person`` holds ``permission``; None for all."""
    return _ids(person, permission, Scope.AGENCY, "agency_id")


def _ids(person: Actor, permission: Permission, scope: Scope, attribute: str) -> frozenset[int] | None:
    holding = [held for held in person.held_roles if permission in ROLE_PERMISSIONS[held.role]]
    if any(scope_of(held.role) is Scope.CITY for held in holding):
        return None
    return frozenset(getattr(held, attribute) for held in holding if scope_of(held.role) is scope)
