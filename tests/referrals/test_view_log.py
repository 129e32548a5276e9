"""Who looked at a sheet, and who tried: open to whom it concerns, found by its number."""

import pytest
import sqlalchemy as sa

from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import db, fetch_all
from stations.referrals.services import observations
from tests.referrals.cast import Town, town
from tests.support import cast
from tests.support.client import PageClient


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def test_a_refused_try_stands_in_the_log(client: PageClient, here: Town) -> None:
    sent, draft = here.sent(), here.referral()
    stranger = cast.person(Role.CHAIR, of=here.station.committee)
    for person, path, status in (
        (stranger, f"/referrals/{sent.id}", 404),
        (here.leader, f"/referrals/{draft.id}", 404),
        (here.leader, f"/referrals/{sent.id}/edit/person", 403),
        (here.desk_worker, f"/referrals/{sent.id}/acts/accept", 404),
    ):
        client.sign_in(person)
        client.get(path, status=status)
    client.get("/referrals/99999", status=404)
    rows = fetch_all(sa.select(PersonalDataView).order_by(PersonalDataView.id))
    assert [(one.by_id, one.object_id, one.refused) for one in rows] == [
        (stranger.id, sent.id, True),
        (here.leader.id, draft.id, True),
        (here.leader.id, sent.id, True),
        (here.desk_worker.id, sent.id, True),
    ]


def test_a_refused_post_is_logged_too(client: PageClient, here: Town) -> None:
    sent = here.sent()
    client.sign_in(here.worker)
    page = client.get(f"/referrals/{sent.id}")
    client.sign_in(here.desk_worker)
    other = client.get("/referrals")
    assert page.url
    client.post(f"/referrals/{sent.id}/acts/accept", token_from=other, status=404)
    refused = fetch_all(sa.select(PersonalDataView).where(PersonalDataView.refused))
    assert [one.by_id for one in refused] == [here.desk_worker.id]


def test_every_page_of_a_sheet_is_in_the_log(client: PageClient, here: Town) -> None:
    visited = here.visited()
    client.sign_in(here.worker)
    for page in ("", "/acts/suspend", "/consent", "/consent/withdraw"):
        db.session.execute(sa.text("SELECT 1"))
        before = db.session.scalar(sa.select(sa.func.count(PersonalDataView.id))) or 0
        client.get(f"/referrals/{visited.id}{page}")
        assert db.session.scalar(sa.select(sa.func.count(PersonalDataView.id))) == before + 1, page


def test_who_a_sheet_concerns_reads_who_looked_at_it(client: PageClient, here: Town) -> None:
    sheet, other, memo = here.sent(), here.sent(), here.memo()
    observations.send_observation(observation=memo, by=here.leader)
    stranger = cast.person(Role.CHAIR, of=here.station.committee, name="よその 委員")
    for person, path in (
        (here.worker, f"/referrals/{sheet.id}"),
        (here.leader, f"/referrals/{sheet.id}"),
        (here.leader, f"/referrals/{other.id}"),
        (here.desk_worker, f"/observations/{memo.id}"),
    ):
        client.sign_in(person)
        client.get(path)
    client.sign_in(stranger)
    client.get(f"/referrals/{sheet.id}", status=404)
    client.get("/referrals/view-log", status=403)
    for person, shown, hidden in (
        (here.worker, {sheet.number, other.number, stranger.name}, {memo.number}),
        (here.leader, {sheet.number, other.number, memo.number, stranger.name}, set[str]()),
        (here.desk_worker, {memo.number}, {sheet.number, other.number, stranger.name}),
    ):
        client.sign_in(person)
        text = client.get("/referrals/view-log").text
        assert all(one in text for one in shown), person.name
        assert not any(one in text for one in hidden), person.name
    client.sign_in(here.worker)
    page = client.click(client.get(f"/referrals/{sheet.id}"), "だれが見たか")
    assert f"つなぎ {sheet.number}" in page.text and other.number not in page.text
    assert "見られなかった" in page.text and "よその 委員" in page.text


def test_the_whole_log_is_found_by_the_number_of_a_sheet(client: PageClient, here: Town) -> None:
    sheet, other = here.sent(), here.sent()
    client.sign_in(here.leader)
    for one in (sheet, other):
        client.get(f"/referrals/{one.id}")
    client.sign_in(cast.person(Role.ADMINISTRATOR))
    page = client.get(f"/people/view-log?sheet={sheet.number}")
    assert sheet.number in page.text and other.number not in page.text


def test_a_form_that_is_refused_shows_its_sheet_and_is_logged(client: PageClient, here: Town) -> None:
    draft = here.referral()
    client.sign_in(here.worker)
    token = client.get("/account")
    counted = sa.select(sa.func.count(PersonalDataView.id))
    before = db.session.scalar(counted) or 0
    page = client.post(f"/referrals/{draft.id}/edit/wishes", token_from=token, status=200)
    assert page.all("form") and db.session.scalar(counted) == before + 1
