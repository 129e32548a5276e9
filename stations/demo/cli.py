"""``flask --app wsgi demo …``: the demonstration year."""

import datetime as dt
import json
from dataclasses import asdict

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup

from stations.core import clock
from stations.core.database import db
from stations.people.models import Person

commands = AppGroup("demo", help="The demonstration year: fictional people and amounts.")


@commands.command("load")
@click.option(
    "--date",
    "today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the demonstration stands; today unless given.",
)
def load(today: dt.datetime | None) -> None:
    """Fill an empty database with this fiscal year up to a day, and the one before."""
    from tqdm import tqdm  # these two here: the other commands and every server start faster without them

    from stations.demo import load as loading

    try:
        loading.check(current_app.config["STATIONS"])
    except loading.Refused as refused:
        raise click.ClickException(str(refused)) from None
    with tqdm(
        total=100,
        desc="Loading the demonstration",
        unit="%",
        bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}",
    ) as bar:

        def progress(part: float) -> None:
            bar.update(max(0, int(part * 100) - bar.n))

        loading.load(today.date() if today else clock.today(), progress=progress)
        bar.update(100 - bar.n)


@commands.command("accounts")
def accounts() -> None:
    """Print who can sign in to the demonstration, one JSON object a line."""
    from stations.demo.accounts import accounts as demo_accounts

    if not sa.inspect(db.engine).has_table(Person.__tablename__):
        raise click.ClickException("There is no demonstration yet: `make demo` loads it.")
    for account in demo_accounts():
        click.echo(json.dumps(asdict(account), ensure_ascii=False))
