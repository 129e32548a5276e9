"""The 実績報告: written by the committee, looked at by its 監査, handed in by its 代表, returned by the city."""

import datetime as dt

from stations.core import access, audit, clock, edit_conflicts, files
from stations.core.access import Actor, Permission, Role
from stations.core.database import lock
from stations.core.messages import N_, RuleBroken
from stations.core.workflow import require_reason
from stations.grants import notices, steps
from stations.grants.books.queries import cash_book
from stations.grants.books.queries import ledger as ledger_queries
from stations.grants.books.rules import accounts as account_rules
from stations.grants.books.services import accounts
from stations.grants.models import Grant
from stations.grants.reports import rules
from stations.grants.reports.queries import reports
from stations.grants.reports.services import report_pdf
from stations.grants.rules import AccountsAct, Act
from stations.grants.settings import queries as settings


def save_report(
    *,
    grant: Grant,
    summary: str,
    completed_on: dt.date | None,
    by: Actor,
    results: str = "",
    loaded: str | None = None,
) -> Grant:
    """Keep what is written so far, by 代表 or 会計; an incomplete report may be saved.

    ``summary``: what was done; ``results``: 成果と課題, unless the summary contains them.
    ``loaded``: the mark (`core.edit_conflicts`) of what stood on the writer's page; `EditConflict` when somebody
    else saved other words since.

    `RuleBroken` on "completed_on" for a day outside the year or in the future; `Conflict` when it is handed in.
    """
    lock(grant)
    if not access.can(by, Permission.RECEIPT_ENTER, grant):
        access.demand(by, Permission.REPORT_SUBMIT, grant)
    account_rules.check_books_open(grant.status)
    if completed_on is not None:
        rules.check_completed_on(grant.fiscal_year, completed_on, today=clock.today())
    if (summary, results, completed_on) == reports.report_text(grant):
        return grant
    edit_conflicts.check(
        loaded,
        *reports.report_text(grant),
        by=by,
        first=lambda: audit.last_doer(grant, [AccountsAct.SAVE_REPORT]),
    )
    grant.report_summary = summary
    grant.report_results = results
    grant.completed_on = completed_on
    audit.record(grant, act=AccountsAct.SAVE_REPORT, by=by)
    accounts.void_audit(grant, by=by)
    return grant


def mark_of_accounts(grant: Grant) -> str:
    """Stands for the books and the text of the report, as the auditor's page shows them."""
    return edit_conflicts.mark(ledger_queries.last_entry(grant), *reports.report_text(grant))


def audit_accounts(*, grant: Grant, by: Actor, mark: str | None = None) -> Grant:
    """監査: the committee's auditor has held books and receipts against each other.

    Never by somebody who kept the books (four eyes). `RuleBroken` names what is not ready; `Conflict` when done.
    ``mark``: of what was looked at; `RuleBroken` when books or report have changed since.
    """
    lock(grant)
    access.demand(by, Permission.ACCOUNTS_AUDIT, grant)
    account_rules.check_books_open(grant.status)
    rules.check_not_own_books(by.id, cash_book.keeper_ids(grant))
    if mark is not None and mark != mark_of_accounts(grant):
        raise RuleBroken(
            None, N_("この画面を開いたあとに、帳簿か報告が変わりました。もう一度見てから確認してください。")
        )
    rules.check_auditable(reports.accounts(grant))
    grant.accounts_audited_by_id = by.id
    grant.accounts_audited_at = clock.now()
    audit.record(grant, act=AccountsAct.AUDIT, by=by)
    notices.notify(grant, [Role.CHAIR], N_("会計の監査が終わりました。実績報告を提出してください。"), by=by)
    return grant


def question_accounts(*, grant: Grant, reason: str, by: Actor) -> Grant:
    """監査 finds something to correct: 会計 and 代表 are notified of it, and an audit already given is taken back.

    `RuleBroken` on "reason" without one; `Conflict` when the books are closed.
    """
    lock(grant)
    access.demand(by, Permission.ACCOUNTS_AUDIT, grant)
    account_rules.check_books_open(grant.status)
    rules.check_not_own_books(by.id, cash_book.keeper_ids(grant))
    require_reason(reason)
    accounts.void_audit(grant, by=by)
    audit.record(grant, act=AccountsAct.QUESTION, by=by, reason=reason)
    notices.notify(
        grant, [Role.TREASURER, Role.CHAIR], N_("会計の監査で、直してほしいところがありました。"), by=by
    )
    return grant


def submit_report(*, grant: Grant, by: Actor) -> Grant:
    """代表 hands the report in: the PDF is made once and frozen, the books are closed.

    `RuleBroken` with what is missing (text, completion, 自己資金, 監査); `Conflict` from another state.
    """
    with steps.taking(grant, Act.REPORT, by=by) as taken:
        rules.check_reportable(reports.accounts(grant))
        pdf = report_pdf.make(grant, dated=clock.today())
        name = f"実績報告書_{grant.station.name}_{grant.fiscal_year}年度.pdf"
        grant.report_file_id = files.store_document(pdf, name=name, by=by).id
        grant.reported_by_id, grant.reported_at = by.id, clock.now()
        taken.detail = {rules.LAST_ENTRY: ledger_queries.last_entry(grant)}
    return grant


def return_report(*, grant: Grant, reason: str, by: Actor) -> Grant:
    """The officer sends the report back with what is to be corrected; ticks of unchanged receipts stay.

    Also after the 検査, when the approver found something in the draft of the 額の確定.
    `RuleBroken` on "reason" without one; `Conflict` from another state.
    """
    with steps.taking(grant, Act.RETURN_REPORT, by=by, reason=reason):
        grant.inspected_by_id = grant.inspected_at = None
        again = clock.today() + dt.timedelta(days=settings.settings_of(grant.fiscal_year).resubmit_days)
        grant.report_due_on = max(reports.due_on(grant) or again, clock.open_day(again))
    return grant
