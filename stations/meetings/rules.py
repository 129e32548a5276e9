"""Rules of the general meeting (全体会議): its states, quorum, recusal, and resolutions."""

from collections.abc import Collection
from enum import StrEnum

from stations.applications import rules as plans
from stations.core import states
from stations.core.messages import N_, RuleBroken


class MeetingStatus(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class MeetingAct(StrEnum):
    OPEN = "open"
    CLOSE = "close"


TRANSITIONS: dict[MeetingStatus, dict[MeetingAct, MeetingStatus]] = {
    MeetingStatus.PLANNED: {MeetingAct.OPEN: MeetingStatus.OPEN},
    MeetingStatus.OPEN: {MeetingAct.CLOSE: MeetingStatus.CLOSED},
    MeetingStatus.CLOSED: {},
}


def next_status(status: MeetingStatus, act: MeetingAct) -> MeetingStatus:
    """The meeting's state after `act`; `Conflict` when the present state does not allow it."""
    return states.step(TRANSITIONS, status, act)


class Resolution(StrEnum):
    """What the meeting decides on one plan; each value is also the plan's state afterwards."""

    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    DEFERRED = "deferred"
    REJECTED = "rejected"


def needed(members: int, *, numerator: int = 1, denominator: int = 2, at_least: bool = False) -> int:
    """How many members make a quorum: more than the share, or at least the share (both are settings)."""
    if at_least:
        return max(1, -(-members * numerator // denominator))
    return members * numerator // denominator + 1


def has_quorum(
    present: int, members: int, *, numerator: int = 1, denominator: int = 2, at_least: bool = False
) -> bool:
    """Whether the meeting can decide; by default more than half of the members are present."""
    return present >= needed(members, numerator=numerator, denominator=denominator, at_least=at_least)


def carried(in_favour: int, voting: int) -> bool:
    """More than half of those who vote; members who had to leave the item (除斥) are not among them."""
    return in_favour * 2 > voting


def may_vote(member_committee_ids: Collection[int], plan_committee_id: int) -> bool:
    """Nobody decides on a committee they sit on (除斥, programme rule)."""
    return plan_committee_id not in member_committee_ids


def check_vote(member_committee_ids: Collection[int], plan_committee_id: int) -> None:
    """`RuleBroken` when the member sits on the plan's committee."""
    if not may_vote(member_committee_ids, plan_committee_id):
        raise RuleBroken(None, N_("ご自分が所属する実行委員会の議案には加われません。"))


def check_resolution(resolution: Resolution, *, reason: str, conditions: str) -> None:
    """不承認 and 継続審議 need a reason, 条件付承認 its conditions; `RuleBroken` on that field."""
    plans.require_reason(resolution_act(resolution), reason)
    if resolution is Resolution.APPROVED_WITH_CONDITIONS and not conditions.strip():
        raise RuleBroken("conditions", N_("承認の条件を入力してください。"))


def resolution_act(resolution: Resolution) -> plans.Act:
    """The act that a resolution does to its plan."""
    return {
        Resolution.APPROVED: plans.Act.APPROVE,
        Resolution.APPROVED_WITH_CONDITIONS: plans.Act.APPROVE_WITH_CONDITIONS,
        Resolution.DEFERRED: plans.Act.DEFER,
        Resolution.REJECTED: plans.Act.REJECT,
    }[resolution]
