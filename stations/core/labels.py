"""What enum members are called: each package's labels.py registers its own, templates and messages ask here."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from stations.core import language

_labels: dict[tuple[type[StrEnum], str], Any] = {}


def register(labels: Mapping[Any, Any]) -> None:
    """Tell what members of one StrEnum are called: ``{Status.DRAFT: _l("下書き"), …}``.

    One enum a call: members of two enums with the same value are the same key of a dict, so one would be lost.
    """
    if len({type(member) for member in labels}) > 1:
        raise TypeError("labels.register takes the members of one enum")
    for member, label in labels.items():
        _labels[type(member), member.value] = label


def label(member: object) -> Any:
    """The translatable label of a member (its value when none is registered); other values as they are."""
    if isinstance(member, StrEnum):
        return _labels.get((type(member), member.value), member.value)
    return member


def text(member: object) -> Any:
    """`label` in templates: a label in the reader's language now, for a lazy one translates at every look."""
    return _said(type(member), member.value, language.current()) if isinstance(member, StrEnum) else member


@cache
def _said(kind: type[StrEnum], value: str, _language: str) -> str:
    return str(_labels.get((kind, value), value))
