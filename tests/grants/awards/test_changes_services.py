"""流用 and changes: what is free, what needs a decision, and what can never be."""

import pytest
from sqlalchemy.orm import Session

from stations.core.access import Role
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.grants.awards.models import GrantChange
from stations.grants.awards.queries import changes as change_queries
from stations.grants.awards.rules import budgets as budget_rules
from stations.grants.awards.services import changes
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.rules import Status
from tests.grants import cast as grants
from tests.support import cast
from tests.support.refusals import refused

# Lines: rent 36,000円, honorarium 60,000円, supplies 84,000円 and 20,000円.


def ask(made: grants.Team, *moves: int, reason: str = "参加者が増えた") -> GrantChange:
    """Move yen into (or out of) the lines, in their order."""
    grant = made.grant
    budgets = {
        line.id: line.awarded_yen + move
        for line, move in zip(grant.lines, (*moves, 0, 0, 0, 0), strict=False)
    }
    return changes.request_change(grant=grant, budgets=budgets, reason=reason, by=made.chair)


def amounts(grant: Grant) -> list[int]:
    return [line.awarded_yen for line in grant.lines]


def test_a_fifth_of_the_smaller_category_moves_freely(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    change = ask(made, 7_200, -7_200)
    assert (change.approved, change.decided_by_id, grant.status) == (True, None, Status.ACTIVE)
    assert amounts(grant) == [43_200, 52_800, 84_000, 20_000]
    assert change_queries.changes_without_letter(grant) == []


def test_free_moves_do_not_add_up_to_more_than_a_fifth(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    ask(made, 7_200, -7_200)
    assert ask(made, 1, -1).approved is None
    assert grant.status is Status.CHANGE_REQUESTED


def test_within_a_category_lines_move_freely(db_session: Session):
    made = grants.team()
    grants.active(made)
    assert ask(made, 0, 0, -50_000, 50_000).approved


def test_more_waits_for_a_decision_and_holds_when_it_is_approved(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    change = ask(made, 20_000, -20_000)
    assert (change.approved, amounts(grant)[:2]) == (None, [36_000, 60_000])
    changes.decide_change(grant=grant, approve=True, by=made.approver)
    assert amounts(grant)[:2] == [56_000, 40_000]
    assert grant.status is Status.ACTIVE
    letter = letters.issue_change(grant=grant, by=made.officer)
    assert (letter.kind, letter.number) == ("change", 2)
    with pytest.raises(Conflict):
        letters.issue_change(grant=grant, by=made.officer)
    assert ask(made, -8_000, 8_000).approved


def test_a_refused_change_changes_nothing_and_gives_its_reason(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    change = ask(made, 20_000, -20_000)
    with refused(RuleBroken, "reason"):
        changes.decide_change(grant=grant, approve=False, reason="", by=made.approver)
    changes.decide_change(grant=grant, approve=False, reason="必要が認められない", by=made.approver)
    assert (change.approved, amounts(grant)[:2]) == (False, [36_000, 60_000])
    with pytest.raises(Conflict):
        changes.decide_change(grant=grant, approve=True, by=made.approver)


@pytest.mark.parametrize(
    ("moves", "field", "saying"),
    [
        ((1_000, 0), None, "同じ200,000円"),
        ((0, 0), None, "変える金額がありません"),
        ((-36_001, 36_001), "lines-1", "0円以上"),
    ],
)
def test_the_sum_stays_something_moves_and_nothing_is_negative(
    db_session: Session, moves: tuple[int, int], field: str | None, saying: str
):
    made = grants.team()
    grants.active(made)
    with refused(RuleBroken, field, saying):
        ask(made, *moves)


def test_what_is_spent_is_not_taken_back(db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 50_000)
    grants.spent(made, 55_000, line=1)
    with refused(RuleBroken, "lines-2"):
        ask(made, 6_000, -6_000)
    assert ask(made, 5_000, -5_000).approved


def test_a_category_without_an_award_is_never_added():
    rent = next(iter(grants.COSTS))[0]
    for awarded in ({}, {rent: 0}):  # a line that was cut to nothing has no award either
        with refused(RuleBroken, None, "交付決定にない費目"):
            budget_rules.check_categories(awarded, {rent: 1_000})


def test_only_the_chair_asks_and_only_the_approver_decides(db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    with pytest.raises(NotAllowed):
        changes.request_change(grant=grant, budgets={}, reason="x", by=made.treasurer)
    ask(made, 20_000, -20_000)
    for person in (made.officer, made.chair, cast.person(Role.EXTERNAL_AUDITOR)):
        with pytest.raises(NotAllowed):
            changes.decide_change(grant=grant, approve=True, by=person)
