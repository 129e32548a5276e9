"""The description of what a tablet asks (OpenAPI 3.1), as it is published at ``/api/v1/openapi.json``.

Written by hand: it is what a maker of another tablet would build on. A test sends what it allows, and more, and holds
each answer to it.
"""

from typing import Any, Final

from stations.attendance.projection import EventKind
from stations.attendance.rules import MAX_COUNT, OTHERS
from stations.attendance.sync_rows import LONGEST_WORDS, MAX_BYTES, MAX_ROWS, MOST_KNOWN, MOST_OPENINGS
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


_STATE: Final[dict[str, Schema]] = {
    "totals": _ref("Totals"),
    "open": {"type": "boolean", "description": "The day's record is not closed."},
    "stored": {**_COUNT, "description": "How many events of this tablet the server keeps."},
    "corrections": _map(_list(_UUID), "By tile, the corrections that no other one followed."),
    "closings": _list(_UUID, "The closings that nothing followed."),
    "last": _list(_ref("Count"), "The last counts in force, the newest first.", maxItems=5),
}
"""How an opening stands, as a tablet hears it."""

_DELTA: Final[Schema] = {"type": "integer", "minimum": -MAX_COUNT, "maximum": MAX_COUNT, "not": {"const": 0}}
_WORDS: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": LONGEST_WORDS}
_KNOWN: Final[Schema] = _list(
    _UUID, "Those of its kind that its maker knew as the newest.", maxItems=MOST_KNOWN
)


def _event(kind: EventKind, says: dict[str, Schema]) -> Schema:
    """One kind of event: what all have, and what this one says."""
    return _object(
        {
            "id": {
                **_UUID,
                "description": "Made on the tablet (UUIDv7): the same event sent again has the same.",
            },
            "seq": {**_ID, "description": "Counts up by one with each event of the tablet."},
            "at": {**_INSTANT, "description": "By the tablet's clock."},
            "opening": _ID,
            "by": {
                "type": ["integer", "null"],
                "minimum": 1,
                "description": "One of `people`; null: somebody else.",
            },
            "kind": {"const": str(kind)},
            **says,
        }
    )


SCHEMAS: Final[dict[str, Schema]] = {
    "Problem": _object(
        {
            "code": {
                "type": "string",
                "enum": ["unknown", "revoked", "header", "type", "busy", "unreadable"],
            },
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
            **_STATE,
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
    "Event": {
        "oneOf": [
            _event(EventKind.STARTED, {}),
            _event(EventKind.COUNT, {"tile": _TEXT, "delta": _DELTA}),
            _event(EventKind.UNDO, {"undoes": _UUID}),
            _event(EventKind.CORRECTION, {"tile": _TEXT, "delta": _DELTA, "after": _KNOWN, "reason": _WORDS}),
            _event(EventKind.CLOSED, {"totals": _map(_COUNT, "By tile, as confirmed."), "after": _KNOWN}),
            _event(EventKind.NOTE, {"text": _WORDS}),
            _event(EventKind.INCIDENT, {"text": _WORDS}),
        ]
    },
    "Message": _object(
        {
            "device_time": {**_INSTANT, "description": "By the tablet's clock, when it sends."},
            "version": {**_TEXT, "description": "Of the tablet's page."},
            "unsent": {
                **_map(_COUNT, "What the tablet still holds by opening, these events included."),
                "propertyNames": {"pattern": "^[1-9][0-9]{0,8}$"},
            },
            "watch": _list(_ID, "Openings whose state is wanted, too.", maxItems=MOST_OPENINGS),
            "events": _list(_ref("Event"), "In the order in which they were made.", maxItems=MAX_ROWS),
        },
        "Only what is no such object is refused as a whole: a row that cannot be read has a verdict of its own.",
        optional=("device_time", "version", "unsent", "watch"),
    ),
    "Answer": _object(
        {
            "server_time": _INSTANT,
            "clock_ahead_seconds": {"type": "integer", "description": "How far the tablet's clock is ahead."},
            "verdicts": _list(
                _object(
                    {
                        "row": _COUNT,
                        "id": {
                            "type": ["string", "null"],
                            "description": "null: it has none that can be read.",
                        },
                        "verdict": {"enum": ["accepted", "duplicate", "conflict", "rejected"]},
                        "reason": {
                            "type": ["string", "null"],
                            "description": "A sentence; null where all is well.",
                        },
                    }
                ),
                "One for each row, in their order.",
            ),
            "openings": _list(_object({"id": _ID, **_STATE})),
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
    "/api/v1/attendance/events": {
        "post": {
            "operationId": "events",
            "summary": "What happened, as the tablet saw it",
            "description": "May be packed (Content-Encoding: gzip). Sent again it is stored once. A row never holds up others.",
            "parameters": [
                {
                    "name": "X-Tablet",
                    "in": "header",
                    "required": True,
                    "schema": {"const": "1"},
                    "description": "No page of another site sends it.",
                }
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Message")}}},
            "responses": {
                "200": _answer("A verdict for each row, and how the openings stand.", "Answer"),
                "400": _answer("Not such an object, or without the header: nothing was taken.", "Problem"),
                "413": {"description": f"More than {MAX_BYTES} bytes once unpacked: nothing was taken."},
                "415": _answer("Not JSON: nothing was taken.", "Problem"),
                **REFUSALS,
            },
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
