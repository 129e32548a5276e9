"""The command that a new installation begins with."""

from flask import Flask
from sqlalchemy.orm import Session

from stations.core.access import Role
from stations.core.database import db
from stations.people import queries
from stations.people.cli import commands
from tests.people.cast import PASSWORD
from tests.support.client import PageClient


def test_the_first_two_administrators_are_invited_by_a_command_and_no_others(
    app: Flask, client: PageClient, db_session: Session
):
    def run(login: str) -> tuple[int, str]:
        arguments = ["first-administrator", "--login", login, "--name", "管理 一郎"]
        done = app.test_cli_runner().invoke(commands, arguments)
        return done.exit_code, done.output

    assert run("x")[0] == 1
    code, printed = run("kanri")
    assert code == 0
    page = client.get(printed.strip().removeprefix(app.config["STATIONS"].base_url))
    page = client.submit(page, fields={"password": PASSWORD, "password_again": PASSWORD})
    assert page.url == "/account/authenticator"
    assert run("kanri2")[0] == 0
    assert run("kanri3")[0] == 1
    db.session.expire_all()
    rows = queries.people(role=Role.ADMINISTRATOR).rows
    assert sorted(row.person.login for row in rows) == ["kanri", "kanri2"]
