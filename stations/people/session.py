"""Who is signed in: loading the person, the idle time-out, and keeping what was typed when it strikes."""

from flask import Flask, current_app
from flask_login import LoginManager

from stations.core.database import db
from stations.people.models import Person

login_manager = LoginManager()
login_manager.login_view = "people.sign_in"
login_manager.login_message = None
login_manager.session_protection = None


@login_manager.user_loader  # type: ignore[untyped-decorator]  # flask-login is untyped
def load(session_id: str) -> Person | None:
    """The person of a session, unless disabled or signed out everywhere since."""
    person_id, _, epoch = session_id.partition(".")
    if not person_id.isdigit():
        return None
    person = db.session.get(Person, int(person_id))
    if person is None or not person.is_active or str(person.session_epoch) != epoch:
        return None
    return person


def idle_seconds() -> int:
    minutes: int = current_app.config["STATIONS"].idle_minutes
    return minutes * 60


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
