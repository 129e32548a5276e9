"""Rules of the general meeting (全体会議): its states, quorum, recusal, and resolutions."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from stations.applications import rules as plans
from stations.applications.workflow import PLAN
from stations.core import clock
from stations.core.messages import N_, RuleBroken


class MeetingStatus(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class MeetingAct(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    CANCEL = "cancel"


class History(StrEnum):
    """Everything a meeting's timeline may tell."""

    PLAN = "plan"
    EDIT = "edit"
    TABLE = "table"
    UNTABLE = "untable"
    PRESENCE = "presence"
    OPEN = "open"
    RESOLVE = "resolve"
    MINUTES = "minutes"
    CLOSE = "close"
    CANCEL = "cancel"


class Attendance(StrEnum):
    """How a member takes part: in person, or by 委任状."""

    PRESENT = "present"
    PROXY = "proxy"


class Resolution(StrEnum):
    """What the meeting decides on one plan; each value is also the plan's state afterwards."""

    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    DEFERRED = "deferred"
    REJECTED = "rejected"


# Working days in which a confirmed plan comes before a meeting when none is planned: custom, not law.
TABLE_WITHIN = 20


def table_by(confirmed_on: date) -> date:
    """Until when to choose a confirmed plan for an agenda while no meeting is planned."""
    return clock.add_business_days(confirmed_on, TABLE_WITHIN)


def needed(members: int, *, numerator: int = 1, denominator: int = 2) -> int:
    """How many members make a quorum: more than the share (a setting; by default more than half)."""
    return members * numerator // denominator + 1


def check_planned_day(held_on: date, today: date) -> None:
    """A meeting is convened for today or a later day (programme rule: members are called to it); `RuleBroken`."""
    if held_on < today:
        raise RuleBroken("held_on", N_("開催日には、今日か、今日より後の日を入力してください。"))


def check_move(held_on: date, new: date, today: date, *, recorded: bool) -> None:
    """Another day for a meeting to come; a day that has passed may stay while nobody changes it.

    ``recorded``: somebody's presence is, and it was presence on the old day. `RuleBroken` on "held_on".
    """
    if new == held_on:
        return
    check_planned_day(new, today)
    if recorded:
        raise RuleBroken(
            "held_on",
            N_(
                "出席が記録されているので、開催日は変えられません。"
                "間違いなら全員を「欠席」にしてから、開かれなかったのなら会議を中止にしてください。"
            ),
        )


def day_has_come(held_on: date, today: date) -> bool:
    """From its day on a meeting may be opened and recorded, also afterwards when its records are entered late."""
    return held_on <= today


def check_day(held_on: date, today: date) -> None:
    """Presence and 開会, and so every resolution, are records of what happened: `RuleBroken` before the day."""
    if not day_has_come(held_on, today):
        raise RuleBroken(
            None,
            N_("出席の記録と開会は、開催日からできます。日が変わったときは、先に予定を変えてください。"),
        )


def check_cancelling(*, resolved: bool) -> None:
    """Only a meeting that resolved nothing is cancelled: a resolution is final (programme rule); `RuleBroken`."""
    if resolved:
        raise RuleBroken(
            None,
            N_(
                "議決した議案があるので、中止にできません。"
                "残りの議案は継続審議にするか議題から外して、閉会してください。"
            ),
        )


def carried(in_favour: int, voting: int) -> bool:
    """More than half of those who may vote and are there; who had to leave the item (除斥) is not among them."""
    return in_favour * 2 > voting


def may_vote(member_committee_ids: Collection[int], plan_committee_id: int) -> bool:
    """Nobody decides on a committee they sit on (除斥, programme rule)."""
    return plan_committee_id not in member_committee_ids


def check_resolution(resolution: Resolution, *, reason: str, conditions: str) -> None:
    """不承認 and 継続審議 need a reason, 条件付承認 its conditions; `RuleBroken` on that field."""
    PLAN.row(resolution_act(resolution)).check_reason(reason)
    if resolution is Resolution.APPROVED_WITH_CONDITIONS and not conditions.strip():
        raise RuleBroken("conditions", N_("承認の条件を入力してください。"))


def check_votes(
    resolution: Resolution, *, votes_for: int, votes_against: int, abstentions: int, eligible: int
) -> None:
    """Every member who may vote is counted once, and an approval has more than half of them.

    ``eligible``: members present, or by proxy, who need not leave the item; a member who says nothing abstains. Only a
    deferral may do without a vote (all three 0): it decides nothing. `RuleBroken` on "votes_for".
    """
    for field, votes in (
        ("votes_for", votes_for),
        ("votes_against", votes_against),
        ("abstentions", abstentions),
    ):
        if votes < 0:
            raise RuleBroken(field, N_("票数は0以上の整数で入力してください。"))
    cast = votes_for + votes_against + abstentions
    if cast != eligible and not (cast == 0 and resolution is Resolution.DEFERRED):
        raise RuleBroken(
            "votes_for",
            N_(
                "賛成・反対・棄権の合計（%(cast)s）が、議決に加われる人数（%(eligible)s）と違います。"
                "賛否を示さなかった人は棄権に入れてください。"
            ),
            cast=cast,
            eligible=eligible,
        )
    approval = resolution in {Resolution.APPROVED, Resolution.APPROVED_WITH_CONDITIONS}
    if approval and not carried(votes_for, cast):
        raise RuleBroken("votes_for", N_("承認には、票の過半数の賛成が必要です。票数を確かめてください。"))
    if resolution is Resolution.REJECTED and carried(votes_for, cast):
        raise RuleBroken("votes_for", N_("賛成が過半数です。結果か票数を確かめてください。"))


def resolution_act(resolution: Resolution) -> plans.Act:
    """The act that a resolution does to its plan."""
    return {
        Resolution.APPROVED: plans.Act.APPROVE,
        Resolution.APPROVED_WITH_CONDITIONS: plans.Act.APPROVE_WITH_CONDITIONS,
        Resolution.DEFERRED: plans.Act.DEFER,
        Resolution.REJECTED: plans.Act.REJECT,
    }[resolution]
