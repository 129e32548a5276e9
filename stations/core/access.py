"""Who may do what: roles, permissions, one table between them, and one function that answers.

Views ask through ``@requires``, services through ``demand``, templates through ``can``: always the same answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import abort, current_app, request
from flask_login import current_user

from stations.core.messages import N_, RuleBroken

V = TypeVar("V", bound=Callable[..., Any])


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
    """``resource:action``; each is used by at least one route (house test)."""

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
        Permission.AGENCY_MANAGE,
        Permission.OBSERVATION_ALERTED,
    },
    Role.APPROVER: _CITY_READS
    | {Permission.GRANT_APPROVE, Permission.GRANT_SETTINGS, Permission.PAYMENT_ORDER},
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
    """Whether ``person`` may do ``permission`` to ``obj`` (None: to anything at all).

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
    if permission in FOUR_EYES and person.id in obj.maker_ids():
        return Answer(
            False,
            N_(
                "ご自分で起案・提出したものは、ほかの人が処理します（起案した人と決裁する人を分けるきまりです）。"
            ),
        )
    if permission in RECUSED and any(
        held.role in COMMITTEE_ROLES and held.committee_id == body.committee_id for held in roles
    ):
        return Answer(False, N_("ご自分が役員を務める地区の案件は、ほかの人が処理します（除斥）。"))
    return YES


def demand(person: Actor, permission: Permission, obj: Any = None) -> None:
    """The service's own check, after the row is locked; raises NotAllowed with the reason."""
    answer = can(person, permission, obj)
    if not answer:
        raise NotAllowed(None, answer.reason)


class NotAllowed(RuleBroken):
    """An act was tried by someone whose role, own draft or own committee forbids it (answers 403)."""


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


@dataclass(frozen=True)
class Access:
    """The mark a view carries; read by the house tests and by create_app."""

    permission: Permission | None
    scoped: bool = False


def public(view: V) -> V:
    """Open to everybody, signed in or not."""
    view.access = Access(None)  # type: ignore[attr-defined]  # the mark itself
    return view


def requires(
    permission: Permission, *, of: Callable[..., Any] | None = None, personal: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view run only for those who hold ``permission`` over the object that ``of(**url_values)`` finds.

    The object replaces the URL values it was found by, as the view's first argument. Not found, or not theirs
    to know of: 404. Known but not allowed now: 403 with the reason.
    ``personal`` names the personal data that the page shows: each view of it is written to the view log.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**url_values: Any) -> Any:
            from stations.core import audit, viewing  # both stand on this module

            person = current_user._get_current_object()  # once: the proxy looks for it at each touch
            if not person.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]  # set by flask-login
            obj, rest = None, url_values
            if of is not None:
                rest = _rest(of, url_values)
                obj = of(**{name: value for name, value in url_values.items() if name not in rest})
                if obj is None:
                    abort(404)
            answer = can(person, permission, obj)
            if not answer:
                viewing.refuse(answer, obj, personal)
            if (held_up := viewing.hold_up(permission, scoped=of is not None)) is not None:
                return held_up
            if personal is not None and request.method == "GET":
                audit.log_view(obj, by=person, purpose=personal)
            return view(obj, **rest) if of is not None else view(**rest)

        guarded.access = Access(permission, scoped=of is not None)  # type: ignore[attr-defined]  # the mark itself
        return guarded

    return decorate


def _rest(of: Callable[..., Any], url_values: dict[str, Any]) -> dict[str, Any]:
    used = of.__code__.co_varnames[: of.__code__.co_argcount + of.__code__.co_kwonlyargcount]
    return {name: value for name, value in url_values.items() if name not in used}


def unmarked(endpoints: Iterable[tuple[str, Callable[..., Any]]]) -> list[str]:
    """Endpoints whose view carries neither ``@requires`` nor ``@public``."""
    return sorted(name for name, view in endpoints if not hasattr(view, "access"))
