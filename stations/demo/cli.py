"""``flask --app wsgi demo …``: the demonstration year."""

from flask.cli import AppGroup

commands = AppGroup("demo", help="The demonstration year: fictional people and amounts.")
