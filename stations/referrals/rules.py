"""Rules of referrals (agency → station) and observations (station → agency); `consent_rules` stands between them."""

from datetime import date
from enum import StrEnum

from stations.core import clock
from stations.core.messages import N_, Conflict, RuleBroken


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
    AGREE_VISIT = "agree_visit"
    RECORD_FIRST_VISIT = "record_first_visit"
    START = "start"
    SETTLE = "settle"
    CLOSE = "close"
    FAIL = "fail"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class SheetAct(StrEnum):
    """What is done to a referral or memo without moving it to another state."""

    CREATE = "create"
    SAVE = "save"
    RECORD_CONSENT = "record_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    RECORD_FOLLOW_UP = "record_follow_up"
    RECORD_CALL = "record_call"
    CONFIRM_CONTENT = "confirm_content"


class AgeGroup(StrEnum):
    """年代 as a band: more would not help the station, and would point at the person."""

    UNDER_18 = "under_18"
    AGE_18_39 = "age_18_39"
    AGE_40_64 = "age_40_64"
    AGE_65_74 = "age_65_74"
    AGE_75_PLUS = "age_75_plus"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How it goes, one and three months after the first visit."""

    CONTINUING = "continuing"
    LESS = "less"
    STOPPED = "stopped"
    MOVED_ON = "moved_on"


def check_sheet(*, alias: str, wishes: str, contact_name: str, contact_phone: str) -> None:
    """What a sheet must hold before it is sent; `RuleBroken` on the first field that lacks."""
    for field, value, message in (
        ("alias", alias, N_("ステーションでの呼び名を入力してください。")),
        ("wishes", wishes, N_("ご本人の希望を入力してください。")),
        ("contact_name", contact_name, N_("相談機関の担当者を入力してください。")),
        ("contact_phone", contact_phone, N_("相談機関の電話番号を入力してください。")),
    ):
        if not value.strip():
            raise RuleBroken(field, message)


def check_first_visit(visited_on: date, sent_on: date, today: date) -> None:
    """`RuleBroken` on "first_visit_on" for a visit to come, or one before the sheet was sent."""
    if visited_on > today:
        raise RuleBroken("first_visit_on", N_("見学の日は、今日か、それより前の日を入力してください。"))
    if visited_on < sent_on:
        raise RuleBroken("first_visit_on", N_("見学の日は、つなぎを送った日より後の日を入力してください。"))


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
    REDIRECT = "redirect"
    ESCALATE = "escalate"
    ALERT_SECTION = "alert_section"
    WITHDRAW = "withdraw"


# Where a memo lies with its receiver, and what the receiver does with it there.
TAKEN_UP = frozenset({ObservationStatus.ACKNOWLEDGED, ObservationStatus.IN_PROGRESS})
AT_RECEIVER = TAKEN_UP | {ObservationStatus.SENT}
_RECEIVERS_ACTS = frozenset(
    {ObservationAct.ACKNOWLEDGE, ObservationAct.START, ObservationAct.CLOSE, ObservationAct.RETURN}
)


def observation_act_fits(status: ObservationStatus, act: StrEnum, *, may_know: bool) -> bool:
    """Whether the consent leaves room for an act; ``may_know``: whether the receiver may (still) know of the person.

    While it may, the station takes back only what nobody took up. When it may not, the receiver does nothing more:
    the station sends the memo to 福祉まるごと相談窓口, who need no consent (支援会議), or takes it back.
    """
    if not may_know:
        return act not in _RECEIVERS_ACTS
    too_late = act is ObservationAct.WITHDRAW and status in TAKEN_UP
    return act is not ObservationAct.REDIRECT and not too_late


def check_observation_act(status: ObservationStatus, act: StrEnum, *, may_know: bool) -> None:
    """`Conflict` when the consent leaves no room for an act."""
    if observation_act_fits(status, act, may_know=may_know):
        return
    if may_know:
        raise Conflict(None, N_("送り先が受け付けたメモは、取り下げられません。送り先に連絡してください。"))
    raise Conflict(
        None, N_("ご本人の同意がなくなったため、このメモは扱えません。ステーションが送り先を決め直します。")
    )


def check_agreed_visit(agreed: str) -> None:
    """`RuleBroken` on "reason" for an agreement about the first visit that says nothing."""
    if not agreed.strip():
        raise RuleBroken("reason", N_("見学の日時・待ち合わせ・会う人を入力してください。"))


def sheet_number(fiscal_year: int, number: int, *, memo: bool = False) -> str:
    """「R8-0001」, of a memo 「R8-M0001」: what lists, mail and titles show instead of a person."""
    first_on = date(fiscal_year, 5, 1)
    letter = next(era.letter for era in reversed(clock.ERAS) if era.first_on <= first_on)
    return f"{letter}{clock.era(first_on).year}-{'M' if memo else ''}{number:04}"
