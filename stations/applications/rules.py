"""Rules of a plan (企画案・計画案): its states, its sections, its sums, its frozen form."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from stations.core import clock, money
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen


class Status(StrEnum):
    """下書き → 提出 → 受付 ⇄ 差戻し → 事務局確認済 → 付議 → a resolution (programme rule)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    TABLED = "tabled"
    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    SUBMIT = "submit"
    RECALL = "recall"
    RECALL_CORRECTED = "recall_mended"
    RECEIVE = "receive"
    RETURN = "return"
    CONFIRM = "confirm"
    TABLE = "table"
    UNTABLE = "untable"
    UNTABLE_DEFERRED = "untable_deferred"
    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions"
    DEFER = "defer"
    REJECT = "reject"
    WITHDRAW = "withdraw"


EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
FINAL = frozenset({Status.APPROVED, Status.APPROVED_WITH_CONDITIONS, Status.REJECTED, Status.WITHDRAWN})
GRANTABLE = frozenset({Status.APPROVED, Status.APPROVED_WITH_CONDITIONS})
# When officials may ask for something to be corrected.
COMMENTABLE = frozenset({Status.SUBMITTED, Status.RECEIVED, Status.DEFERRED})
# What members of the general meeting may read: a plan that came before them, from then on.
SEEN_BY_MEMBERS = frozenset({Status.TABLED, Status.DEFERRED, Status.REJECTED}) | GRANTABLE
RESOLUTIONS = frozenset({Act.APPROVE, Act.APPROVE_WITH_CONDITIONS, Act.DEFER, Act.REJECT})


def may_edit(status: Status) -> bool:
    """Whether the committee may still write in the plan."""
    return status in EDITABLE


# Working days in which the secretariat means to act, and the committee to correct: custom, not law.
RECEIVE_WITHIN = 3
REVIEW_WITHIN = 10
MEND_WITHIN = 10


def draft_by(fiscal_year: int, started_on: date) -> date:
    """Until when a draft should be handed in: before its year begins, and one started later before the year is over."""
    first, last = clock.fiscal_year_period(fiscal_year)
    return first - timedelta(days=1) if started_on < first else last


class History(StrEnum):
    """What a plan's timeline tells besides each `Act`: what is done without changing the state."""

    CREATE = "create"
    SAVE = "save"
    ATTACH = "attach"
    REMOVE_ATTACHMENT = "remove_attachment"
    COMMENT = "comment"
    CHANGE_COMMENT = "change_comment"
    REMOVE_COMMENT = "remove_comment"


class CostCategory(StrEnum):
    """What the city supports: 場所使用料, and 活動費 in its five kinds (programme rule)."""

    RENT = "rent"
    HONORARIUM = "honorarium"
    SUPPLIES = "supplies"
    SERVICES = "services"
    HIRE = "hire"
    EQUIPMENT = "equipment"


class CostGroup(StrEnum):
    RENT = "rent"
    ACTIVITY = "activity"


class IncomeKind(StrEnum):
    FEES = "fees"
    DONATION = "donation"
    OTHER_GRANT = "other_grant"
    OWN_FUNDS = "own_funds"
    OTHER = "other"


class Section(StrEnum):
    """The parts of a plan, in the order in which a committee fills them in."""

    PURPOSE = "purpose"
    AUDIENCE = "audience"
    VENUES = "venues"
    OPENINGS = "openings"
    ORGANISATION = "organisation"
    COSTS = "costs"
    ATTACHMENTS = "attachments"


# The inputs of the sections that are plain fields of a plan (venues: the ids of its venues).
SECTION_FIELDS: dict[Section, tuple[str, ...]] = {
    Section.PURPOSE: ("purpose", "activities"),
    Section.AUDIENCE: ("audience", "expected_visits"),
    Section.VENUES: ("venues", "venues_note"),
    Section.OPENINGS: ("openings_planned", "openings_note"),
    Section.ORGANISATION: ("organisation", "safety"),
}


def cost_group(category: CostCategory) -> CostGroup:
    """場所使用料 stands alone; everything else is 活動費."""
    return CostGroup.RENT if category is CostCategory.RENT else CostGroup.ACTIVITY


def line_amount(quantity: int, unit_price_yen: Yen) -> Yen:
    """数量 × 単価 = 金額; `RuleBroken` on "quantity" or "unit_price_yen"."""
    if quantity < 1:
        raise RuleBroken("quantity", N_("数量は1以上の整数で入力してください。"))
    if unit_price_yen < 1:
        raise RuleBroken("unit_price_yen", N_("単価は1円以上で入力してください。"))
    amount = quantity * unit_price_yen
    if amount > money.MAX_YEN:
        raise RuleBroken("unit_price_yen", N_("金額が大きすぎます。数量と単価を確かめてください。"))
    return amount


@dataclass(frozen=True)
class Totals:
    """The sums of a budget, in yen. `income` is all income, own funds included."""

    rent: Yen
    activity: Yen
    income: Yen

    @property
    def cost(self) -> Yen:
        return self.rent + self.activity

    @property
    def requested(self) -> Yen:
        """市への申請額 = 費用合計 − 収入合計, never below zero."""
        return max(0, self.cost - self.income)


def totals(lines: Iterable[tuple[CostCategory, Yen]], incomes: Iterable[tuple[IncomeKind, Yen]]) -> Totals:
    """Sum up cost lines (category, amount) and income lines (kind, amount)."""
    by_group = dict.fromkeys(CostGroup, 0)
    for category, amount in lines:
        by_group[cost_group(category)] += amount
    return Totals(
        rent=by_group[CostGroup.RENT],
        activity=by_group[CostGroup.ACTIVITY],
        income=sum(amount for _, amount in incomes),
    )


@dataclass(frozen=True, kw_only=True)
class PlanContent:
    """What the check before submission looks at. `activities` is 内容; attachments are never compulsory."""

    purpose: str = ""
    activities: str = ""
    audience: str = ""
    venue_count: int = 0
    opening_count: int = 0
    organisation: str = ""
    safety: str = ""
    totals: Totals = Totals(rent=0, activity=0, income=0)


@dataclass(frozen=True)
class Missing:
    """What a section still lacks; `field` is the input to go to."""

    section: Section
    field: str
    message: str


def missing(content: PlanContent) -> list[Missing]:
    """What has to be filled in before the plan can be submitted, in the order of the sections."""
    checks = (
        (content.purpose.strip(), Section.PURPOSE, "purpose", N_("目的を入力してください。")),
        (content.activities.strip(), Section.PURPOSE, "activities", N_("内容を入力してください。")),
        (content.audience.strip(), Section.AUDIENCE, "audience", N_("対象を入力してください。")),
        (content.venue_count, Section.VENUES, "venues", N_("会場を1つ以上選んでください。")),
        (content.opening_count, Section.OPENINGS, "openings", N_("開催予定を1回以上入力してください。")),
        (content.organisation.strip(), Section.ORGANISATION, "organisation", N_("体制を入力してください。")),
        (content.safety.strip(), Section.ORGANISATION, "safety", N_("安全管理を入力してください。")),
        (content.totals.cost, Section.COSTS, "costs", N_("費用の明細を1行以上入力してください。")),
        (
            not content.totals.cost or content.totals.requested,
            Section.COSTS,
            "incomes",
            N_("収入が費用以上です。市への申請額が1円以上になるよう、明細を確かめてください。"),
        ),
    )
    return [Missing(section, field, message) for filled, section, field, message in checks if not filled]


def check_complete(content: PlanContent) -> None:
    """`RuleBroken` on the first thing that is missing before 提出."""
    if gaps := missing(content):
        raise RuleBroken(gaps[0].field, gaps[0].message)


def freeze(content: object) -> bytes:
    """One canonical form of a submitted version: the same content always gives the same bytes.

    `content`: dict, list, str, int, bool, None only (dates as ISO strings). UTF-8 JSON, keys sorted,
    characters as typed. Raises TypeError for anything else, floats included: no amount is ever a float.
    """
    _refuse_floats(content)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_floats(content: object) -> None:
    if isinstance(content, float):
        raise TypeError("a frozen plan holds no floats")
    if isinstance(content, dict):
        if not all(isinstance(key, str) for key in content):
            raise TypeError("a frozen plan has only text keys")
        content = list(content.values())
    if isinstance(content, list | tuple):
        for part in content:
            _refuse_floats(part)


def fingerprint(frozen: bytes) -> str:
    """SHA-256 of a frozen version, 64 hexadecimal digits."""
    return hashlib.sha256(frozen).hexdigest()
