"""What strangers read is compressed; what somebody signed in reads, or a page with a form, never is."""

import gzip

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from stations.core.access import Role
from stations.core.database import db
from tests.support import cast
from tests.support.client import PageClient

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
PACKED = {"Accept-Encoding": "gzip, deflate, br"}


def asked(client: PageClient, path: str, **headers: str) -> TestResponse:
    answer = client.open(path, headers=headers or PACKED)
    assert answer.status_code == 200, path
    return answer


def test_public_pages_come_compressed_and_say_the_same(app: Flask, db_session: Session):
    station = cast.station(cast.committee())
    cast.opening(station)
    db.session.commit()
    stranger = PageClient(app)
    for path in ("/", f"/stations/{station.id}", "/calendar", f"/stations/{station.id}/calendar.ics"):
        packed, plain = asked(stranger, path), asked(stranger, path, **{"Accept-Encoding": "identity"})
        assert plain.content_encoding is None, path
        if len(plain.data) < 1_000:
            assert packed.content_encoding is None, path
            continue
        assert "Accept-Encoding" in plain.vary, path
        assert packed.content_encoding == "gzip" and "Accept-Encoding" in packed.vary, path
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2, path
        told, meant = (len(one) for one in (gzip.decompress(packed.data), plain.data))
        assert abs(told - meant) < 200, "but for tokens, the same page"


def test_nothing_of_somebody_signed_in_is_compressed(app: Flask, db_session: Session):
    client = PageClient(app)
    client.sign_in(cast.person(Role.OFFICER))
    for path in ("/", "/calendar", "/home", "/account"):
        answer = asked(client, path)
        assert answer.content_encoding is None and len(answer.data) > 1_000, path


def test_no_page_with_a_form_of_its_own_is_compressed(app: Flask, db_session: Session):
    assert asked(PageClient(app), "/sign-in?next=/account").content_encoding is None


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_who_does_not_take_it_is_not_given_it(app: Flask, db_session: Session, accepted: str):
    answer = asked(PageClient(app), "/", **{"Accept-Encoding": accepted})
    assert answer.content_encoding is None and len(answer.data) > 1_000


def test_what_is_small_goes_as_it_is(app: Flask, db_session: Session):
    assert asked(PageClient(app), "/healthz").content_encoding is None
