"""Passwords: Argon2id, the same time for known and unknown logins."""

import math
import secrets
import unicodedata
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from stations.core import audit, clock
from stations.core.database import db, lock
from stations.core.messages import N_, RuleBroken
from stations.people import keys, rules
from stations.people.models import Person, SignInFailure
from stations.people.rules import PersonAct

# OWASP's minimum for Argon2id with three passes is 12 MiB; each sign-in of a stranger takes this much of a worker.
MEMORY_KIB = 16 * 1024


@cache
def _hasher(cost: int) -> PasswordHasher:
    return PasswordHasher(time_cost=cost, memory_cost=MEMORY_KIB, parallelism=1)


@cache
def _nobodys_hash(cost: int) -> str:
    """The hash that is checked for logins that do not exist, so that they take as long as those that do."""
    return _hasher(cost).hash(secrets.token_urlsafe(16))


def _cost() -> int:
    cost: int = current_app.config["STATIONS"].password_cost
    return cost


def _plain(password: str) -> str:
    """One spelling of what may be typed in two (full-width letters, joined or separate marks)."""
    return unicodedata.normalize("NFKC", password)


def set_password(person: Person, password: str) -> None:
    """Store a password's hash. RuleBroken on "password" when it is too weak."""
    rules.check_password(_plain(password), person.login)
    person.password_hash = _hasher(_cost()).hash(_plain(password))


def matches(person: Person | None, password: str) -> bool:
    """Whether the password is this person's; never for nobody, but in the same time."""
    nobodys = _nobodys_hash(_cost())
    stored = person.password_hash if person is not None and person.is_active else None
    if len(password) > rules.PASSWORD_LONGEST:
        return False
    try:
        _hasher(_cost()).verify(stored or nobodys, _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def renew_hash(person: Person, password: str) -> None:
    """Hash a password just checked again, if the settings have become stronger since it was stored."""
    if person.password_hash and _hasher(_cost()).check_needs_rehash(person.password_hash):
        person.password_hash = _hasher(_cost()).hash(_plain(password))


class WrongPassword(RuleBroken):
    """The present password was typed wrongly; `count_wrong_password` must be called once its act is rolled back."""


def change_password(person: Person, *, current: str, new: str) -> None:
    """Somebody changes their own password; all their other sessions end.

    RuleBroken as `demand_password` says, and on "password" when the new one is too weak.
    """
    lock(person)
    demand_password(person, current)
    set_password(person, new)
    person.session_epoch += 1
    audit.record(person, act=PersonAct.CHANGE_PASSWORD, by=person)


def demand_password(person: Person, password: str) -> None:
    """For acts a session left open must not allow: `WrongPassword` on "current_password" unless it is this person's.

    RuleBroken on the same field while they must wait after wrong ones.
    """
    lock(person)
    wait = _wait(person)
    if wait > timedelta():
        raise RuleBroken(
            "current_password",
            N_("続けて間違えたため、%(n)s秒待ってから、もう一度お試しください。"),
            n=math.ceil(wait.total_seconds()),
        )
    if not matches(person, password):
        raise WrongPassword("current_password", N_("いまのパスワードが違います。"))


def count_wrong_password(person: Person) -> None:
    """Note that the present password was typed wrongly: the next try may have to wait."""
    db.session.add(SignInFailure(key=_own_key(person), at=clock.now()))


def _own_key(person: Person) -> str:
    return keys.keyed_hash("present password", str(person.id))


def _wait(person: Person) -> timedelta:
    since = clock.now() - rules.FAILURE_WINDOW
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(SignInFailure.at)).where(
            SignInFailure.key == _own_key(person), SignInFailure.at > since
        )
    ).one()
    last: datetime | None = row[1]
    return last + rules.delay_after(row[0]) - clock.now() if last is not None else timedelta()
