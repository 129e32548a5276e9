"""What waits for somebody about grants, and until when."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from stations.core import clock, drafted
from stations.core.access import Permission, can
from stations.core.drafted import Drafted
from stations.core.formatting import date, fiscal_year, yen
from stations.core.language import gettext as _
from stations.core.tasks import Task
from stations.grants.awards.queries.applying import WaitingPlan, waiting_plans, years_to_set
from stations.grants.awards.queries.drafts import SentBack, sent_back
from stations.grants.awards.rules.granting import apply_by
from stations.grants.letters.models import LetterTextDraft
from stations.grants.models import Grant
from stations.grants.pages import report_tasks
from stations.grants.pages.available_acts import (
    AvailableAct,
    Facts,
    available_acts,
    change_asked_at,
    recovery_act,
    request_act,
)
from stations.grants.queries.desk import Desk, OpenGrant, desk, papers
from stations.grants.rules import AWAITS_CLOSING, RecoveryStatus, Status
from stations.grants.settings import queries as settings
from stations.grants.settings.models import SettingsDraft
from stations.grants.settlement.models import GrantRecovery
from stations.people.models import Person

# Working days in which drafted 制度設定 should be decided: custom, not law.
SETTINGS_WITHIN = 10
_ACTS = frozenset(
    {
        Permission.GRANT_APPLY,
        Permission.GRANT_REVIEW,
        Permission.GRANT_APPROVE,
        Permission.GRANT_ISSUE,
        Permission.ADVANCE_REQUEST,
        Permission.PAYMENT_DRAFT,
        Permission.PAYMENT_ORDER,
        Permission.PAYMENT_RECORD,
    }
)


def waiting_for(person: Person, at: Desk | None = None) -> list[Task]:
    """What waits for this person: plans to apply with, decisions, letters, payments, reports. ``at``: if a page has it."""
    at = at or desk(person)
    held = frozenset(permission for permission in _ACTS if can(person, permission))
    if not held:
        return report_tasks.waiting_for(person, at.grants)
    to_set = [_settings_task(*one) for one in years_to_set()] if can(person, Permission.GRANT_REVIEW) else []
    found = [_apply_task(plan) for plan in waiting_plans(person)] if Permission.GRANT_APPLY in held else []
    known = _facts_of(at) if at.grants else {}
    returned = sent_back(one.grant for one in at.grants) if Permission.GRANT_REVIEW in held else {}
    today = clock.today()
    for one in at.grants:
        grant_id = one.grant.id
        tasks = _grant_tasks(person, held, one, known[grant_id], today)
        back = returned.get(grant_id)
        found += [_back_again(task, back) for task in tasks] if back else tasks
        if one.recovery is not None:
            found += recovery_tasks(person, one, one.recovery)
    if Permission.GRANT_REVIEW in held:
        found += _awaited_reports(person, at)
    if Permission.GRANT_APPROVE in held:
        drafts = [*drafted.waiting(SettingsDraft), *drafted.waiting(LetterTextDraft)]
        to_set += [_draft_task(draft) for draft in drafts if draft.drafted_by_id != person.id]
    return [*to_set, *found, *report_tasks.waiting_for(person, at.grants)]


def _settings_task(year: int, plans: int, since: dt.datetime) -> Task:
    return Task(
        label=_("%(year)sの制度設定を決める", year=fiscal_year(year)),
        endpoint="grants.edit_settings",
        values={"year": year},
        due_on=apply_by(clock.local_date(since), year),
        hint=_("承認された計画%(n)s件が、交付申請を待っています", n=plans),
    )


def _draft_task(draft: Drafted) -> Task:
    due_on = clock.add_business_days(clock.local_date(draft.drafted_at), SETTINGS_WITHIN)
    return drafted.decide_task(draft, due_on=due_on)


def _apply_task(plan: WaitingPlan) -> Task:
    return Task(
        label=_("承認された計画で交付を申請する：%(name)s", name=plan.title),
        endpoint="grants.apply",
        values={"plan_id": plan.id},
        due_on=apply_by(clock.local_date(plan.resolved_at), plan.fiscal_year),
    )


def _facts_of(at: Desk) -> dict[int, Facts]:
    """`facts` of the grants on a desk in one query."""
    recovering = {one.grant.id for one in at.grants if one.recovery is not None}
    letters: defaultdict[int, Counter[str]] = defaultdict(Counter)
    counted: defaultdict[tuple[str, int], int] = defaultdict(int)
    unpublished: defaultdict[int, list[tuple[dt.datetime, str]]] = defaultdict(list)
    asked: dict[tuple[str, int], dt.datetime] = {}  # the first of each kind
    for name, grant_id, kind, asked_at in papers(at):
        counted[name, grant_id] += 1
        if name == "letter":
            letters[grant_id][kind] += 1
        if name == "change" and asked_at is not None:
            unpublished[grant_id].append((asked_at, kind))
        elif asked_at is not None:
            asked.setdefault((name, grant_id), asked_at)
    return {
        i: Facts(
            letters=letters[i],
            unpublished_changes=(changes := tuple(sorted(unpublished[i]))),
            cancellations=counted["cancelled", i],
            balance=balance,
            cancelling_since=asked.get(("cancelling", i)),
            refunding_since=asked.get(("refunding", i)),
            since=asked.get(("since", i)),
            change_asked_at=asked.get(("asked", i)) or change_asked_at([], changes),
            advance_returned=counted["returned", i] > 0,
            recovering=i in recovering,
        )
        for i, balance in at.books.items()
    }


def _grant_tasks(
    person: Person, held: frozenset[Permission], one: OpenGrant, known: Facts, today: dt.date
) -> Iterable[Task]:
    """What waits for ``person`` about one grant. ``held``: what they may do to some grant at all; most cannot wait."""
    grant = one.grant
    pays_back = (Permission.ADVANCE_REQUEST, Permission.REPORT_SUBMIT)
    ordered = grant.status is Status.REFUND_DUE and grant.refund_due_on is not None
    if ordered and any(can(person, one_of, grant) for one_of in pays_back):
        yield Task(
            label=_("返還金を納める：%(name)s", name=one.name),
            endpoint="grants.grant",
            values={"grant_id": grant.id},
            due_on=grant.refund_due_on,
        )
    for act in available_acts(grant, known, today):
        expected = act.waits and not (act.endpoint == "grants.advance" and one.asked)
        if expected and act.permission in held and can(person, act.permission, grant):
            yield _task(act, one, _until(act, grant, known), grant_id=grant.id)
    for request in one.asked:
        next_act = request_act(request)
        if next_act is None or next_act.permission not in held:
            continue
        if can(person, next_act.permission, request):
            yield _task(
                next_act,
                one,
                settings.process_by(grant, request.requested_at),
                payment_request_id=request.id,
            )


def _until(act: AvailableAct, grant: Grant, known: Facts) -> dt.date | None:
    if act.endpoint == "grants.record_refund":
        return grant.refund_due_on
    if act.permission in _COMMITTEES:
        return clock.fiscal_year_period(grant.fiscal_year)[1]
    return process_by(act, grant, known)


_COMMITTEES = frozenset({Permission.GRANT_APPLY, Permission.ADVANCE_REQUEST})
_ON_APPLICATION = frozenset(
    {Status.APPLIED, Status.REVIEWING, Status.DECIDING, Status.AWARDED, Status.REFUSED}
)
_ON_REPORT = frozenset({Status.REPORTED, Status.INSPECTED, Status.DETERMINING, Status.DETERMINED})


def process_by(act: AvailableAct, grant: Grant, known: Facts) -> dt.date | None:
    """Until when the city does this (標準処理期間); None where it answers nothing."""
    if act.permission in _COMMITTEES:
        return None
    return settings.process_by(grant, _received_at(act, grant, known))


def _received_at(act: AvailableAct, grant: Grant, known: Facts) -> dt.datetime | None:
    """When that came about which ``act`` answers: what a committee handed in, a draft, a payment; None for nothing."""
    if act.endpoint in {"grants.decide_change", "grants.issue_change"}:
        return known.change_asked_at
    if act.endpoint in {"grants.cancel", "grants.return_cancellation"}:
        return known.cancelling_since
    if act.endpoint in {"grants.order_refund", "grants.return_refund"}:
        return known.refunding_since
    if grant.status in AWAITS_CLOSING:
        return known.since
    if grant.status in _ON_APPLICATION:
        return grant.applied_at
    return grant.reported_at if grant.status in _ON_REPORT else None


def _awaited_reports(person: Person, at: Desk) -> Iterable[Task]:
    """For the officer: committees still owe a report, and perhaps money, and their time is over. One task for all."""
    today = clock.today()
    late = sorted(
        (due, one.grant.id, one)
        for due, one in at.reports_due
        if due < today and can(person, Permission.GRANT_REVIEW, one.grant)
    )
    if len(late) > 1:
        oldest = _("最も古い提出期限 %(day)s", day=date(late[0][0]))
        label = _("提出期限を過ぎた実績報告を催促する：%(n)s件", n=len(late))
        yield Task(label=label, endpoint="grants.reports_due", due_on=late[0][0], hint=oldest)
        return
    for due, grant_id, one in late:
        in_hand = _("手元の残高 %(cash)s", cash=yen(at.books[grant_id].cash))
        until = _("提出期限 %(day)s", day=date(due))
        yield Task(
            label=_("提出期限を過ぎた実績報告を催促する：%(name)s", name=one.name),
            endpoint="grants.grant",
            values={"grant_id": grant_id},
            due_on=due,
            hint=_("%(in_hand)s、%(until)s", in_hand=in_hand, until=until),
        )


def _back_again(task: Task, back: SentBack) -> Task:
    """The draft that is to be made once more, with why; other tasks as they are."""
    if task.endpoint not in {"grants.draft_award", "grants.draft_determination"}:
        return task
    return replace(task, hint=_("差し戻されています：%(reason)s", reason=back.reason))


def _task(act: AvailableAct, one: OpenGrant, due_on: dt.date | None, **values: int) -> Task:
    return Task(
        label=_("%(act)s：%(name)s", act=act.label, name=one.name),
        endpoint=act.endpoint,
        values=values,
        due_on=due_on,
    )


def recovery_tasks(person: Person, at: OpenGrant, one: GrantRecovery) -> Iterable[Task]:
    """What waits for ``person`` about the finding that is open; the committee is asked to pay."""
    act = recovery_act(one)
    if act is not None and can(person, act.permission, one):
        yield Task(
            label=_("%(act)s：%(name)s", act=act.label, name=at.name),
            endpoint=act.endpoint,
            values={"grant_recovery_id": one.id},
            due_on=one.due_on or settings.process_by(one.grant, one.drafted_at),
        )
    pays = (Permission.ADVANCE_REQUEST, Permission.REPORT_SUBMIT)
    if one.status is RecoveryStatus.ORDERED and any(can(person, each, one) for each in pays):
        yield Task(
            label=_("返還金を納める：%(name)s", name=at.name),
            endpoint="grants.grant",
            values={"grant_id": one.grant_id},
            due_on=one.due_on,
        )
