"""Every route is marked, every permission is used, every write is committed in the one place."""

import re
from pathlib import Path

import pytest
from flask import Flask

from stations.core.access import ROLE_PERMISSIONS, Permission
from stations.core.guards import unmarked

PACKAGE = Path(__file__).resolve().parents[2] / "stations"
on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@on_sqlite
def test_every_route_says_who_may_use_it(app: Flask):
    assert unmarked(app.view_functions.items()) == []


@on_sqlite
def test_every_permission_guards_a_route_or_is_demanded_by_a_service(app: Flask):
    """One page may lead to several acts (a referral's steps): those are told apart where they are done."""
    used = {view.access.permission for view in app.view_functions.values() if hasattr(view, "access")}
    acts = [file for part in ("services", "queries") for file in PACKAGE.glob(f"**/{part}*/**/*.py")]
    acts += [file for part in ("services", "queries") for file in PACKAGE.glob(f"*/{part}.py")]
    demanded = {
        Permission[name] for file in acts for name in re.findall(r"Permission\.([A-Z_]+)", file.read_text())
    }
    assert sorted(set(Permission) - used - demanded) == []


def test_every_permission_is_held_by_a_role():
    held = frozenset[Permission]().union(*ROLE_PERMISSIONS.values()) | {Permission.OWN_ACCOUNT}
    assert sorted(set(Permission) - held) == []


@on_sqlite
def test_every_route_that_writes_commits_in_the_one_wrapper(app: Flask):
    loose = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not hasattr(app.view_functions[rule.endpoint], "writes")
    ]
    assert loose == []


@on_sqlite
def test_acts_are_posts(app: Flask):
    """No route takes PUT, PATCH or DELETE: forms cannot send them, and @writes is about POST."""
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


@on_sqlite
@pytest.mark.parametrize("path", ["/static//x", "//evil.example/a", "/grants//1", "/sign-in/"])
def test_no_address_is_corrected_by_way_of_the_host_that_was_asked_for(app: Flask, path: str):
    """Whoever writes the Host header would say where the visitor is led."""
    answer = app.test_client().get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 404 and answer.location is None
