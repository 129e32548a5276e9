"""Addresses that are kept must be those that Flask would build."""

from flask import url_for

from stations.core.addresses import _KEPT, Application


def app() -> Application:
    made = Application("somewhere")
    made.add_url_rule("/things/<int:thing_id>", "thing")
    made.add_url_rule("/things", "index")
    return made


def test_what_was_built_before_is_given_again_and_nothing_else_is():
    site = app()
    with site.test_request_context("/"):
        for _ in range(2):
            assert url_for("thing", thing_id=1) == "/things/1"
            assert url_for("thing", thing_id=2, page=1) == "/things/2?page=1"
            assert url_for("thing", thing_id=2, page=True) == "/things/2?page=True"
            assert url_for("thing", thing_id=2, page="1", _anchor="a") == "/things/2?page=1#a"
            assert url_for("index", status=["a", "b"]) == "/things?status=a&status=b"
            assert url_for("index", _external=True) == "http://localhost/things"


def test_where_the_site_is_mounted_stands_in_each_address():
    site = app()
    for root in ("", "/portal", ""):
        with site.test_request_context("/", base_url=f"http://localhost{root}"):
            assert url_for("thing", thing_id=1) == f"{root}/things/1"


def test_what_strangers_type_is_not_kept():
    site = app()
    with site.test_request_context("/"):
        assert url_for("index", next="/home?" + "x" * 100).endswith("x" * 100)
        assert site._addresses == {}
        for number in range(_KEPT + 5):
            url_for("thing", thing_id=number)
    assert len(site._addresses) == 5
