"""``flask --app wsgi committees …``: what a new installation begins with."""

from pathlib import Path

import click
from flask.cli import AppGroup

from stations.committees.services import districts
from stations.core.database import db

commands = AppGroup("committees", help="Districts and their committees.")


@commands.command("load-districts")
@click.option(
    "--csv",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another list than Matsudo's 15: number, code, name, kana, latitude, longitude.",
)
def load_districts(path: Path | None) -> None:
    """Create the districts and one committee each; run again after the list has changed."""
    new = districts.load_districts(path) if path else districts.load_districts()
    db.session.commit()
    click.echo(f"{new} new")
