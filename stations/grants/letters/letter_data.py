"""What each letter says: the shapes of the data of `*.typ` beside it, and their PDFs.

Amounts are integer yen and formatted by the template. Dates and numbers are finished text
(「令和8年5月1日」「松地共第12号」), because their form is a setting. Free text may hold line ends.
Titles, form names, the ordinance paragraph and the mayor are settings of the fiscal year. Totals that
follow from the lines are computed here and cannot disagree with them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar

from stations.core import documents
from stations.core.language import grant_word, in_house

_LETTERS = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What every letter of the city carries.

    addressee_lines: address and name of the body; addressee_name: who gets 「様」, with the office
    (「代表　…」); scheme: the grant's name; basis: the paragraph it rests on; seal_note: 「（公印省略）」 or
    nothing; appeal: 教示 or another closing paragraph.
    """

    template: ClassVar[str]

    title: str
    number: str
    dated: str
    addressee_lines: list[str]
    addressee_name: str
    sender_name: str
    fiscal_year: str
    scheme: str
    basis: str
    project: str
    contact_lines: list[str]
    sender_title: str = "松戸市長"
    form: str = ""
    seal_note: str = ""
    appeal: str = ""

    def totals(self) -> dict[str, int]:
        """Amounts that follow from the letter's lines, by the template's names."""
        return {}


@dataclass(frozen=True, kw_only=True)
class CostLine:
    category: str
    content: str
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class Award(Letter):
    """交付決定通知書. income_total_yen is positive; the table shows it as a deduction."""

    template = "award.typ"

    title: str = "補助金交付決定通知書"
    applied_dated: str
    period: str
    award_yen: int
    payment_method: str
    report_due: str
    lines: list[CostLine]
    income_total_yen: int
    conditions: list[str]

    def totals(self) -> dict[str, int]:
        return {"cost_total_yen": sum(line.amount_yen for line in self.lines)}


@dataclass(frozen=True, kw_only=True)
class Refusal(Letter):
    """不交付決定通知書."""

    template = "refusal.typ"

    title: str = "補助金不交付決定通知書"
    applied_dated: str
    applied_yen: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Disallowed:
    """対象外: what of a receipt did not count, and why."""

    receipt: str
    category: str
    amount_yen: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Determination(Letter):
    """額の確定通知書. The template derives 差引 = fixed − paid and says which way it goes.

    disallowed: what the 検査 took off the reported costs; without any the letter does not speak of it.
    """

    template = "determination.typ"

    title: str = "補助金の額の確定通知書"
    reported_dated: str
    award_dated: str
    award_number: str
    award_yen: int
    fixed_yen: int
    paid_yen: int
    disallowed: list[Disallowed] = field(default_factory=list)

    def totals(self) -> dict[str, int]:
        return {"disallowed_yen": sum(one.amount_yen for one in self.disallowed)}


@dataclass(frozen=True, kw_only=True)
class Refund(Letter):
    """返還命令書. Raises ValueError unless refund = paid − fixed and positive."""

    template = "refund.typ"

    title: str = "補助金返還命令書"
    award_dated: str
    award_number: str
    paid_yen: int
    fixed_yen: int
    refund_yen: int
    due: str
    reason: str
    payment_method: str

    def __post_init__(self) -> None:
        if self.refund_yen <= 0 or self.refund_yen != self.paid_yen - self.fixed_yen:
            raise ValueError("the refund is what was paid beyond the fixed amount")


@dataclass(frozen=True, kw_only=True)
class Cancellation(Letter):
    """交付決定取消通知書, of all (kept_yen 0) or of a part. ValueError unless 0 ≤ kept < award.

    Not final: what is left is a ceiling, and the report, due on ``report_due``, and its inspection fix the amount.
    """

    template = "cancellation.typ"

    title: str = "補助金交付決定取消通知書"
    award_dated: str
    award_number: str
    award_yen: int
    kept_yen: int
    paid_yen: int
    reason: str
    final: bool = True
    report_due: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.kept_yen < self.award_yen:
            raise ValueError("what is left of a cancelled award is less than the award")

    def totals(self) -> dict[str, int]:
        return {
            "cancelled_yen": self.award_yen - self.kept_yen,
            "refund_yen": max(0, self.paid_yen - self.kept_yen),
        }


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    category: str
    before_yen: int
    after_yen: int


@dataclass(frozen=True, kw_only=True)
class ChangeApproval(Letter):
    """変更承認通知書: one row per cost category, before and after."""

    template = "change.typ"

    title: str = "補助事業変更承認通知書"
    requested_dated: str
    award_dated: str
    award_number: str
    award_yen: int
    change: str
    lines: list[ChangedLine]
    conditions: list[str] = field(default_factory=list)

    def totals(self) -> dict[str, int]:
        return {
            "before_total_yen": sum(line.before_yen for line in self.lines),
            "after_total_yen": sum(line.after_yen for line in self.lines),
        }


@dataclass(frozen=True, kw_only=True)
class ChangeRefusal(Letter):
    """変更不承認通知書: what was asked for, and why it is not approved."""

    template = "change_refusal.typ"

    title: str = "補助事業変更不承認通知書"
    requested_dated: str
    award_dated: str
    award_number: str
    change: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """One row of the 収支決算書."""

    category: str
    budget_yen: int
    actual_yen: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CashLine:
    """One line of the 出納帳: in_yen or out_yen is 0; balance_yen runs along."""

    dated: str
    text: str
    voucher: str
    in_yen: int
    out_yen: int
    balance_yen: int


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of the year with its unit: Figure(label="延べ参加者数", value=312, unit="人")."""

    label: str
    value: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class FinalReport:
    """実績報告書 + 収支決算書 + 出納帳 in one PDF, from the committee to the mayor.

    An empty cash_book leaves the appendix out, empty results their item. attachments: what stands behind the report in
    the same PDF. audit_note: the 監査's statement with date and name.
    """

    template: ClassVar[str] = "report.typ"

    dated: str
    applicant_address: str
    applicant_name: str
    applicant_representative: str
    applicant_phone: str
    fiscal_year: str
    scheme: str
    basis: str
    project: str
    period: str
    award_dated: str
    award_number: str
    award_yen: int
    paid_yen: int
    activities: str
    results: str
    figures: list[Figure]
    attachments: list[str]
    income: list[AccountLine]
    expenses: list[AccountLine]
    cash_book: list[CashLine]
    audit_note: str = ""
    addressee: str = "松戸市長"
    title: str = "実績報告書"
    form: str = ""

    def totals(self) -> dict[str, object]:
        return {
            "income_total": asdict(_total(self.income)),
            "expense_total": asdict(_total(self.expenses)),
            "cash_in_yen": sum(line.in_yen for line in self.cash_book),
            "cash_out_yen": sum(line.out_yen for line in self.cash_book),
        }


def _total(lines: list[AccountLine]) -> AccountLine:
    return AccountLine(
        category="計",
        budget_yen=sum(line.budget_yen for line in lines),
        actual_yen=sum(line.actual_yen for line in lines),
    )


def pdf(
    letter: Letter | FinalReport, *, issued_on: date | None, printed_as: Mapping[str, str] | None = None
) -> bytes:
    """The letter as PDF/A; None prints a draft marked 「案」.

    ``printed_as``: what is printed for characters that no font has. `RuleBroken` names the others.
    """
    data = asdict(letter) | letter.totals()
    if "title" in data:  # a form of the committee has its own heading
        data |= {"title": in_house(str(data["title"])), "grant_word": grant_word()}
    return documents.render(_LETTERS / letter.template, data, issued_on=issued_on, printed_as=printed_as)
