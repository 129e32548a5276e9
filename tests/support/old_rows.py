"""Rows of an older version: at least one in every table as it stood then, with every column filled that may be."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

NOON = dt.datetime(2025, 5, 1, 3, 0, tzinfo=dt.UTC)
DAY = dt.date(2025, 5, 1)
VALUES: Mapping[type[Any], Any] = {
    bool: False,
    int: 1,
    float: 35.5,
    str: "架空の文字",
    dt.date: DAY,
    dt.time: dt.time(10),
    dt.datetime: NOON,
    dict: {"notes": ["架空"]},
}

# What the CHECKs of 0004 ask for beyond a value of the right kind, one mapping a row. Person 2 is the other official.
FACTS: Mapping[str, list[dict[str, Any]]] = {
    "district": [{"code": "d1", "name": "架空地区"}],
    "fiscal_year_setting": [{"fiscal_year": 2025, "reallocation_rule": "smaller20"}],
    "meeting": [{"status": "closed", "cancelled_at": None, "cancelled_reason": None}],
    "outbox_mail": [{"sent_at": None}, {}],
    "person": [{"login": "first"}, {"login": "second"}],
    "agency": [{"is_marugoto_desk": True}],
    "event": [{"object_type": "grant", "act": "cancel"}],
    "one_time_link": [{"kind": "reset"}],
    "stored_file": [{"sha256": "0" * 64}],
    "station": [{"kind": "fixed"}],
    "observation": [{"number": "気-1", "age_group": "unknown", "status": "sent"}],
    "plan": [
        {
            "fiscal_year": 2025,
            "status": "approved",
            "lock_version": 3,
            "section_saves": {"purpose": 2, "costs": 3},
        }
    ],
    "referral": [{"number": "つ-1", "age_group": "unknown", "status": "joined"}],
    "role_assignment": [
        {"role": "station_leader", "committee_id": None, "agency_id": None},
        {"role": "case_worker", "committee_id": None, "station_id": None},
        {"role": "chair", "agency_id": None, "station_id": None},
    ],
    "calendar_rule": [{"ends_at": dt.time(12)}],
    "consent_record": [
        {"referral_id": None, "answer": "given", "method": "oral", "scope": ["agency"]},
        {"observation_id": None, "answer": "given", "method": "written", "scope": ["station"]},
    ],
    "cost_line": [{"category": "rent"}],
    "follow_up": [{"outcome": "less"}],
    "income_line": [{"kind": "fees"}],
    "plan_version": [{"sha256": "0" * 64}],
    "section_comment": [{"section": "costs"}],
    "agenda_item": [{"resolution": "approved"}],
    "grant": [
        {
            "fiscal_year": 2025,
            "status": "cancelled",
            "requested_yen": 5000,
            "awarded_yen": 4000,
            "fixed_yen": 1000,
            "decision_approved_by_id": 2,
            "determination_drafted_by_id": None,
            "determined_by_id": None,
            "determined_on": None,
        }
    ],
    "opening": [{"status": "cancelled", "ends_at": dt.time(12)}],
    "grant_cancellation": [{"approved": True, "decided_by_id": 2}],
    "grant_change": [{"approved": False, "decided_by_id": 2}],
    "grant_line": [{"category": "rent"}],
    "letter": [{"kind": "award"}],
    "payment_request": [{"status": "paid", "kind": "advance", "ordered_by_id": 2}],
    "tap": [
        {"client_event_id": "tap-1", "counter": "visit", "band": "unknown", "undoes_id": None},
        {"client_event_id": "tap-2", "counter": "visit", "band": "unknown", "undoes_id": 1, "delta": -1},
    ],
    "attendance_event": [
        {
            "kind": "count",
            "counter": "visit",
            "band": "unknown",
            "undoes": None,
            "totals": None,
            "words": None,
        }
    ],
    "ledger_transaction": [
        {"client_event_id": "one", "reverses_id": None, "reason": None, "payment_id": None},
        {"client_event_id": "two", "repayment_id": None},
    ],
    "ledger_posting": [
        {"account": "bank", "amount_yen": 1000},
        {"account": "city", "amount_yen": -1000},
    ],
}


def insert_into_every_table(connection: sa.Connection) -> None:
    """Fill the empty tables of the database's own version, parents first; all keys are the smallest."""
    for table in _tables(connection):
        rows = [
            {column.name: number if column.name == "id" else _value(column) for column in table.columns}
            | facts
            for number, facts in enumerate(FACTS.get(table.name, [{}]), start=1)
        ]
        connection.execute(table.insert(), rows)
        if (
            connection.dialect.name == "postgresql" and "id" in table.c
        ):  # the keys were given, so its counter does not know of them
            connection.execute(sa.select(sa.func.setval(f"{table.name}_id_seq", len(rows))))


def everything(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, by the names of their columns."""
    return {
        table.name: [
            dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in _tables(connection)
    }


def _tables(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _value(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.JSON):
        return VALUES[dict]
    return VALUES[column.type.python_type]
