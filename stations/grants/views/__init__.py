"""Pages of grants, by noun."""

from flask import Blueprint
from flask_login import current_user

from stations.core import clock
from stations.grants import queries
from stations.grants.rules import year_over

blueprint = Blueprint("grants", __name__)


@blueprint.app_context_processor
def _beside_a_plan() -> dict[str, object]:
    """The page of a plan leads on to its grant, of which applications knows nothing."""
    return {
        "grant_of": queries.grant_of_plan,
        "year_over": lambda plan: year_over(plan.fiscal_year, clock.today()),
        "year_is_set": lambda plan: queries.settings(plan.fiscal_year) is not None,
    }


@blueprint.context_processor
def _money_strip() -> dict[str, object]:
    """What pages of a grant show to this reader: `figures(grant, standing)`, its strip, and `shown_status(grant)`."""
    return {
        "figures": lambda grant, standing: queries.figures(current_user, grant, standing or None),
        "shown_status": lambda grant: queries.shown_status(current_user, grant),
    }


from stations.grants.views import (  # noqa: E402, F401  # the modules hang their routes on the blueprint above
    awards,
    books,
    cancellations,
    changes,
    characters,
    determinations,
    inspections,
    letters,
    pages,
    payments,
    receipts,
    recoveries,
    refunds,
    reports,
    settings,
)
