"""``flask --app wsgi grants …``: what time does to grants."""

import click
from flask.cli import AppGroup

from stations.core.database import db
from stations.grants.services import reminders

commands = AppGroup("grants", help="Reports that do not come.")


@commands.command("remind")
def remind() -> None:
    """Remind committees of reports by mail, on the days that the year's settings name; run it once a day."""
    reminded = reminders.remind_due()
    db.session.commit()
    click.echo(f"reminded {reminded}")
