"""What waits for somebody about the report of a grant: write, audit, hand in, correct, inspect."""

import datetime as dt
from collections.abc import Iterable

from stations.core import clock
from stations.core.access import Permission, can
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.tasks import Task
from stations.grants.books.queries.receipts import unanswered
from stations.grants.models import Grant
from stations.grants.queries.desk import OpenGrant
from stations.grants.reports import rules as reporting
from stations.grants.reports.queries.reports import due_on, question_of
from stations.grants.rules import Status
from stations.grants.settings.queries import process_by
from stations.people.models import Person

_COMMITTEES = (
    Permission.REPORT_SUBMIT,
    Permission.RECEIPT_ENTER,
    Permission.ACCOUNTS_AUDIT,
    Permission.FINDING_ANSWER,
)


def waiting_for(person: Person, grants: Iterable[OpenGrant]) -> list[Task]:
    """What this person can do next about the reports of open grants: write, audit, hand in, correct, inspect."""
    writes = any(can(person, permission) for permission in _COMMITTEES)
    reported = reporting.REPORTABLE | {Status.REPORTED} if writes else {Status.REPORTED}
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
    if written and audited and _corrected(grant):
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


def _corrected(grant: Grant) -> bool:
    """Whether 監査 has looked at the accounts since the report was handed in last."""
    handed_in, audited_at = grant.reported_at, grant.accounts_audited_at
    return audited_at is not None and (handed_in is None or audited_at > handed_in)
