"""The list of grants with its queues, and the one page that tells everything about a grant."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from stations.core import access, audit, clock
from stations.core.access import Permission, requires
from stations.grants import queries
from stations.grants.labels import LETTERS, PAYMENT_KINDS, PAYMENT_TONES, STAGES, TONES, steps
from stations.grants.rules import PaymentStatus, Status, retention_end
from stations.grants.views import blueprint
from stations.grants.views.trail import trail


@blueprint.get("/grants")
@requires(Permission.GRANT_READ)
def index() -> str:
    """Officials: queues with counts, then the grants of a year; a committee: its own, and what it can apply for."""
    years = queries.years(current_user)
    status = _chosen(request.args.get("status", ""))
    stage = request.args.get("stage", "")
    newest = years[0] if years else clock.fiscal_year(clock.today())
    # A link from a queue names a state and means it in every year.
    year = request.args.get("year", None if status or "year" in request.args else newest, type=int)
    year = newest if year is not None and year not in years else year
    statuses = frozenset({status}) if isinstance(status, Status) else None
    if stage in STAGES:
        statuses = STAGES[stage][1]
    request_status = status if isinstance(status, PaymentStatus) else None
    grants = queries.in_year(current_user, year, statuses, request_status)
    counts = queries.counts(current_user, year)
    return render_template(
        "grants/index.html",
        grants=grants,
        standings=queries.standings(
            [grant.id for grant in grants], of=None if queries.sees_drafts(current_user) else queries.told()
        ),
        states={grant.id: queries.shown_status(current_user, grant) for grant in grants},
        year=year,
        years=years,
        stage=stage,
        status=status,
        queues=[
            (name, label, sum(counts.get(one, 0) for one in members))
            for name, (label, members) in STAGES.items()
        ],
        plans=queries.waiting_plans(current_user) if access.can(current_user, Permission.GRANT_APPLY) else [],
        tones=TONES,
        breadcrumb=[(_("助成金"), None)],
    )


def _chosen(value: str) -> Status | PaymentStatus | None:
    for members in (Status, PaymentStatus):
        if value in members._value2member_map_:
            return members(value)
    return None


@blueprint.get("/grants/<int:grant_id>")
@requires(Permission.GRANT_READ, of=queries.grant)
def grant(grant: Any) -> str:
    """Everything about one grant; what an auditor asks for, and the next act of whoever looks."""
    known = queries.facts(grant)
    setting = queries.settings(grant.fiscal_year)
    state = queries.shown_status(current_user, grant)
    return render_template(
        "grants/grant.html",
        grant=grant,
        standing=known.standing,
        award=queries.shown_award(current_user, grant),
        told=queries.may_know(current_user, grant),
        status=state,
        budget=queries.budget(grant),
        buttons=queries.buttons(current_user, grant, known),
        turns={request.id: queries.request_turn(request) for request in grant.payment_requests},
        steps=steps(state),
        timeline=audit.timeline(
            grant, *grant.payment_requests, without=queries.hidden_acts(current_user, grant)
        ),
        receipts=queries.receipt_counts(grant),
        repayments=queries.repayments(grant) if grant.refund_yen else [],
        books=queries.books_sum(grant),
        retention=retention_end(grant.fiscal_year, setting.retention_years) if setting else None,
        letters=LETTERS,
        kinds=PAYMENT_KINDS,
        tones=TONES,
        payment_tones=PAYMENT_TONES,
        breadcrumb=[(_("助成金"), url_for("grants.index")), (trail(grant, "")[1][0], None)],
    )
