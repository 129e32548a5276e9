"""Pages of grants, by noun."""

from flask import Blueprint

blueprint = Blueprint("grants", __name__)

from stations.grants.views import (  # noqa: E402, F401  # the modules hang their routes on the blueprint above
    awards,
    books,
    cancellations,
    changes,
    determinations,
    inspections,
    letters,
    pages,
    payments,
    receipts,
    reports,
    settings,
)
