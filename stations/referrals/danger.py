"""Danger to life: what stops a memo, and what is written down of the telephone call. Pure, as `rules`.

A memo is not read at once: on a Saturday it lies until Monday. So words of danger, or 急ぎ, ask for a call first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from stations.core.danger import danger_words
from stations.core.messages import N_, RuleBroken

CLOCKS_DIFFER = timedelta(minutes=5)


class CallOutcome(StrEnum):
    """What came of telephoning before a memo was sent."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A telephone call about a memo: ``whom`` (an office or a person there), ``at`` (aware), what came of it.

    Of NOT_NEEDED only the reason: the words that stopped the memo do not mean a danger now.
    """

    outcome: CallOutcome
    whom: str = ""
    at: datetime | None = None
    reason: str = ""


def needs_call(urgent: bool, *texts: str) -> bool:
    """Whether somebody has to be telephoned before a memo is sent."""
    return urgent or bool(danger_words(*texts))


def call_faults(call: Call, now: datetime, *, urgent: bool) -> list[RuleBroken]:
    """A call says whom and when, not in time to come; that none is needed says why, and is no answer to 急ぎ."""
    if call.outcome is CallOutcome.NOT_NEEDED:
        if urgent:
            return [RuleBroken("outcome", N_("「急ぎ」のメモは、送る前に電話してください。"))]
        return [] if call.reason.strip() else [RuleBroken("reason", N_("電話しない理由を入力してください。"))]
    faults = []
    if not call.whom.strip():
        faults.append(RuleBroken("whom", N_("電話した相手を入力してください。")))
    if call.at is None:
        faults.append(RuleBroken("at", N_("電話した時刻を入力してください。例：15:30")))
    elif call.at > now + CLOCKS_DIFFER:
        faults.append(RuleBroken("at", N_("電話した時刻は、いまか、それより前にしてください。")))
    return faults
