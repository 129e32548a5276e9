"""Pages of districts, committees, stations, venues and the opening calendar."""

from stations.committees.views import calendar, officers, stations
from stations.committees.views.pages import blueprint

__all__ = ["blueprint", "calendar", "officers", "stations"]
