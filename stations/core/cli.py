"""``flask --app wsgi outbox …``: sending mail that waits; ``keys rotate``: encrypting with another key."""

import click
from flask import current_app
from flask.cli import AppGroup

from stations.core import outbox, sealed

key_commands = AppGroup("keys", help="Keys that encrypt what is said about people.")


@key_commands.command("rotate")
def rotate() -> None:
    """Encrypt everything with the newest key of STATIONS_DATA_KEYS. Safe to interrupt and to repeat."""
    unreadable: list[str] = []
    for place, batch in sealed.rotate():
        click.echo(f"{place}: {batch.changed}")
        unreadable += [f"{place}, row {row_id}" for row_id in batch.left]
    if unreadable:
        for one in unreadable:
            click.echo(f"Not readable with any key: {one}", err=True)
        raise click.ClickException(
            f"{len(unreadable)} values were changed outside the application and are left as they were; all others are "
            f"encrypted with key {sealed.keyring().newest}. Keep the older keys until these rows are restored."
        )
    click.echo(f"Everything is encrypted with key {sealed.keyring().newest}. Older keys can be removed.")


commands = AppGroup("outbox", help="Mail written by acts and not sent yet.")


@commands.command("send")
@click.option("--limit", default=200, show_default=True, help="Send at most this many.")
def send(limit: int) -> None:
    """Send what is due; run it every minute from cron or a timer."""
    sent, failed = outbox.send_waiting(current_app.config["STATIONS"], limit=limit)
    click.echo(f"sent {sent}, failed {failed}")


@commands.command("list")
def list_waiting() -> None:
    """Count what waits, without naming anybody, and name the rows that were given up, each with its reason."""
    click.echo(f"waiting {len(outbox.waiting())}")
    for mail in outbox.given_up():
        click.echo(f"given up: outbox_mail {mail.id} ({mail.last_error})")
