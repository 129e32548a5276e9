"""Checking who signs in, and making guessers wait: counted per account and per address, in the database."""

import datetime as dt
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from stations.core import clock
from stations.core.database import db, lock
from stations.people import keys, rules
from stations.people.models import Person, SignInFailure, SignInSuccess
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
    """Whose failures count: keyed hashes, so that the tables name nobody."""

    account: str
    address: str

    @classmethod
    def of(cls, login: str, address: str) -> "_Keys":
        return cls(
            keys.keyed_hash("sign-in account", rules.normalise_login(login)),
            keys.keyed_hash("sign-in address", _network(address)),
        )


def try_password(*, login: str, password: str, address: str) -> Attempt:
    """Check a login and a password typed at an address; a failure is counted, not raised, so that it is committed.

    The person is not signed in yet: `record_sign_in` ends the counting after the second factor.
    """
    person = db.session.scalar(sa.select(Person).where(Person.login == rules.normalise_login(login)))
    return _try(_Keys.of(login, address), person, lambda: _password_is_right(person, password))


def try_code(person: Person, *, code: str, address: str) -> Attempt:
    """Check a second-factor code of somebody whose password was right."""
    return _try(_Keys.of(person.login, address), person, lambda: accept_code(person, code))


def record_sign_in(person: Person) -> None:
    """A complete sign-in: earlier failures of the account no longer count."""
    key = _Keys.of(person.login, "").account
    db.session.add(SignInSuccess(key=key, at=clock.now()))


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
    wait = _wait(counted)
    if wait:
        return Attempt(wait=wait, checked=False)
    if check():
        return Attempt(person=person)
    now = clock.now()
    db.session.add_all(
        [SignInFailure(key=counted.account, at=now), SignInFailure(key=counted.address, at=now)]
    )
    db.session.flush()
    return Attempt(wait=_wait(counted))


def _wait(counted: _Keys) -> dt.timedelta:
    """How long the next try must still wait; zero when it may be made now."""
    now = clock.now()
    last_success = db.session.scalar(
        sa.select(sa.func.max(SignInSuccess.at)).where(SignInSuccess.key == counted.account)
    )
    since = max(now - rules.FAILURE_WINDOW, last_success) if last_success else now - rules.FAILURE_WINDOW
    account, account_last = _failures(counted.account, since)
    address, address_last = _failures(counted.address, now - rules.ADDRESS_WINDOW)
    waits = [
        last + delay - now
        for last, delay in (
            (account_last, rules.sign_in_delay(account, 0)),
            (address_last, rules.sign_in_delay(0, address)),
        )
        if last is not None
    ]
    return max([dt.timedelta(), *waits])


def _failures(key: str, since: dt.datetime) -> tuple[int, dt.datetime | None]:
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(SignInFailure.at)).where(
            SignInFailure.key == key, SignInFailure.at > since
        )
    ).one()
    return row[0], row[1]


def _network(address: str) -> str:
    """What one customer of a provider holds: an IPv4 address, or an IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
