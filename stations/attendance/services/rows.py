"""The rows behind every count."""

import datetime as dt
import uuid
from dataclasses import dataclass

from stations.attendance import rules
from stations.attendance.models import OpeningRecord, Tap
from stations.attendance.rules import AgeBand, Counter
from stations.core import clock
from stations.core.database import add


@dataclass(frozen=True)
class Author:
    """Who tapped; who sent it, if that was somebody else; whether it is unsure that the former really did."""

    person_id: int
    sent_by_id: int | None = None
    unsure: bool = False


def write(
    record: OpeningRecord,
    counter: Counter,
    band: AgeBand | None,
    delta: int,
    author: Author,
    *,
    tapped_at: dt.datetime,
    happened_at: dt.datetime | None = None,
    client_event_id: str | None = None,
    undoes_id: int | None = None,
    moved_from_id: int | None = None,
    correction: bool = False,
) -> None:
    """Add a row. ``happened_at``: as the server judges ``tapped_at``; a day after the opening's marks a late entry."""
    received_at = clock.now()
    happened_at = happened_at or min(tapped_at, received_at)
    if rules.is_late(record.opening.on, clock.local_date(happened_at)):
        record.late_entry = True
    add(
        Tap(
            record_id=record.id,
            client_event_id=client_event_id or str(uuid.uuid4()),
            counter=counter,
            band=band,
            delta=delta,
            undoes_id=undoes_id,
            moved_from_id=moved_from_id,
            correction=correction,
            tapped_at=tapped_at,
            received_at=received_at,
            by_id=author.person_id,
            sent_by_id=author.sent_by_id,
            author_unsure=author.unsure,
        )
    )
