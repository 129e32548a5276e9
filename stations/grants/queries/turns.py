"""Whose turn it is: what can be done next with a grant, and what waits for somebody."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import orm

from stations.committees.models import Station
from stations.core import clock
from stations.core.access import Permission, can, committee_ids
from stations.core.database import db, fetch_all
from stations.core.formatting import date_era, yen
from stations.core.labels import label
from stations.core.tasks import Task
from stations.grants import bookkeeping, settlement
from stations.grants.bookkeeping import Posting, Standing
from stations.grants.cancellations import GrantCancellation
from stations.grants.labels import LETTERS, Deed
from stations.grants.models import Grant, GrantChange, Letter, PaymentRequest
from stations.grants.queries import reports
from stations.grants.queries.cancellations import pending_cancellation
from stations.grants.queries.drafts import SentBack, sent_back
from stations.grants.queries.grants import waiting_plans
from stations.grants.queries.ledger import decided_award, postings_of, standings
from stations.grants.queries.names import called, with_title
from stations.grants.rules import (
    FINAL,
    PENDING,
    TRANSITIONS,
    Act,
    PaymentAct,
    PaymentStatus,
    Status,
    may_reverse,
)
from stations.people.models import Person


@dataclass(frozen=True)
class Turn:
    """One act that the state allows: its page, who may, and how it looks. ``waits``: somebody waits for it."""

    label: Any
    endpoint: str
    permission: Permission
    waits: bool = True
    kind: str = "primary"


@dataclass(frozen=True)
class Facts:
    """What beside the state decides on the next act."""

    letters: Counter[str]
    decided_changes: int
    standing: Standing
    cancelling: bool


def _turn(
    act: Act, endpoint: str, permission: Permission, *, waits: bool = True, kind: str = "primary"
) -> Turn:
    return Turn(label(act), endpoint, permission, waits, kind)


_WITHDRAW = _turn(Act.WITHDRAW, "grants.withdraw", Permission.GRANT_APPLY, waits=False, kind="danger")
_CANCEL = Turn(
    label(Deed.DRAFT_CANCELLATION),
    "grants.draft_cancellation",
    Permission.GRANT_REVIEW,
    waits=False,
    kind="danger",
)
_SEND_BACK = _turn(Act.SEND_BACK, "grants.send_back", Permission.GRANT_APPROVE, waits=False, kind="secondary")
_CLOSE = _turn(Act.CLOSE, "grants.close", Permission.GRANT_REVIEW)
_REPORT = _turn(Act.REPORT, "grants.report", Permission.REPORT_SUBMIT, waits=False, kind="secondary")

# Reports and inspection tell for themselves what waits (`queries.reports`).
_BY_STATUS: dict[Status, tuple[Turn, ...]] = {
    Status.APPLIED: (_turn(Act.BEGIN_REVIEW, "grants.begin_review", Permission.GRANT_REVIEW), _WITHDRAW),
    Status.REVIEWING: (
        _turn(Act.DRAFT_AWARD, "grants.draft_award", Permission.GRANT_REVIEW),
        _turn(
            Act.DRAFT_REFUSAL, "grants.draft_refusal", Permission.GRANT_REVIEW, waits=False, kind="secondary"
        ),
        _WITHDRAW,
    ),
    Status.AWARDED: (_turn(Act.ISSUE_AWARD, "grants.issue", Permission.GRANT_ISSUE), _CANCEL),
    Status.ACTIVE: (
        _turn(Act.REQUEST_CHANGE, "grants.change", Permission.GRANT_APPLY, waits=False, kind="secondary"),
        _REPORT,
        _turn(Act.DISCONTINUE, "grants.discontinue", Permission.GRANT_APPLY, waits=False, kind="danger"),
        _CANCEL,
    ),
    Status.REPORTED: (
        _turn(Act.INSPECT, "grants.inspect", Permission.REPORT_INSPECT, waits=False),
        _CANCEL,
    ),
    Status.REPORT_RETURNED: (_REPORT, _CANCEL),
    Status.DISCONTINUED: (_REPORT,),
    Status.INSPECTED: (
        _turn(Act.DRAFT_DETERMINATION, "grants.draft_determination", Permission.GRANT_REVIEW),
        _turn(
            Act.RETURN_REPORT,
            "grants.return_report",
            Permission.REPORT_INSPECT,
            waits=False,
            kind="secondary",
        ),
        _CANCEL,
    ),
    Status.DETERMINING: (
        _turn(Act.DETERMINE, "grants.determine", Permission.GRANT_APPROVE),
        _SEND_BACK,
    ),
    Status.REFUND_DUE: (_turn(Act.RECORD_REFUND, "grants.record_refund", Permission.PAYMENT_RECORD),),
    Status.REFUNDED: (
        _CLOSE,
        _turn(
            Act.REVERSE_REFUND,
            "grants.reverse_refund",
            Permission.PAYMENT_RECORD,
            waits=False,
            kind="secondary",
        ),
    ),
    Status.BALANCE_PAID: (_CLOSE,),
}

_BY_SETTLEMENT = {
    Act.ORDER_REFUND: _turn(Act.ORDER_REFUND, "grants.refund_order", Permission.GRANT_ISSUE),
    Act.ORDER_BALANCE: _turn(Act.ORDER_BALANCE, "grants.order_balance", Permission.PAYMENT_ORDER),
    Act.CLOSE: _CLOSE,
}


def turns(grant: Grant, facts: Facts) -> list[Turn]:
    """What the state allows next, the expected act first; who may is asked with `can`."""
    found = list(_BY_STATUS.get(grant.status, ()))
    if grant.status is Status.DECIDING:
        act = Act.APPROVE_AWARD if grant.refusal_reason is None else Act.APPROVE_REFUSAL
        found = [_turn(act, "grants.decide", Permission.GRANT_APPROVE), _SEND_BACK]
    elif grant.status is Status.REFUSED and not facts.letters["refusal"]:
        found = [_letter("refusal", "grants.issue")]
    elif grant.status is Status.CHANGE_REQUESTED:
        found = [
            Turn(_("変更の申請を決裁する"), "grants.decide_change", Permission.GRANT_APPROVE),
            _CANCEL,
        ]
    elif grant.status is Status.DETERMINED and not facts.letters["determination"]:
        found = [_letter("determination", "grants.issue_determination")]
    elif grant.status is Status.CANCELLED and facts.letters["award"] and not facts.letters["cancellation"]:
        found = [_letter("cancellation", "grants.issue_cancellation")]
    elif grant.status in {Status.DETERMINED, Status.CANCELLED}:
        found = [_BY_SETTLEMENT[settlement.settle(grant.fixed_yen or 0, facts.standing.paid).next_act]]
    if facts.decided_changes > facts.letters["change"]:
        found.insert(0, _letter("change", "grants.issue_change"))
    if grant.status is Status.ACTIVE and facts.standing.unpaid > 0:
        first = facts.standing.paid == 0
        found.insert(
            0, Turn(_("概算払を請求する"), "grants.advance", Permission.ADVANCE_REQUEST, waits=first)
        )
    return _cancelling(found) if facts.cancelling and _CANCEL in found else found


def _cancelling(found: list[Turn]) -> list[Turn]:
    """With a drafted 取消し: its decision comes first, and no second draft is made."""
    decide = Turn(_("取消しを決裁する"), "grants.cancel", Permission.GRANT_APPROVE)
    back = Turn(
        label(Deed.RETURN_CANCELLATION),
        "grants.return_cancellation",
        Permission.GRANT_APPROVE,
        waits=False,
        kind="secondary",
    )
    return [decide, back, *(turn for turn in found if turn is not _CANCEL)]


def _letter(kind: str, endpoint: str) -> Turn:
    return Turn(_("%(letter)sを施行する", letter=LETTERS[kind]), endpoint, Permission.GRANT_ISSUE)


def facts(grant: Grant, books: Sequence[Posting] | None = None) -> Facts:
    """The facts of one grant whose letters and changes are loaded. ``books``: its postings, if a page has them."""
    if books is None:
        books = postings_of(grant)
    decided = [change for change in grant.changes if change.approved and change.decided_by_id is not None]
    standing = bookkeeping.standing(decided_award(grant) or 0, books)
    drafted = Act.CANCEL in TRANSITIONS[grant.status] and pending_cancellation(grant) is not None
    return Facts(Counter(letter.kind for letter in grant.letters), len(decided), standing, drafted)


def _facts_of(grants: Collection[Grant]) -> dict[int, Facts]:
    """`facts` of many grants in two queries."""
    ids = [grant.id for grant in grants]
    found = {
        name: {grant_id: Counter[str]() for grant_id in ids} for name in ("letter", "change", "cancelling")
    }
    for name, grant_id, kind in db.session.execute(_papers(), {"grant_ids": ids}):
        found[name][grant_id][kind] += 1
    books = standings(ids)
    return {
        i: Facts(
            letters=found["letter"][i],
            decided_changes=found["change"][i].total(),
            standing=books[i],
            cancelling=found["cancelling"][i].total() > 0,
        )
        for i in ids
    }


@cache
def _papers() -> sa.Select[str, int, str]:
    """(letter, change or cancelling; grant id; a letter's kind): what has been told, decided and drafted."""
    decided = sa.and_(GrantChange.approved.is_(True), GrantChange.decided_by_id.is_not(None))
    papers = sa.union_all(
        sa.select(sa.literal("letter").label("paper"), Letter.grant_id, Letter.kind),
        sa.select(sa.literal("change"), GrantChange.grant_id, sa.literal("")).where(decided),
        sa.select(sa.literal("cancelling"), GrantCancellation.grant_id, sa.literal("")).where(
            GrantCancellation.decided_at.is_(None)
        ),
    ).subquery()
    return sa.select(papers).where(papers.c.grant_id.in_(sa.bindparam("grant_ids", expanding=True)))


_ACTS = frozenset(
    {
        Permission.GRANT_APPLY,
        Permission.GRANT_REVIEW,
        Permission.GRANT_APPROVE,
        Permission.GRANT_ISSUE,
        Permission.ADVANCE_REQUEST,
        Permission.PAYMENT_ORDER,
        Permission.PAYMENT_RECORD,
    }
)


def waiting_for(person: Person) -> list[Task]:
    """What waits for this person: plans to apply with, decisions, letters, payments, reports."""
    grants = _open_grants(person)
    if not any(can(person, permission) for permission in _ACTS):
        return reports.waiting_for(person, grants)
    found = [_apply_task(plan.id, plan.title) for plan in _plans(person)]
    asked = _pending_requests(grants)
    known = _facts_of(grants) if grants else {}
    returned = sent_back(grants) if can(person, Permission.GRANT_REVIEW) else {}
    for grant in grants:
        tasks = _grant_tasks(person, grant, known[grant.id], asked.get(grant.id, []))
        back = returned.get(grant.id)
        found += [_back_again(task, back) for task in tasks] if back else tasks
    return [*found, *reports.waiting_for(person, grants)]


def _plans(person: Person) -> list[Any]:
    return waiting_plans(person) if can(person, Permission.GRANT_APPLY) else []


def _apply_task(plan_id: int, title: str) -> Task:
    return Task(
        label=_("承認された計画で交付を申請する：%(name)s", name=title),
        endpoint="grants.apply",
        values={"plan_id": plan_id},
    )


def _open_grants(person: Person) -> list[Grant]:
    found = _open()
    reach = committee_ids(person, Permission.GRANT_READ)
    if reach is not None:
        found = found.where(Grant.committee_id.in_(reach))
    return fetch_all(found)


@cache
def _open() -> sa.Select[Grant]:
    told = sa.exists().where(Letter.grant_id == Grant.id, Letter.kind == "refusal").correlate(Grant)
    return (
        sa.select(Grant)
        .where(sa.or_(Grant.status.not_in(FINAL), sa.and_(Grant.status == Status.REFUSED, ~told)))
        # Tasks name the station and the plan only.
        .options(
            orm.lazyload(Grant.committee),
            orm.joinedload(Grant.station).options(
                orm.load_only(Station.name), orm.lazyload(Station.committee)
            ),
            with_title(),
        )
        .order_by(Grant.fiscal_year, Grant.id)
    )


def _pending_requests(grants: Iterable[Grant]) -> dict[int, list[PaymentRequest]]:
    found: dict[int, list[PaymentRequest]] = {}
    for request in db.session.scalars(_pending(), {"grant_ids": [grant.id for grant in grants]}):
        found.setdefault(request.grant_id, []).append(request)
    return found


@cache
def _pending() -> sa.Select[PaymentRequest]:
    return (
        sa.select(PaymentRequest)
        .where(
            PaymentRequest.grant_id.in_(sa.bindparam("grant_ids", expanding=True)),
            PaymentRequest.status.in_(PENDING),
        )
        .options(orm.lazyload(PaymentRequest.payment))
        .order_by(PaymentRequest.id)
    )


_REQUEST_TURNS = {
    PaymentStatus.REQUESTED: (PaymentAct.ORDER, "grants.order", Permission.PAYMENT_ORDER),
    PaymentStatus.ORDERED: (PaymentAct.PAY, "grants.record_payment", Permission.PAYMENT_RECORD),
}


_REVERSE_PAYMENT = Turn(
    label(PaymentAct.REVERSE),
    "grants.reverse_payment",
    Permission.PAYMENT_RECORD,
    waits=False,
    kind="secondary",
)


def request_turn(request: PaymentRequest) -> Turn | None:
    """What comes next for a payment request, or how its payment is corrected."""
    if request.status is PaymentStatus.PAID and may_reverse(request.kind, request.grant.status):
        return _REVERSE_PAYMENT
    found = _REQUEST_TURNS.get(request.status)
    return None if found is None else Turn(label(found[0]), found[1], found[2])


def _grant_tasks(person: Person, grant: Grant, known: Facts, asked: list[PaymentRequest]) -> Iterable[Task]:
    """What waits for ``person`` about one grant."""
    if grant.status is Status.REFUND_DUE and can(person, Permission.ADVANCE_REQUEST, grant):
        yield Task(
            label=_("返還金を納める：%(name)s", name=called(grant)),
            endpoint="grants.grant",
            values={"grant_id": grant.id},
            due_on=grant.refund_due_on,
        )
    if grant.status is Status.DISCONTINUED and can(person, Permission.GRANT_REVIEW, grant):
        yield _awaited_report(grant, known)
    for turn in turns(grant, known):
        expected = turn.waits and not (turn.endpoint == "grants.advance" and asked)
        if expected and can(person, turn.permission, grant):
            yield _task(turn, grant, grant_id=grant.id)
    for request in asked:
        next_turn = request_turn(request)
        if next_turn is not None and can(person, next_turn.permission, request):
            yield _task(next_turn, grant, payment_request_id=request.id)


def _awaited_report(grant: Grant, known: Facts) -> Task:
    """For the officer: after 中止・廃止 the committee still owes the report, and perhaps money. Its turn, not theirs."""
    due = reports.due_on(grant)
    in_hand = _("手元の残高 %(cash)s", cash=yen(known.standing.cash))
    until = _("提出期限 %(day)s", day=date_era(due))
    return Task(
        label=_("中止・廃止後の実績報告を待つ：%(name)s", name=called(grant)),
        endpoint="grants.grant",
        values={"grant_id": grant.id},
        due_on=due if due is not None and due < clock.today() else None,  # before that there is nothing to do
        hint=_("%(in_hand)s、%(until)s", in_hand=in_hand, until=until),
    )


def _back_again(task: Task, back: SentBack) -> Task:
    """The draft that is to be made once more, with why; other tasks as they are."""
    if task.endpoint not in {"grants.draft_award", "grants.draft_determination"}:
        return task
    return replace(task, hint=_("差し戻されています：%(reason)s", reason=back.reason))


def _task(turn: Turn, grant: Grant, **values: int) -> Task:
    return Task(
        label=_("%(act)s：%(name)s", act=turn.label, name=called(grant)),
        endpoint=turn.endpoint,
        values=values,
        due_on=grant.refund_due_on if grant.status is Status.REFUND_DUE else None,
    )


@dataclass(frozen=True)
class Buttons:
    """The acts on a grant's page for one person."""

    primary: list[Turn] = field(default_factory=list)
    other: list[Turn] = field(default_factory=list)


def buttons(person: Person, grant: Grant, known: Facts) -> Buttons:
    """What this person may do next: at most one primary act, the rest beside it."""
    mine = [turn for turn in turns(grant, known) if can(person, turn.permission, grant)]
    first = next((turn for turn in mine if turn.kind == "primary"), None)
    return Buttons([first] if first else [], [turn for turn in mine if turn is not first])
