"""Every form that creates something carries a one-time mark, and is refused when it comes back with other words."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

PACKAGE = Path(__file__).resolve().parents[2] / "stations"
CREATING_CALLS = {"add", "add_all"}
# What is created beside the thing itself, or held by a state machine that lets one through.
SIDE_ROWS = {"Event", "OutboxMail", "DocumentSeries", "FormUse", "SignInFailure", "SignInSuccess"}

# Endpoints whose services add rows although their form creates nothing that could stand there twice, and why.
CREATES_NOTHING = {
    "attendance.events": "the device's queue: each tap has an id of its own, which is unique",
    "attendance.sync_events": "a tablet's queue: each event has an id of its own, which is unique",
    "attendance.tap": "the page of the tablet without scripts: one more visitor is one more",
    "attendance.details": "what is said of one opening; a correction is kept beside what it corrects",
    "meetings.presence": "who is there, one row a member",
    "people.check_code": "a device is trusted by a code, which works once",
    "people.send_code": "a newer code voids the older one",
    "people.decide_request": "a request is decided once, and the other administrator's press gives the role",
    "people.issue_link": "a newer link voids the older one, and is shown this once",
    "referrals.edit_observation": "the consent that stands with a memo is amended by a new record",
    "referrals.receiver": "the consent that stands with a memo is amended by a new record",
    "referrals.consent": "a consent is amended by a new record",
    "referrals.observation_consent": "a consent is amended by a new record",
}


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            name = inner.func.attr if isinstance(inner.func, ast.Attribute) else getattr(inner.func, "id", "")
            yield name, inner


def adds_a_row(function: ast.AST) -> bool:
    for name, call in calls(function):
        made = call.args[0] if name in CREATING_CALLS and call.args else None
        if isinstance(made, ast.Call):
            what = getattr(made.func, "id", "")
            if what[:1].isupper() and what not in SIDE_ROWS:
                return True
        elif made is not None and isinstance(made, ast.Name):
            return True
    return False


@cache
def services() -> dict[str, dict[str, ast.FunctionDef]]:
    """package → name → function, of all services."""
    found: dict[str, dict[str, ast.FunctionDef]] = {}
    for path in [*PACKAGE.glob("*/services.py"), *PACKAGE.glob("*/services/**/*.py")]:
        package = path.relative_to(PACKAGE).parts[0]
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(package, {})[node.name] = node
    return found


@cache
def creating(package: str, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a service adds a row, itself or through another one of its package."""
    function = services().get(package, {}).get(name)
    if function is None or name in seen:
        return False
    return adds_a_row(function) or any(
        creating(package, called, seen | {name}) for called, _call in calls(function)
    )


def served_by(view: Any) -> set[str]:
    """Names of the creating services that a view calls, itself or through a function of its module."""
    view = inspect.unwrap(view)
    module = inspect.getmodule(view)
    assert module is not None
    package = module.__name__.split(".")[1]
    tree = ast.parse(inspect.getsource(module))
    own = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    waiting, done, found = [view.__name__], set[str](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in done or name not in own:
            continue
        done.add(name)
        for called, call in calls(own[name]):
            base = call.func.value if isinstance(call.func, ast.Attribute) else None
            through = getattr(module, base.id, None) if isinstance(base, ast.Name) else None
            if inspect.ismodule(through) and ".services" in through.__name__ and creating(package, called):
                found.add(called)
            waiting.append(called)
    return found


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_form_that_creates_is_marked_as_one(app: Flask) -> None:
    unmarked = {
        endpoint: sorted(names)
        for endpoint, view in app.view_functions.items()
        if getattr(view, "writes", False) and not getattr(view, "creates", False)
        if (names := served_by(view)) and endpoint not in CREATES_NOTHING
    }
    assert unmarked == {}


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_exceptions_are_real_ones(app: Flask) -> None:
    views = {endpoint: app.view_functions[endpoint] for endpoint in CREATES_NOTHING}
    assert [
        name for name, view in views.items() if getattr(view, "creates", False) or not served_by(view)
    ] == []
