"""Pages of grants, by noun."""

from flask import Blueprint

blueprint = Blueprint("grants", __name__)

from stations.grants.views import (  # noqa: E402  # the modules hang their routes on the blueprint above
    receipts,
    reports,
)

__all__ = ["blueprint", "receipts", "reports"]
