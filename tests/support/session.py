"""A session in which somebody is signed in, without going through the sign-in page."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from stations.people.models import Person


def session_of(person: Person) -> dict[str, object]:
    """What the session holds after ``person`` has signed in with both factors."""
    return {"_user_id": person.get_id(), "_fresh": True, "second": True}


def session_cookie(app: Flask, person: Person) -> tuple[str, str]:
    """Name and value of the cookie, signed with the application's secret."""
    interface = app.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)
    serializer = interface.get_signing_serializer(app)
    assert serializer is not None
    return app.config["SESSION_COOKIE_NAME"], str(serializer.dumps(session_of(person)))
