"""Files of lists: who took which along stands in the view log, and what is not a file is the page."""

import csv
import io
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.core import clock, lists
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import add, fetch_all
from stations.people.models import Person
from stations.referrals.models import Agency
from tests.support import cast
from tests.support.client import PageClient


@pytest.fixture
def administrator(client: PageClient, db_session: Session) -> Person:
    person = cast.person(Role.ADMINISTRATOR)
    client.sign_in(person)
    return person


def logged() -> list[tuple[str, str, bool]]:
    rows = fetch_all(sa.select(PersonalDataView).order_by(PersonalDataView.id))
    return [(row.object_type, row.purpose, row.exported) for row in rows]


def test_each_file_of_people_stands_in_the_view_log_as_such(client: PageClient, administrator: Person):
    client.get("/people")
    for file in ("csv", "xlsx", "csv"):
        client.download(f"/people?file={file}")
    assert logged() == [("list", "利用者の一覧", kept) for kept in (False, True, True, True)]
    page = client.get("/people/view-log")
    assert [row[2] for row in page.rows()[1:]] == [*["利用者の一覧 ファイルに保存"] * 3, "利用者の一覧"]


def test_an_export_soon_after_a_look_at_the_same_page_is_not_taken_for_it(
    client: PageClient, db_session: Session
):
    committee = cast.committee()
    client.sign_in(cast.person(Role.CHAIR, of=committee))
    url = f"/committees/{committee.id}/officers"
    for address in (url, url, f"{url}?file=csv", f"{url}?file=csv", url):
        client.download(address)
    assert [kept for _of, _what, kept in logged()] == [False, True, True]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/referrals", "つなぎの一覧"),
        ("/observations", "気づきメモの一覧"),
        ("/referrals/view-log", "閲覧の記録"),
    ],
)
def test_numbers_of_sheets_that_leave_are_logged_though_the_list_is_not(
    client: PageClient, db_session: Session, path: str, what: str
):
    client.sign_in(cast.person(Role.CASE_WORKER, of=add(Agency(name="架空窓口", kind="見本"))))
    client.get(path)
    assert logged() == []
    client.download(f"{path}?file=xlsx")
    assert logged() == [("list", what, True)]


def test_the_log_itself_leaves_with_a_trace(client: PageClient, administrator: Person):
    client.download("/people/view-log?file=csv")
    assert logged() == [("list", "個人情報の閲覧記録", True)]


def test_who_may_not_read_the_list_gets_no_file(client: PageClient, db_session: Session):
    committee = cast.committee()
    client.sign_in(cast.person(Role.CHAIR, of=cast.committee("よそ")))
    for path, status in (("/people", 403), (f"/committees/{committee.id}/officers", 404), ("/agencies", 403)):
        client.get(f"{path}?file=csv", status=status)
    assert [kept for _of, _what, kept in logged()] == [False, False], "refused tries"


@pytest.mark.parametrize("file", ["pdf", "", "CSV", "items.csv", "csv.csv", "../csv"])
def test_what_is_no_file_of_the_list_is_its_page(client: PageClient, administrator: Person, file: str):
    assert client.get(f"/people?file={file}").heading == "利用者の管理"


def test_the_name_of_a_file_holds_what_it_is_and_the_day(client: PageClient, administrator: Person):
    sent = client.download(f"/people?q={administrator.name}&file=xlsx")
    name = unquote(sent.headers["Content-Disposition"].split("UTF-8''")[1])
    assert name == f"利用者の一覧_{clock.today().isoformat()}.xlsx"
    assert sent.headers["Cache-Control"] == "no-store"


def test_headings_and_states_are_in_the_readers_language(client: PageClient, administrator: Person):
    client.http.set_cookie("language", "en")
    rows = list(csv.reader(io.StringIO(client.download("/people?file=csv").data.decode("utf-8-sig"))))
    assert rows[0][0] == "Name" and rows[1][4] == "Invited"


def test_more_rows_than_a_file_takes_are_refused_with_what_to_do(
    client: PageClient, administrator: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lists, "FILE_ROWS", 1)
    cast.person(Role.OFFICER)
    page = client.get("/people?file=csv", status=422)
    assert "1件を超えるので、ファイルにできません" in page.text
