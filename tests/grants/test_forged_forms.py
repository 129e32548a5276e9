"""Forms that no page of ours sends: without their mark, without their lines, of a kind that does not exist."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.grants.awards.services import awards, cancellations, changes
from stations.grants.reports.services import reports
from stations.grants.rules import Status
from stations.grants.settlement.services import determinations
from tests.grants import cast as grants
from tests.support import cast
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
    cancellations.draft_cancellation(grant=grant, reason="目的外の使用", kept_yen=0, by=made.officer)
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
def test_of_two_changes_only_the_one_that_was_read_is_approved(app: Flask, db_session: Session):
    """The chair took the first back and asked for another while the approver had the page open."""
    made = grants.team()
    grant = grants.active(made)
    first, second = (
        {line.id: line.awarded_yen + move for line, move in zip(grant.lines, moves, strict=True)}
        for moves in ((20_000, -20_000, 0, 0), (-20_000, 20_000, 0, 0))
    )
    changes.request_change(grant=grant, budgets=first, reason="広い部屋", by=made.chair)
    approver = as_(app, made.approver)
    page = approver.get(f"/grants/{grant.id}/decide-change")
    changes.withdraw_change(grant=grant, by=made.chair)
    changes.request_change(grant=grant, budgets=second, reason="講師を増やす", by=made.chair)
    approver.submit(page, decision="approve", status=409)
    db_session.refresh(grant)
    assert grant.status is Status.CHANGE_REQUESTED
    approver.submit(approver.get(f"/grants/{grant.id}/decide-change"), decision="approve")
    db_session.refresh(grant)
    assert {line.id: line.awarded_yen for line in grant.lines} == second


@on_sqlite
def test_of_two_fixed_amounts_only_the_one_that_was_read_is_approved(app: Flask, db_session: Session):
    """It was sent back and drafted again with another amount while another approver had the page open."""
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 60_000, line=2)
    grants.inspected(made)
    determinations.draft_determination(grant=grant, by=made.officer)
    approver = as_(app, made.approver)
    page = approver.get(f"/grants/{grant.id}/determine")
    awards.send_back(grant=grant, reason="領収書を確かめる", by=made.approver)
    grants.spent(made, 20_000, line=2)
    determinations.draft_determination(grant=grant, by=made.officer)
    approver.submit(page, status=409)
    db_session.refresh(grant)
    assert grant.status is Status.DETERMINING
    approver.submit(approver.get(f"/grants/{grant.id}/determine"))
    db_session.refresh(grant)
    assert (grant.status, grant.fixed_yen) == (Status.DETERMINED, 80_000)


@on_sqlite
def test_an_audit_is_of_the_books_that_were_looked_at(app: Flask, db_session: Session):
    """会計 entered another receipt while the auditor had the page open."""
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 60_000, line=2)
    reports.save_report(grant=grant, summary="開いた。", completed_on=clock.today(), by=made.chair)
    auditor = as_(app, cast.person(Role.COMMITTEE_AUDITOR, of=made.plan.committee))
    page = auditor.get(f"/grants/{grant.id}/report/audit")
    grants.spent(made, 20_000, line=2)
    auditor.submit(page, "相違ないことを確認しました")
    db_session.refresh(grant)
    assert grant.accounts_audited_at is None
    auditor.submit(auditor.get(f"/grants/{grant.id}/report/audit"), "相違ないことを確認しました")
    db_session.refresh(grant)
    assert grant.accounts_audited_at is not None


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


@on_sqlite
def test_an_empty_form_that_comes_too_late_is_answered_as_a_full_one(app: Flask, db_session: Session):
    """It was valid in no state: the page of an act that is over is not drawn for it."""
    made = grants.team()
    grant = grants.deciding(made, 150_000)
    approver, officer = as_(app, made.approver), as_(app, made.officer)
    page = approver.get("/account")
    returning = f"/grants/{grant.id}/send-back"
    approver.post(returning, token_from=page, status=200)
    awards.send_back(grant=grant, reason="金額を見直してください", by=made.approver)
    for reason in ("", "もう一度"):
        approver.post(returning, token_from=page, status=409, reason=reason)
    officers = officer.get("/account")
    for reason in ("", "期限を過ぎた"):
        officer.post(f"/grants/{grant.id}/draft-cancellation", token_from=officers, status=409, reason=reason)
