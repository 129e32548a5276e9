"""What a 実績報告 needs before it may be handed in, until when, and how it is inspected and reminded of. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from stations.applications.rules import CostCategory
from stations.core import clock, money
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.money import Yen
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.rules import Status

# A change request must be answered before the year is reported.
REPORTABLE = BOOKS_OPEN - {Status.CHANGE_REQUESTED}

LAST_ENTRY = "last_ledger_entry"
"""In the event of handing in: the id of the newest line of the books. The statement as handed in ends with it."""


class Need(StrEnum):
    """One thing on the list of what a report needs."""

    SUMMARY = "summary"
    COMPLETED_ON = "completed_on"
    CHANGE = "change"
    REALLOCATION = "reallocation"
    FUNDS = "funds"
    AUDIT = "audit"


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """A grant's accounts as far as the report asks. `income` holds everything but the grant and 自己資金.

    `within_budgets`: each category kept to its budget and the free 流用 (`reallocation.check_spending`).
    """

    status: Status
    summary: str
    completed_on: date | None
    awarded: Yen
    income: Yen
    own_funds: Yen
    spent: Yen
    audited: bool
    within_budgets: bool = True

    @property
    def shortfall(self) -> Yen:
        """Spending that neither the whole award nor the recorded income covers: somebody's own money."""
        return max(0, self.spent - self.awarded - self.income - self.own_funds)


def missing(accounts: Accounts) -> list[RuleBroken]:
    """What still stands between the accounts and the report, 監査 last; `field` is the `Need`."""
    found: list[RuleBroken] = []
    if not accounts.summary.strip():
        found.append(RuleBroken(Need.SUMMARY, N_("実施した内容と成果を入力してください。")))
    if accounts.completed_on is None:
        found.append(RuleBroken(Need.COMPLETED_ON, N_("事業が完了した日を入力してください。")))
    if accounts.status is Status.CHANGE_REQUESTED:
        found.append(RuleBroken(Need.CHANGE, N_("変更の申請に、市の回答が出るのを待ってください。")))
    if not accounts.within_budgets:
        found.append(
            RuleBroken(
                Need.REALLOCATION,
                N_(
                    "費目の支出が、予算から2割まで流用できる範囲を超えています。変更承認を申請するか、"
                    "超える分の領収書を取り消して実行委員会で負担してください。"
                ),
            )
        )
    if accounts.shortfall:
        found.append(
            RuleBroken(
                Need.FUNDS,
                N_(
                    "支出（%(spent)s）が、決定額（%(awarded)s）と記録した収入（%(income)s）の合計より"
                    "%(yen)s多くなっています。足りない分を「自己資金」として記録してください。"
                ),
                spent=money.format_yen(accounts.spent),
                awarded=money.format_yen(accounts.awarded),
                income=money.format_yen(accounts.income + accounts.own_funds),
                yen=money.format_yen(accounts.shortfall),
            )
        )
    if not accounts.audited:
        found.append(RuleBroken(Need.AUDIT, N_("監査の確認を受けてください。")))
    return found


def check_auditable(accounts: Accounts) -> None:
    """監査 looks at finished accounts: `RuleBroken` with the first thing that is still missing."""
    for broken in missing(accounts):
        if broken.field != Need.AUDIT:
            raise RuleBroken(None, broken.message, **broken.params)
    if accounts.audited:
        raise Conflict(None, N_("監査の確認は、すでに済んでいます。"))


def check_reportable(accounts: Accounts) -> None:
    """`RuleBroken` with the first thing that is missing before the report may be handed in."""
    for broken in missing(accounts):
        raise RuleBroken(None, broken.message, **broken.params)


def check_completed_on(fiscal_year: int, completed_on: date, *, today: date) -> None:
    """The project ends inside its fiscal year, and not in the future. `RuleBroken` on "completed_on"."""
    first, last = clock.fiscal_year_period(fiscal_year)
    if not first <= completed_on <= last:
        raise RuleBroken(
            "completed_on",
            N_("完了した日は、%(year)s年度（4月1日から3月31日まで）の日にしてください。"),
            year=fiscal_year,
        )
    if completed_on > today:
        raise RuleBroken("completed_on", N_("完了した日が、今日より後になっています。"))


# Working days in which a committee is asked to answer a finding: custom, not law.
ANSWER_WITHIN = 10


def answer_by(found_on: date) -> date:
    """Until when a finding of the inspection should be answered."""
    return clock.add_business_days(found_on, ANSWER_WITHIN)


def check_not_own_books(person_id: int, kept_by: Collection[int]) -> None:
    """監査 is never done by somebody who kept the books (programme rule). `RuleBroken` otherwise."""
    if person_id in kept_by:
        raise RuleBroken(
            None,
            N_("領収書や収入を記録した人は、同じ会計の監査ができません。ほかの監査の方に依頼してください。"),
        )


def check_inspected(unticked: int, with_finding: int, unconfirmed: int = 0) -> None:
    """検査 is done when every receipt is ticked, none has a finding left, and two officials saw those above the award.

    `RuleBroken` otherwise.
    """
    if with_finding:
        raise RuleBroken(
            None, N_("指摘のある領収書が%(n)s件あります。差し戻すか、確認し直してください。"), n=with_finding
        )
    if unticked:
        raise RuleBroken(None, N_("まだ確認していない領収書が%(n)s件あります。"), n=unticked)
    if unconfirmed:
        raise RuleBroken(
            None,
            N_("交付決定額を超える領収書が%(n)s件あります。もう1人の担当の確認を受けてください。"),
            n=unconfirmed,
        )


def reminder_due(due_on: date, days: Collection[int], *, today: date, sent: Collection[date]) -> date | None:
    """The day of reminding that has come and is not answered by a mail yet; None without one.

    ``days``: beside the deadline, below zero before it. Of several that were missed only the newest counts.
    """
    reached = [day for number in days if (day := due_on + timedelta(days=number)) <= today]
    newest = max(reached, default=None)
    return None if newest is None or any(day >= newest for day in sent) else newest


class ReportTerms(Protocol):
    """What of a year's settings the deadline of a report rests on: `FiscalTerms`, or the year's row itself."""

    @property
    def fiscal_year(self) -> int: ...
    @property
    def report_days(self) -> int: ...
    @property
    def report_latest(self) -> tuple[int, int]: ...


def report_deadline(completed_on: date, terms: ReportTerms) -> date:
    """実績報告 is due so many days after completion, at the latest on the fixed day after the year."""
    latest = date(terms.fiscal_year + 1, *terms.report_latest)
    return min(completed_on + timedelta(days=terms.report_days), latest)


@dataclass(frozen=True)
class StatementLine:
    """One 費目 of the 収支決算書: 予算額, 決算額, 増減."""

    category: CostCategory
    planned: Yen
    spent: Yen

    @property
    def difference(self) -> Yen:
        return self.spent - self.planned


def statement(planned: Mapping[CostCategory, Yen], spent: Mapping[CostCategory, Yen]) -> list[StatementLine]:
    """One line for each category that was planned or spent on, in the order of the categories."""
    return [
        StatementLine(category, planned.get(category, 0), spent.get(category, 0))
        for category in CostCategory
        if category in planned or category in spent
    ]
