"""Forms that no page of ours sends: without their mark, without their lines, of a kind that does not exist."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.grants import services
from stations.grants.rules import Status
from tests.grants import cast as grants
from tests.support.client import PageClient, csrf_token

on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def as_(app: Flask, person: object) -> PageClient:
    client = PageClient(app)
    client.sign_in(person)  # type: ignore[arg-type]  # a Person
    return client


@on_sqlite
@pytest.mark.parametrize("forged", [{}, {"mark": ""}, {"mark": "another"}])
def test_a_decision_without_the_mark_of_what_was_read_is_none(
    app: Flask, db_session: Session, forged: dict[str, str]
):
    made = grants.team()
    grant = grants.deciding(made, 150_000)
    approver = as_(app, made.approver)
    approver.post(f"/grants/{grant.id}/decide", token_from=approver.get("/account"), status=409, **forged)
    db_session.refresh(grant)
    assert grant.status is Status.DECIDING


@on_sqlite
@pytest.mark.parametrize("forged", [{}, {"mark": ""}, {"mark": "999"}])
def test_nor_is_a_cancellation(app: Flask, db_session: Session, forged: dict[str, str]):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    services.draft_cancellation(grant=grant, reason="目的外の使用", kept_yen=0, by=made.officer)
    before = grant.status
    approver = as_(app, made.approver)
    token = approver.get("/account")
    answer = approver.open(
        f"/grants/{grant.id}/cancel", method="POST", data={"csrf_token": csrf_token(token), **forged}
    )
    assert answer.status_code < 500
    db_session.refresh(grant)
    assert grant.status is before


@on_sqlite
def test_an_award_without_its_lines_is_a_bad_request(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.reviewing(made)
    officer = as_(app, made.officer)
    page = officer.get(f"/grants/{grant.id}/award")
    lines = {
        f"lines-{at}-{name}": value
        for at, line in enumerate(grant.lines)
        for name, value in (("line_id", str(line.id)), ("budget_yen", "1,000"))
    }
    for forged in (
        {},
        {"lines-0-line_id": "x"},
        {**lines, "lines-0-line_id": "²"},
        {**lines, "lines-9-line_id": "1"},
    ):
        officer.post(
            f"/grants/{grant.id}/award", token_from=page, status=400, awarded_yen="150,000", **forged
        )
    officer.post(f"/grants/{grant.id}/award", token_from=page, status=200, awarded_yen="x", **lines)


@on_sqlite
def test_a_receipt_of_an_unknown_kind_is_a_bad_request(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    treasurer = as_(app, made.treasurer)
    page = treasurer.get(f"/grants/{grant.id}/receipts/new")
    for kind in ("mystery", "", "RECEIPT"):
        treasurer.post(f"/grants/{grant.id}/receipts/new", token_from=page, status=400, kind=kind)
