"""What anybody may see: openings and places, nobody's name."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from PIL import Image
from sqlalchemy.orm import Session

from stations.committees.models import Opening, Station
from stations.committees.place_names import in_latin
from stations.committees.services import calendar, stations
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.web import LANGUAGE_COOKIE
from tests.committees import cast as here
from tests.support import cast
from tests.support.client import PageClient
from tests.support.html_page import HtmlPage, text_of
from tests.support.statements import recorded

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TODAY = clock.today()
MORNING, AFTERNOON = (dt.datetime.combine(TODAY, dt.time(hour), clock.TOKYO) for hour in (9, 16))
QUERY_BUDGET = 15


@pytest.fixture
def city(db_session: Session) -> here.City:
    return here.city()


@contextmanager
def it_is(app: Flask, now: dt.datetime) -> Iterator[None]:
    """The pages are asked for at this time."""
    answer = app.wsgi_app

    def told(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with clock.frozen_at(now):
            return answer(environ, start_response)

    app.__dict__["wsgi_app"] = told
    try:
        yield
    finally:
        app.__dict__["wsgi_app"] = answer


def public_pages(city: here.City) -> list[str]:
    return ["/", "/?today=1", "/?weekday=5", "/calendar", f"/stations/{city.stations[0].id}"]


def test_the_first_page_shows_every_station_and_what_is_in_preparation(client: PageClient, city: here.City):
    page = client.get("/")
    cards = {heading.strip() for station in city.stations if (heading := station.name) in page.text}
    assert len(cards) == 13
    assert "馬橋地区" in page.text and "馬橋西地区" in page.text and "準備中" in page.text
    assert page.has_link("つながるステーション") and "047-000-0012" in page.text and "無料" in page.text


def test_in_english_districts_are_chosen_by_names_that_can_be_read(client: PageClient, city: here.City):
    client.http.set_cookie(LANGUAGE_COOKIE, "en")
    district = city.stations[0].committee.district
    for url in ("/", "/calendar"):
        page = HtmlPage(client.open(url).get_data(as_text=True), url)
        chosen = [text_of(one) for one in page.all("option", value=district.code)]
        assert chosen == [f"{in_latin(district.kana)} ({district.name}) district"]


def test_public_pages_ask_the_database_little(client: PageClient, city: here.City):
    for url in public_pages(city):
        with recorded(db.engine) as statements:
            client.get(url)
        assert len(statements) <= QUERY_BUDGET, (url, len(statements))


def test_public_pages_show_no_personal_data(client: PageClient, city: here.City):
    for committee in city.committees:
        cast.person(Role.CHAIR, of=committee, name="代表 表子")
        committee.phone = "047-000-7777"
    for station in city.stations:
        cast.person(Role.STATION_LEADER, of=station, name="場主 責子")
    calendar.cancel_opening(opening=here.next_opening(city.stations[0]), reason="台風のため", by=city.officer)
    for url in public_pages(city):
        text = client.get(url).text
        for private in ("表子", "責子", "職子", "047-000-7777", "見本管理組合", "1,234"):
            assert private not in text, (url, private)


def test_a_cancelled_opening_is_shown_with_its_reason(client: PageClient, city: here.City):
    station = city.stations[0]
    opening = here.next_opening(station)
    calendar.cancel_opening(opening=opening, reason="台風のため", by=city.officer)
    for url in ("/", f"/stations/{station.id}", f"/calendar?month={opening.on:%Y-%m}"):
        page = client.get(url)
        assert "中止" in page.text and "台風のため" in page.text, url


def test_stations_are_found_by_district_day_kind_and_words(client: PageClient, city: here.City):
    kogane = city.stations[10]
    page = client.get("/?district=kogane")
    assert [text for text in [kogane.name] if text in page.text] and city.stations[0].name not in page.text
    page = client.get(f"/?weekday={kogane.committee.district.number % 7}")
    assert kogane.name in page.text and city.stations[0].name not in page.text
    page = client.get("/?words=ｺｶﾞﾈ")
    assert "この条件にあうステーションはありません" in page.text
    assert kogane.name in client.get("/?words=小金つながる").text
    assert "この条件にあうステーションはありません" in client.get("/?kind=farm").text
    assert kogane.name in client.get("/?weekday=99&district=nowhere&kind=castle").text


def test_today_lists_what_opens_today(app: Flask, client: PageClient, city: here.City):
    opening_today = {
        station.name for station in city.stations if station.committee.district.number % 7 == TODAY.weekday()
    }
    for now, marked in ((MORNING, 0), (AFTERNOON, len(opening_today))):
        with it_is(app, now):
            page = client.get("/?today=1")
        assert {station.name for station in city.stations if station.name in page.text} == opening_today
        assert page.text.count("きょうは終わりました") == marked


def test_what_is_over_today_invites_nobody(app: Flask, client: PageClient, city: here.City):
    station = next(one for one in city.stations if one.committee.district.number % 7 == TODAY.weekday())
    day = TODAY + dt.timedelta(days=7)
    next_week = f"{day.month}月{day.day}日（"
    pages = ("/?words=" + station.name, f"/stations/{station.id}")
    with it_is(app, MORNING):
        for url in pages:
            page = client.get(url)
            assert "きょうの開催" in page.text and "きょうは終わりました" not in page.text, url
    with it_is(app, AFTERNOON):
        for url in pages:
            page = client.get(url)
            assert "きょうの開催" not in page.text and "きょうは終わりました" in page.text, url
            assert next_week in page.text, url
        assert "きょうは終わりました" in client.get("/calendar").text


def test_a_week_is_seven_days_from_today(app: Flask, client: PageClient, city: here.City):
    with it_is(app, MORNING):
        page = client.get("/?week=1")
        assert all(station.name in page.text for station in city.stations)
        off = city.stations[3]
        calendar.cancel_opening(opening=here.next_opening(off), reason="台風のため", by=city.officer)
        page = client.get("/?week=1")
        assert f"{len(city.stations) - 1}か所" in page.text


def test_what_the_station_says_of_itself_is_found(client: PageClient, city: here.City):
    name = city.stations[0].name
    for words in ("車椅子", "トイレ", "段差", "囲碁", "飲み物", "東口", "車いす 無料", "固定型"):
        assert name in client.get(f"/?words={words}").text, words
    assert name not in client.get("/?words=車いす 温泉").text
    assert "車いすで入れます" in client.get("/").text and "段差なし" in client.get("/").text


def test_the_form_finds_as_the_address_does(client: PageClient, city: here.City):
    page = client.submit(client.get("/"), "この条件で探す", {"district": "honcho"})
    assert "本庁つながるステーション" in page.text and "1か所" in page.text


def test_the_calendar_turns_its_pages(client: PageClient, city: here.City):
    page = client.get("/calendar?month=2026-12")
    assert "2026年12月の開催" in page.text
    assert "2027年1月の開催" in client.click(page, "次の月").text
    assert "2026年11月の開催" in client.click(page, "前の月").text
    assert client.get("/calendar?month=nonsense").status == 200


def test_a_station_in_preparation_is_nobodys_business(client: PageClient, city: here.City):
    station = city.stations[0]
    station.opened_on = None
    client.get(f"/stations/{station.id}", status=404)
    client.download(f"/stations/{station.id}/calendar.ics", status=404)
    assert station.name not in client.get("/").text
    client.get("/stations/99999", status=404)


def test_a_station_that_ended_says_so(client: PageClient, city: here.City):
    station = city.stations[0]
    station.closed_on = TODAY - dt.timedelta(days=1)
    assert "活動を終えました" in client.get(f"/stations/{station.id}").text
    assert station.name not in client.get("/").text


def test_a_signed_in_person_sees_it_too(client: PageClient, city: here.City):
    client.sign_in(city.officer)
    assert city.stations[0].name in client.get("/").text


def test_the_calendar_file_can_be_read_and_keeps_its_uids(client: PageClient, city: here.City):
    station = city.stations[0]
    opening = here.next_opening(station)
    url = f"/stations/{station.id}/calendar.ics"
    response = client.download(url)
    assert response.mimetype == "text/calendar"
    before = {str(event["uid"]): event for event in Calendar.from_ical(response.data).events}
    calendar.cancel_opening(opening=opening, reason="台風のため", by=city.officer)
    after = {str(event["uid"]): event for event in Calendar.from_ical(client.download(url).data).events}
    assert set(before) == set(after)
    planned = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Opening)
        .where(Opening.station_id == station.id, Opening.on >= TODAY - dt.timedelta(days=31))
    )
    assert len(before) == planned
    [cancelled] = [event for event in after.values() if str(event["status"]) == "CANCELLED"]
    assert "中止" in str(cancelled["summary"]) and str(cancelled["description"]) == "台風のため"
    assert cancelled.start == dt.datetime.combine(opening.on, opening.starts_at, clock.TOKYO)


def test_each_change_of_an_opening_replaces_it_in_peoples_calendars(client: PageClient, city: here.City):
    """RFC 5545 3.8.7.4: of two events with one UID the one with the higher SEQUENCE holds."""
    station = city.stations[0]
    opening = here.next_opening(station)

    def event() -> tuple[int, dt.datetime | None]:
        events = Calendar.from_ical(client.download(f"/stations/{station.id}/calendar.ics").data).events
        [found] = [one for one in events if str(one["uid"]).startswith(f"opening-{opening.id}@")]
        modified = found.get("last-modified")
        return found.sequence, modified.dt if modified else None

    assert event()[0] == 0
    noon, later = (
        clock.now().replace(microsecond=0),
        clock.now().replace(microsecond=0) + dt.timedelta(hours=1),
    )
    with clock.frozen_at(noon):
        calendar.cancel_opening(opening=opening, reason="台風のため", by=city.officer)
    assert event() == (1, noon)
    with clock.frozen_at(later):
        calendar.restore_opening(opening=opening, by=city.officer)
    assert event() == (2, later)


def events_of(client: PageClient, station: Station) -> dict[str, tuple[str, int, dt.date]]:
    """By UID in the calendar file: state, SEQUENCE and day."""
    found: dict[str, tuple[str, int, dt.date]] = {}
    for one in Calendar.from_ical(client.download(f"/stations/{station.id}/calendar.ics").data).events:
        assert str(one["uid"]) not in found and isinstance(one.start, dt.datetime)
        day = one.start.astimezone(clock.TOKYO).date()
        found[str(one["uid"])] = (str(one["status"]), one.sequence, day)
    return found


@pytest.mark.parametrize("end", ["rule", "station"])
def test_what_the_end_of_a_rule_takes_out_is_cancelled_in_peoples_calendars(
    app: Flask, client: PageClient, city: here.City, end: str
):
    station = city.stations[0]
    restored = here.next_opening(station)
    calendar.cancel_opening(opening=restored, reason="台風のため", by=city.officer)
    calendar.restore_opening(opening=restored, by=city.officer)
    before = events_of(client, station)
    if end == "rule":
        calendar.end_rule(rule=station.calendar_rules[0], on=TODAY, by=city.officer)
    else:
        stations.close_station(station=station, on=TODAY, reason="担い手がいないため", by=city.officer)
    after = events_of(client, station)
    assert after == {
        uid: ("CANCELLED", sequence + 1, day) if day > TODAY else (status, sequence, day)
        for uid, (status, sequence, day) in before.items()
    }
    # They leave the file as what was called off does: a month after their day.
    days = sorted(day for status, _sequence, day in after.values() if status == "CANCELLED")
    with it_is(app, MORNING + (days[0] - TODAY) + dt.timedelta(days=32)):
        assert min(day for _status, _sequence, day in events_of(client, station).values()) == days[1]


def test_a_rule_that_follows_another_replaces_its_dates_in_peoples_calendars(
    client: PageClient, city: here.City
):
    """SQLite gives the ids of the last rows away again: what has one of them now has the higher SEQUENCE."""
    station = city.stations[-1]
    before = events_of(client, station)
    calendar.end_rule(rule=station.calendar_rules[0], on=TODAY, by=city.officer)
    calendar.add_rule(station=station, venue=station.open_venues[0], pattern=here.weekly(5), by=city.officer)
    after = events_of(client, station)
    assert set(before) <= set(after)
    taken_out = {uid for uid, (_status, _sequence, day) in before.items() if day > TODAY}
    assert {after[uid][1] for uid in taken_out} == {1}
    assert all(
        after[uid] == ("CANCELLED", 1, before[uid][2]) or after[uid][0] == "CONFIRMED" for uid in taken_out
    )


def test_two_openings_of_one_day_are_distinguished_by_their_hours(
    app: Flask, client: PageClient, city: here.City
):
    station = city.stations[0]
    venue = station.open_venues[0]
    for hours in ((dt.time(13), dt.time(15)), (dt.time(17), dt.time(19))):
        calendar.add_opening(
            station=station, venue=venue, on=TODAY, starts_at=hours[0], ends_at=hours[1], by=city.officer
        )
    with it_is(app, MORNING):
        for path in ("/", "/?today=1", "/calendar", f"/stations/{station.id}"):
            page = client.get(path)
            assert "午後1時から午後3時まで" in page.text and "午後5時から午後7時まで" in page.text, path
    evening = next(one for one in station_openings(station) if one.starts_at.hour == 17)
    calendar.cancel_opening(opening=evening, reason="講師の都合", by=city.officer)
    with it_is(app, MORNING):
        for path in ("/", f"/stations/{station.id}"):
            assert "午後5時から午後7時まで" in client.get(path).text, path


def station_openings(station: Station) -> list[Opening]:
    return list(db.session.scalars(sa.select(Opening).where(Opening.station_id == station.id)))


def test_public_pages_describe_themselves_to_those_who_share_them(client: PageClient, city: here.City):
    for path in ("/", "/calendar", f"/stations/{city.stations[0].id}"):
        page = client.get(path)
        said = {tag.get("name") or tag.get("property"): tag.get("content") or "" for tag in page.all("meta")}
        assert len(said["description"]) > 15, path
        assert said["og:description"] == said["description"]
        assert said["og:url"].startswith("http") and said["og:url"].endswith(path)
        assert said["og:title"] and said["og:type"] == "website" and said["og:site_name"]
        picture = client.download(urlsplit(said["og:image"]).path)
        assert said["og:image"].startswith("http") and picture.mimetype == "image/png"
        size = (int(said["og:image:width"]), int(said["og:image:height"]))
        assert Image.open(BytesIO(picture.data)).size == size
        picture.close()
    station = client.get(f"/stations/{city.stations[0].id}")
    assert station.one("meta", property="og:title").get("content") == city.stations[0].name
