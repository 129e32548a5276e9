"""Tries that failed, counted in the database: sign-ins, and whatever else may be guessed at."""

import datetime as dt
import ipaddress

import sqlalchemy as sa

from stations.core import clock
from stations.core.database import db
from stations.people.models import SignInFailure


def of(key: str, since: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many failures of what a keyed hash stands for (`keys.keyed_hash`) there were since, and when the last was."""
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(SignInFailure.at)).where(
            SignInFailure.key == key, SignInFailure.at > since
        )
    ).one()
    return row[0], row[1]


def note(*keys: str) -> None:
    """Count one more failure of each; it holds once the request is committed, so nothing is raised beside it."""
    now = clock.now()
    db.session.add_all(SignInFailure(key=key, at=now) for key in keys)
    db.session.flush()


def network(address: str) -> str:
    """What one customer of a provider holds: an IPv4 address, or an IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
