"""All pages of grants on their blueprint, and what pages of others show of a grant."""

from flask_login import current_user

from stations.core import clock
from stations.grants import disclosure
from stations.grants.awards.views import awards, cancellations, changes
from stations.grants.books.views import cash_book, receipts
from stations.grants.letters.views import characters, letters, texts
from stations.grants.pages import views as pages
from stations.grants.pages.blueprint import blueprint
from stations.grants.payments import views as payments
from stations.grants.queries import grants
from stations.grants.reports.views import inspections, reports
from stations.grants.rules import year_over
from stations.grants.settings import queries as year_settings
from stations.grants.settings import views as settings
from stations.grants.settlement.views import determinations, recoveries, refunds

# Each has hung its pages on the blueprint when it was imported.
__all__ = [
    "awards",
    "blueprint",
    "cancellations",
    "cash_book",
    "changes",
    "characters",
    "determinations",
    "inspections",
    "letters",
    "pages",
    "payments",
    "receipts",
    "recoveries",
    "refunds",
    "reports",
    "settings",
    "texts",
]


@blueprint.app_context_processor
def _beside_a_plan() -> dict[str, object]:
    """The page of a plan leads on to its grant, of which applications knows nothing."""
    return {
        "grant_of": grants.grant_of_plan,
        "year_over": lambda plan: year_over(plan.fiscal_year, clock.today()),
        "year_is_set": lambda plan: year_settings.settings(plan.fiscal_year) is not None,
    }


@blueprint.context_processor
def _money_strip() -> dict[str, object]:
    """What pages of a grant show to this reader: `figures(grant, balance)`, its strip, and `shown_status(grant)`."""
    return {
        "figures": lambda grant, balance: disclosure.figures(current_user, grant, balance or None),
        "shown_status": lambda grant: disclosure.shown_status(current_user, grant),
    }
