"""Two people write at once: what the second one typed does not bury what the first one saved."""

import hashlib
import json

from stations.core.messages import N_, RuleBroken


class Overtaken(RuleBroken):
    """Somebody else saved since the writer opened the page; nothing was overwritten."""


def mark(*stored: object) -> str:
    """A short mark of what stands in the database, for a hidden field; equal only for equal values."""
    text = json.dumps([None if value is None else str(value) for value in stored])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check(seen: str | None, *stored: object) -> None:
    """`Overtaken` when ``stored`` is not what ``seen`` marks. None: no page was looked at (commands)."""
    if seen is not None and seen != mark(*stored):
        raise Overtaken(
            None,
            N_(
                "ほかの方が先に保存しました。あなたの入力は下に残っています。"
                "見比べて、残したい内容にしてから、もう一度保存してください。"
            ),
        )
