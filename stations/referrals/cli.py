"""``flask --app wsgi referrals …``: what time does to consents and to urgent memos."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

import click
from flask.cli import AppGroup

from stations.core import clock
from stations.core.database import db
from stations.referrals.queries import lists
from stations.referrals.services import escalation, referrals

log = logging.getLogger(__name__)
T = TypeVar("T")

commands = AppGroup("referrals", help="Referrals whose consent runs out, memos that nobody acknowledges.")


@commands.command("escalate")
def escalate() -> None:
    """Pass urgent memos on that nobody acknowledged in time; run it every five minutes. Safe to repeat."""
    unanswered = lists.unanswered(clock.now())
    _each(unanswered, lambda memo: escalation.escalate(observation=memo), said="passed on")


@commands.command("expire")
def expire() -> None:
    """End referrals whose consent expired before the person came; run it once a day."""
    _each(lists.expiring(clock.today()), lambda sheet: referrals.expire(referral=sheet), said="expired")


def _each(rows: Iterable[T], act: Callable[[T], bool | None], *, said: str) -> None:
    """Do ``act`` to each row in a transaction of its own: one that fails holds no other up, and fails the command.

    What returns False had nothing to do.
    """
    done = failed = 0
    for row in rows:
        try:
            acted = act(row) is not False
            db.session.commit()
        except Exception:  # whatever it is, the next row is somebody else
            db.session.rollback()
            log.exception("job failed for a row")
            failed += 1
        else:
            done += acted
    click.echo(f"{said} {done}")
    if failed:
        raise click.ClickException(f"{failed} failed; the log says where")
