"""``flask --app wsgi referrals …``: what time does to consents and to urgent memos."""

import click
from flask.cli import AppGroup

from stations.core import clock
from stations.core.database import db
from stations.referrals import queries, services

commands = AppGroup("referrals", help="Referrals whose consent runs out, memos that nobody acknowledges.")


@commands.command("escalate")
def escalate() -> None:
    """Pass urgent memos on that nobody acknowledged in time; run it every five minutes. Safe to repeat."""
    passed = 0
    for observation in queries.unanswered(clock.now()):
        passed += services.escalate(observation=observation)
        db.session.commit()
    click.echo(f"passed on {passed}")


@commands.command("expire")
def expire() -> None:
    """End referrals whose consent expired before the person came; run it once a day."""
    expired = services.expire_due()
    db.session.commit()
    click.echo(f"expired {expired}")
