"""People with passwords and authenticator apps, and what their apps show."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyotp
import time_machine

from stations.core import clock
from stations.core.access import Role
from stations.core.database import Model
from stations.people import keys
from stations.people.models import Person
from stations.people.services import passwords, second_factor
from tests.support import cast
from tests.support.client import Page, PageClient

PASSWORD = "nine small birds in a pear tree"


def resident(login: str = "hanako.m", role: Role | None = None, of: Model | None = None) -> Person:
    """Somebody with a password and without an app; ``role`` over ``of``."""
    person = cast.person(*([role] if role else []), of=of, login=login, name="見本 花子")
    passwords.set_password(person, PASSWORD)
    return person


def official(role: Role = Role.OFFICER, *, login: str = "taro.m") -> tuple[Person, str]:
    """Somebody of the city with a password and an app; returns the app's secret too. The app's codes are unused."""
    person = cast.person(role, login=login, name="見本 太郎")
    passwords.set_password(person, PASSWORD)
    secret = second_factor.new_secret()
    person.totp_secret = keys.encrypt(secret)
    return person, secret


def code(secret: str, *, at: dt.datetime | None = None) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(at or clock.now())


@contextmanager
def later(*, seconds: float = 0, minutes: float = 0, days: float = 0) -> Iterator[None]:
    """Within the block it is that much later; the clock goes on."""
    then = clock.now() + dt.timedelta(seconds=seconds, minutes=minutes, days=days)
    with time_machine.travel(then, tick=True):
        yield


def type_password(
    client: PageClient, person: Person, password: str = PASSWORD, *, status: int = 200, next_page: str = ""
) -> Page:
    """Fill and send the sign-in page."""
    page = client.get("/sign-in" + (f"?next={next_page}" if next_page else ""))
    return client.submit(page, fields={"login": person.login, "password": password}, status=status)


def codes_on(page: Page) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"\b\d{4}-\d{4}-\d{4}\b", page.text)


def secret_on(page: Page) -> str:
    """The app's secret that the enrolment page spells out."""
    return (page.one("code", class_="mt-secret").text or "").replace(" ", "")
