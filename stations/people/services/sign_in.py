"""Checking who signs in, and making guessers wait, without locking anybody else out. Counted in the database.

A device that signed in before is counted alone: nobody else's failures make it wait. Elsewhere an account is counted for
each network, and both the account and the network as a whole, where a new place then waits for one turn (`rules`).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from stations.core import clock
from stations.core.database import db, lock
from stations.people import keys, rules
from stations.people.models import Person, SignInSuccess
from stations.people.services import failures
from stations.people.services.passwords import matches, renew_hash
from stations.people.services.second_factor import accept_code


@dataclass(frozen=True)
class Attempt:
    """What came of one try: ``person`` when it was right; ``wait`` until the next is looked at.

    ``checked`` is False when it came too early and was not looked at at all.
    """

    person: Person | None = None
    wait: dt.timedelta = dt.timedelta()
    checked: bool = True

    @property
    def wait_seconds(self) -> int:
        return int(self.wait.total_seconds()) + (1 if self.wait.microseconds else 0)


@dataclass(frozen=True)
class _Keys:
    """What is counted: keyed hashes, so that the tables name nobody. ``place``: the account at a device or network."""

    account: str
    address: str
    place: str
    turn: str
    known_device: bool

    @classmethod
    def of(cls, login: str, address: str, device: str | None) -> "_Keys":
        login, network = rules.normalise_login(login), failures.network(address)
        on_device = device_key(login, device) if device else None
        known = on_device is not None and _has_signed_in(on_device)
        return cls(
            account=keys.account_hash(login),
            address=keys.keyed_hash("sign-in address", network),
            place=on_device
            if known and on_device
            else keys.keyed_hash("sign-in place", f"{login} {network}"),
            turn=keys.keyed_hash("sign-in turn", f"{login} {network}"),
            known_device=known,
        )


def device_key(login: str, device: str) -> str:
    """Under which an account is counted on a device that has signed in to it."""
    return keys.keyed_hash("sign-in device", f"{login} {device}")


def try_password(*, login: str, password: str, address: str, device: str | None = None) -> Attempt:
    """Check a login and a password typed at an address; a failure is counted, not raised, so that it is committed.

    ``device``: the id that `record_sign_in` was given, on a device that signed in before.
    The person is not signed in yet: `record_sign_in` ends the counting after the second factor.
    """
    person = db.session.scalar(sa.select(Person).where(Person.login == rules.normalise_login(login)))
    return _try(_Keys.of(login, address, device), person, lambda: _password_is_right(person, password))


def try_code(person: Person, *, code: str, address: str, device: str | None = None) -> Attempt:
    """Check a second-factor code of somebody whose password was right."""
    return _try(_Keys.of(person.login, address, device), person, lambda: accept_code(person, code))


def record_sign_in(person: Person, *, device: str | None = None) -> None:
    """A complete sign-in: earlier failures of the account no longer count, and the device is known from now on."""
    now = clock.now()
    signed_in = [keys.account_hash(person.login), *([device_key(person.login, device)] if device else [])]
    db.session.add_all(SignInSuccess(key=key, at=now) for key in signed_in)


def _has_signed_in(key: str) -> bool:
    since = clock.now() - rules.KNOWN_DEVICE_LIFE
    found = sa.select(SignInSuccess.id).where(SignInSuccess.key == key, SignInSuccess.at > since).limit(1)
    return db.session.scalar(found) is not None


def _password_is_right(person: Person | None, password: str) -> bool:
    if not matches(person, password):
        return False
    assert person is not None
    renew_hash(person, password)
    return True


def _try(counted: _Keys, person: Person | None, check: Callable[[], bool]) -> Attempt:
    if person is not None:
        # One try at a time per account: many at once must not slip past the count.
        lock(person)
    wait = _wait(counted) or _turn(counted)
    if wait:
        return Attempt(wait=wait, checked=False)
    if check():
        return Attempt(person=person)
    # What fails on a known device is a slip of its owner: it makes no stranger wait.
    where = [counted.place] if counted.known_device else [counted.place, counted.account, counted.address]
    failures.note(*where)
    return Attempt(wait=_wait(counted))


def _since(key: str) -> dt.datetime:
    """From when on failures of an account count: a day, or its last sign-in."""
    day = clock.now() - rules.FAILURE_WINDOW
    last = db.session.scalar(sa.select(sa.func.max(SignInSuccess.at)).where(SignInSuccess.key == key))
    return max(day, last) if last else day


def _wait(counted: _Keys) -> dt.timedelta:
    """How long this place must still wait after its own failures; zero when it may try now."""
    number, last = failures.of(counted.place, _since(counted.account))
    if last is None:
        return dt.timedelta()
    return max(dt.timedelta(), last + rules.delay_after(number) - clock.now())


def _turn(counted: _Keys) -> dt.timedelta:
    """How long a new place must still wait for its turn because of others' failures; who asks first is noted."""
    if counted.known_device:
        return dt.timedelta()
    now, since = clock.now(), _since(counted.account)
    account, _last = failures.of(counted.account, since)
    address, _last = failures.of(counted.address, now - rules.ADDRESS_WINDOW)
    if not rules.is_crowded(account, address):
        return dt.timedelta()
    _count, last = failures.of(counted.place, since)
    started = now - rules.TURN_DELAY - rules.TURN_LIFE
    _count, asked = failures.of(counted.turn, max(started, last) if last else started)
    if asked is None:
        failures.note(counted.turn)
        return rules.TURN_DELAY
    return max(dt.timedelta(), asked + rules.TURN_DELAY - now)
