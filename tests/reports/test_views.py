"""The home page of each role, and the overview: what is shown, to whom, and that tables and CSV agree."""

import csv
import datetime as dt
from io import StringIO

import pytest
from sqlalchemy.orm import Session

from stations.attendance.band_rules import STANDARD
from stations.attendance.projection import EventKind
from stations.attendance.rules import Counter
from stations.attendance.services.events import Author, new_record, write
from stations.committees.models import Opening, Station
from stations.committees.rules import OpeningStatus
from stations.core import clock
from stations.core.access import Permission, Role, Scope, can, scope_of
from stations.core.database import add
from stations.people.models import Person
from stations.reports.charts import STACK
from tests.applications import cast as plans
from tests.attendance.ages import FEWER, decided
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.html_page import text_of

READERS = {Role.OFFICER, Role.APPROVER, Role.CASHIER, Role.SECRETARIAT, Role.EXTERNAL_AUDITOR}
CSV = ("stages", "money", "budget", "visits", "districts")


@pytest.fixture
def station(db_session: Session) -> Station:
    return cast.station(cast.committee("架空"), "架空ひろば")


def holder(role: Role, station: Station) -> Person:
    """Somebody with one role over the station or its committee."""
    if scope_of(role) is Scope.AGENCY:
        from stations.referrals.models import Agency

        return cast.person(role, of=add(Agency(name=f"架空{role}", kind="見本")))
    return cast.person(
        role, of={Scope.COMMITTEE: station.committee, Scope.STATION: station}.get(scope_of(role))
    )


def visits(opening: Opening, by: Person, count: int, band: str = "elementary") -> None:
    opening.status = OpeningStatus.HELD
    record = new_record(opening, by.id)
    tile = (Counter.VISIT, band)
    write(record, EventKind.COUNT, Author(by.id), tile=tile, delta=count, made_at=clock.now())


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_everybody_has_a_home(client: PageClient, station: Station, role: Role):
    client.sign_in(holder(role, station))
    page = client.get("/home")
    assert "次にすること" in page.text
    assert page.has_link("全体の状況を見る") is (role in READERS)


def test_nobody_has_one_without_signing_in(client: PageClient, station: Station):
    assert "サインイン" in client.get("/home").title


def test_a_committee_sees_its_stations_and_their_next_opening(client: PageClient, station: Station):
    cast.opening(station, clock.today() + dt.timedelta(days=3))
    cast.station(cast.committee("よそ"), "よそのひろば")
    client.sign_in(holder(Role.CHAIR, station))
    page = client.get("/home")
    assert page.has_link("架空ひろば")
    assert "次の開催" in page.text
    assert "よそのひろば" not in page.text


def test_a_volunteer_counts_today_with_one_button(client: PageClient, station: Station):
    today = cast.opening(station)
    cast.opening(station, clock.today() + dt.timedelta(days=7))
    client.sign_in(holder(Role.VOLUNTEER, station))
    page = client.get("/home")
    assert page.link("来た人を数える").endswith(f"/{today.id}") or str(today.id) in page.link(
        "来た人を数える"
    )
    assert len(page.all("a", text="来た人を数える")) == 1


def test_a_cancelled_opening_is_not_counted(client: PageClient, station: Station):
    opening = cast.opening(station)
    opening.status, opening.cancelled_reason = OpeningStatus.CANCELLED, "台風のため"
    client.sign_in(holder(Role.STATION_LEADER, station))
    page = client.get("/home")
    assert "中止" in page.text
    assert not page.has_link("来た人を数える")


def test_officials_see_their_queue_and_the_districts(client: PageClient, station: Station):
    plans.submitted(station, holder(Role.CHAIR, station))
    client.sign_in(holder(Role.OFFICER, station))
    page = client.get("/home")
    assert page.has_link("提出 1件") and not page.has_link("支払")
    assert page.has_link(station.committee.district.name)


def test_an_administrator_finds_people_and_the_view_log(client: PageClient, station: Station):
    client.sign_in(holder(Role.ADMINISTRATOR, station))
    page = client.get("/home")
    assert page.has_link("利用者の管理") and page.has_link("個人情報の閲覧記録")


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_the_overview_is_for_the_city(client: PageClient, station: Station, role: Role):
    person = holder(role, station)
    client.sign_in(person)
    allowed = role in READERS
    assert bool(can(person, Permission.OVERVIEW_READ)) is allowed
    for name in CSV:
        assert client.open(f"/overview?file={name}.csv").status_code == (200 if allowed else 403)
    client.get("/overview", status=200 if allowed else 403)


def rows_of(page: Page, caption: str) -> list[list[str]]:
    """The cells of the table with this caption."""
    for table in page.all("table"):
        texts = [" ".join(cell.itertext()).split() for cell in table.iter("caption")]
        if texts and "".join(texts[0]) == caption:
            return [
                [" ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in {"td", "th"}]
                for row in table.iter("tr")
            ]
    raise AssertionError(f"no table {caption!r}")


def plain(cell: str) -> str:
    """A cell of the page as the CSV writes it."""
    if cell == "—":
        return ""
    number = cell.removesuffix("円").replace(",", "").replace("△", "-")
    return number if number.lstrip("-").isdigit() else cell


def test_tables_csv_and_charts_agree(client: PageClient, station: Station):
    officer = holder(Role.OFFICER, station)
    visits(cast.opening(station), officer, 7)
    cast.opening(station, clock.today() + dt.timedelta(days=1))
    client.sign_in(officer)
    page = client.get("/overview")
    for name in CSV:
        sent = client.download(f"/overview?file={name}.csv")
        assert sent.mimetype == "text/csv"
        rows = list(csv.reader(StringIO(sent.data.decode("utf-8-sig"), newline="")))
        table = next(
            shown
            for caption in page.all("caption")
            if (shown := rows_of(page, "".join("".join(caption.itertext()).split())))[0] == rows[0]
        )
        assert [[plain(cell) for cell in row] for row in table] == rows
    assert "延べ7人が来ました" in page.text


def test_charts_have_a_name_a_description_and_a_table(client: PageClient, station: Station):
    client.sign_in(holder(Role.OFFICER, station))
    page = client.get("/overview")
    charts = [
        element
        for element in page.root.iter()
        if str(element.tag).endswith("svg")
        and element.get("role") == "img"
        and element.get("aria-labelledby")
    ]
    assert len(charts) == 6, "each for a wide page and for a telephone; one of the two is shown"
    assert len(list(page.all("summary", text="表で見る"))) == 3


def test_another_year_is_chosen_by_its_name(client: PageClient, station: Station):
    year = clock.fiscal_year(clock.today())
    client.sign_in(holder(Role.OFFICER, station))
    assert f"{year}年度" in client.get("/overview").text
    page = client.get(f"/overview?year={year - 1}")
    assert f"year={year - 1}" in page.link("CSVで一覧を保存する")
    assert client.get("/overview?year=1").text and client.get("/overview?year=x").text


def test_each_year_shows_its_own_age_bands(client: PageClient, station: Station):
    """One band of last year is two this year, and the others stand in another order: on the page, in CSV and chart."""
    officer, year = cast.person(Role.OFFICER), clock.fiscal_year(clock.today())
    for before, bands in ((1, FEWER), (0, STANDARD[:-1])):
        with clock.frozen_at(clock.instant(dt.date(year - before - 1, 12, 1), dt.time(12))):
            decided(year - before, bands)
    last, first = clock.fiscal_year_period(year - 1)[1], clock.fiscal_year_period(year)[0]
    for day, band, count in ((last, f"fy{year - 1}_2", 7), (first, "age_18_39", 3), (first, "age_40_64", 4)):
        visits(cast.opening(station, day, starts_at=dt.time(count)), officer, count, band)
    client.sign_in(officer)
    for shown, labels, numbers, colours in (
        (year - 1, ["65歳以上", "子ども", "18–64歳"], ["0", "0", "7"], (6, 2, 4)),
        (year, [band.label for band in STANDARD[:-1]], ["0", "0", "0", "3", "4", "0"], range(1, 7)),
    ):
        sent = client.download(f"/overview?file=visits.csv&year={shown}")
        heading, *rows = csv.reader(StringIO(sent.data.decode("utf-8-sig"), newline=""))
        assert heading == ["月", *labels, "年代不明", "合計"]
        assert rows[-1] == ["合計", *numbers, "0", "7"]
        page = client.get(f"/overview?year={shown}")
        chart = page.one(id="visits-by-month")
        drawn = [
            text_of(one) for one in chart.iter() if text_of(one) in {*labels, "年代不明"} and not len(one)
        ]
        assert drawn == ["年代不明", *labels[::-1]], "from top to bottom, as the bars stand"
        tones = [STACK[colour - 1] for colour in colours]
        painted = " ".join(value for one in chart.iter() for value in one.attrib.values())
        assert [colour for colour in STACK if colour in painted] == sorted(tones, key=STACK.index)
        finding = "18–64歳が100%" if shown < year else "40–64歳が57%"
        assert finding in page.text
