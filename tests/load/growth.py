"""The demonstration with the taps of many years."""

import sqlite3
from contextlib import closing
from pathlib import Path

from stations.core import clock
from stations.core.access import Role

FEW, MANY = 20_000, 2_000_000
RATIO = 1.2
PAGES: list[tuple[Role | None, str]] = [
    (Role.OFFICER, "reports.overview"),
    (Role.STATION_LEADER, "attendance.index"),
    (Role.STATION_LEADER, "attendance.tally"),
]
# Each second tap takes the one before back, so that every count stays what it is.
_TAPS = """
WITH RECURSIVE nth(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM nth WHERE n < ?)
INSERT INTO attendance_event (event_id, opening_id, kind, counter, band, delta, author_unsure,
                              made_at, happened_at, received_at, by_id)
SELECT 'bench-' || r.id || '-' || n, r.opening_id, 'count', 'visit', 'unknown', CASE n % 2 WHEN 1 THEN 1 ELSE -1 END, 0,
       r.started_at, r.started_at, r.started_at, r.started_by_id
FROM opening_record r, nth
"""
# The first opening of each station is today's and still counted, so that there is a tally page to look at.
_TODAY = (
    """
    UPDATE opening SET "on" = ?, starts_at = '00:00:00.000000', ends_at = '23:59:00.000000', status = 'planned'
    WHERE id IN (SELECT min(o.id) FROM opening o JOIN opening_record r ON r.opening_id = o.id GROUP BY o.station_id)
    """,
    """
    UPDATE opening_record SET closed_at = NULL, closed_by_id = NULL
    WHERE opening_id IN (SELECT id FROM opening WHERE "on" = ? AND starts_at = '00:00:00.000000')
    """,
)


def with_taps(database: Path, folder: Path, taps: int) -> Path:
    """A copy of an SQLite database in ``folder`` with so many more taps, the same number at each record."""
    copy = folder / f"{taps}-taps.sqlite3"
    with closing(sqlite3.connect(database)) as before, closing(sqlite3.connect(copy)) as after:
        before.backup(after)
        (records,) = after.execute("SELECT count(*) FROM opening_record").fetchone()
        after.execute(_TAPS, (taps // records // 2 * 2,))
        for statement in _TODAY:
            after.execute(statement, (clock.today().isoformat(),))
        after.commit()
    return copy
