"""The 実績報告 of a grant as the books show it: what is missing, the 収支決算書, the deadline."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stations.applications.rules import CostCategory
from stations.attendance.queries import counts
from stations.attendance.queries.counts import PeriodTotals
from stations.core import clock
from stations.core.audit import Event
from stations.core.database import db
from stations.core.language import gettext as _
from stations.core.messages import RuleBroken
from stations.core.money import Yen
from stations.grants.awards.queries.decisions import award_as_published, decided_award, is_cancelled
from stations.grants.awards.rules import budgets, reallocation
from stations.grants.books.models import Receipt
from stations.grants.books.queries.cash_book import cash
from stations.grants.books.queries.ledger import entries_after, entries_of, postings_of
from stations.grants.books.rules import accounts as account_rules
from stations.grants.books.rules import bookkeeping
from stations.grants.books.rules.bookkeeping import Account, GrantBalance, Posting
from stations.grants.models import Grant
from stations.grants.queries.grants import begins_on
from stations.grants.reports import rules
from stations.grants.reports.queries.statements import Statement, statement
from stations.grants.reports.rules import LAST_ENTRY, Accounts
from stations.grants.rules import AccountsAct, Act, Status, project_period
from stations.grants.settings.queries import reallocation_rule
from stations.grants.settlement.rules import amounts
from stations.grants.settlement.rules.amounts import Settlement


def report_text(grant: Grant) -> tuple[str, str, dt.date | None]:
    """What the committee has written so far: 実施した内容, 成果と課題, the day of completion."""
    return (grant.report_summary, grant.report_results, grant.completed_on)


@dataclass(frozen=True)
class Movement:
    """A line that the books got after the report: what the city paid or took back, 自己資金 at the end."""

    on: dt.date
    text: str
    yen: Yen


@dataclass(frozen=True)
class Since:
    """What has happened since the report was handed in. ``settled``: None until the amount is fixed."""

    movements: tuple[Movement, ...]
    settled: Settlement | None


@dataclass(frozen=True)
class Report:
    """Everything a page or the PDF of a 実績報告 shows, read in a few queries.

    Of a report that is with the city, ``statement`` is what was audited and handed in, as its PDF has it, and
    ``since`` is what came after; ``balance`` and ``accounts`` are of today. Else ``since`` is None. ``returned``:
    why the city sent it back last; empty when it never did.
    """

    accounts: Accounts
    statement: Statement
    balance: GrantBalance
    missing: tuple[RuleBroken, ...]
    due_on: dt.date | None
    returned: str
    since: Since | None


def accounts(grant: Grant) -> Accounts:
    """The grant's accounts as the rules of the report take them."""
    return _accounts(grant, postings_of(grant))


def report(grant: Grant, *, settled: bool = True) -> Report:
    """The report of a grant: as it was handed in, while it is with the city or settled; else as the books are now.

    ``settled``: whether its reader may know what was fixed (`disclosure.may_know_settlement`).
    """
    entries = entries_of(grant)
    postings = [posting for _entry, posting in entries]
    state = _accounts(grant, postings)
    balance = bookkeeping.grant_balance(decided_award(grant) or 0, postings)
    handed = _handed(grant)
    closed_at = _closed_at(grant, handed)
    reported = [posting for entry, posting in entries if closed_at is None or entry <= closed_at]
    return Report(
        accounts=state,
        statement=statement(grant, reported),
        balance=balance,
        missing=tuple(rules.missing(state)),
        due_on=due_on(grant),
        returned=next((one.reason or "" for one in handed if one.act == Act.RETURN_REPORT), ""),
        since=None if closed_at is None else _since(grant, closed_at, balance, settled=settled),
    )


def _handed(grant: Grant) -> Sequence[sa.Row[str, str | None, dict[str, Any]]]:
    """The acts of handing in and sending back, the last one first; none before the first report."""
    if grant.reported_at is None:
        return []
    return db.session.execute(
        sa.select(Event.act, Event.reason, Event.detail)
        .where(
            Event.object_type == grant.__tablename__,
            Event.object_id == grant.id,
            Event.act.in_([Act.REPORT.value, Act.RETURN_REPORT.value]),
        )
        .order_by(Event.id.desc())
    ).all()


def _closed_at(grant: Grant, handed: Sequence[sa.Row[str, str | None, dict[str, Any]]]) -> int | None:
    """The newest line of the books when the report was handed in last; None while it is not with the city.

    A report that was sent back is not with the city, also when the award is cancelled after that.
    """
    if not handed or grant.status in account_rules.BOOKS_OPEN:
        return None
    last: int | None = handed[0].detail.get(LAST_ENTRY)  # 差戻し names none
    return last


def _since(grant: Grant, closed_at: int, balance: GrantBalance, *, settled: bool) -> Since:
    known = settled and (grant.determined_on is not None or is_cancelled(grant))
    fixed = grant.fixed_yen if known else None
    return Since(
        tuple(
            Movement(
                row.happened_on,
                _("%(text)s（取消し）", text=row.description) if row.reverses_id else row.description,
                cash(row),
            )
            for row in entries_after(grant, closed_at)
        ),
        None if fixed is None else amounts.settle(fixed, balance.paid),
    )


def due_on(grant: Grant) -> dt.date | None:
    """Until when the report is due: from the completion, else from the year's last day; None without settings.

    After 差戻し and 一部取消し the day that they set.
    """
    if (set_day := grant.report_due_on) is not None:
        return set_day
    if (setting := grant.setting) is None:
        return None
    completed_on = grant.completed_on or clock.fiscal_year_period(grant.fiscal_year)[1]
    return rules.report_deadline(completed_on, setting)


@dataclass(frozen=True)
class Activity:
    """開催と参加 of a report. ``shared``: another grant of the year counts visits of the same station."""

    period: tuple[dt.date, dt.date]
    held: PeriodTotals
    shared: bool


def period(grant: Grant) -> tuple[dt.date, dt.date]:
    """First and last day of what the report covers: until the activities were completed, or today."""
    first, last = begins_on(grant), project_period(grant.fiscal_year)[1]
    return first, grant.completed_on or min(last, max(first, clock.today()))


def activity(grant: Grant) -> Activity:
    """Openings and visits of the grant's station within the `period` of the report, as the records stand now.

    Of the station, for a visit belongs to no grant: grants of one station whose periods meet tell of the same visits.
    """
    other = sa.exists().where(
        Grant.station_id == grant.station_id,
        Grant.fiscal_year == grant.fiscal_year,
        Grant.id != grant.id,
        Grant.status.not_in([Status.REFUSED, Status.WITHDRAWN]),
    )
    days = period(grant)
    held = counts.totals_between(grant.station_id, *days)
    return Activity(days, held, shared=bool(db.session.scalar(sa.select(other))))


def question_of(grant: Grant) -> str:
    """What 監査 wants corrected, until 監査 has found the accounts right; empty without such a thing."""
    last = db.session.execute(
        sa.select(Event.act, Event.reason)
        .where(
            Event.object_type == grant.__tablename__,
            Event.object_id == grant.id,
            Event.act.in_([AccountsAct.QUESTION.value, AccountsAct.AUDIT.value]),
        )
        .order_by(Event.id.desc())
        .limit(1)
    ).first()
    return last.reason or "" if last is not None and last.act == AccountsAct.QUESTION.value else ""


def last_receipt_on(grant: Grant) -> dt.date | None:
    """The latest date of a receipt that stands; None without one."""
    return db.session.scalar(
        sa.select(sa.func.max(Receipt.dated_on)).where(
            Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None)
        )
    )


def _within_budgets(grant: Grant, spent: dict[CostCategory, Yen]) -> bool:
    """Whether spending keeps to the decided budgets and the year's free 流用."""
    decided = budgets.by_category((line.category, line.decided_yen) for line in grant.lines)
    if all(amount <= decided.get(category, 0) for category, amount in spent.items()):
        return True
    return reallocation.spending_allowed(decided, spent, reallocation_rule(grant))


def _accounts(grant: Grant, postings: Sequence[Posting]) -> Accounts:
    sums = bookkeeping.balances(postings)
    return Accounts(
        status=grant.status,
        summary=grant.report_summary,
        completed_on=grant.completed_on,
        awarded=award_as_published(grant) or 0,
        income=-sums[Account.INCOME],
        own_funds=-sums[Account.OWN_FUNDS],
        spent=sums[Account.EXPENSE],
        audited=grant.accounts_audited_at is not None,
        within_budgets=_within_budgets(grant, bookkeeping.spent_by_category(postings)),
    )
