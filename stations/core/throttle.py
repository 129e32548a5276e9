"""How often somebody is answered: a number of requests at once, and then as many as come back with time.

Kept in the memory of a worker. That spares the database what a broken script asks of it; what may be guessed is counted
in the database instead (`people.services.failures`).
"""

import math
import threading
import time

_KEPT = 10_000


class Throttle:
    """At most ``most`` requests of one key at once, and as many again within ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self._each, self._seconds = seconds / most, seconds
        self._free_at: dict[str, float] = {}
        """By key: when all of its requests will be free again."""
        self._lock = threading.Lock()

    def wait(self, key: str, now: float | None = None) -> int:
        """Take one request; 0 when it may be answered, else whole seconds until the next one may (it was not taken).

        ``now``: seconds of any clock that only goes forward.
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            if key not in self._free_at and len(self._free_at) >= _KEPT:
                self._forget(now)
            free_at = max(self._free_at.get(key, now), now) + self._each
            if free_at - now > self._seconds:
                return max(1, math.ceil(free_at - now - self._seconds))
            self._free_at[key] = free_at
            return 0

    def _forget(self, now: float) -> None:
        """Keys that are free again; all, if strangers have made up so many that none is."""
        self._free_at = {key: at for key, at in self._free_at.items() if at > now}
        if len(self._free_at) >= _KEPT:
            self._free_at.clear()
