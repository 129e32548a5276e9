"""Error pages say what to do and give a number that stands in the log, which holds no personal data."""

import json
import logging
import re

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from stations.app import create_app
from stations.core import errors
from stations.core.access import Role
from stations.core.config import Config
from stations.core.database import writes
from stations.core.errors import JsonLines
from stations.core.guards import public
from stations.core.messages import Conflict, EditConflict, NotAllowed, Refusal, RuleBroken
from tests.grants import cast as grants
from tests.referrals.cast import agency
from tests.support import cast
from tests.support.client import PageClient

KINDS: dict[str, type[Refusal]] = {
    "broken": RuleBroken,
    "conflict": Conflict,
    "forbidden": NotAllowed,
    "edit_conflict": EditConflict,
}
CODES = (400, 403, 404, 405, 409, 413, 429, 500)


@pytest.fixture
def failing(config: Config) -> Flask:
    """An application of its own, with views that fail in every way."""
    app = create_app(config)

    @app.get("/fail/<int:code>")
    @public
    def fail(code: int) -> str:
        abort(code)

    @app.get("/crash")
    @public
    def crash() -> str:
        raise ValueError("氏名 見本花子 を含む例外")

    @app.post("/rule/<kind>", endpoint="applications.rule")  # a form of plans knows what is typed
    @public
    @writes
    def rule(kind: str) -> str:
        if kind == "locked":
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        raise KINDS[kind](None, "いまの状態では、できません。")

    return app


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("code", CODES)
def test_each_code_has_its_page(failing: Flask, code: int):
    page = PageClient(failing).get(f"/fail/{code}", status=code)
    assert re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", page.text)
    assert page.heading


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("code", "framed"), [(403, True), (404, True), (409, True), (500, False)])
def test_somebody_signed_in_keeps_the_menu(failing: Flask, db_session: Session, code: int, framed: bool):
    client = PageClient(failing)
    client.sign_in(cast.person(Role.OFFICER))
    page = client.get(f"/fail/{code}", status=code)
    assert page.has_link("全体会議") is framed
    assert page.link("ホームへ" if framed else "はじめの画面へ") == ("/home" if framed else "/")
    assert not PageClient(failing).get(f"/fail/{code}", status=code).has_link("ホームへ")


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_crash_is_logged_under_its_number_without_its_words(failing: Flask):
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(JsonLines().format(record))

    logger, keeper = logging.getLogger("stations"), Keeper()
    logger.addHandler(keeper)
    try:
        page = PageClient(failing).get("/crash", status=500)
    finally:
        logger.removeHandler(keeper)
    shown = re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", page.text)
    assert shown is not None
    (crash,) = [line for line in map(json.loads, lines) if line.get("error") == "ValueError"]
    assert crash["reference"] == shown.group()
    assert "見本花子" not in "".join(lines) + page.text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "status"), [("conflict", 409), ("broken", 422), ("edit_conflict", 422), ("locked", 503)]
)
def test_what_was_typed_stands_on_the_page(failing: Flask, db_session: Session, kind: str, status: int):
    client = PageClient(failing)
    client.sign_in(cast.person())
    typed = {
        "safety": "行事保険に入る。\n<b>餅</b>は小さく切る。",
        "act": "save",
        "password": "nine small birds",
        "code": "123456",
    }
    page = client.post(f"/rule/{kind}", token_from=client.get("/account"), status=status, **typed)
    boxes = page.all("textarea")
    assert [box.text.strip() for box in boxes if box.text] == [typed["safety"]]
    assert "readonly" in boxes[0].attrib
    assert "nine small" not in page.text and "123456" not in page.text
    forged = client.post(f"/rule/{kind}", status=400, safety="偽の文")
    assert "偽の文" not in forged.text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "status"), [("conflict", 409), ("broken", 422), ("edit_conflict", 422), ("forbidden", 403)]
)
def test_each_kind_of_refusal_is_answered_with_its_sentence(
    failing: Flask, db_session: Session, kind: str, status: int
):
    client = PageClient(failing)
    client.sign_in(cast.person())
    page = client.post(f"/rule/{kind}", token_from=client.get("/account"), status=status)
    assert "いまの状態では、できません。" in page.text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", [2**31, 10**20])
def test_a_number_that_no_column_holds_is_no_page(client: PageClient, db_session: Session, number: int):
    for path in (f"/stations/{number}", f"/stations/{number}/calendar.ics"):
        client.get(path, status=404)
    client.get("/calendar?month=9999-12")
    client.get("/calendar?month=0001-01")
    client.sign_in(cast.person(Role.OFFICER))
    client.get(f"/grants/{number}", status=404)
    for path in ("/plans?page=", "/plans?district=", "/grants?year=", "/home?year=", "/overview?year="):
        client.get(f"{path}{number}")
    client.sign_in(cast.person(Role.ADMINISTRATOR))
    client.get(f"/people?page={number}")


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_405_names_what_is_allowed(app: Flask):
    response = app.test_client().post("/healthz")
    assert response.status_code in {400, 405}
    if response.status_code == 405:
        assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_health_and_headers(app: Flask):
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    policy = ready.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert ready.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_not_ready_before_the_migrations(app: Flask, db_session: Session):
    assert app.test_client().get("/readyz").status_code == 200
    db_session.execute(sa.text("UPDATE alembic_version SET version_num = '0000_earlier'"))
    db_session.commit()
    assert app.test_client().get("/readyz").status_code == 503
    db_session.execute(sa.text("DROP TABLE alembic_version"))
    db_session.commit()
    assert app.test_client().get("/readyz").status_code == 503


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_two_who_register_one_thing_at_once_are_no_crash(app: Flask, db_session: Session):
    said = {"UNIQUE constraint failed: person.login": 409, "CHECK constraint failed: kind": 500}
    for words, status in said.items():
        with app.test_request_context("/"):
            answer = app.handle_user_exception(IntegrityError("INSERT", {}, Exception(words)))
            assert app.make_response(answer).status_code == status, words


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("role", "words", "never"),
    [
        (Role.OFFICER, "システム管理者にお伝えください", "担当"),
        (Role.ADMINISTRATOR, "ほかのシステム管理者に", "お電話"),
        (Role.CHAIR, "下の連絡先（市の担当課）に", "代表に"),
        (Role.TREASURER, "委員会の代表にお尋ね", "システム管理者"),
        (Role.VOLUNTEER, "ステーションの責任者に", "システム管理者"),
        (Role.CASE_WORKER, "下の連絡先（市の担当課）に", "システム管理者"),
    ],
)
def test_a_403_names_somebody_else_to_ask(
    failing: Flask, db_session: Session, role: Role, words: str, never: str
):
    committee = cast.committee()
    body = {
        Role.CHAIR: committee,
        Role.TREASURER: committee,
        Role.VOLUNTEER: cast.station(committee),
        Role.CASE_WORKER: agency(),
    }
    client = PageClient(failing)
    client.sign_in(cast.person(role, of=body.get(role)))
    said = " ".join(
        "".join(one.itertext()) for one in client.get("/fail/403", status=403).all("p", class_="mt-lead")
    )
    assert words in said and never not in said


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("path", "thing"),
    [
        ("/grants/12/review", "/grants/12"),
        ("/referrals/7/acts/accept", "/referrals/7"),
        ("/referrals/7/follow-ups/3", "/referrals/7"),
        ("/grants/receipts/5/correct", "/grants/receipts/5"),
        ("/plans/new", None),
        ("/grants/12", None),
        ("/no/such/page", None),
    ],
)
def test_a_conflict_leads_to_what_it_was_about(app: Flask, path: str, thing: str | None):
    with app.test_request_context(path, method="POST"):
        assert errors._thing() == thing


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_page_of_a_conflict_offers_the_thing_and_home(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.deciding(made, 150_000)
    client = PageClient(app)
    client.sign_in(made.officer)
    page = client.post(f"/grants/{grant.id}/review", token_from=client.get("/account"), status=409)
    assert page.link("いまの状態を見る") == f"/grants/{grant.id}" and page.link("ホームへ") == "/home"
