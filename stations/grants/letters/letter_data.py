"""What each letter says: the shapes of the data of `*.typ` beside it, and their PDFs.

Amounts are integer yen and formatted by the template. Dates and numbers are finished text
(「令和8年5月1日」「松地共第12号」), because their form is a setting. Free text may hold line ends.
Titles, form names, the ordinance paragraph and the mayor are settings of the fiscal year. Totals that
follow from the lines are computed here and cannot disagree with them. Paragraphs and standard conditions are data too
(`wording`): the city's of the grant's year, else the programme's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar

from stations.core import documents
from stations.core.language import grant_word, with_grant_word
from stations.grants.letters import wording

_LETTERS = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What every letter of the city carries.

    addressee_lines: address and name of the body; addressee_name: who gets 「様」, with the office
    (「代表　…」); scheme: the grant's name; basis: the paragraph it rests on; seal_note: 「（公印省略）」 or
    nothing.
    """

    template: ClassVar[str]
    kind: ClassVar[str]

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

    def totals(self) -> dict[str, object]:
        """Facts that follow from the letter's own, by the template's names."""
        return {}

    def chosen(self) -> dict[str, str]:
        """Where a kind has texts for several cases: place in the template → the text of this case."""
        return {}


@dataclass(frozen=True, kw_only=True)
class CostLine:
    category: str
    content: str
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class Award(Letter):
    """交付決定通知書. income_total_yen is positive; the table shows it as a deduction.

    conditions: those of this grant alone. late: decided when its year was over, so nothing is left to advance.
    """

    template = "award.typ"
    kind = "award"

    title: str = "補助金交付決定通知書"
    applied_dated: str
    period: str
    award_yen: int
    decided_dated: str
    report_due: str
    retention_years: int
    lines: list[CostLine]
    income_total_yen: int
    conditions: list[str]
    late: bool = False

    def chosen(self) -> dict[str, str]:
        return {"payment": "payment_late" if self.late else "payment"}

    def totals(self) -> dict[str, object]:
        return {"cost_total_yen": sum(line.amount_yen for line in self.lines)}


@dataclass(frozen=True, kw_only=True)
class Refusal(Letter):
    """不交付決定通知書."""

    template = "refusal.typ"
    kind = "refusal"

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
    """額の確定通知書. 差引 = fixed − paid; one of three texts says which way it goes.

    disallowed: what the 検査 took off the reported costs; without any the letter does not speak of it.
    """

    template = "determination.typ"
    kind = "determination"

    title: str = "補助金の額の確定通知書"
    reported_dated: str
    award_dated: str
    award_number: str
    award_yen: int
    fixed_yen: int
    paid_yen: int
    disallowed: list[Disallowed] = field(default_factory=list)

    def totals(self) -> dict[str, object]:
        return {
            "disallowed_yen": sum(one.amount_yen for one in self.disallowed),
            "difference_yen": abs(self.fixed_yen - self.paid_yen),
        }

    def chosen(self) -> dict[str, str]:
        if self.fixed_yen == self.paid_yen:
            return {"settlement": "settlement_none"}
        return {"settlement": f"settlement_{'paid' if self.fixed_yen > self.paid_yen else 'refunded'}"}


@dataclass(frozen=True, kw_only=True)
class Refund(Letter):
    """返還命令書. Raises ValueError unless refund = paid − fixed and positive. cancelled: it follows from a 取消し."""

    template = "refund.typ"
    kind = "refund"

    title: str = "補助金返還命令書"
    award_dated: str
    award_number: str
    paid_yen: int
    fixed_yen: int
    refund_yen: int
    due: str
    cancelled: bool = False
    found: str = ""

    def chosen(self) -> dict[str, str]:
        return {"reason": "reason_cancelled" if self.cancelled else "reason"}

    def __post_init__(self) -> None:
        if self.refund_yen <= 0 or self.refund_yen != self.paid_yen - self.fixed_yen:
            raise ValueError("the refund is what was paid beyond the fixed amount")


@dataclass(frozen=True, kw_only=True)
class Recovery(Refund):
    """返還命令書 after 完結. found: what was found about this grant, below the standard reason."""

    kind = "recovery"


@dataclass(frozen=True, kw_only=True)
class Cancellation(Letter):
    """交付決定取消通知書, of all (kept_yen 0) or of a part. ValueError unless 0 ≤ kept < award.

    Not final: what is left is a ceiling, and the report, due on ``report_due``, and its inspection fix the amount.
    """

    template = "cancellation.typ"
    kind = "cancellation"

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

    def totals(self) -> dict[str, object]:
        return {
            "cancelled_yen": self.award_yen - self.kept_yen,
            "refund_yen": max(0, self.paid_yen - self.kept_yen),
            "extent": "一部" if self.kept_yen else "全部",
        }

    def chosen(self) -> dict[str, str]:
        if not self.final:
            return {"repayment": "repayment_reported"}
        return {"repayment": "repayment" if self.paid_yen > self.kept_yen else "repayment_none"}


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    category: str
    before_yen: int
    after_yen: int


@dataclass(frozen=True, kw_only=True)
class ChangeApproval(Letter):
    """変更承認通知書: one row per cost category, before and after."""

    template = "change.typ"
    kind = "change"

    title: str = "補助事業変更承認通知書"
    requested_dated: str
    award_dated: str
    award_number: str
    award_yen: int
    change: str
    lines: list[ChangedLine]

    def totals(self) -> dict[str, object]:
        return {
            "before_total_yen": sum(line.before_yen for line in self.lines),
            "after_total_yen": sum(line.after_yen for line in self.lines),
        }


@dataclass(frozen=True, kw_only=True)
class ChangeRefusal(Letter):
    """変更不承認通知書: what was asked for, and why it is not approved."""

    template = "change_refusal.typ"
    kind = "change_refusal"

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


def standard(kind: str) -> dict[str, str]:
    """The texts of a kind where a city begins, with the one word for its money."""
    return {name: with_grant_word(text) for name, text in wording.KINDS[kind].texts.items()}


def said(letter: Letter) -> dict[str, str]:
    """What a letter prints for each placeholder of its kind."""
    return wording.values(letter.kind, asdict(letter) | letter.totals())


def pdf(
    letter: Letter | FinalReport,
    *,
    issued_on: date | None,
    texts: Mapping[str, str] | None = None,
    printed_as: Mapping[str, str] | None = None,
) -> bytes:
    """The letter as PDF/A; None prints a draft marked 「案」.

    ``texts``: what the city says in letters of this kind; None: the programme's own.
    ``printed_as``: what is printed for characters that no font has. `RuleBroken` names the others.
    """
    data = asdict(letter) | letter.totals()
    if isinstance(letter, Letter):  # a form of the committee has its own heading
        data |= {
            "title": with_grant_word(letter.title),
            "grant_word": grant_word(),
            "words": _words(letter, texts),
        }
    return documents.render(_LETTERS / letter.template, data, issued_on=issued_on, printed_as=printed_as)


def _words(letter: Letter, texts: Mapping[str, str] | None) -> dict[str, list[list[wording.Run]]]:
    """The texts of a letter by their place in the template, filled."""
    own, values = standard(letter.kind) if texts is None else texts, said(letter)
    by_place = {name: name for name in own} | letter.chosen()
    return {place: wording.filled(letter.kind, own[name], values) for place, name in by_place.items()}
