"""``flask --app wsgi people …``: the first two administrators of an installation, who then invite everybody else."""

import click
from flask.cli import AppGroup

from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.messages import Refusal
from stations.people import queries
from stations.people.models import LinkKind
from stations.people.services import accounts, links, roles

FIRST_ADMINISTRATORS = 2

commands = AppGroup("people", help="Accounts.")


@commands.command("first-administrator")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--email", default=None)
def first_administrator(login: str, name: str, email: str | None) -> None:
    """Make one of the first two administrators and print their one-time invitation; refused once there are two.

    Two, because they can give roles of the city only together.
    """
    if queries.people(role=Role.ADMINISTRATOR).total >= FIRST_ADMINISTRATORS:
        raise click.ClickException("There are two administrators already, who can invite others.")
    try:
        person = accounts.create_person(by=None, login=login, name=name, kana="", email=email)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    roles.give_role(person=person, role=Role.ADMINISTRATOR, from_on=clock.today(), by=None)
    url = links.issue_link(person, kind=LinkKind.INVITATION, by=None)
    db.session.commit()
    click.echo(url)
