"""What the pages of this package share: their blueprint, and where they stand."""

from typing import TYPE_CHECKING

from flask import Blueprint, g, url_for
from flask_login import current_user

from stations.committees import place_names, queries
from stations.core import language
from stations.core.access import Permission, can
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from stations.committees.models import Committee, Station

blueprint = Blueprint("committees", __name__)


@blueprint.app_template_filter("place")
def place(name: str) -> str:
    """The name of a district or station; on English pages as one reads it, with the name itself behind it."""
    if language.current() == "ja":
        return name
    if "place_names" not in g:
        g.place_names = place_names.readings(queries.readings())
    return str(g.place_names.get(name, name))


Trail = list[tuple[str, str | None]]


def trail(
    *, committee: "Committee | None" = None, station: "Station | None" = None, here: str | None = None
) -> Trail:
    """Where a page stands: 地区とステーション > committee > station > here. Links only to what one may open."""
    steps: Trail = [(_("地区とステーション"), url_for("committees.index"))]
    committee = committee or (station.committee if station is not None else None)
    if committee is not None and can(current_user, Permission.COMMITTEE_READ, committee):
        steps.append((committee.name, url_for("committees.committee", committee_id=committee.id)))
    if station is not None:
        steps.append((station.name, url_for("committees.station", station_id=station.id)))
    if here is None:
        return [*steps[:-1], (steps[-1][0], None)]
    return [*steps, (here, None)]
