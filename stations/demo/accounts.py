"""Who can sign in to the demonstration, and with what: nothing of it is secret."""

import base64
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from stations.core.access import SECOND_FACTOR_ROLES
from stations.core.database import fetch_all
from stations.people import queries as people
from stations.people.models import Person

PREFIX = people.DEMO_LOGINS
PASSWORD = "matsudo-demo-2026"  # noqa: S105  (public on purpose: only the demonstration has these accounts)
_SECRET_BYTES = 20


@dataclass(frozen=True)
class Account:
    """One account as ``flask demo accounts`` prints it; ``scope``: the bodies its roles are held in."""

    login: str
    password: str
    totp: str | None
    roles: list[str]
    scope: list[str]


def totp_secret(login: str) -> str:
    """The seed of an account's authenticator app: always the same for a login."""
    digest = hashlib.sha256(f"demonstration {login}".encode()).digest()
    return base64.b32encode(digest[:_SECRET_BYTES]).decode()


def accounts() -> list[Account]:
    """Every demo account that holds a role today, in the order in which they were made."""
    found = fetch_all(
        sa.select(Person).where(Person.login.startswith(PREFIX, autoescape=True)).order_by(Person.id)
    )
    names = people.body_names(role for person in found for role in person.roles)
    return [_account(person, names) for person in found if person.held_roles]


def _account(person: Person, names: people.BodyNames) -> Account:
    second = any(held.role in SECOND_FACTOR_ROLES for held in person.held_roles)
    rows = [row for row in people.role_rows(person, names) if row.role in {h.role for h in person.held_roles}]
    return Account(
        login=person.login,
        password=PASSWORD,
        totp=totp_secret(person.login) if second else None,
        roles=[str(row.role) for row in rows],
        scope=[str(row.body_name) for row in rows],
    )
