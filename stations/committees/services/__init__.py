"""Acts on districts, committees, stations, venues and the calendar; one function each, none commits."""

from stations.committees.services.calendar import (
    add_opening,
    add_rule,
    cancel_opening,
    end_rule,
    hold_opening,
    lay_out,
    restore_opening,
)
from stations.committees.services.districts import DistrictFacts, edit_committee, load_districts
from stations.committees.services.officers import appoint, end_term
from stations.committees.services.stations import (
    StationFacts,
    VenueFacts,
    add_venue,
    close_station,
    create_station,
    edit_station,
    edit_venue,
    open_station,
)

__all__ = [
    "DistrictFacts",
    "StationFacts",
    "VenueFacts",
    "add_opening",
    "add_rule",
    "add_venue",
    "appoint",
    "cancel_opening",
    "close_station",
    "create_station",
    "edit_committee",
    "edit_station",
    "edit_venue",
    "end_rule",
    "end_term",
    "hold_opening",
    "lay_out",
    "load_districts",
    "open_station",
    "restore_opening",
]
