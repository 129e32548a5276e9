"""The list of grants with its queues, and the one page with everything about a grant."""

from typing import TYPE_CHECKING

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.core import access, audit, clock, formatting, list_files, lists
from stations.core.access import Permission
from stations.core.database import one_snapshot
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.tasks import Task
from stations.grants import disclosure
from stations.grants.awards.queries import applying, decisions
from stations.grants.books.queries import budget, ledger
from stations.grants.books.rules.bookkeeping import Posting
from stations.grants.labels import STAGES, TONES, steps
from stations.grants.letters.labels import LETTERS
from stations.grants.pages import available_acts, columns, late_reports, presenters, report_tasks, tasks
from stations.grants.pages.available_acts import Buttons
from stations.grants.pages.available_acts import Facts as Known
from stations.grants.pages.blueprint import blueprint
from stations.grants.pages.trail import trail
from stations.grants.payments.labels import PAYMENT_KINDS, PAYMENT_TONES
from stations.grants.payments.queries import budget_years, payments
from stations.grants.queries import grants as grant_queries
from stations.grants.queries import lists as grant_lists
from stations.grants.reports.queries import inspections
from stations.grants.rules import (
    OVER,
    PENDING,
    SETTLING,
    PaymentAct,
    PaymentStart,
    PaymentStatus,
    Status,
    retention_end,
    year_over,
)
from stations.grants.settings import queries as settings
from stations.grants.settlement.queries import calculation, recoveries

if TYPE_CHECKING:
    from stations.grants.models import Grant
    from stations.grants.payments.models import Repayment
    from stations.grants.settings.models import FiscalYearSetting
    from stations.grants.settlement.models import GrantRecovery
    from stations.meetings.models import AgendaItem


@blueprint.get("/grants")
@requires(Permission.GRANT_READ)
def index() -> ResponseReturnValue:
    """Officials: queues with counts, then the grants of a year; a committee: its own, and what it can apply for."""
    years = grant_lists.years(current_user)
    status, stage = _chosen(request.args.get("status", "")), request.args.get("stage", "")
    year = _year(years, status)
    statuses = frozenset({status}) if isinstance(status, Status) else None
    if stage in STAGES:
        statuses = STAGES[stage][1]
    request_status = status if isinstance(status, PaymentStatus) else None
    chosen = lists.chosen("q", "status", "stage") | {"year": "" if year is None else str(year)}
    grants = lists.holding(
        grant_lists.in_year(current_user, year, statuses, request_status),
        chosen.get("q", ""),
        lambda one: (one.title, one.station, one.district),
    )
    inside = disclosure.sees_drafts(current_user)
    balances = ledger.balances(
        [grant.id for grant in grants], award=None if inside else disclosure.published_award()
    )
    sums = columns.sums(grants, balances)
    return list_files.saved(
        columns.grants(balances, inside=inside),
        grants,
        _("助成金の一覧"),
        year and formatting.fiscal_year(year),
        STAGES[stage][0] if stage in STAGES else label(status),
        chosen.get("q"),
        total=columns.total_row(sums, len(grants)),
    ) or render_template(
        "grants/index.html",
        grants=grants,
        found=lists.page_of(grants, lists.asked_page()),
        chosen=chosen,
        balances=balances,
        sums=sums,
        awarded=columns.awarded,
        left=columns.left,
        ended=OVER | SETTLING,
        over=OVER,
        inside=inside,
        year=year,
        years=years,
        stage=stage,
        status=status,
        queues=_queues(year),
        stage_names=[(name, words) for name, (words, _members) in STAGES.items()],
        plans=_to_apply_for(),
        tones=TONES,
        breadcrumb=[(_("助成金"), None)],
    )


def _year(years: list[int], status: Status | PaymentStatus | None) -> int | None:
    """The year that the address asks for, else the newest; None: every year."""
    newest = years[0] if years else clock.fiscal_year(clock.today())
    # A link from a queue names a state and means it in every year.
    year = request.args.get("year", None if status or "year" in request.args else newest, type=int)
    return newest if year is not None and year not in years else year


def _to_apply_for() -> list[applying.WaitingPlan]:
    """Plans that wait for this person's 交付申請."""
    may = access.can(current_user, Permission.GRANT_APPLY)
    return applying.waiting_plans(current_user) if may else []


def _queues(year: int | None) -> list[tuple[str, object, int]]:
    """Name, words and number of grants of each stage."""
    counts = grant_lists.counts(current_user, year)
    return [
        (name, words, sum(counts.get(one, 0) for one in members)) for name, (words, members) in STAGES.items()
    ]


@blueprint.get("/grants/reports-due")
@requires(Permission.GRANT_READ)
def reports_due() -> ResponseReturnValue:
    """Reports that have not come: deadline, age, and when they were reminded of."""
    setting = settings.settings(clock.fiscal_year(clock.today()))
    awaited = late_reports.awaited(current_user)
    return list_files.saved(columns.AWAITED, awaited, _("届いていない実績報告")) or render_template(
        "grants/reports_due.html",
        found=lists.page_of(awaited, lists.asked_page()),
        days=presenters.reminder_days(setting.terms.reminder_days) if setting else "",
        inside=disclosure.sees_drafts(current_user),
        breadcrumb=[(_("助成金"), url_for("grants.index")), (_("届いていない実績報告"), None)],
    )


def _chosen(value: str) -> Status | PaymentStatus | None:
    for members in (Status, PaymentStatus):
        if value in members._value2member_map_:
            return members(value)
    return None


@blueprint.get("/grants/<int:grant_id>")
@one_snapshot
@requires(Permission.GRANT_READ, of=grant_queries.grant)
def grant(grant: "Grant") -> str:
    """Everything about one grant; what an auditor asks for, and the reader's next act."""
    postings = ledger.postings_of(grant)
    known = available_acts.facts(grant, postings)
    setting = grant.setting
    state = disclosure.shown_status(current_user, grant)
    inside = disclosure.sees_drafts(current_user)
    repayments = payments.repayments(grant) if grant.refund_yen or grant.kept_yen is not None else []
    hidden = disclosure.hidden_acts(current_user, grant)
    found = recoveries.shown_recoveries(current_user, grant) if grant.status is Status.CLOSED else []
    timeline = audit.timeline(grant, *grant.payment_requests, *found, without=hidden)
    buttons = available_acts.buttons(current_user, grant, known)
    return render_template(
        "grants/grant.html",
        grant=grant,
        published=disclosure.may_know(current_user, grant),
        status=state,
        back=presenters.sent_back(grant, timeline) if inside else None,
        budget=budget.budget(grant),
        setting=setting,
        approval=_approval(grant),
        buttons=buttons,
        process_by=tasks.process_by(buttons.primary[0], grant, known) if buttons.primary else None,
        inside=inside,
        payers=_payers(grant, repayments),
        today=clock.today(),
        year_over=year_over(grant.fiscal_year, clock.today()),
        steps=steps(
            state,
            cancelled=decisions.is_cancelled(grant) and disclosure.may_know_settlement(current_user, grant),
        ),
        recoveries=_recoveries(found),
        timeline=presenters.history(timeline),
        repayments=repayments,
        books=sum(entry.amount for entry in postings),
        retention=retention_end(grant.fiscal_year, setting.retention_years) if setting else None,
        letters=LETTERS,
        kinds=PAYMENT_KINDS,
        budget_of=presenters.budget,
        receiving_budget=presenters.receiving_budget,
        received=budget_years.received_by_budgets(grant, [*repayments, *found]),
        tones=TONES,
        payment_tones=PAYMENT_TONES,
        breadcrumb=[(_("助成金"), url_for("grants.index")), (trail(grant, "")[1][0], None)],
        here=_waiting_here(grant, buttons) if not inside else [],
        **_payments(grant, timeline),
        **_money(grant, known, postings, setting, repayments, found),
    )


def _payments(grant: "Grant", timeline: list[audit.Entry]) -> dict[str, object]:
    """What stands beside each payment request: its act, until when it is processed, why it came back."""
    return {
        "request_acts": _request_acts(grant),
        "promised": {
            one.id: settings.process_by(grant, one.requested_at)
            for one in grant.payment_requests
            if one.status in PENDING
        },
        "returns": {one.object_id: one for one in timeline if one.act == PaymentAct.RETURN},
        "failures": {one.object_id: one for one in timeline if one.act == PaymentAct.FAIL},
        "repeats": _repeats(timeline),
    }


def _recoveries(
    found: list["GrantRecovery"],
) -> list[tuple["GrantRecovery", available_acts.AvailableAct | None]]:
    """Each finding after 完結 with the act on it that is this person's, or None."""
    offered = [available_acts.recovery_act(one) for one in found]
    return [
        (one, available if available and access.can(current_user, available.permission, one) else None)
        for one, available in zip(found, offered, strict=True)
    ]


def _waiting_here(grant: "Grant", buttons: Buttons) -> list[Task]:
    """What waits for this person about the report, beside the acts that have a button anyway."""
    shown = {available.endpoint for available in [*buttons.primary, *buttons.other]}
    return [task for task in report_tasks.waits_on(current_user, grant) if task.endpoint not in shown]


def _money(
    grant: "Grant",
    known: Known,
    postings: list[Posting],
    setting: "FiscalYearSetting | None",
    repayments: list["Repayment"],
    found: list["GrantRecovery"],
) -> dict[str, object]:
    """The four figures, what has to be said beside them, and how the fixed amount came about."""
    inside = disclosure.sees_drafts(current_user)
    balance = known.balance
    award = disclosure.shown_award(current_user, grant)
    receipts = inspections.receipt_counts(grant)
    knows = disclosure.may_know_settlement(current_user, grant)
    settled = calculation.settled(grant, repayments) if knows else None
    calculated = None
    if knows and (grant.determined_on or (inside and grant.status is Status.DETERMINING)):
        calculated = calculation.calculated(grant, setting, receipts=receipts, books=postings)
    waits = presenters.letter_comes(grant) or presenters.awaited_answer(grant, known)
    drafted = presenters.drafted(grant) if inside else waits
    return {
        "award": award,
        "balance": balance,
        "receipts": receipts,
        "said": [
            *drafted,
            *(presenters.after_the_year(grant) if inside else []),
            *presenters.awaited_report(grant, published=knows),
            *presenters.money_in_words(grant, balance, award, settled),
            *presenters.recovered(found),
        ],
        "calculation": presenters.calculation(calculated) if calculated else [],
        "settled": presenters.settled(grant, settled) if settled else [],
        "fixed": grant.fixed_yen if grant.determined_on and knows else None,
    }


def _approval(grant: "Grant") -> "AgendaItem | None":
    """The resolution that approved the plan, for those who may read meetings."""
    return applying.approved_item(grant.plan) if access.can(current_user, Permission.MEETING_READ) else None


def _request_acts(grant: "Grant") -> dict[int, available_acts.AvailableAct]:
    """Payment request id → what this person may do with it; the others are absent."""
    return {
        request.id: available
        for request in grant.payment_requests
        if (available := available_acts.request_act(request))
        and access.can(current_user, available.permission, request)
    }


def _repeats(timeline: list[audit.Entry]) -> dict[int, int]:
    """Payment request id → the instalment whose payment it repeats."""
    again = (PaymentStart.PAY_AGAIN, PaymentStart.RECORD_AGAIN)
    return {one.object_id: one.detail["instead_of"] for one in timeline if one.act in again}


def _payers(grant: "Grant", repayments: list["Repayment"]) -> dict[int | None, str]:
    """The names of everybody who asked for, ordered or recorded money of the grant."""
    requests = grant.payment_requests
    return grant_queries.names(
        [
            *(request.requested_by_id for request in requests),
            *(request.drafted_by_id for request in requests),
            *(request.ordered_by_id for request in requests),
            *(request.payment.recorded_by_id for request in requests if request.payment),
            *(row.recorded_by_id for row in repayments),
        ]
    )
