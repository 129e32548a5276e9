"""What an enrolled tablet asks, in JSON; `openapi` describes it."""

from typing import TYPE_CHECKING

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from stations.attendance.devices import openapi
from stations.attendance.devices.guard import by_device
from stations.attendance.devices.queries import bootstrap as known
from stations.attendance.devices.queries.bootstrap import KnownOpening
from stations.attendance.devices.rules import PIN_ITERATIONS
from stations.attendance.labels import tile_names
from stations.attendance.queries.bands import bands_of
from stations.attendance.tablet import shell
from stations.attendance.views import blueprint
from stations.core import clock
from stations.core.danger import emergency_numbers
from stations.core.database import one_snapshot
from stations.core.guards import public
from stations.core.language import gettext as _

if TYPE_CHECKING:
    from stations.attendance.band_rules import Band
    from stations.attendance.devices.models import Device

MODE = "A"


@blueprint.get("/api/v1/openapi.json")
@public
def openapi_document() -> ResponseReturnValue:
    """The description of these routes."""
    return jsonify(openapi.DOCUMENT)


@blueprint.get("/api/v1/attendance/bootstrap")
@one_snapshot
@by_device
def bootstrap(device: "Device") -> ResponseReturnValue:
    """All that the tablet needs to count for a week without a network; nothing of other stations, nobody's whole name."""
    openings = known.openings_for(device)
    years = sorted({one.fiscal_year for one in openings} | {clock.fiscal_year(clock.today())})
    bands = {year: bands_of(year) for year in years}
    return jsonify(
        device=_itself(device),
        server_time=clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        version=shell.version(),
        people=[{"id": person_id, "name": name} for person_id, name in known.people_at(device).items()],
        bands={str(year): [_band(one) for one in of_year] for year, of_year in bands.items()},
        openings=[_opening(one, bands[one.fiscal_year]) for one in openings],
        cards=[],
        emergency=_emergency(),
    )


def _itself(device: "Device") -> dict[str, object]:
    return {
        "id": device.public_id,
        "name": device.name,
        "station": {"id": device.station.id, "name": device.station.name},
        "mode": MODE,
        "pin": {"salt": device.pin_salt, "iterations": PIN_ITERATIONS, "hash": device.pin_hash},
    }


def _band(band: "Band") -> dict[str, object]:
    return {"tile": band.code, "label": band.label, "label_en": band.label_en, "colour": band.colour}


def _opening(opening: KnownOpening, bands: "tuple[Band, ...]") -> dict[str, object]:
    return {
        "id": opening.id,
        "on": opening.on.isoformat(),
        "starts_at": f"{opening.starts_at:%H:%M}",
        "ends_at": f"{opening.ends_at:%H:%M}",
        "venue": opening.venue,
        "status": opening.status,
        "fiscal_year": opening.fiscal_year,
        "totals": dict.fromkeys(tile_names(bands), 0) | opening.totals.by_tile(),
        "open": opening.open,
        "stored": opening.state.stored,
        "corrections": opening.state.corrections,
        "closings": opening.state.closings,
        "last": opening.state.last,
    }


def _emergency() -> list[dict[str, str]]:
    called = {"119": _("救急・消防"), "110": _("警察")}
    numbers = emergency_numbers(current_app.config["STATIONS"].emergency_phone)
    return [{"name": called.get(one, _("緊急の連絡先")), "number": one} for one in numbers]
