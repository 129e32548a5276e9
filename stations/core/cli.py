"""``flask --app wsgi outbox …``: sending mail that waits; ``keys rotate``: encrypting with another key."""

import click
from flask import current_app
from flask.cli import AppGroup

from stations.core import outbox, sealed

key_commands = AppGroup("keys", help="Keys that encrypt what is said about people.")


@key_commands.command("rotate")
def rotate() -> None:
    """Encrypt everything with the newest key of STATIONS_DATA_KEYS. Safe to interrupt and to repeat."""
    for place, count in sealed.rotate():
        click.echo(f"{place}: {count}")
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
    """Count what waits, without naming anybody."""
    waiting = outbox.waiting()
    click.echo(f"waiting {len(waiting)}")
