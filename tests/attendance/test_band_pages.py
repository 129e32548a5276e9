"""The pages of a year's age bands, and two years with different bands on every page that shows them."""

import uuid
from typing import Any

import pytest

from stations.attendance.band_rules import STANDARD
from stations.attendance.models import AgeBandDraft
from stations.attendance.queries import bands, counts
from stations.attendance.rules import totals_of_tiles
from stations.attendance.services import day as attendance_day
from stations.committees.models import Opening, Station
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.drafted import waiting
from stations.core.web import LANGUAGE_COOKIE
from stations.people.models import Person
from tests.attendance.ages import decided, drafted
from tests.support import cast
from tests.support.client import Page, PageClient, csrf_token
from tests.support.html_page import text_of
from tests.support.statements import recorded

BUDGET = 15
OLD = [band.label for band in STANDARD]
NEW = ["65歳以上", "子ども", "18–64歳", "年代不明"]


def this_year() -> int:
    return clock.fiscal_year(clock.today())


def lines(page: Page, caption: str) -> list[str]:
    """The bands of a table, in its order."""
    (table,) = [one for one in page.all("table") if caption in text_of(one)]
    return [text_of(cell) for cell in table.iter() if cell.tag == "th" and cell.get("scope") == "row"]


# ---- deciding --------------------------------------------------------------------------------------------------


def test_one_official_drafts_the_bands_of_the_coming_year_and_another_approves_them(
    client: PageClient, db_session: object
) -> None:
    officer, approver = cast.person(Role.OFFICER), cast.person(Role.APPROVER)
    client.sign_in(officer)
    page = client.click(client.get("/attendance"), "年代の区分")
    page = client.get("/attendance/bands")
    assert str(this_year() + 1) in page.heading and "まだ決まっていません" in page.text
    page = client.click(page, "年代の区分を起案する")
    assert page.one("input", name="bands-0-label").get("value") == "未就学", "begins with last year's"
    page = client.submit(
        page,
        "起案して決裁に回す",
        {"bands-5-label": "65–74歳", "bands-5-label_en": "65–74"}
        | {"bands-0-label": "", "bands-0-label_en": "", "bands-4-place": "6", "bands-5-place": "5"},
    )
    assert "決裁をお待ちください" in page.text and "決裁を待っている起案" in page.text
    assert lines(page, "起案の内容") == [
        "小学生",
        "中高生",
        "18–39歳",
        "65–74歳 新しい年代",
        "40–64歳",
        "年代不明",
    ]
    assert not page.has_link("年代の区分を決裁する")
    client.sign_in(approver)
    page = client.click(client.get("/home"), "年代の区分を決裁する")
    page = client.submit(page, "決裁する")
    assert "年代の区分を決裁しました" in page.text
    assert [band.label for band in bands.bands_of(this_year() + 1)] == [
        "小学生", "中高生", "18–39歳", "65–74歳", "40–64歳", "年代不明",
    ]  # fmt: skip
    assert "決裁済み" in page.text and approver.name in page.text, "its history"
    assert not client.get("/home").has_link("年代の区分を決裁する")


def test_a_draft_that_could_not_be_counted_is_shown_again_with_what_was_typed(
    client: PageClient, db_session: object
) -> None:
    client.sign_in(cast.person(Role.OFFICER))
    for typed, said in (
        ({"bands-1-label": "未就学"}, "同じ名前の年代"),
        ({"bands-1-label": "年代不明"}, "「年代不明」はいつもあります"),
        ({"bands-1-colour": "1"}, "別の色"),
        ({"bands-1-place": "1"}, "順番は、年代ごとに別の数字"),
        ({"bands-1-place": "7"}, "1から6までの数字"),
        ({"bands-1-label": "長" * 13}, "文字"),
        ({f"bands-{n}-{name}": "" for n in range(6) for name in ("label", "label_en")}, "1つから6つまで"),
        ({"bands-1-label_en": ""}, "日本語と英語の名前"),
    ):
        page = client.submit(client.get("/attendance/bands/draft"), "起案して決裁に回す", typed)
        assert said in page.text and "入力内容に問題があります" in page.text, typed
        name, value = next(iter(typed.items()))
        if "colour" not in name:
            assert page.one("input", name=name).get("value", "") == value
    assert waiting(AgeBandDraft) == []


def test_a_returned_draft_says_why(client: PageClient, db_session: object) -> None:
    draft = drafted(this_year() + 1)
    address = f"/attendance/bands/drafts/{draft.id}"
    client.sign_in(cast.person(Role.APPROVER))
    page = client.get(address)
    enter = page.form_with(field="reason").buttons[0]
    assert enter.get("value") == "return", "Enter in the reason must not approve"
    page = client.submit(page, "起案を差し戻す")
    assert "理由を入力してください" in page.text
    page = client.submit(page, "起案を差し戻す", {"reason": "75歳で分けてください"})
    assert "起案が差し戻されています" in page.text and "75歳で分けてください" in page.text
    assert "もう決裁を待っていません" in client.get(address).text


def test_who_drafted_opens_no_page_to_approve_it(client: PageClient, db_session: object) -> None:
    both = cast.person(Role.OFFICER)
    cast.give(both, Role.APPROVER)
    draft = drafted(this_year() + 1, by=both)
    client.sign_in(both)
    client.get(f"/attendance/bands/drafts/{draft.id}", status=403)
    assert not client.get("/attendance/bands").has_link("年代の区分を決裁する")
    assert not client.get("/home").has_link("年代の区分を決裁する")


def test_drafts_are_the_citys_own(client: PageClient, db_session: object) -> None:
    station = cast.station(cast.committee())
    drafted(this_year() + 1)
    for role, of in ((Role.CHAIR, station.committee), (Role.VOLUNTEER, station)):
        client.sign_in(cast.person(role, of=of))
        page = client.get("/attendance/bands")
        assert lines(page, "の年代") == OLD and "起案" not in page.text
    client.sign_in(cast.person(Role.EXTERNAL_AUDITOR))
    assert "決裁を待っている起案" in client.get("/attendance/bands").text


def test_a_year_that_is_counted_is_closed_to_drafts(client: PageClient, db_session: object) -> None:
    opening = cast.opening(cast.station(cast.committee()), starts_at=cast.STARTED)
    officer, year = cast.person(Role.OFFICER), this_year()
    client.sign_in(officer)
    form = client.get(f"/attendance/bands/draft?year={year}")
    attendance_day.begin(opening=opening, by=cast.person(Role.VOLUNTEER, of=opening.station))
    page = client.get(f"/attendance/bands/draft?year={year}")
    assert page.url.endswith(f"/bands?year={year}") and "もう変わりません" in page.text
    assert not page.has_link("起案")
    client.submit(form, "起案して決裁に回す", status=409)
    assert page.link(f"（{year + 1}年度）") and not client.get("/attendance/bands?year=1900").has_link(
        "（1899"
    )


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_few_questions(client: PageClient, db_session: object) -> None:
    for _ in range(20):
        draft = drafted(this_year() + 1)
    for role, path in (
        (Role.OFFICER, "/attendance/bands"),
        (Role.OFFICER, "/attendance/bands/draft"),
        (Role.APPROVER, f"/attendance/bands/drafts/{draft.id}"),
    ):
        client.sign_in(cast.person(role))
        client.get(path)
        with recorded(db.engine) as statements:
            client.get(path)
        assert len(statements) <= BUDGET, (path, statements)


# ---- two years --------------------------------------------------------------------------------------------------


@pytest.fixture
def station(db_session: object) -> Station:
    return cast.station(cast.committee())


@pytest.fixture
def volunteer(station: Station) -> Person:
    return cast.person(Role.VOLUNTEER, of=station)


@pytest.fixture
def old(station: Station, volunteer: Person) -> Opening:
    """An opening of last year, which had the bands of the programme."""
    day = clock.fiscal_year_period(this_year() - 1)[1]
    opening = cast.opening(station, day, starts_at=cast.STARTED)
    typed = totals_of_tiles({"teen": 2, "age_18_39": 3, "age_40_64": 4, "age_65_plus": 5, "unknown": 1})
    attendance_day.correct(opening=opening, typed=typed, reason="紙の記録から", by=volunteer)
    return opening


@pytest.fixture
def new(station: Station, old: Opening) -> Opening:
    """Today's opening, in a year with bands of its own."""
    decided(this_year())
    return cast.opening(station, starts_at=cast.STARTED)


def codes() -> list[str]:
    return [band.code for band in bands.bands_of(this_year())]


def test_the_tablet_has_the_bands_of_its_day(
    client: PageClient, old: Opening, new: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    for opening, labels, colours in ((old, OLD, "1234567"), (new, NEW, "6247")):
        page = client.get(f"/attendance/openings/{opening.id}/tally")
        tiles = page.all("div", class_="mt-tile")[: len(labels)]
        assert [text_of(tile).split()[0] for tile in tiles] == labels
        assert [tile.get("class", "").rpartition("--")[2] for tile in tiles] == list(colours)
        keys = [tile.get("data-tally") for tile in tiles]
        assert page.one("div", **{"data-tally-page": ""}).get("data-bands", "").split() == keys
        assert f"上の{len(labels) - 1}つと「年代不明」" in page.text


def test_a_press_for_a_band_of_another_year_is_refused_without_scripts_too(
    client: PageClient, new: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{new.id}/tally")
    for act, said in (("plus:teen", True), (f"plus:{codes()[1]}", False)):
        event = page.one("input", name="event").get("value")
        page = client.post(f"/attendance/openings/{new.id}/tap", token_from=page, act=act, event=event)
        assert ("この年度にはない年代" in page.text) is said
    assert counts.totals(new).by_band == {codes()[1]: 1}


def test_a_device_is_answered_for_each_band(client: PageClient, new: Opening, volunteer: Person) -> None:
    client.sign_in(volunteer)
    token = {"X-CSRFToken": csrf_token(client.get(f"/attendance/openings/{new.id}/tally"))}
    events = [
        {"id": str(uuid.uuid4()), "at": clock.now().isoformat(), "key": key, "delta": 1}
        for key in ("teen", codes()[2], "unknown")
    ]
    address = f"/attendance/openings/{new.id}/events"
    with recorded(db.engine) as statements:
        answer: Any = client.open(address, method="POST", json={"events": events}, headers=token).json
    assert [one["verdict"] for one in answer["answers"]] == ["refused", "accepted", "accepted"]
    assert "この年度にはない年代" in answer["answers"][0]["problem"]
    assert {key: answer["counts"][key] for key in codes()} == dict(zip(codes(), (0, 0, 1, 1), strict=True))
    more = [{**one, "id": str(uuid.uuid4())} for one in events[1:] * 20]
    with recorded(db.engine) as statements:
        client.open(address, method="POST", json={"events": more}, headers=token)
    asked = [one for one in statements if "FROM age_band" in one]
    assert len(asked) <= 1, "a tap on a tile that was tapped before asks for no bands"


def test_the_days_summary_has_the_bands_of_its_day(
    client: PageClient, old: Opening, new: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    for opening, labels in ((old, OLD), (new, NEW)):
        page = client.get(f"/attendance/openings/{opening.id}/details")
        asked = [text_of(label) for label in page.all("label")][: len(labels)]
        assert [one.split()[0] for one in asked] == labels
        sheet = client.get(f"/attendance/openings/{opening.id}/sheet")
        assert lines(sheet, "人数と件数")[: len(labels)] == labels
        totals = client.get(f"/attendance/openings/{opening.id}")
        assert lines(totals, "人数と件数")[: len(labels)] == labels
    page = client.get(f"/attendance/openings/{new.id}/details")
    page = client.submit(page, "保存だけする", {codes()[1]: "", codes()[0]: "x"})
    summary = text_of(page.one("div", class_="mt-error-summary"))
    assert summary.index("入力してください") < summary.index("人数を入力してください"), (
        "in the order of the page"
    )
    page = client.submit(page, "保存だけする", {codes()[0]: "3", codes()[1]: "2", "reason": "紙から"})
    assert counts.totals(new).by_band == {codes()[0]: 3, codes()[1]: 2}
    assert counts.totals(old).by_band == {
        "teen": 2,
        "age_18_39": 3,
        "age_40_64": 4,
        "age_65_plus": 5,
        "unknown": 1,
    }


def test_english_pages_show_the_english_names(client: PageClient, new: Opening, volunteer: Person) -> None:
    client.http.set_cookie(LANGUAGE_COOKIE, "en")
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{new.id}/tally")
    labels = [text_of(one) for one in page.all("span", class_="mt-tile__label")]
    assert labels[:4] == ["65 and over", "Children", "18–64", "Age not known"]
    assert lines(client.get(f"/attendance/openings/{new.id}"), "People and counts")[:4] == labels[:4]
