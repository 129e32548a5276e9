"""Rules of referrals (agency → station), observations (station → agency), and the consent between them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stations.core import clock, states
from stations.core.messages import N_, RuleBroken


class Status(StrEnum):
    """下書き→送付→受理→調整中→見学・初回同行→参加開始→定着→終結 and the side exits (programme rule)."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    ARRANGING = "arranging"
    VISITED = "visited"
    JOINED = "joined"
    SETTLED = "settled"
    CLOSED = "closed"
    RETURNED = "returned"
    FAILED = "failed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Act(StrEnum):
    SEND = "send"
    ACCEPT = "accept"
    RETURN = "return"
    ARRANGE = "arrange"
    RECORD_FIRST_VISIT = "record_first_visit"
    START = "start"
    SETTLE = "settle"
    CLOSE = "close"
    FAIL = "fail"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


# The person may take the consent back at any time, so every living state can be withdrawn.
TRANSITIONS: dict[Status, dict[Act, Status]] = {
    Status.DRAFT: {Act.SEND: Status.SENT, Act.WITHDRAW: Status.WITHDRAWN},
    Status.SENT: {
        Act.ACCEPT: Status.ACCEPTED,
        Act.RETURN: Status.RETURNED,
        Act.WITHDRAW: Status.WITHDRAWN,
        Act.EXPIRE: Status.EXPIRED,
    },
    Status.RETURNED: {
        Act.SEND: Status.SENT,
        Act.WITHDRAW: Status.WITHDRAWN,
        Act.EXPIRE: Status.EXPIRED,
    },
    Status.ACCEPTED: {
        Act.ARRANGE: Status.ARRANGING,
        Act.FAIL: Status.FAILED,
        Act.SUSPEND: Status.SUSPENDED,
        Act.WITHDRAW: Status.WITHDRAWN,
        Act.EXPIRE: Status.EXPIRED,
    },
    Status.ARRANGING: {
        Act.RECORD_FIRST_VISIT: Status.VISITED,
        Act.FAIL: Status.FAILED,
        Act.SUSPEND: Status.SUSPENDED,
        Act.WITHDRAW: Status.WITHDRAWN,
        Act.EXPIRE: Status.EXPIRED,
    },
    Status.VISITED: {
        Act.START: Status.JOINED,
        Act.FAIL: Status.FAILED,
        Act.SUSPEND: Status.SUSPENDED,
        Act.WITHDRAW: Status.WITHDRAWN,
    },
    Status.JOINED: {
        Act.SETTLE: Status.SETTLED,
        Act.CLOSE: Status.CLOSED,
        Act.SUSPEND: Status.SUSPENDED,
        Act.WITHDRAW: Status.WITHDRAWN,
    },
    Status.SETTLED: {
        Act.CLOSE: Status.CLOSED,
        Act.SUSPEND: Status.SUSPENDED,
        Act.WITHDRAW: Status.WITHDRAWN,
    },
    Status.SUSPENDED: {
        Act.RESUME: Status.ARRANGING,
        Act.CLOSE: Status.CLOSED,
        Act.WITHDRAW: Status.WITHDRAWN,
        Act.EXPIRE: Status.EXPIRED,
    },
    Status.CLOSED: {},
    Status.FAILED: {},
    Status.WITHDRAWN: {},
    Status.EXPIRED: {},
}


def next_status(status: Status, act: Act) -> Status:
    """The referral's state after `act`; `Conflict` when the present state does not allow it."""
    return states.step(TRANSITIONS, status, act)


class ObservationStatus(StrEnum):
    """States of a 気づきメモ."""

    DRAFT = "draft"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class ObservationAct(StrEnum):
    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    CLOSE = "close"
    RETURN = "return"
    WITHDRAW = "withdraw"


# Once an agency has taken the memo up, the station can no longer withdraw it: the agency closes it.
OBSERVATION_TRANSITIONS: dict[ObservationStatus, dict[ObservationAct, ObservationStatus]] = {
    ObservationStatus.DRAFT: {
        ObservationAct.SEND: ObservationStatus.SENT,
        ObservationAct.WITHDRAW: ObservationStatus.WITHDRAWN,
    },
    ObservationStatus.SENT: {
        ObservationAct.ACKNOWLEDGE: ObservationStatus.ACKNOWLEDGED,
        ObservationAct.RETURN: ObservationStatus.RETURNED,
        ObservationAct.WITHDRAW: ObservationStatus.WITHDRAWN,
    },
    ObservationStatus.RETURNED: {
        ObservationAct.SEND: ObservationStatus.SENT,
        ObservationAct.WITHDRAW: ObservationStatus.WITHDRAWN,
    },
    ObservationStatus.ACKNOWLEDGED: {
        ObservationAct.START: ObservationStatus.IN_PROGRESS,
        ObservationAct.CLOSE: ObservationStatus.CLOSED,
    },
    ObservationStatus.IN_PROGRESS: {ObservationAct.CLOSE: ObservationStatus.CLOSED},
    ObservationStatus.CLOSED: {},
    ObservationStatus.WITHDRAWN: {},
}


def next_observation_status(status: ObservationStatus, act: ObservationAct) -> ObservationStatus:
    """The memo's state after `act`; `Conflict` when the present state does not allow it."""
    return states.step(OBSERVATION_TRANSITIONS, status, act)


class ConsentAnswer(StrEnum):
    GIVEN = "given"
    NOT_GIVEN = "not_given"
    UNCONFIRMED = "unconfirmed"


class ConsentMethod(StrEnum):
    WRITTEN = "written"
    ORAL = "oral"


class Recipient(StrEnum):
    """Who may be told. The desk (福祉まるごと相談窓口) may be told without consent, for the 支援会議."""

    STATION = "station"
    AGENCY = "agency"
    MARUGOTO_DESK = "marugoto_desk"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One consent record: never overwritten; a later record or a withdrawal answers it (programme rule).

    scope: who may be told. expires_on: the last day on which it holds, None for no end.
    withdrawn_on: the first day on which it no longer holds.
    """

    answer: ConsentAnswer
    scope: frozenset[Recipient]
    method: ConsentMethod | None = None
    given_on: date | None = None
    expires_on: date | None = None
    withdrawn_on: date | None = None


def check_consent(consent: Consent) -> None:
    """A given consent needs its method, day and scope, and ends after it began; `RuleBroken` on the field."""
    if consent.answer is not ConsentAnswer.GIVEN:
        return
    if consent.method is None:
        raise RuleBroken("method", N_("同意の方法（書面・口頭）を選んでください。"))
    if consent.given_on is None:
        raise RuleBroken("given_on", N_("同意を得た日を入力してください。"))
    if not consent.scope:
        raise RuleBroken("scope", N_("どこまで伝えてよいか（同意の範囲）を選んでください。"))
    if consent.expires_on is not None and consent.expires_on < consent.given_on:
        raise RuleBroken("expires_on", N_("同意の期限は、同意を得た日か、それより後にしてください。"))


def valid(consent: Consent | None, on: date) -> bool:
    """Whether a consent holds on a day: given by then, not expired, not withdrawn."""
    return (
        consent is not None
        and consent.answer is ConsentAnswer.GIVEN
        and consent.given_on is not None
        and consent.given_on <= on
        and (consent.expires_on is None or on <= consent.expires_on)
        and (consent.withdrawn_on is None or on < consent.withdrawn_on)
    )


def may_tell(consent: Consent | None, recipient: Recipient, on: date) -> bool:
    """The gate: without a valid consent that covers it, only to 福祉まるごと相談窓口.

    社会福祉法106条の6 gives the 支援会議 its duty of secrecy; 個人情報保護法69条 is why nobody else is told.
    """
    if recipient is Recipient.MARUGOTO_DESK:
        return True
    return consent is not None and valid(consent, on) and recipient in consent.scope


def check_gate(consent: Consent | None, recipient: Recipient, on: date) -> None:
    """`RuleBroken` on "consent" when the gate is shut."""
    if not may_tell(consent, recipient, on):
        raise RuleBroken(
            "consent",
            N_("ご本人の同意がないため、ここには送れません。福祉まるごと相談窓口にだけ送ることができます。"),
        )


class Conference(StrEnum):
    """重層的支援会議 with the person's consent, 支援会議 without (社会福祉法106条の4, 106条の6)."""

    SUPPORT_PLANNING = "support_planning"
    CONFIDENTIAL = "confidential"


def conference(consent: Consent | None, on: date) -> Conference:
    """Which conference may take the case up on a day."""
    return Conference.SUPPORT_PLANNING if valid(consent, on) else Conference.CONFIDENTIAL


NEEDS_REASON = frozenset({Act.RETURN, Act.FAIL, Act.SUSPEND, Act.WITHDRAW})
OBSERVATION_NEEDS_REASON = frozenset({ObservationAct.RETURN, ObservationAct.WITHDRAW})


def require_reason(act: Act, reason: str) -> None:
    """差戻し, 不調, 中断 and 取下げ need a reason; `RuleBroken` on "reason" without one."""
    states.require_reason(act, reason, NEEDS_REASON)


def require_observation_reason(act: ObservationAct, reason: str) -> None:
    """差戻し and 取下げ of a memo need a reason; `RuleBroken` on "reason" without one."""
    states.require_reason(act, reason, OBSERVATION_NEEDS_REASON)


ACKNOWLEDGE_DAYS = 5
FOLLOW_UP_MONTHS = (1, 3)


def acknowledge_by(sent_on: date, working_days: int = ACKNOWLEDGE_DAYS) -> date:
    """The last day for acknowledging what was sent: N working days of city hall (a setting)."""
    return clock.add_business_days(sent_on, working_days)


def follow_ups(visited_on: date) -> tuple[date, ...]:
    """When to ask how it goes: one and three months after the first visit (programme rule)."""
    return tuple(clock.add_months(visited_on, months) for months in FOLLOW_UP_MONTHS)


def is_overdue(due_on: date, done_on: date | None, today: date) -> bool:
    """Whether something is still open after its day."""
    return done_on is None and today > due_on


# Words that hint at what a referral sheet must not hold: diagnosis, income, family history, crime.
_SENSITIVE = (
    "病名",
    "診断",
    "障害者手帳",
    "服薬",
    "年収",
    "月収",
    "生活保護",
    "借金",
    "離婚",
    "虐待",
    "前科",
)


def sensitive_words(text: str) -> list[str]:
    """Words in free text that the writer should think about again (要配慮個人情報, 個人情報保護法2条3項).

    A hint beside the field, never a refusal: a word can be there for a good reason.
    """
    return [word for word in _SENSITIVE if word in text]
