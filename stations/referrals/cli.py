"""``flask --app wsgi referrals …``: what time does to consents."""

import click
from flask.cli import AppGroup

from stations.core.database import db
from stations.referrals import services

commands = AppGroup("referrals", help="Referrals whose consent runs out.")


@commands.command("expire")
def expire() -> None:
    """End referrals whose consent expired before the person came; run it once a day."""
    expired = services.expire_due()
    db.session.commit()
    click.echo(f"expired {expired}")
