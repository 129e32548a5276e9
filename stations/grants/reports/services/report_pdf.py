"""The 実績報告書, 収支決算書 and 出納帳 of a grant as one PDF, as the committee hands it in."""

import datetime as dt

from flask_babel import force_locale

from stations.core import clock, labels, printed_as
from stations.core.language import with_grant_word
from stations.core.money import format_yen
from stations.grants.books.queries import cash_book
from stations.grants.letters import letter_data
from stations.grants.letters.queries import letter_of
from stations.grants.letters.services.letters import numbered
from stations.grants.models import Grant
from stations.grants.queries import grants
from stations.grants.queries.grants import chair_name, project_name
from stations.grants.reports.queries import reports
from stations.grants.reports.queries.statements import Statement
from stations.grants.settings import queries as settings


def make(grant: Grant, *, dated: dt.date | None) -> bytes:
    """The report as PDF/A, always in Japanese; ``dated`` None makes a draft marked 「案」.

    `RuleBroken` when a name or text holds characters that cannot be printed.
    """
    with force_locale("ja"):
        return letter_data.pdf(
            _report(grant, dated or clock.today()), issued_on=dated, printed_as=printed_as.current()
        )


def _report(grant: Grant, dated: dt.date) -> letter_data.FinalReport:
    report = reports.report(grant)
    setting = settings.settings_of(grant.fiscal_year)
    first, last = reports.period(grant)
    award_dated, award_number = _award_letter(grant)
    book = _cash_book(grant)
    return letter_data.FinalReport(
        dated=clock.format_era(dated),
        applicant_address=grant.committee.address,
        applicant_name=grant.committee.name,
        applicant_representative=f"代表　{chair_name(grant)}",
        applicant_phone=grant.committee.phone,
        fiscal_year=clock.fiscal_year_label(grant.fiscal_year).split("（")[0],
        scheme=setting.scheme,
        basis=setting.ordinance,
        project=project_name(grant),
        period=f"{clock.format_era(first)}から{clock.format_era(last)}まで",
        award_dated=award_dated,
        award_number=award_number,
        award_yen=report.balance.awarded,
        paid_yen=report.balance.paid,
        activities=grant.report_summary,
        results=grant.report_results,
        figures=_figures(grant),
        attachments=["収支決算書", *(["出納帳"] if book else [])],
        income=_income(report.statement),
        expenses=[
            letter_data.AccountLine(
                category=str(labels.label(row.item)),
                budget_yen=row.budget,
                actual_yen=row.actual,
                note=f"流用 {format_yen(row.moved)}" if row.moved else "",
            )
            for row in report.statement.expenses
        ],
        cash_book=book,
        audit_note=_audit_note(grant),
    )


def _award_letter(grant: Grant) -> tuple[str, str]:
    """Date and number of the 交付決定通知書; every grant that may be reported has one."""
    letter = letter_of(grant, "award")
    if letter is None:
        return "", ""
    return clock.format_era(letter.issued_on), numbered(letter.fiscal_year, letter.number)


def _income(statement: Statement) -> list[letter_data.AccountLine]:
    note = f"ほかに精算払の見込み {format_yen(statement.expected)}" if statement.expected else ""
    return [
        letter_data.AccountLine(
            category=with_grant_word("市補助金") if row.item is None else str(labels.label(row.item)),
            budget_yen=row.budget,
            actual_yen=row.actual,
            note=note if row.item is None else "",
        )
        for row in statement.income
    ]


def _cash_book(grant: Grant) -> list[letter_data.CashLine]:
    return [
        letter_data.CashLine(
            dated=clock.format_era(line.happened_on),
            text=_text(line),
            voucher=str(line.voucher) if line.voucher is not None else "",
            in_yen=line.in_yen,
            out_yen=line.out_yen,
            balance_yen=line.balance_yen,
        )
        for line in cash_book.cash_book(grant).lines
    ]


def _text(line: cash_book.BookLine) -> str:
    """摘要: what was paid, what it said before it was corrected, or why it is taken back."""
    if line.is_reversal:
        return f"{line.description}（取消し：{line.transaction.reason}）"
    before = (
        f"（訂正前：{clock.format_era(one.happened_on)}　{one.description}　{format_yen(one.yen)}。"
        f"理由：{one.reason}）"
        for one in line.corrections
    )
    return "".join([line.description, *before])


def _figures(grant: Grant) -> list[letter_data.Figure]:
    activity = reports.activity(grant)
    held, whose = activity.held, "（ステーションの合計）" if activity.shared else ""
    return [
        letter_data.Figure(label=f"{name}{whose}", value=value, unit=unit)
        for name, value, unit in (
            ("開催回数", held.openings, "回"),
            ("延べ参加者数", held.totals.visits, "人"),
            ("初参加", held.totals.first_timers, "人"),
            ("相談", held.totals.consultations, "件"),
            ("つなぎ", held.totals.connected, "件"),
        )
    ]


def _audit_note(grant: Grant) -> str:
    if grant.accounts_audited_at is None:
        return ""
    name = grants.name_of(grant.accounts_audited_by_id)
    on = clock.format_era(clock.local_date(grant.accounts_audited_at))
    return f"帳簿と領収書を照らし合わせ、上記のとおり相違ないことを確認しました。\n{on}　監査　{name}"
