"""What makes a receipt (領収書) good evidence, checked when it is entered and not in April. Pure.

An "error" keeps the receipt out of the report until it is put right; a "warning" asks for a look.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stations.applications.rules import CostCategory
from stations.core import clock, money, text
from stations.core.messages import N_
from stations.core.money import Yen
from stations.grants.awards.rules import reallocation
from stations.grants.books.rules import eligibility
from stations.grants.books.rules.accounts import MAX_ENTRY_YEN
from stations.grants.settings.rules import ReallocationRule


class ReceiptKind(StrEnum):
    """What the paper is. Only the first two prove that money left (programme rule)."""

    RECEIPT = "receipt"
    BANK_SLIP = "bank_slip"
    ESTIMATE = "estimate"
    INVOICE = "invoice"
    DELIVERY_NOTE = "delivery_note"


EVIDENCE = frozenset({ReceiptKind.RECEIPT, ReceiptKind.BANK_SLIP})


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing about a receipt; `message` is marked text whose places are filled from `params`."""

    level: Level
    field: str | None
    message: str
    params: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.message % dict(self.params) if self.params else self.message


@dataclass(frozen=True)
class Split:
    """The part of a receipt that belongs to one cost line."""

    line_id: int
    amount: Yen


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was read off the paper. `used_on`: 利用日 of a venue, where the paper shows it.

    `dated_on` or `amount` is None while it is not entered yet; what hangs on it is not judged then.
    """

    kind: ReceiptKind
    addressee: str
    issuer: str
    purpose: str
    dated_on: date | None
    amount: Yen | None
    splits: tuple[Split, ...]
    used_on: date | None = None

    def sameness(self) -> tuple[date | None, str, Yen | None]:
        """What two entries of one paper have in common."""
        return self.dated_on, text.for_checking(self.issuer), self.amount


@dataclass(frozen=True, kw_only=True)
class Budgets:
    """By category: what was last decided, what is spent already, and how far 流用 is free."""

    decided: Mapping[CostCategory, Yen]
    spent: Mapping[CostCategory, Yen]
    rule: ReallocationRule


@dataclass(frozen=True, kw_only=True)
class Award:
    """What a receipt is held against. `lines`: category of each cost line in the award, by its id.

    `awarded`: 交付決定額, `begins_on`: when the project begins; None asks nothing about it.
    """

    group_name: str
    fiscal_year: int
    period: tuple[date, date]
    lines: Mapping[int, CostCategory]
    budgets: Budgets | None = None
    awarded: Yen | None = None
    begins_on: date | None = None


def check_receipt(
    receipt: Receipt,
    award: Award,
    *,
    today: date,
    others: Iterable[Receipt] = (),
    elsewhere: Iterable[Receipt] = (),
) -> list[Finding]:
    """Everything there is to say about a receipt, errors first (programme rule).

    `others`: the grant's other receipts, `elsewhere`: those of the committee's other grants, to find a
    paper that was entered twice.
    """
    findings = [
        *_check_paper(receipt, award),
        *_check_amount(receipt, award),
        *_check_date(receipt, award, today),
        *_check_splits(receipt, award),
        *_check_budgets(receipt, award),
    ]
    if receipt.sameness() in {other.sameness() for other in others}:
        findings.append(_warning("amount_yen", N_("同じ日付・相手・金額の領収書が、すでにあります。")))
    if receipt.sameness() in {other.sameness() for other in elsewhere}:
        findings.append(
            _warning(
                "amount_yen",
                N_("同じ日付・相手・金額の領収書が、実行委員会のほかの助成金に登録されています。"),
            )
        )
    return sorted(findings, key=lambda finding: finding.level is not Level.ERROR)


def _error(field: str, message: str, **params: str) -> Finding:
    return Finding(Level.ERROR, field, message, tuple(params.items()))


def _warning(field: str, message: str, **params: str) -> Finding:
    return Finding(Level.WARNING, field, message, tuple(params.items()))


def _check_paper(receipt: Receipt, award: Award) -> Iterable[Finding]:
    if receipt.kind not in EVIDENCE:
        yield _error(
            "kind",
            N_("見積書・請求書・納品書は領収書の代わりになりません。領収書か振込の控えを登録してください。"),
        )
    if _name(receipt.addressee) != _name(award.group_name):
        yield _error("addressee", N_("宛名が「%(name)s」の領収書をもらってください。"), name=award.group_name)
    if not receipt.issuer.strip():
        yield _error("issuer", N_("支払った相手（お店や会社の名前）を入力してください。"))
    if is_vague(receipt.purpose):
        yield _error(
            "purpose", N_("何を買ったか（使ったか）が分かる但し書きにしてください（例：調理実習の食材代）。")
        )
    elif "一式" in receipt.purpose:
        yield _warning(
            "purpose", N_("「一式」の中身を確かめ、主なものを書いてください（例：折り紙と色鉛筆）。")
        )


def _check_amount(receipt: Receipt, award: Award) -> Iterable[Finding]:
    if receipt.amount is None:
        return
    if receipt.amount < 1:
        yield _error(
            "amount_yen", N_("0円の領収書は登録できません。支払った金額を1円以上で入力してください。")
        )
    elif receipt.amount > MAX_ENTRY_YEN:
        yield _error(
            "amount_yen",
            N_("金額は%(most)sまでです。けた数を確かめてください。"),
            most=money.format_yen(MAX_ENTRY_YEN),
        )
    elif eligibility.needs_second_look(receipt.amount, award.awarded):
        yield _warning(
            "amount_yen",
            N_(
                "領収書1枚で、交付決定額（%(awarded)s）を超えています。けた数を確かめてください。"
                "正しいときは、市の検査で2人の担当が確かめます。"
            ),
            awarded=money.format_yen(award.awarded or 0),
        )


def _check_date(receipt: Receipt, award: Award, today: date) -> Iterable[Finding]:
    first, last = award.period
    if receipt.dated_on is None:
        return
    if receipt.dated_on > today:
        yield _error("dated_on", N_("領収書の日付が、今日より後になっています。"))
    if first <= receipt.dated_on <= last:
        if award.begins_on is not None and receipt.dated_on < award.begins_on:
            yield _warning(
                "dated_on",
                N_(
                    "事業を始める日（%(day)s）より前の日付です。日付と、この事業の支払いかを確かめてください。"
                ),
                day=clock.format_era(award.begins_on),
            )
        return
    if _is_early_venue_fee(receipt, receipt.dated_on, award):
        if receipt.used_on is None:
            yield _error(
                "used_on", N_("事業の期間の前に払った会場使用料は、会場を使った日を入力してください。")
            )
        elif not first <= receipt.used_on <= last:
            yield _error(
                "used_on",
                N_("会場を使った日が、事業の期間（%(first)sから%(last)sまで）に入っていません。"),
                **_period(award),
            )
        return
    yield _error(
        "dated_on",
        N_("領収書の日付が、事業の期間（%(first)sから%(last)sまで）に入っていません。"),
        **_period(award),
    )


def _is_early_venue_fee(receipt: Receipt, dated_on: date, award: Award) -> bool:
    """A venue is often paid when it is booked: paid in the year before, for rent and nothing else."""
    earliest = clock.fiscal_year_period(award.fiscal_year - 1)[0]
    categories = {award.lines.get(split.line_id) for split in receipt.splits}
    return earliest <= dated_on < award.period[0] and categories == {CostCategory.RENT}


def _period(award: Award) -> dict[str, str]:
    return {"first": clock.format_era(award.period[0]), "last": clock.format_era(award.period[1])}


def _check_splits(receipt: Receipt, award: Award) -> Iterable[Finding]:
    if not receipt.splits:
        yield _error("splits", N_("どの費用の支払いかを選んでください。"))
        return
    if any(split.line_id not in award.lines for split in receipt.splits):
        yield _error("splits", N_("交付決定にない費用には割り振れません。"))
    if receipt.amount is None:
        return
    if any(split.amount < 1 for split in receipt.splits):
        yield _error("splits", N_("内訳の金額は1円以上で入力してください。"))
    difference = receipt.amount - sum(split.amount for split in receipt.splits)
    if difference > 0:
        message = N_("内訳の合計が、領収書の金額に%(difference)s足りません。")
    else:
        message = N_("内訳の合計が、領収書の金額より%(difference)s多すぎます。")
    if difference:
        yield _error("splits", message, difference=money.format_yen(abs(difference)))


def _check_budgets(receipt: Receipt, award: Award) -> Iterable[Finding]:
    """Whether this receipt takes a category beyond what may be moved there without asking (流用)."""
    if award.budgets is None or receipt.amount is None:
        return
    spent, mine = dict(award.budgets.spent), set()
    for split in receipt.splits:
        if (category := award.lines.get(split.line_id)) is not None:
            spent[category] = spent.get(category, 0) + split.amount
            mine.add(category)
    decided = award.budgets.decided
    over = [
        category
        for category in CostCategory
        if category in mine and spent[category] > decided.get(category, 0)
    ]
    if not over or reallocation.spending_allowed(decided, spent, award.budgets.rule):
        return
    for category in over:
        budget = decided.get(category, 0)
        yield _warning(
            "splits",
            _OVER_BUDGET[award.budgets.rule],
            category=category,
            budget=money.format_yen(budget),
            over=money.format_yen(spent[category] - budget),
        )


_OVER_BUDGET = {
    ReallocationRule.SMALLER20: N_(
        "%(category)sの支出が、予算（%(budget)s）を%(over)s超えます。"
        "費目のあいだで予算を動かせるのは（流用）、予算の少ないほうの費目の2割までで、この範囲に収まりません。"
        "実績報告の前に、代表から変更の申請が必要です。"
    ),
    ReallocationRule.ANY20: N_(
        "%(category)sの支出が、予算（%(budget)s）を%(over)s超えます。"
        "費目のあいだで予算を動かせるのは（流用）、それぞれの費目の予算の2割までで、この範囲に収まりません。"
        "実績報告の前に、代表から変更の申請が必要です。"
    ),
}


_VAGUE = {
    "",
    "品",
    "商品",
    "物品",
    "品物",
    "備品",
    "一式",
    "代金",
    "購入",
    "諸経費",
    "雑費",
    "経費",
    "その他",
}
# One politeness or unit at a time is taken off: お品代として → 品.
_TRIMMINGS = re.compile(r"^(但し?|[おご御、。,.])|(として|一式|代金?|料金?|費用?|等|他|[、。,.\s])$")


def is_vague(purpose: str) -> bool:
    """Whether a 但し書き says nothing, as 「お品代」「一式」「商品代として」 do."""
    plain = text.for_checking(purpose)
    while plain not in _VAGUE:
        shorter = _TRIMMINGS.sub("", plain, count=1)
        if shorter == plain:
            return False
        plain = shorter
    return True


def _name(addressee: str) -> str:
    """A group's name without 様, 御中 and blanks, so that only a different name is a different name."""
    return re.sub(r"(様|御中|殿)$", "", text.for_checking(addressee))
