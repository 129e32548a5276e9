"""Two people write at once: what the second one typed does not bury what the first one saved.

The page carries the `mark` of what stood there when it was drawn (`core.forms.SharedForm`); the service holds the row
and compares. The one who saves again has read both. Who saved first is looked up in the history, for it may have been
the writer, on another page.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from stations.core.access import Actor
from stations.core.messages import N_, EditConflict

_OWN = N_(
    "別の画面で、あなたが先に保存しました。いまの入力は下に残っています。"
    "見比べて、残したい内容にしてから、もう一度保存してください。"
)
_OTHERS = N_(
    "%(name)sさんが先に保存しました。あなたの入力は下に残っています。"
    "見比べて、残したい内容にしてから、もう一度保存してください。"
)
_UNKNOWN = N_(
    "別の画面で、先に保存されました。あなたの入力は下に残っています。"
    "見比べて、残したい内容にしてから、もう一度保存してください。"
)


class Writer(Protocol):
    """Who saved, as the history tells it (`core.audit.last_doer`)."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


First = Callable[[], Writer | None]
"""Asks the history who saved last what a page holds; None: it does not tell."""


def stored(row: object, names: Iterable[str]) -> dict[str, object]:
    """What stands in the columns of a row, by name."""
    return {name: getattr(row, name) for name in names}


def mark(*stored: object) -> str:
    """A short mark of what stands in the database, for a hidden field; equal only for equal values.

    It begins with a letter and looks like a code, so that no page takes it for words somebody typed.
    """
    text = json.dumps([None if value is None else str(value) for value in stored])
    return f"m{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def check(loaded: str | None, *stored: object, by: Actor, first: First) -> None:
    """`EditConflict` when ``stored`` is not what ``loaded`` marks. None: no page was looked at (commands)."""
    if loaded is None or loaded == mark(*stored):
        return
    writer = first()
    if writer is None:
        raise EditConflict(None, _UNKNOWN)
    if writer.id == by.id:
        raise EditConflict(None, _OWN)
    raise EditConflict(None, _OTHERS, name=writer.name)


def change(
    row: object, facts: Mapping[str, object], *, loaded: str | None, by: Actor, first: First
) -> list[str]:
    """Give a locked row the facts that differ from what stands there; returns their names.

    `EditConflict` as `check` says, unless nothing differs (a button pressed twice).
    """
    now = stored(row, facts)
    changed = [name for name, value in facts.items() if now[name] != value]
    if changed:
        check(loaded, *now.values(), by=by, first=first)
    for name in changed:
        setattr(row, name, facts[name])
    return changed
