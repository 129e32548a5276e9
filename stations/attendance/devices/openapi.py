"""The description of what a tablet asks (OpenAPI 3.1), as it is published at ``/api/v1/openapi.json``.

Written by hand: it is what a maker of another tablet would build on. A test sends what it allows, and more, and holds
each answer to it.
"""

from typing import Any, Final

from stations.attendance.rules import OTHERS
from stations.committees.rules import OpeningStatus

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_ID: Final[Schema] = {"type": "integer", "minimum": 1}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_UUID: Final[Schema] = {"type": "string", "format": "uuid"}


def _object(
    properties: dict[str, Schema], description: str = "", *, optional: tuple[str, ...] = ()
) -> Schema:
    """An object with these properties and no others."""
    words = {"description": description} if description else {}
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        **words,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _list(items: Schema, description: str = "", **more: Any) -> Schema:
    return {"type": "array", "items": items, **({"description": description} if description else {}), **more}


def _map(values: Schema, description: str = "") -> Schema:
    words = {"description": description} if description else {}
    return {"type": "object", "additionalProperties": values, **words}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: Final[dict[str, Schema]] = {
    "Problem": _object(
        {
            "code": {"type": "string", "enum": ["unknown", "revoked", "header", "type", "busy"]},
            "problem": {**_TEXT, "description": "A sentence for the reader of the screen."},
        }
    ),
    "Device": _object(
        {
            "id": _UUID,
            "name": _TEXT,
            "station": _object({"id": _ID, "name": _TEXT}),
            "mode": {
                "type": "string",
                "enum": ["A"],
                "description": "A: counting by age band, nobody is named.",
            },
            "pin": _object(
                {
                    "salt": {**_TEXT, "contentEncoding": "base64"},
                    "iterations": _ID,
                    "hash": {**_TEXT, "contentEncoding": "base64"},
                },
                "PBKDF2 with HMAC-SHA-256 and 256 bits, of the digits as ASCII.",
            ),
        }
    ),
    "Band": _object(
        {
            "tile": _TEXT,
            "label": _TEXT,
            "label_en": _TEXT,
            "colour": {"type": "integer", "minimum": 1, "maximum": 7},
        },
        "One age band, as its tile stands on the screen.",
    ),
    "Totals": {
        **_map(_COUNT, "By tile: each age band of the opening's year, and what is counted beside."),
        "required": list(OTHERS),
    },
    "Count": _object(
        {"id": _UUID, "at": _INSTANT, "tile": _TEXT, "delta": {"type": "integer", "not": {"const": 0}}}
    ),
    "Opening": _object(
        {
            "id": _ID,
            "on": {"type": "string", "format": "date"},
            "starts_at": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "ends_at": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "venue": _TEXT,
            "status": {"type": "string", "enum": [str(one) for one in OpeningStatus]},
            "fiscal_year": _ID,
            "totals": _ref("Totals"),
            "open": {"type": "boolean", "description": "The day's record is not closed."},
            "stored": {**_COUNT, "description": "How many events of this tablet the server keeps."},
            "corrections": _map(_list(_UUID), "By tile, the corrections that no other one followed."),
            "closings": _list(_UUID, "The closings that nothing followed."),
            "last": _list(_ref("Count"), "The last counts in force, the newest first.", maxItems=5),
        }
    ),
    "Bootstrap": _object(
        {
            "device": _ref("Device"),
            "server_time": _INSTANT,
            "version": {**_TEXT, "description": "Of the tablet's page that the server has now."},
            "people": _list(
                _object({"id": _ID, "name": _TEXT}),
                "Who holds a role of the station today; family names only.",
            ),
            "bands": _map(_list(_ref("Band")), "By fiscal year, in the order of the tiles."),
            "openings": _list(
                _ref("Opening"),
                "From yesterday to a week ahead, and of the last week those that are still to be closed.",
            ),
            "cards": _list({}, "None yet.", maxItems=0),
            "emergency": _list(_object({"name": _TEXT, "number": _TEXT}), "Whom to telephone at once."),
        }
    ),
}


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ref(schema)}}}


REFUSALS: Final[dict[str, Any]] = {
    "401": _answer("No token, an unknown one, or one that was revoked. The cookie stays.", "Problem"),
    "429": {
        **_answer("Too many requests; try again after so many seconds.", "Problem"),
        "headers": {"Retry-After": {"required": True, "schema": _ID}},
    },
}

PATHS: Final[dict[str, Any]] = {
    "/api/v1/attendance/bootstrap": {
        "get": {
            "operationId": "bootstrap",
            "summary": "What a tablet needs for a week without a network",
            "responses": {"200": _answer("Its station, as it stands now.", "Bootstrap"), **REFUSALS},
        }
    },
}

DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Attendance on tablets",
        "version": "1",
        "description": "For tablets that a station's leader or the city has enrolled at /tablet/enrol.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "servers": [{"url": "/"}],
    "security": [{"device": []}],
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {
            "device": {
                "type": "apiKey",
                "in": "cookie",
                "name": "mt_device",
                "description": "Set when the tablet is enrolled; good for these routes only.",
            }
        },
    },
}
