"""``flask --app wsgi grants …``: what time does to grants."""

import logging

import click
from flask.cli import AppGroup

from stations.core.database import db, ids
from stations.grants.books.services import photos
from stations.grants.queries import grants
from stations.grants.reports.queries.reminders import owing_reports
from stations.grants.reports.services import reminders

log = logging.getLogger(__name__)
commands = AppGroup("grants", help="Reports that do not come.")


@commands.command("remind")
def remind() -> None:
    """Remind committees of reports by mail, on the days that the year's settings name; run it once a day.

    Each grant is a transaction of its own: one that fails is logged, makes the exit code 1, and is tried again by the
    next run; the others are reminded. It also deletes photos of which no receipt was made within a day.
    """
    photos.forget_unfinished()
    db.session.commit()
    reminded = failed = 0
    for grant_id in ids(owing_reports()):
        try:
            grant = grants.grant(grant_id)
            reminded += grant is not None and reminders.remind(grant=grant)
            db.session.commit()
        except Exception:  # whatever is wrong with one grant, the others wait for their reminder
            db.session.rollback()
            failed += 1
            log.exception("grant not reminded", extra={"grant_id": grant_id})
    click.echo(f"reminded {reminded}")
    if failed:
        raise SystemExit(1)
