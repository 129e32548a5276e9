"""Changing the facts of a committee, a station or a venue so that history says from what to what."""

import datetime as dt
from collections.abc import Mapping

from stations.core import edit_conflicts
from stations.core.access import Actor
from stations.core.database import Model
from stations.core.edit_conflicts import First


def change(
    row: Model, facts: Mapping[str, object], *, loaded: str | None, by: Actor, first: First
) -> dict[str, list[object]]:
    """`core.edit_conflicts.change`; returns {field: [before, after]} of what differed, as an event's JSON keeps it.

    The programme wants to know of every act who did what (domain.md, 3): the new value alone does not tell.
    """
    before = edit_conflicts.stored(row, facts)
    changed = edit_conflicts.change(row, facts, loaded=loaded, by=by, first=first)
    return {name: [_kept(before[name]), _kept(facts[name])] for name in changed}


def _kept(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
