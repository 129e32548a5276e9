"""Pages of receipts: the list with what is left, entering one, one with its photo, taking one back."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from stations.core import audit, files
from stations.core.access import Permission, requires
from stations.core.database import writes
from stations.core.forms import say
from stations.core.messages import Conflict, RuleBroken
from stations.grants import account_labels, queries  # noqa: F401  # labels register themselves
from stations.grants.forms.receipts import ReasonForm, ReceiptForm
from stations.grants.queries import receipts as receipt_queries
from stations.grants.receipts import Level, ReceiptKind
from stations.grants.reporting import BOOKS_OPEN
from stations.grants.services import photos, receipts
from stations.grants.services.receipts import ReceiptRefused
from stations.grants.views import blueprint
from stations.grants.views.trail import of_receipts, trail


@blueprint.get("/grants/<int:grant_id>/receipts")
@requires(Permission.GRANT_READ, of=queries.grant)
def receipts_(grant: Any) -> str:
    """The list: 予算・支出・残り of each line, then the receipts, the newest first."""
    rows = receipt_queries.receipts(grant)
    return render_template(
        "grants/receipts.html",
        grant=grant,
        rows=rows[::-1],
        live=sum(row.cancelled_at is None for row in rows),
        lines=receipt_queries.line_totals(grant),
        standing=queries.standing(grant),
        open=grant.status in BOOKS_OPEN,
        breadcrumb=trail(grant, _("領収書")),
    )


# The endpoint is grants.receipts; the name is the service module's here.
blueprint.record  # noqa: B018
