"""Addresses of every route, filled with objects of the demonstration: one's own and somebody else's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask import Flask, url_for
from werkzeug.routing import Rule

from stations.core.access import ROLE_PERMISSIONS, Body, Held, Permission, Scope, scope_of
from stations.core.database import Model, db
from stations.core.guards import Access

ROWS = 400
SKIPPED_PREFIXES = ("static", "demo.")
"""Files, and the demonstration's one-click sign-in, which are nobody's pages."""


@dataclass(frozen=True)
class Address:
    """One URL of an endpoint and whose object it shows (None: nobody's in particular)."""

    endpoint: str
    url: str
    access: Access
    shown: Any = None

    def allowed(self, held: Held) -> bool:
        """Whether the role table and the body of the object let a holder of one role in."""
        permission = self.access.permission
        if self.access.by_device:
            return False  # whoever is signed in
        if permission is None or permission is Permission.OWN_ACCOUNT:
            return True
        return permission in ROLE_PERMISSIONS[held.role] and (
            not self.access.scoped or reaches(held, self.shown)
        )


def reaches(held: Held, shown: Any) -> bool:
    """Whether a role held in one body reaches what is shown: said again, apart from core.access."""
    return reaches_body(held, shown.body() if hasattr(shown, "body") else None)


def reaches_body(held: Held, body: Body | None) -> bool:
    """The same for the body of what is shown, None for what belongs to none."""
    if body is None or body.common:
        return True
    match scope_of(held.role):
        case Scope.CITY:
            return True
        case Scope.COMMITTEE:
            return held.committee_id == body.committee_id
        case Scope.STATION:
            return held.station_id == body.station_id
        case Scope.AGENCY:
            return held.agency_id in body.agency_ids


def busiest(scope: Scope) -> Model | None:
    """The body of the demonstration that most of its kind of work is about."""
    if scope is Scope.CITY:
        return None
    work = {Scope.COMMITTEE: "plan", Scope.STATION: "opening", Scope.AGENCY: "referral"}[scope]
    column = models()[work].__table__.c[f"{scope}_id"]
    body_id = db.session.scalars(
        sa.select(column).group_by(column).order_by(sa.func.count().desc(), column).limit(1)
    ).one()
    return db.session.get(models()[scope], body_id)


def models() -> dict[str, type[Model]]:
    return {str(mapper.local_table.description): mapper.class_ for mapper in Model.registry.mappers}


def access_of(view: Callable[..., Any]) -> Access:
    """The mark that @requires or @public left on a view."""
    mark: Access = view.access  # type: ignore[attr-defined]  # by setting an attribute
    return mark


def rules(app: Flask, method: str) -> Iterator[tuple[Rule, Access]]:
    """Routes that answer ``method``, with their access mark."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: str(rule)):
        view = app.view_functions[rule.endpoint]
        if method in (rule.methods or ()) and not rule.endpoint.startswith(SKIPPED_PREFIXES):
            yield rule, access_of(view)


def addresses(app: Flask, method: str, held: Held) -> Iterator[Address]:
    """For each route: addresses with an object in reach of ``held`` and one out of reach, if there are such.

    Must run inside a request context. Routes whose values name no table are left out; see ``unsampled``.
    """
    chosen: dict[type[Model], list[Model]] = {}
    for rule, access in rules(app, method):
        if not rule.arguments:
            yield Address(rule.endpoint, url_for(rule.endpoint), access)
            continue
        model = _model(rule)
        if model is None:
            continue
        if model not in chosen:  # many routes show the same kind of thing
            chosen[model] = _near_and_far(app, model, held)
        for shown in chosen[model]:
            values = _values(rule, shown)
            if values is not None:
                yield Address(rule.endpoint, url_for(rule.endpoint, **values), access, shown)


def more_in_reach(app: Flask, endpoint: str, held: Held) -> Iterator[str]:
    """Addresses of every object in reach, for a page that only some of them have (a report once it is made)."""
    for rule, _ in rules(app, "GET"):
        model = _model(rule) if rule.endpoint == endpoint else None
        if model is not None:
            for row_id, body in _bodies(app, model):
                row = db.session.get(model, row_id) if reaches_body(held, body) else None
                values = _values(rule, row) if row is not None else None
                if values is not None:
                    yield url_for(endpoint, **values)


def unsampled(app: Flask) -> list[str]:
    """Routes with values that name no table; each must be public or has a test of its own."""
    return sorted(
        str(rule)
        for method in ("GET", "POST")
        for rule, _ in rules(app, method)
        if rule.arguments and not _model(rule)
    )


def _model(rule: Rule) -> type[Model] | None:
    """The table that the last value in the path names: ``/plans/<plan_id>/lines/<line_id>`` shows a line."""
    names = [
        part.removeprefix("<").rstrip(">").rpartition(":")[2] for part in rule.rule.split("/") if "<" in part
    ]
    known = models()
    found = [known[table] for name in names if (table := name.removesuffix("_id")) in known]
    return found[-1] if found else None


_KNOWN: WeakKeyDictionary[Flask, dict[type[Model], list[tuple[int, Body | None]]]] = WeakKeyDictionary()
"""What `_bodies` found, for each application: every role asks for the same rows again."""


def _bodies(app: Flask, model: type[Model]) -> list[tuple[int, Body | None]]:
    """The first rows of a table, and whose each is."""
    known = _KNOWN.setdefault(app, {})
    if model not in known:
        rows = db.session.scalars(sa.select(model).order_by(model.id).limit(ROWS))
        known[model] = [(row.id, row.body() if hasattr(row, "body") else None) for row in rows]
    return known[model]


def _near_and_far(app: Flask, model: type[Model], held: Held) -> list[Model]:
    """The first and the last row in reach, and the first out of reach."""
    near: list[int] = []
    far: list[int] = []
    for row_id, body in _bodies(app, model):
        (near if reaches_body(held, body) else far).append(row_id)
    wanted = dict.fromkeys([*near[:1], *near[-1:], *far[:1]])
    return [row for row_id in wanted if (row := db.session.get(model, row_id)) is not None]


def _values(rule: Rule, shown: Model) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    for name in rule.arguments:
        if name.removesuffix("_id") == type(shown).__tablename__:
            values[name] = shown.id
        elif hasattr(shown, name):
            values[name] = getattr(shown, name)
        else:
            return None
    return values
