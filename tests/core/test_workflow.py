"""A table of steps, and taking one: the order of its checks, and that nothing has changed when one fails."""

from enum import StrEnum

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Permission, Role
from stations.core.audit import Event
from stations.core.messages import Conflict, NotAllowed, RuleBroken
from stations.core.steps import taking
from stations.core.workflow import Step, Workflow
from stations.meetings.models import Meeting
from stations.meetings.rules import MeetingAct, MeetingStatus
from stations.meetings.workflow import MEETING
from tests.meetings.conftest import Hall, hall
from tests.support import cast
from tests.support.refusals import refused

__all__ = ["hall"]
"""The fixture of another package."""


class State(StrEnum):
    NEW = "new"
    SHELVED = "shelved"
    DONE = "done"


class Do(StrEnum):
    FINISH = "finish"
    SHELVE = "shelve"
    NOTE = "note"


TABLE = Workflow(
    State,
    Step(Do.FINISH, (State.NEW, State.SHELVED), State.DONE, Permission.GRANT_APPROVE),
    Step(Do.SHELVE, (State.NEW,), State.SHELVED, Permission.GRANT_REVIEW, needs_reason=True),
    Step(Do.NOTE, (State.NEW, State.SHELVED), None, (Permission.GRANT_REVIEW, Permission.GRANT_APPROVE)),
)


def test_a_table_answers_what_may_be_done_next():
    assert TABLE.next_status(State.NEW, Do.SHELVE) is State.SHELVED
    assert TABLE.next_status(State.SHELVED, Do.NOTE) is State.SHELVED
    assert [step.act for step in TABLE.steps_from(State.SHELVED)] == [Do.FINISH, Do.NOTE]
    assert TABLE.sources(Do.FINISH) == {State.NEW, State.SHELVED}
    assert TABLE.final == {State.DONE}
    with pytest.raises(Conflict) as caught:
        TABLE.next_status(State.DONE, Do.SHELVE)
    assert caught.value.params == {"state": State.DONE, "act": Do.SHELVE}


def test_four_eyes_and_recusal_of_a_step_are_those_of_its_permission():
    assert (TABLE.row(Do.FINISH).four_eyes, TABLE.row(Do.FINISH).recused) == (True, True)
    assert (TABLE.row(Do.SHELVE).four_eyes, TABLE.row(Do.SHELVE).recused) == (False, True)


@pytest.mark.parametrize(
    "twice",
    [
        Step(Do.SHELVE, (State.NEW,), State.DONE, Permission.GRANT_REVIEW, needs_reason=True),
        Step(Do.SHELVE, (State.DONE,), State.NEW, Permission.GRANT_APPROVE, needs_reason=True),
        Step(Do.SHELVE, (State.DONE,), State.NEW, Permission.GRANT_REVIEW),
    ],
    ids=["one state twice", "another permission", "without its reason"],
)
def test_a_table_that_contradicts_itself_is_refused(twice: Step[State]):
    with pytest.raises(ValueError, match="shelve"):
        Workflow(State, *TABLE.steps, twice)


def _events(session: Session, meeting: Meeting) -> list[tuple[str, str | None, str | None]]:
    found = session.execute(
        sa.select(Event.act, Event.from_status, Event.to_status).where(
            Event.object_type == "meeting", Event.object_id == meeting.id, Event.to_status.is_not(None)
        )
    )
    return [(act, before, after) for act, before, after in found][1:]  # without its making


@pytest.mark.parametrize(
    ("status", "reason", "role", "refusal"),
    [
        (MeetingStatus.CLOSED, "", Role.OFFICER, NotAllowed),
        (MeetingStatus.CLOSED, "", Role.SECRETARIAT, Conflict),
        (MeetingStatus.PLANNED, " ", Role.SECRETARIAT, RuleBroken),
    ],
    ids=["who may comes first", "then the state", "then the reason"],
)
def test_a_step_asks_in_one_order_and_changes_nothing_when_refused(
    hall: Hall,
    db_session: Session,
    status: MeetingStatus,
    reason: str,
    role: Role,
    refusal: type[Exception],
):
    meeting = hall.meeting
    if status is MeetingStatus.CLOSED:
        db_session.execute(
            sa.update(Meeting).values(
                status=status, opened_at=sa.func.current_timestamp(), closed_at=sa.func.current_timestamp()
            )
        )
    with (
        pytest.raises(refusal) as caught,
        taking(MEETING, meeting, MeetingAct.CANCEL, by=cast.person(role), reason=reason),
    ):
        meeting.place = "別の会場"
    assert type(caught.value) is refusal
    assert (meeting.status, meeting.place) == (status, "市民会館 会議室")
    assert _events(db_session, meeting) == []


def test_a_change_that_breaks_a_rule_leaves_the_state_and_no_event(hall: Hall, db_session: Session):
    with (
        refused(RuleBroken, None, "まだです"),
        taking(MEETING, hall.meeting, MeetingAct.OPEN, by=hall.secretariat),
    ):
        raise RuleBroken(None, "まだです。")
    assert hall.meeting.status is MeetingStatus.PLANNED
    assert _events(db_session, hall.meeting) == []


def test_a_step_that_is_taken_moves_the_state_writes_its_event_and_sends_notices(
    hall: Hall, db_session: Session
):
    mails: list[tuple[object, str, str]] = []
    with taking(
        MEETING,
        hall.meeting,
        MeetingAct.CANCEL,
        by=hall.secretariat,
        reason="台風のため",
        notify=lambda meeting, step, by: mails.append((meeting, step.act, meeting.status)),
    ) as taken:
        assert (taken.before, taken.target) == (MeetingStatus.PLANNED, MeetingStatus.CANCELLED)
        hall.meeting.cancelled_reason, hall.meeting.cancelled_at = "台風のため", clock.now()
    assert mails == [(hall.meeting, MeetingAct.CANCEL, MeetingStatus.CANCELLED)]
    assert _events(db_session, hall.meeting) == [("cancel", "planned", "cancelled")]
