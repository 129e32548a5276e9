"""Pages of plans: the committee writes, the secretariat reviews, everybody reads what was handed in."""

from flask import Blueprint

blueprint = Blueprint("applications", __name__)

from stations.applications.views import drafting, reading, review  # noqa: E402, F401  they add their routes
