"""Roles, permissions, scopes, four eyes and recusal: every pair of role and permission, against a written table."""

from dataclasses import dataclass, field

import pytest

from stations.core.access import (
    COMMITTEE_ROLES,
    ROLE_PERMISSIONS,
    SECOND_FACTOR_ROLES,
    Body,
    Held,
    Permission,
    Role,
    Scope,
    can,
    committee_ids,
    demand,
    scope_of,
)
from stations.core.messages import NotAllowed
from stations.core.viewing import SHEETS
from tests.core.access_expected import PAGES_ABOUT_A_PERSON, SECOND_FACTOR, expected

EXPECTED = expected()


@dataclass(frozen=True)
class Somebody:
    held_roles: tuple[Held, ...] = ()
    id: int = 1
    is_authenticated: bool = True


@dataclass(frozen=True)
class Thing:
    of: Body = field(default_factory=lambda: Body(committee_id=5, station_id=6, agency_ids=frozenset({7})))
    makers: frozenset[int] = frozenset()

    def body(self) -> Body:
        return self.of

    def maker_ids(self) -> frozenset[int]:
        return self.makers


def holder(role: Role, *, elsewhere: bool = False) -> Somebody:
    """Somebody with one role over the thing's own body, or over another body of the same kind."""
    number = {Scope.COMMITTEE: "committee_id", Scope.STATION: "station_id", Scope.AGENCY: "agency_id"}
    own = {"committee_id": 5, "station_id": 6, "agency_id": 7}
    scope = scope_of(role)
    if scope is Scope.CITY:
        return Somebody((Held(role),))
    name = number[scope]
    return Somebody((Held(role, **{name: own[name] + (90 if elsewhere else 0)}),))


PAIRS = [
    (role, permission) for role in Role for permission in Permission if permission != Permission.OWN_ACCOUNT
]
CITY_SCOPED = [role for role in Role if scope_of(role) is Scope.CITY]


def test_the_written_table_names_every_permission_and_only_roles_that_exist():
    assert set(EXPECTED) == {str(permission) for permission in Permission}
    assert {role for roles, *_ in EXPECTED.values() for role in roles} - {"*"} == {str(role) for role in Role}


@pytest.mark.parametrize(("role", "permission"), PAIRS)
def test_a_role_may_what_is_written_and_nothing_else(role: Role, permission: Permission):
    may = str(role) in EXPECTED[permission][0]
    assert bool(can(holder(role), permission, Thing())) == may
    assert bool(can(holder(role), permission)) == may


@pytest.mark.parametrize(("role", "permission"), PAIRS)
def test_four_eyes_apply_where_it_is_written(role: Role, permission: Permission):
    roles, four_eyes, _recused = EXPECTED[permission]
    if str(role) in roles:
        own = can(holder(role), permission, Thing(makers=frozenset({1})))
        assert bool(own) != four_eyes
        assert not own.hidden
        assert can(holder(role), permission, Thing(makers=frozenset({2})))


@pytest.mark.parametrize("office", sorted(COMMITTEE_ROLES))
@pytest.mark.parametrize(("role", "permission"), [pair for pair in PAIRS if pair[0] in CITY_SCOPED])
def test_recusal_applies_where_it_is_written(role: Role, permission: Permission, office: Role):
    """Somebody of the city, or of the meeting, who also holds an office in the committee, or in another one."""
    roles, _four_eyes, recused = EXPECTED[permission]
    if str(role) in roles:
        sits = Somebody((*holder(role).held_roles, Held(office, committee_id=5)))
        elsewhere = Somebody((*holder(role).held_roles, Held(office, committee_id=95)))
        assert bool(can(sits, permission, Thing())) != recused
        assert can(elsewhere, permission, Thing())


def test_who_signs_in_with_a_second_factor_is_written():
    assert {str(role) for role in SECOND_FACTOR_ROLES} == SECOND_FACTOR
    assert {str(permission) for permission in SHEETS} == PAGES_ABOUT_A_PERSON


@pytest.mark.parametrize(
    ("role", "permission"), [pair for pair in PAIRS if scope_of(pair[0]) is not Scope.CITY]
)
def test_over_another_body_a_scoped_role_may_nothing_and_learns_nothing(role: Role, permission: Permission):
    answer = can(holder(role, elsewhere=True), permission, Thing())
    assert not answer
    assert answer.hidden


def test_nobody_signed_in_may_nothing():
    assert not can(Somebody(is_authenticated=False), Permission.OWN_ACCOUNT)


def test_an_office_in_one_committee_gives_nothing_in_another_where_a_lesser_one_is_held():
    """A treasurer here who drafts there cannot enter receipts there."""
    person = Somebody((Held(Role.TREASURER, committee_id=95), Held(Role.DRAFTER, committee_id=5)))
    answer = can(person, Permission.RECEIPT_ENTER, Thing())
    assert not answer


def test_demand_raises_the_reason():
    with pytest.raises(NotAllowed, match="役割"):
        demand(holder(Role.DRAFTER), Permission.PLAN_SUBMIT, Thing())
    demand(holder(Role.CHAIR), Permission.PLAN_SUBMIT, Thing())


def test_lists_are_scoped_to_own_bodies_unless_a_city_role_gives_all():
    chair = Somebody((Held(Role.CHAIR, committee_id=5), Held(Role.CHAIR, committee_id=8)))
    assert committee_ids(chair, Permission.PLAN_READ) == frozenset({5, 8})
    assert committee_ids(chair, Permission.PLAN_REVIEW) == frozenset()
    assert committee_ids(holder(Role.OFFICER), Permission.PLAN_READ) is None


def test_nobody_both_orders_and_records_a_payment_or_drafts_and_approves_by_role_alone():
    """No single role carries both halves of a pair that four eyes keep apart."""
    apart = (
        (Permission.GRANT_REVIEW, Permission.GRANT_APPROVE),
        (Permission.PAYMENT_DRAFT, Permission.PAYMENT_ORDER),
        (Permission.PAYMENT_ORDER, Permission.PAYMENT_RECORD),
        (Permission.RECEIPT_ENTER, Permission.ACCOUNTS_AUDIT),
        (Permission.PLAN_SUBMIT, Permission.PLAN_REVIEW),
        (Permission.REPORT_SUBMIT, Permission.REPORT_INSPECT),
    )
    for role, permissions in ROLE_PERMISSIONS.items():
        for pair in apart:
            assert not set(pair) <= permissions, role
