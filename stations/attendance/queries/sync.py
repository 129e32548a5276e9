"""What a tablet is told of an opening beside its totals: what is stored of its own, and what others may contradict."""

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True)
class OpeningState:
    """An opening as one tablet sees it.

    stored: how many events of this very tablet are kept.
    corrections, closings: ids of the newest ones, by tile and of the opening; several where tablets did not know of each other.
    last: the last five counts in force, the newest first, each with ``id``, ``at``, ``tile`` and ``delta``.
    """

    stored: int = 0
    corrections: dict[str, list[str]] = field(default_factory=dict)
    closings: list[str] = field(default_factory=list)
    last: list[dict[str, object]] = field(default_factory=list)


NOTHING_STORED = OpeningState()


def opening_states(device_id: int, opening_ids: Collection[int]) -> dict[int, OpeningState]:
    """By opening id, for one tablet; an opening without events is missing."""
    return {}
