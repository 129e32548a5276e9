"""What a committee meets first, and what its home tells: no dead ends, no buttons that lead to a refusal."""

from sqlalchemy.orm import Session

from stations.committees.models import Station
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from tests.grants import cast as grants
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.html_page import text_of


def main_links(page: Page) -> list[tuple[str, str]]:
    """(words, address) of the links of the page's own part, in reading order."""
    return [(text_of(one), one.get("href", "")) for one in page.one("main").iter("a")]


def buttons(page: Page) -> list[str]:
    """The addresses of what looks like a button in the page's own part."""
    return [
        one.get("href", "")
        for one in page.one("main").iter("a")
        if "mt-button" in one.get("class", "").split()
    ]


# ---- a new committee ---------------------------------------------------------------------------------------------


def test_a_committee_without_a_station_registers_one_on_the_way_to_its_first_plan(
    client: PageClient, db_session: Session
):
    committee = cast.committee()
    client.sign_in(cast.person(Role.CHAIR, of=committee))
    page = client.get("/plans/new")
    register = next(address for words, address in main_links(page) if "ステーションを登録する" in words)
    page = client.submit(client.get(register), fields={"name": "はじめての縁側", "kind": "fixed"})
    assert page.url.startswith("/plans/new") and "はじめての縁側" in page.text
    station = db.session.query(Station).one()
    assert page.form_with(field="station_id").filled({}, None).count(("station_id", str(station.id))) == 1


def test_who_may_not_register_a_station_reads_who_may(client: PageClient, db_session: Session):
    client.sign_in(cast.person(Role.TREASURER, of=cast.committee()))
    page = client.get("/plans/new")
    assert not any("/stations/new" in address for _, address in main_links(page))
    assert "代表か起案者" in page.text


def test_a_new_committees_home_says_what_comes_first(client: PageClient, db_session: Session):
    committee = cast.committee()
    client.sign_in(cast.person(Role.CHAIR, of=committee))
    assert buttons(client.get("/home"))[0] == f"/committees/{committee.id}/stations/new?first=1"
    cast.opening(cast.station(committee), clock.today())
    first = [address for address in buttons(client.get("/home")) if address.startswith("/plans")]
    assert first == ["/plans/new"]


# ---- from the approval on ----------------------------------------------------------------------------------------


def test_after_the_approval_the_application_is_the_button_of_the_page(
    client: PageClient, db_session: Session
):
    made = grants.team()
    client.sign_in(made.chair)
    page = client.get(f"/plans/{made.plan.id}")
    assert buttons(page)[0] == f"/grants/apply/{made.plan.id}"
    assert client.get(f"/grants/apply/{made.plan.id}").status == 200


def test_nothing_leads_to_an_application_in_a_year_without_settings(client: PageClient, db_session: Session):
    made = grants.team()
    later = clock.fiscal_year(clock.today()) + 1
    plan = grants.approved_plan(made.plan.station, made.chair, year=later)
    apply = f"/grants/apply/{plan.id}"
    client.sign_in(made.chair)
    for path in ("/home", f"/plans/{plan.id}", "/grants"):
        assert apply not in [address for _, address in main_links(client.get(path))], path
    assert "制度設定" in client.get(f"/plans/{plan.id}").text
    assert client.get(apply).url == f"/plans/{plan.id}"
    client.sign_in(made.officer)
    waiting = [words for words, _ in main_links(client.get("/home")) if "制度設定" in words]
    assert waiting, "who drafts the settings reads that a committee waits for them"


def test_the_home_has_news_of_letters_and_payments(client: PageClient, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    grants.paid(made, 50_000)
    client.sign_in(made.treasurer)
    page = client.get("/home")
    news = text_of(page.one("section", id="news"))
    assert "交付決定通知書" in news and "50,000円" in news
    assert f"/letters/{grant.letters[0].id}" in str(main_links(page))
    client.sign_in(cast.person(Role.TREASURER, of=cast.committee("よその")))
    assert not client.get("/home").all("section", id="news")


def test_a_treasurers_home_begins_with_the_receipt(client: PageClient, db_session: Session):
    made = grants.team()
    grant = grants.active(made)
    client.sign_in(made.treasurer)
    assert main_links(client.get("/home"))[0][1] == f"/grants/{grant.id}/receipts/new"
    client.sign_in(made.chair)
    assert f"/grants/{grant.id}/receipts/new" not in str(main_links(client.get("/home")))


def test_an_officers_queue_is_one_line_a_stage(client: PageClient, db_session: Session):
    first, second = grants.team(), grants.team()
    grants.applied(first)
    grants.reviewing(second)
    client.sign_in(first.officer)
    (queue,) = client.get("/home").all("ul", class_="mt-queue")
    lines = [text_of(line) for line in queue.iter("li")]
    assert len(lines) == 1 and "2件" in lines[0] and lines[0].count("1件") == 2
