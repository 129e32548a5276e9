"""Each page of a grant names one 残り, says what it means, and shows 予算・支出・残り as a bar."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import clock
from stations.core.access import Role
from stations.core.formatting import date
from stations.grants.awards.services import awards
from stations.grants.reports.services import reports
from stations.grants.settings import rules as terms
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import PageClient
from tests.support.html_page import text_of


@pytest.mark.parametrize("path", ["", "/receipts", "/books", "/receipts/new"])
def test_one_left_a_page_with_its_meaning(app: Flask, db_session: Session, path: str):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 45_000)
    client = PageClient(app)
    client.sign_in(made.treasurer)
    page = client.get(f"/grants/{grant.id}{path}")
    named = [text_of(one) for tag in ("dt", "th", "h2", "option", "label") for one in page.all(tag)]
    left = [words for words in named if any(word in words for word in ("残り", "残額", "残高"))]
    assert len(left) == 1 and "決定額" in left[0], left
    strip = page.one("div", class_="mt-strip")
    assert "135,000円" in text_of(strip)
    bar = next(one for one in strip.iter() if one.tag.endswith("svg"))
    widths = [part.get("width") for part in bar.iter() if "spent" in part.get("class", "")]
    assert widths == ["25.0%"], "45,000 of 180,000"


def test_a_page_of_a_payment_names_one_left_too(app: Flask, db_session: Session):
    made = grants.team()
    grants.active(made)
    grants.paid(made, 60_000)
    request = grants.requested(made, 50_000)
    client = PageClient(app)
    client.sign_in(made.officer)
    for act in ("draft-order", "return"):
        page = client.get(f"/grants/payments/{request.id}/{act}")
        left = [words for words in map(text_of, page.all("dt")) if "残" in words]
        assert left == ["残り（決定額−支出）"], act


def test_every_page_of_a_grant_has_a_title_of_its_own(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    client = PageClient(app)
    client.sign_in(cast.person(Role.OFFICER))
    for path in ("", "/receipts", "/books", "/report"):
        title = client.get(f"/grants/{grant.id}{path}").title
        assert grant.plan.title in title and str(grant.station.name) in title, title


def test_words_of_the_field_are_explained_where_a_committee_meets_them(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    client = PageClient(app)
    client.sign_in(made.treasurer)
    explained = [text_of(one) for one in client.get(f"/grants/{grant.id}").all("dl", class_="mt-glossary")]
    for word in ("施行", "支出命令", "額の確定", "概算払", "SHA-256"):
        assert any(word in text for text in explained), word
    plan = client.get(f"/plans/{made.plan.id}/versions/1")
    assert "照合値" in text_of(plan.one("dl", class_="mt-glossary"))
    history = client.get(f"/plans/{made.plan.id}")
    assert any("付議" in text_of(one) for one in history.all("dl", class_="mt-glossary"))


def test_after_the_end_of_the_project_cash_at_hand_stands_in_the_place_of_what_is_left(
    app: Flask, db_session: Session
):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 90_000)
    grants.spent(made, 45_000)
    awards.discontinue(grant=grant, reason="会場がない", by=made.chair)
    client = PageClient(app)
    client.sign_in(made.treasurer)
    strip = text_of(client.get(f"/grants/{grant.id}").one("div", class_="mt-strip"))
    assert "手元のお金" in strip and "45,000円" in strip
    assert "残り" not in strip and "135,000円" not in strip, "what was not spent will never be paid"


def test_the_page_of_a_grant_leads_with_what_waits_there(app: Flask, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    reports.save_report(grant=grant, summary="開いた。", completed_on=clock.today(), by=made.chair)
    client = PageClient(app)
    client.sign_in(cast.person(Role.COMMITTEE_AUDITOR, of=made.plan.committee))
    page = client.get(f"/grants/{grant.id}")
    assert page.link("会計の監査をする").endswith("/report/audit")


def test_a_committee_that_waits_reads_until_when(app: Flask, db_session: Session):
    made = grants.team(processing_days=30)
    grant = grants.applied(made)
    client = PageClient(app)
    client.sign_in(made.chair)
    by = date(terms.processing_deadline(clock.today(), 30))
    assert by in client.get(f"/grants/{grant.id}").text
