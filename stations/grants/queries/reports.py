"""The 実績報告 of a grant as the books show it: what is missing, the 収支決算書, the deadline, who waits."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stations.applications.rules import CostCategory
from stations.attendance import queries as attendance
from stations.attendance.queries import PeriodTotals
from stations.core import clock
from stations.core.access import Permission, can
from stations.core.audit import Event
from stations.core.database import db
from stations.core.language import gettext as _
from stations.core.messages import N_, RuleBroken
from stations.core.money import Yen
from stations.core.tasks import Task
from stations.grants import bookkeeping, budgets, eligibility, reporting, settlement
from stations.grants.bookkeeping import Account, Posting, Standing
from stations.grants.models import Grant, Receipt
from stations.grants.queries.books import cash
from stations.grants.queries.cancellations import award_told
from stations.grants.queries.grants import begins_on, reallocation_rule
from stations.grants.queries.ledger import (
    decided_award,
    entries_after,
    entries_of,
    is_cancelled,
    postings_of,
)
from stations.grants.queries.names import OpenGrant
from stations.grants.queries.receipts import unanswered
from stations.grants.queries.statements import Statement, statement
from stations.grants.reporting import LAST_ENTRY, Accounts, AccountsAct
from stations.grants.rules import Act, Status, project_period
from stations.grants.settlement import Settlement
from stations.people.models import Person


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
    ``since`` is what came after; ``standing`` and ``accounts`` are of today. Else ``since`` is None. ``returned``:
    why the city sent it back last; empty when it never did.
    """

    accounts: Accounts
    statement: Statement
    standing: Standing
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
    standing = bookkeeping.standing(decided_award(grant) or 0, postings)
    handed = _handed(grant)
    closed_at = _closed_at(grant, handed)
    reported = [posting for entry, posting in entries if closed_at is None or entry <= closed_at]
    return Report(
        accounts=state,
        statement=statement(grant, reported),
        standing=standing,
        missing=tuple(reporting.missing(state)),
        due_on=due_on(grant),
        returned=next((one.reason or "" for one in handed if one.act == Act.RETURN_REPORT), ""),
        since=None if closed_at is None else _since(grant, closed_at, standing, settled=settled),
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
    if not handed or grant.status in reporting.BOOKS_OPEN:
        return None
    last: int | None = handed[0].detail.get(LAST_ENTRY)  # 差戻し names none
    return last


def _since(grant: Grant, closed_at: int, standing: Standing, *, settled: bool) -> Since:
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
        None if fixed is None else settlement.settle(fixed, standing.paid),
    )


def due_on(grant: Grant) -> dt.date | None:
    """Until when the report is due: from the completion, else from the year's last day; None without settings.

    After 差戻し and 一部取消し the day that they set.
    """
    if grant.report_due_on is not None:
        return grant.report_due_on
    if grant.setting is None:
        return None
    completed_on = grant.completed_on or clock.fiscal_year_period(grant.fiscal_year)[1]
    return settlement.report_deadline(completed_on, grant.setting)


def process_by(grant: Grant, received_at: dt.datetime | None) -> dt.date | None:
    """Until when the city deals with what it received from the committee (標準処理期間); None for nothing."""
    if received_at is None or grant.setting is None:
        return None
    return settlement.processing_deadline(clock.local_date(received_at), grant.setting.processing_days)


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
    held = attendance.totals_between(grant.station_id, *days)
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


def tick_counts(grant: Grant) -> tuple[int, int, int]:
    """How many live receipts are not ticked yet, have a finding left, and wait for a second official."""
    unconfirmed = db.session.scalars(
        sa.select(Receipt.amount_yen).where(
            Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None), Receipt.confirmed_at.is_(None)
        )
    )
    waits = sum(eligibility.needs_second_look(amount, grant.awarded_yen) for amount in unconfirmed)
    row = db.session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((Receipt.inspected_at.is_(None), 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((Receipt.finding != "", 1), else_=0)), 0),
        ).where(Receipt.grant_id == grant.id, Receipt.cancelled_at.is_(None))
    ).one()
    return int(row[0]), int(row[1]), waits


def waiting_for(person: Person, grants: Iterable[OpenGrant]) -> list[Task]:
    """What this person can do next about the reports of open grants: write, audit, hand in, mend, inspect."""
    reported = reporting.REPORTABLE | {Status.REPORTED}
    open_grants = [one for one in grants if one.grant.status in reported]
    tasks = (_task(person, one, one.grant) for one in open_grants)
    return [*_findings(person, open_grants), *(task for task in tasks if task is not None)]


def waits_on(person: Person, grant: Grant) -> list[Task]:
    """`waiting_for` about one grant, for its own page."""
    return waiting_for(person, [OpenGrant(grant, grant.station.name, grant.plan.title, [])])


def _findings(person: Person, grants: Iterable[OpenGrant]) -> Iterable[Task]:
    """The findings that wait for the committee's answer."""
    asked = {
        one.grant.id: one
        for one in grants
        if one.grant.status in {Status.REPORTED, Status.REPORT_RETURNED}
        and can(person, Permission.FINDING_ANSWER, one.grant)
    }
    for receipt in unanswered(asked) if asked else []:
        name = asked[receipt.grant_id].name
        yield Task(
            label=_("領収書%(number)sへの指摘に答える：%(name)s", number=receipt.number, name=name),
            endpoint="grants.answer_finding",
            values={"receipt_id": receipt.id},
            due_on=reporting.answer_by(clock.local_date(receipt.inspected_at))
            if receipt.inspected_at
            else None,
        )


def _task(person: Person, one: OpenGrant, grant: Grant) -> Task | None:
    if grant.status is Status.REPORTED:
        if not can(person, Permission.REPORT_INSPECT, grant):
            return None
        label = _("実績報告を検査する：%(name)s", name=one.name)
        return _about(grant, "grants.inspect", label, process_by(grant, grant.reported_at))
    hands_in = can(person, Permission.REPORT_SUBMIT, grant)
    writes = hands_in or can(person, Permission.RECEIPT_ENTER, grant)
    written = bool(grant.report_summary.strip()) and grant.completed_on is not None
    audited = grant.accounts_audited_at is not None
    if written and not audited and can(person, Permission.ACCOUNTS_AUDIT, grant):
        label = _("会計の監査をする：%(name)s", name=one.name)
        return _about(grant, "grants.audit_accounts", label, due_on(grant))
    if written and audited and _mended(grant):
        label = _("実績報告を提出する：%(name)s", name=one.name)
        return _about(grant, "grants.submit_report", label, due_on(grant)) if hands_in else None
    words = _writers_words(grant, written=written, audited=audited) if writes else None
    if words is None:
        return None
    return _about(grant, "grants.report", _(words, name=one.name), due_on(grant))


def _about(grant: Grant, endpoint: str, label: str, until: dt.date | None) -> Task:
    return Task(label=label, endpoint=endpoint, values={"grant_id": grant.id}, due_on=until)


def _writers_words(grant: Grant, *, written: bool, audited: bool) -> str | None:
    """What 代表 and 会計 have to do, or wait for while the deadline runs; None before the report is due to be written."""
    if written and not audited and question_of(grant):
        return N_("監査の方から直してほしいところがあります：%(name)s")
    if grant.status is Status.REPORT_RETURNED:
        return N_("差し戻された実績報告を直す：%(name)s")
    if written:
        return None if audited else N_("監査の方の確認を待っています：%(name)s")
    over = clock.today() > clock.fiscal_year_period(grant.fiscal_year)[1]
    return N_("実績報告をまとめる：%(name)s") if over or grant.status is not Status.ACTIVE else None


def _mended(grant: Grant) -> bool:
    """Whether 監査 has looked at the accounts since the report was handed in last."""
    handed_in, audited_at = grant.reported_at, grant.accounts_audited_at
    return audited_at is not None and (handed_in is None or audited_at > handed_in)


def _within_budgets(grant: Grant, spent: dict[CostCategory, Yen]) -> bool:
    """Whether spending keeps to the decided budgets and the year's free 流用."""
    decided = budgets.by_category((line.category, line.decided_yen) for line in grant.lines)
    if all(amount <= decided.get(category, 0) for category, amount in spent.items()):
        return True
    return settlement.spending_allowed(decided, spent, reallocation_rule(grant))


def _accounts(grant: Grant, postings: Sequence[Posting]) -> Accounts:
    sums = bookkeeping.balances(postings)
    return Accounts(
        status=grant.status,
        summary=grant.report_summary,
        completed_on=grant.completed_on,
        awarded=award_told(grant) or 0,
        income=-sums[Account.INCOME],
        own_funds=-sums[Account.OWN_FUNDS],
        spent=sums[Account.EXPENSE],
        audited=grant.accounts_audited_at is not None,
        within_budgets=_within_budgets(grant, bookkeeping.spent_by_category(postings)),
    )
