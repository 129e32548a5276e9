"""施行: the number is given, the PDF/A is made and kept, and only then does the letter exist."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale

from stations.applications import queries as plan_queries
from stations.core import audit, clock, files, numbering, printed_as
from stations.core.access import Actor, Permission, Role, demand
from stations.core.database import add, db, lock
from stations.core.labels import label
from stations.core.messages import N_, Conflict, RuleBroken
from stations.grants import rules as grant_rules
from stations.grants.awards.models import GrantCancellation, GrantChange
from stations.grants.awards.queries import changes, decisions
from stations.grants.awards.rules import budgets as budget_rules
from stations.grants.books.queries import ledger
from stations.grants.letters import letter_data, queries, rules
from stations.grants.letters.labels import LETTERS
from stations.grants.letters.models import Letter
from stations.grants.models import Grant
from stations.grants.notices import notify
from stations.grants.queries import grants
from stations.grants.reports.queries import disallowances
from stations.grants.reports.queries import reports as report_queries
from stations.grants.rules import Act, InPlaceAct, Status
from stations.grants.settings.models import FiscalYearSetting
from stations.grants.settings.queries import settings_of
from stations.grants.settlement.models import GrantRecovery
from stations.grants.settlement.rules import amounts
from stations.grants.steps import taking

SERIES = "grant_letter"


def issue(*, grant: Grant, by: Actor, on: dt.date | None = None) -> Letter:
    """施行 of the decision: 交付決定通知書 (the station may begin) or 不交付決定通知書. Once; then `Conflict`."""
    lock(grant)
    if grant.status is Status.REFUSED:
        demand(by, Permission.GRANT_ISSUE, grant)
        _check_once(grant, "refusal")
        letter = _keep(grant, "refusal", on=on, by=by)
        notify(grant, [Role.CHAIR, Role.TREASURER], N_("助成金の決定通知書が届きました"), by=by)
    else:
        with taking(grant, Act.ISSUE_AWARD, by=by) as taken:
            letter = _keep(grant, "award", on=on, by=by)
            taken.detail = {"letter_id": letter.id, "number": letter.number}
    return letter


def issue_change(*, grant: Grant, by: Actor, on: dt.date | None = None) -> Letter:
    """施行 of the letter about the oldest decided change, approved or not; `Conflict` when none is due."""
    lock(grant)
    demand(by, Permission.GRANT_ISSUE, grant)
    waiting = changes.changes_without_letter(grant)
    if not waiting:
        raise Conflict(None, N_("施行を待っている変更の通知書はありません。"))
    change = waiting[0]
    letter = _keep(grant, changes.change_letter(change), about=_About(change=change), on=on, by=by)
    change.letter_id = letter.id
    news = N_("変更承認通知書が届きました") if change.approved else N_("変更不承認通知書が届きました")
    notify(grant, [Role.CHAIR, Role.TREASURER], news, by=by)
    return letter


def issue_determination(*, grant: Grant, by: Actor, on: dt.date | None = None) -> Letter:
    """施行 of the 額の確定通知書, once, while nothing has followed from it."""
    lock(grant)
    demand(by, Permission.GRANT_ISSUE, grant)
    if grant.status is not Status.DETERMINED:
        raise Conflict(None, N_("この操作は、いまの状態（%(state)s）ではできません。"), state=grant.status)
    _check_once(grant, "determination")
    letter = _keep(grant, "determination", on=on, by=by)
    notify(grant, [Role.CHAIR, Role.TREASURER], N_("額の確定通知書が届きました"), by=by)
    return letter


def issue_cancellation(*, grant: Grant, by: Actor, on: dt.date | None = None) -> Letter:
    """施行 of the 交付決定取消通知書 of the oldest 取消し that has none, before anything follows from it."""
    lock(grant)
    demand(by, Permission.GRANT_ISSUE, grant)
    waiting = decisions.cancellations_without_letter(grant)
    if not waiting:
        raise Conflict(None, N_("施行を待っている交付決定取消通知書はありません。"))
    letter = _keep(grant, "cancellation", about=_About(cancellation=waiting[0]), on=on, by=by)
    notify(grant, [Role.CHAIR, Role.TREASURER], N_("交付決定取消通知書が届きました"), by=by)
    return letter


def issue_refund(
    grant: Grant, settled: amounts.Settlement, *, by: Actor, on: dt.date | None = None
) -> Letter:
    """The 返還命令書; only as a part of `settlement.services.refunds.issue_refund`, which holds the grant."""
    return _keep(grant, "refund", about=_About(settled=settled), on=on, by=by)


def issue_recovery(recovery: GrantRecovery, *, due_on: dt.date, on: dt.date, by: Actor) -> Letter:
    """The 返還命令書 after 完結; only as a part of `recoveries.issue`, which holds the grant."""
    return _keep(recovery.grant, "recovery", about=_About(recovery=recovery, due_on=due_on), on=on, by=by)


def draft_pdf(grant: Grant) -> bytes:
    """The letter of what is drafted or approved: the decision, or the 額の確定. Marked 「案」, without number or date."""
    if grant.status in {Status.DETERMINING, Status.DETERMINED}:
        kind = "determination"
    else:
        kind = "award" if grant.refusal_reason is None else "refusal"
    with force_locale("ja"):
        frame = _Frame(grant, kind, "（施行時に付番）", "（施行日）", clock.open_day(clock.today()), _About())
        return _pdf(frame, issued_on=None)


def _check_once(grant: Grant, kind: str) -> None:
    if queries.letter_of(grant, kind) is not None:
        raise Conflict(None, N_("この通知書は、すでに施行されています。"))


def _keep(
    grant: Grant,
    kind: str,
    *,
    by: Actor,
    on: dt.date | None = None,
    about: "_About | None" = None,
) -> Letter:
    """Give the number, make the PDF, keep both. The number's row stays locked until the transaction ends.

    ``on``: today or (None) the next day on which city hall is open. Number and prefix are those of its fiscal year.
    `RuleBroken` on "issued_on" for another day, and without a 代表 to address it to: a numbered letter is never changed afterwards.
    """
    if not grants.chair_name(grant):
        raise RuleBroken(
            None, N_("実行委員会に代表がいないため、宛名を書けません。先に代表を選任してください。")
        )
    on = on or clock.open_day(clock.today())
    rules.check_issue_date(on, today=clock.today())
    year = clock.fiscal_year(on)
    number = numbering.next_number(fiscal_year=year, series=SERIES)
    with force_locale("ja"):
        dated = clock.format_era(on)
        frame = _Frame(grant, kind, numbered(year, number), dated, on, about or _About())
        pdf = _pdf(frame, issued_on=on)
        name = f"{LETTERS[kind]}_{number}.pdf"
    letter = add(
        Letter(
            grant=grant,
            kind=kind,
            fiscal_year=year,
            number=number,
            issued_on=on,
            issued_by_id=by.id,
            file=files.store_document(pdf, name=name, by=by),
        )
    )
    audit.record(
        grant, act=InPlaceAct.ISSUE_LETTER, by=by, detail={"kind": kind, "number": number, "year": year}
    )
    db.session.flush()
    return letter


def numbered(fiscal_year: int, number: int) -> str:
    """「松地共第12号」, with the prefix of the year in which the letter is issued."""
    return f"{settings_of(fiscal_year).document_prefix}第{number}号"


@dataclass(frozen=True)
class _About:
    """What beside the grant some letters are about."""

    change: GrantChange | None = None
    cancellation: GrantCancellation | None = None
    settled: amounts.Settlement | None = None
    recovery: GrantRecovery | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True)
class _Frame:
    """What a letter is made from."""

    grant: Grant
    kind: str
    number: str
    dated: str
    on: dt.date
    about: _About


def _compose(frame: _Frame) -> letter_data.Letter:
    return {
        "award": _award,
        "refusal": _refusal,
        "change": _change,
        "change_refusal": _change_refusal,
        "cancellation": _cancellation,
        "determination": _determination,
        "refund": _refund,
        "recovery": _recovery,
    }[frame.kind](frame)


def _pdf(frame: _Frame, *, issued_on: dt.date | None) -> bytes:
    """The letter in the words of the grant's year, as they stand today."""
    return letter_data.pdf(
        _compose(frame),
        issued_on=issued_on,
        texts=queries.texts_of(frame.kind, frame.grant.fiscal_year),
        printed_as=printed_as.current(),
    )


def _common(frame: _Frame) -> dict[str, Any]:
    grant, config = frame.grant, current_app.config["STATIONS"]
    setting = settings_of(grant.fiscal_year)
    return {
        "number": frame.number,
        "dated": frame.dated,
        "addressee_lines": [line for line in (grant.committee.address, grant.committee.name) if line],
        "addressee_name": f"代表　{grants.chair_name(grant)}",
        "sender_title": f"{config.city_name}長",
        "sender_name": config.mayor_name,
        "fiscal_year": clock.fiscal_year_label(grant.fiscal_year).partition("（")[0],
        "scheme": setting.scheme,
        "basis": setting.ordinance,
        "project": grants.project_name(grant),
        "contact_lines": ["問合せ先", config.contact_name, f"電話　{config.contact_phone}"],
    }


def _applied_dated(grant: Grant) -> str:
    return clock.format_era(clock.local_date(grant.applied_at))


def _award_facts(grant: Grant) -> dict[str, Any]:
    """Date and number of the 交付決定通知書 that later letters refer to."""
    letter = queries.letter_of(grant, "award")
    if letter is None:
        raise Conflict(None, N_("交付決定通知書がまだ施行されていません。"))
    return {
        "award_dated": clock.format_era(letter.issued_on),
        "award_number": numbered(letter.fiscal_year, letter.number),
    }


def _award(frame: _Frame) -> letter_data.Award:
    grant, setting = frame.grant, settings_of(frame.grant.fiscal_year)
    assert grant.awarded_yen is not None
    first, last = grants.begins_on(grant), grant_rules.project_period(grant.fiscal_year)[1]
    incomes = plan_queries.version_incomes(grant.version)
    return letter_data.Award(
        **_common(frame),
        applied_dated=_applied_dated(grant),
        period=f"{clock.format_era(first)}から{clock.format_era(last)}まで",
        award_yen=grant.awarded_yen,
        decided_dated=clock.format_era(grant.decided_on) if grant.decided_on else "（決裁日）",
        late=grant_rules.year_over(grant.fiscal_year, frame.on),
        report_due=_report_due(setting),
        retention_years=setting.retention_years,
        lines=[
            letter_data.CostLine(
                category=str(label(line.category)), content=line.content, amount_yen=line.awarded_yen
            )
            for line in grant.lines
        ],
        income_total_yen=sum(amount for _kind, _content, amount in incomes),
        conditions=[line.strip() for line in grant.award_conditions.splitlines() if line.strip()],
    )


def _report_due(setting: FiscalYearSetting) -> str:
    latest = clock.fiscal_year_period(setting.fiscal_year + 1)[0].replace(
        month=setting.report_latest_month, day=setting.report_latest_day
    )
    return f"事業完了の日から{setting.report_days}日以内又は{clock.format_era(latest)}のいずれか早い日"


def _refusal(frame: _Frame) -> letter_data.Refusal:
    return letter_data.Refusal(
        **_common(frame),
        applied_dated=_applied_dated(frame.grant),
        applied_yen=frame.grant.requested_yen,
        reason=frame.grant.refusal_reason or "",
    )


def _cancellation(frame: _Frame) -> letter_data.Cancellation:
    grant, cancellation = frame.grant, frame.about.cancellation
    assert cancellation is not None
    return letter_data.Cancellation(
        **_common(frame),
        **_award_facts(grant),
        award_yen=decisions.award_before(cancellation, grant),
        kept_yen=cancellation.kept_yen,
        paid_yen=ledger.balance(grant).paid,
        reason=cancellation.reason,
        final=decisions.is_cancelled(grant),
        report_due=clock.format_era(due) if (due := report_queries.due_on(grant)) else "",
    )


def _change(frame: _Frame) -> letter_data.ChangeApproval:
    grant, change = frame.grant, frame.about.change
    assert change is not None and grant.awarded_yen is not None
    before = budget_rules.by_category((line.category, change.before[str(line.id)]) for line in grant.lines)
    after = budget_rules.by_category((line.category, change.budgets[str(line.id)]) for line in grant.lines)
    return letter_data.ChangeApproval(
        **_common(frame),
        **_award_facts(grant),
        requested_dated=clock.format_era(clock.local_date(change.requested_at)),
        award_yen=grant.awarded_yen,
        change=change.reason,
        lines=[
            letter_data.ChangedLine(
                category=str(label(category)), before_yen=before[category], after_yen=after[category]
            )
            for category in before
        ],
    )


def _change_refusal(frame: _Frame) -> letter_data.ChangeRefusal:
    grant, change = frame.grant, frame.about.change
    assert change is not None
    return letter_data.ChangeRefusal(
        **_common(frame),
        **_award_facts(grant),
        requested_dated=clock.format_era(clock.local_date(change.requested_at)),
        change=change.reason,
        reason=change.decision_reason,
    )


def _determination(frame: _Frame) -> letter_data.Determination:
    grant = frame.grant
    award = decisions.decided_award(grant)  # what a 取消し of a part has left of it
    assert award is not None and grant.fixed_yen is not None
    reported = clock.local_date(grant.reported_at) if grant.reported_at else clock.today()
    return letter_data.Determination(
        **_common(frame),
        **_award_facts(grant),
        reported_dated=clock.format_era(reported),
        award_yen=award,
        fixed_yen=grant.fixed_yen,
        paid_yen=ledger.balance(grant).paid,
        disallowed=_disallowed(grant),
    )


def _disallowed(grant: Grant) -> list[letter_data.Disallowed]:
    """What stands of the 対象外 by receipt; an entry that was taken back is nobody's business any more."""
    found = disallowances.in_force(disallowances.of_grant(grant))
    return [
        letter_data.Disallowed(
            receipt=f"第{entry.receipt.number}号",
            category=str(label(entry.line.category)),
            amount_yen=entry.amount_yen,
            reason=entry.reason,
        )
        for entries in found.values()
        for entry in entries
    ]


def _refund(frame: _Frame) -> letter_data.Refund:
    grant, settled = frame.grant, frame.about.settled
    assert settled is not None and grant.refund_due_on is not None
    return letter_data.Refund(
        **_common(frame),
        **_award_facts(grant),
        paid_yen=settled.paid,
        fixed_yen=settled.fixed,
        refund_yen=settled.refund,
        due=clock.format_era(grant.refund_due_on),
        cancelled=decisions.is_cancelled(grant),
    )


def _recovery(frame: _Frame) -> letter_data.Recovery:
    recovery = frame.about.recovery
    assert recovery is not None and frame.about.due_on is not None
    return letter_data.Recovery(
        **_common(frame),
        **_award_facts(frame.grant),
        paid_yen=recovery.kept_before_yen,
        fixed_yen=recovery.kept_yen,
        refund_yen=recovery.amount_yen,
        due=clock.format_era(frame.about.due_on),
        found=recovery.reason,
    )
