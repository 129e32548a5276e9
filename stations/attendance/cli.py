"""``flask --app wsgi attendance …``: proving the counts."""

import click
from flask.cli import AppGroup

from stations.attendance.services import rows
from stations.core.database import db

commands = AppGroup("attendance", help="Counts of visits.")


@commands.command("recount")
@click.option("--correct", is_flag=True, help="Write what the taps say.")
def recount(correct: bool) -> None:
    """Compare every count with the sum of its taps; the exit code is 1 while one differs."""
    wrong = rows.recount(correct=correct)
    db.session.commit()
    for one in wrong:
        click.echo(f"record {one.record_id}, {one.counter} {one.band or ''}: {one.counted}, taps: {one.taps}")
    click.echo(f"{len(wrong)} differ" + (", corrected" if wrong and correct else ""))
    if wrong and not correct:
        raise SystemExit(1)
