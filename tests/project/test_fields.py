"""Every box that people type words into keeps them sound: no mark nobody sees, nothing that no letter can print."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.fields import FormField
from wtforms.fields.core import UnboundField
from wtforms.validators import Length as PlainLength

from stations.committees.forms import PostalField
from stations.core.forms import Form, Length, PhoneField, Row, Tidy

# Codes and names of accounts: their rules take ASCII only, and they stand in no letter.
ASCII_ONLY = {"login", "code"}
# Fields that their own rules leave nothing in but digits and hyphens.
DIGITS_ONLY = (PhoneField, PostalField)

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def fields() -> Iterator[tuple[str, str, Any]]:
    """(class, name, field) of all forms and rows of the application."""
    waiting: list[type] = [Form, Row]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("stations."):
            for name, field in vars(form).items():
                if isinstance(field, UnboundField):
                    yield form.__name__, name, field


def test_words_are_tidied_and_printable(app: Flask) -> None:
    loose = [
        (form, name)
        for form, name, field in fields()
        if issubclass(field.field_class, StringField | TextAreaField)
        and not issubclass(field.field_class, Tidy | PasswordField | FormField | HiddenField)
        and not issubclass(field.field_class, DIGITS_ONLY)
        and name not in ASCII_ONLY
    ]
    assert loose == []


def test_no_field_cuts_what_is_pasted(app: Flask) -> None:
    cutting = [
        (form, name)
        for form, name, field in fields()
        for one in [*(field.args[1] if len(field.args) > 1 else []), *field.kwargs.get("validators", [])]
        if isinstance(one, PlainLength) and not isinstance(one, Length)
    ]
    assert cutting == []
