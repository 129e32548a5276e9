"""``flask --app wsgi attendance …``: proving the counts."""

import click
from flask.cli import AppGroup

from stations.attendance.services import events
from stations.core.database import db

commands = AppGroup("attendance", help="Counts of visits.")


@commands.command("recount")
@click.option("--correct", is_flag=True, help="Write what the events say.")
def recount(correct: bool) -> None:
    """Compare every count with what its events say; the exit code is 1 while one differs."""
    wrong = events.recount(correct=correct)
    db.session.commit()
    for one in wrong:
        click.echo(
            f"opening {one.opening_id}, {one.counter} {one.band or ''}: {one.counted}, events: {one.events}"
        )
    click.echo(f"{len(wrong)} differ" + (", corrected" if wrong and correct else ""))
    if wrong and not correct:
        raise SystemExit(1)
