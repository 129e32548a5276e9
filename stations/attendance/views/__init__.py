"""Pages of attendance: the tablet's tiles, the end of the day, what each station counted, and the years' age bands."""

from flask import Blueprint

blueprint = Blueprint("attendance", __name__)

from stations.attendance.devices import views as devices  # noqa: E402, F401  (they register their routes)
from stations.attendance.tablet import views as tablet  # noqa: E402, F401  (as above)
from stations.attendance.views import bands, records, sync  # noqa: E402, F401  (as above)
