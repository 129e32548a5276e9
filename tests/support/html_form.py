"""A form on a page, filled and sent the way a browser does it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias
from xml.etree.ElementTree import Element

from tests.support.html_page import HtmlPage, text_of

Upload: TypeAlias = tuple[bytes, str]
"""A file to send: its bytes and its name."""
Value: TypeAlias = str | int | bool | Upload | Sequence[str] | None
"""What a test gives a control: text, a choice, True or False for a check box, None to leave it empty."""
Sent: TypeAlias = str | tuple[io.BytesIO, str]


@dataclass(frozen=True)
class Form:
    """A form element together with the page it stands on."""

    page: HtmlPage
    element: Element

    @property
    def method(self) -> str:
        return self.element.get("method", "get").upper()

    @property
    def action(self) -> str:
        return self.element.get("action") or self.page.url

    @cached_property
    def controls(self) -> list[Element]:
        """Inputs, selects, text areas and buttons that belong to this form and are not disabled."""
        own = set(self.element.iter())
        form_id = self.element.get("id")
        return [
            control
            for control in self.page.root.iter()
            if control.tag in {"input", "select", "textarea", "button"}
            and (control.get("form") == form_id if control.get("form") else control in own)
            and control.get("disabled") is None
            and not self._in_disabled_group(control)
        ]

    @property
    def buttons(self) -> list[Element]:
        return [
            control
            for control in self.controls
            if (control.tag == "button" and control.get("type", "submit") == "submit")
            or (control.tag == "input" and control.get("type") == "submit")
        ]

    def button(self, wanted: str | None) -> Element | None:
        """The submit button with these words (or this value); without words, the form's first button."""
        if wanted is None:
            return self.buttons[0] if self.buttons else None
        for button in self.buttons:
            if wanted in (text_of(button), button.get("value"), button.get("name")):
                return button
        words = [text_of(button) or button.get("value") for button in self.buttons]
        raise AssertionError(f"no button {wanted!r} in the form on {self.page.url}, only {words}")

    def filled(self, fields: Mapping[str, Value], button: Element | None) -> list[tuple[str, Sent]]:
        """Name and value of each control as a browser would send them, with ``fields`` typed in.

        AssertionError when a field is not in the form or offers no such choice.
        """
        names = {name for control in self.controls if (name := control.get("name"))}
        if unknown := set(fields) - names:
            raise AssertionError(
                f"no fields {sorted(unknown)} in the form on {self.page.url}, only {sorted(names)}"
            )
        for name, value in fields.items():
            self._refuse_absent_choice(name, value)
        sent: list[tuple[str, Sent]] = []
        typed: set[str] = set()
        for control in self.controls:
            name = control.get("name")
            if not name or control.tag == "button" or control.get("type") in {"submit", "button", "reset"}:
                continue
            if name not in fields:
                sent += [(name, value) for value in _values_kept(control)]
            elif _is_choice(control):
                sent += [(name, value) for value in _values_chosen(control, fields[name])]
            elif name not in typed:
                typed.add(name)
                sent += _values_typed(control, name, fields[name])
        if button is not None and (name := button.get("name")):
            sent.append((name, button.get("value", "")))
        return sent

    def _refuse_absent_choice(self, name: str, value: Value) -> None:
        controls = [control for control in self.controls if control.get("name") == name]
        if not all(_is_choice(control) for control in controls):
            return
        offered = {option for control in controls for option in _offers(control)}
        if missing := set(_wanted(value)) - offered:
            raise AssertionError(
                f"{name} offers no {sorted(missing)} on {self.page.url}, only {sorted(offered)}"
            )

    def _in_disabled_group(self, control: Element) -> bool:
        return any(
            above.tag == "fieldset" and above.get("disabled") is not None
            for above in self.page.ancestors(control)
        )


def _is_choice(control: Element) -> bool:
    return control.tag == "select" or control.get("type") in {"checkbox", "radio"}


def _option_value(option: Element) -> str:
    return option.get("value", text_of(option))


def _offers(control: Element) -> list[str]:
    if control.tag == "select":
        return [_option_value(option) for option in control.iter("option") if option.get("disabled") is None]
    return [control.get("value", "on")]


def _wanted(value: Value) -> list[str]:
    """The choices a test asked for; True stands for whatever the check box sends and is not listed."""
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, str | int):
        return [str(value)]
    return [str(choice) for choice in value]


def _values_kept(control: Element) -> list[str]:
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = [option for option in options if option.get("disabled") is None][:1]
        return [_option_value(option) for option in chosen]
    if control.get("type") in {"checkbox", "radio"}:
        return [control.get("value", "on")] if control.get("checked") is not None else []
    if control.tag == "textarea":
        return ["".join(control.itertext())]
    return [] if control.get("type") == "file" else [control.get("value", "")]


def _values_chosen(control: Element, value: Value) -> list[str]:
    if value is True:
        return _offers(control)[:1]
    wanted = _wanted(value)
    return [offer for offer in _offers(control) if offer in wanted]


def _values_typed(control: Element, name: str, value: Value) -> list[tuple[str, Sent]]:
    if control.get("type") == "file":
        if value is None:
            return []
        if not isinstance(value, tuple):
            raise AssertionError(f"{name} wants a file: (bytes, name)")
        content, file_name = value
        return [(name, (io.BytesIO(content), file_name))]
    if isinstance(value, list | tuple):
        return [(name, str(part)) for part in value]
    return [(name, "" if value is None else str(value))]
