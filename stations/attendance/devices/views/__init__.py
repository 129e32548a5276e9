"""Pages of a station's tablets for its people, the page on which one is enrolled, and what it then asks."""

from stations.attendance.devices.views import api as api
from stations.attendance.devices.views import enrolment as enrolment
from stations.attendance.devices.views import pages as pages
