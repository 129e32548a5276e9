"""Mermaid diagrams of what the code itself says: the tables of steps, and the tables of the database.

Each function gives a whole page in Markdown. The same code gives the same bytes.
"""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from itertools import groupby
from types import ModuleType
from typing import Any

import sqlalchemy as sa

import stations
from stations.core.access import ROLE_PERMISSIONS, Permission, Role
from stations.core.database import Model
from stations.core.labels import label
from stations.core.workflow import Step, Workflow

GENERATED = "Written by `make docs` from the code: change the code, not this page."

# An act that may be done in more states than this would hide the others under its arrows.
MOST_ARROWS = 4

WORKFLOWS = f"""# What may be done, and by whom

{GENERATED}

One part for each table of steps (`workflow.py` of a package); services, buttons, tasks and tests read the same tables.
[How to add an act](architecture.md#an-act).

An arrow carries the act's label and who may do it. An act that leaves the state as it is stands in the table only; one that
may be done in more than {MOST_ARROWS} states starts at a box of its own.

"Apart": *four eyes*, nobody does it to what they drafted or submitted themselves; *recusal* (除斥), nobody does it to a
committee they sit on. "Notified": who gets a mail.
"""

ENTITIES = f"""# The tables of the database

{GENERATED}

Keys and relations only; the models' docstrings say what a row is in the city's world. A table without columns belongs to
another package. `by_id` and columns that end in `_by_id` say who did something: all of them refer to `person`, and they
are left out. UK: unique, alone or together with the columns that are named.
"""


def workflows() -> Iterator[tuple[str, str, Workflow[StrEnum]]]:
    """(package, name, table) of every `Workflow` in a module named ``workflow``, by package."""
    for module in _modules():
        if module.__name__.endswith(".workflow"):
            for name, value in vars(module).items():
                if isinstance(value, Workflow):
                    yield module.__name__.split(".")[1], name, value


def tables() -> dict[str, list[sa.Table]]:
    """The tables of each package, both by name."""
    _modules()
    found: dict[str, set[sa.Table]] = defaultdict(set)
    for mapper in Model.registry.mappers:
        package = found[mapper.class_.__module__.split(".")[1]]
        package |= {table for table in mapper.tables if isinstance(table, sa.Table)}
        package |= {link.secondary for link in mapper.relationships if isinstance(link.secondary, sa.Table)}
    return {package: sorted(found[package], key=lambda table: table.name) for package in sorted(found)}


@cache
def _modules() -> tuple[ModuleType, ...]:
    """Every module of the application, by name: tables and labels are known once they are imported."""
    names = sorted(module.name for module in pkgutil.walk_packages(stations.__path__, "stations."))
    return tuple(importlib.import_module(name) for name in names)


def workflow_page() -> str:
    """docs/workflows.md: a state diagram and a table of each `Workflow`."""
    parts = [WORKFLOWS]
    for package, found in groupby(workflows(), key=lambda entry: entry[0]):
        parts.append(f"## {package}\n")
        parts += [
            f"### {name}\n\n{_state_diagram(table)}\n\n{_step_table(table)}\n" for _, name, table in found
        ]
    return "\n".join(parts)


def _state_diagram(table: Workflow[StrEnum]) -> str:
    """Starts at the first state of the enum; ends where no step leads on."""
    states = list(table.states)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{label(state)}" as {state}' for state in states]
    lines.append(f"    [*] --> {states[0]}")
    for number, step in enumerate(table.steps):
        if {*step.sources} <= {step.target} or step.target is None:
            continue
        sources = [str(source) for source in step.sources]
        if len(sources) > MOST_ARROWS:
            sources = [f"many_{number}"]
            lines.append(f'    state "{len(step.sources)} states, see the table" as {sources[0]}')
        lines += [
            f"    {source} --> {step.target}: {label(step.act)}<br>{_holders(step)}" for source in sources
        ]
    lines += [f"    {state} --> [*]" for state in states if state in table.final]
    return "\n".join([*lines, "```"])


def _step_table(table: Workflow[StrEnum]) -> str:
    rows = [
        (
            f"{label(step.act)} `{step.act}`",
            "、".join(str(label(source)) for source in step.sources),
            str(label(step.target)) if step.target is not None else "",
            " ".join(f"`{permission}`" for permission in step.permissions),
            _holders(step),
            "yes" if step.needs_reason else "",
            ", ".join(_apart(step)),
            _named(step.notifies),
        )
        for step in table.steps
    ]
    head = ("act", "from", "to", "permission", "who", "reason", "apart", "notified")
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _holders(step: Step[StrEnum]) -> str:
    return _named(_roles(step.permissions)) or "the system"


def _roles(permissions: Iterable[Permission]) -> list[Role]:
    """Who holds one of the permissions, in the order of `Role`."""
    wanted = set(permissions)
    return [role for role in Role if ROLE_PERMISSIONS[role] & wanted]


def _named(roles: Iterable[Role]) -> str:
    return "、".join(str(label(role)) for role in roles)


def _apart(step: Step[StrEnum]) -> Iterator[str]:
    if step.four_eyes:
        yield "four eyes"
    if step.recused:
        yield "recusal"


def entity_page() -> str:
    """docs/entities.md: an entity diagram of each package."""
    return "\n".join(
        [ENTITIES, *(f"## {package}\n\n{_entity_diagram(found)}\n" for package, found in tables().items())]
    )


def _entity_diagram(found: list[sa.Table]) -> str:
    lines = ["```mermaid", "erDiagram"]
    for table in found:
        lines += [f"    {table.name} {{", *(f"        {key}" for key in _keys(table)), "    }"]
    for table in found:
        lines += [f"    {relation}" for relation in _relations(table)]
    return "\n".join([*lines, "```"])


def _keys(table: sa.Table) -> Iterator[str]:
    """Attributes of an erDiagram: type, column, which keys it is part of, and with what it is unique."""
    unique = _unique(table)
    for column in table.columns:
        keys = [("PK", column.primary_key), ("FK", bool(column.foreign_keys))]
        together = [names for names in unique if column.name in names]
        held = [key for key, is_one in [*keys, ("UK", bool(together))] if is_one]
        if not held or _says_who(column):
            continue
        others = [" ".join(name for name in names if name != column.name) for names in together]
        comment = f' "with {"; ".join(others)}"' if any(others) else ""
        yield f"{str(column.type).split('(')[0].lower()} {column.name} {', '.join(held)}{comment}"


def _unique(table: sa.Table) -> list[tuple[str, ...]]:
    """The columns of each UNIQUE that holds for all rows of the table."""
    constraints = [
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    indexes = [
        tuple(column.name for column in index.columns)
        for index in table.indexes
        if index.unique
        and not any(options.get("where") is not None for options in index.dialect_options.values())
    ]
    return sorted(constraints + indexes)


def _relations(table: sa.Table) -> Iterator[str]:
    """Each foreign key as a relation: ``one ||--o{ many : column``."""
    unique = _unique(table)
    for column in table.columns:
        for key in column.foreign_keys:
            if _says_who(column):
                continue
            one = "|o" if column.nullable else "||"
            many = "o|" if (column.name,) in unique else "o{"
            yield f"{key.column.table.name} {one}--{many} {table.name} : {column.name}"


def _says_who(column: sa.Column[Any]) -> bool:
    return f"_{column.name}".endswith("_by_id")
