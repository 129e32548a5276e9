"""The histories of a committee and of a station say which office, rule, date or venue, and what was changed."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from stations.committees.models import Committee, Opening, Station
from stations.committees.rules import CommitteeAct, OpeningAct, StationAct, StationKind
from stations.committees.services import calendar, districts, officers, stations
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.database import add, db, fetch_all
from stations.people.models import Person, RoleAssignment
from tests.committees.cast import weekly
from tests.support import cast
from tests.support.client import PageClient
from tests.support.html_page import text_of
from tests.support.statements import recorded

TODAY = clock.today()
AFTERNOON = {"starts_at": dt.time(13), "ends_at": dt.time(15, 30)}
QUERY_BUDGET = 15


def said(on: dt.date) -> str:
    """A date as an official reads it."""
    return f"{clock.format_era(on)}（{'月火水木金土日'[on.weekday()]}）"


@pytest.fixture
def officer(db_session: Session) -> Person:
    return cast.person(Role.OFFICER, name="市役 職子")


@pytest.fixture
def station(officer: Person) -> Station:
    made = cast.station(of=cast.committee())
    cast.venue(of=made)
    return made


@pytest.fixture
def reader(client: PageClient, officer: Person) -> PageClient:
    client.sign_in(officer)
    return client


def lines(reader: PageClient, url: str, *, of: str = "") -> list[str]:
    """The events on a page that begin with some words, newest first, each without who and when."""
    page = reader.get(url)
    items = page.all("li", class_="mt-timeline__item")
    shown = [" ".join(text_of(part) for part in item.findall("./p")[1:]) for item in items]
    return [line for line in shown if line.startswith(of)]


def on_station(reader: PageClient, station: Station, *, of: str = "") -> list[str]:
    return lines(reader, f"/stations/{station.id}/manage", of=of)


def on_committee(reader: PageClient, station: Station, *, of: str = "") -> list[str]:
    return lines(reader, f"/committees/{station.committee_id}", of=of)


# ---- a committee ----------------------------------------------------------------------------------------------------


def test_an_officers_line_names_office_person_and_term(reader: PageClient, officer: Person, station: Station):
    committee, until = station.committee, TODAY + dt.timedelta(days=700)
    for role, to_on in ((Role.CHAIR, None), (Role.TREASURER, until)):
        officers.appoint(
            committee=committee,
            person=cast.person(name=f"見本 {role}"),
            role=role,
            from_on=TODAY,
            to_on=to_on,
            by=officer,
        )
    [term] = [one for one in terms_of(committee) if one.role is Role.TREASURER]
    officers.end_term(committee=committee, term=term, on=TODAY, by=officer)
    assert on_committee(reader, station, of="役員") == [
        f"役員の任期を終了 会計 見本 treasurer {said(TODAY)}まで",
        f"役員を選任 会計 見本 treasurer {said(TODAY)}から{said(until)}まで",
        f"役員を選任 代表 見本 chair {said(TODAY)}から",
    ]


def terms_of(committee: Committee) -> list[RoleAssignment]:
    return fetch_all(sa.select(RoleAssignment).where(RoleAssignment.committee_id == committee.id))


def test_a_term_taken_back_is_shown_without_the_name(reader: PageClient, officer: Person, station: Station):
    term = officers.appoint(
        committee=station.committee,
        person=cast.person(name="誤り 太郎"),
        role=Role.CHAIR,
        from_on=TODAY,
        to_on=None,
        by=officer,
    )
    term.to_on = TODAY - dt.timedelta(days=1)
    [line] = on_committee(reader, station, of="役員を選任")
    assert line.startswith("役員を選任 代表 令和")


def test_the_contact_of_a_committee_is_shown_from_what_to_what(
    reader: PageClient, officer: Person, station: Station
):
    districts.edit_committee(committee=station.committee, by=officer, phone="047-000-0002", address="")
    assert on_committee(reader, station, of="連絡先") == ["連絡先を変更 電話番号：— → 047-000-0002"]


def test_a_committee_reads_of_which_station_something_was_done(
    reader: PageClient, officer: Person, station: Station
):
    other = cast.station(of=station.committee, name="別のところ")
    stations.edit_station(station=other, by=officer, fee="無料")
    stations.add_venue(station=station, by=officer, name="見本会館", address="松戸市見本1-1")
    districts.edit_committee(committee=station.committee, by=officer, address="松戸市見本9-9")
    assert on_committee(reader, station) == [
        "連絡先を変更 住所：— → 松戸市見本9-9",
        "会場を追加 見本ステーション 見本会館",
        "内容を変更 別のところ 参加費：— → 無料",
    ]


# ---- a station ------------------------------------------------------------------------------------------------------


def test_rules_and_dates_are_shown_with_day_hours_and_venue(
    reader: PageClient, officer: Person, station: Station
):
    [venue] = station.venues
    pattern = weekly(5)
    rule = calendar.add_rule(station=station, venue=venue, pattern=pattern, by=officer)
    calendar.add_opening(station=station, venue=venue, on=TODAY, by=officer, **AFTERNOON)
    calendar.end_rule(rule=rule, on=TODAY, by=officer)
    assert pattern.until_on is not None
    assert on_station(reader, station) == [
        f"開催のきまりを終了 毎週土曜 10:00–12:00 見本市民センター {said(TODAY)}まで",
        f"臨時の開催日を追加 {said(TODAY)} 午後1時から午後3時30分まで 見本市民センター",
        "開催のきまりを追加 毎週土曜 10:00–12:00 見本市民センター "
        f"{said(pattern.from_on)}から{said(pattern.until_on)}まで",
    ]


def test_venues_are_shown_by_name_and_by_what_changed(reader: PageClient, officer: Person, station: Station):
    venue = stations.add_venue(station=station, by=officer, name="見本会館", address="松戸市見本1-1")
    stations.edit_venue(venue=venue, by=officer, rent_yen=1_500, closed_on=TODAY)
    assert on_station(reader, station) == [
        f"会場を変更 見本会館 1回の使用料：0円 → 1,500円、使い終わる日：— → {said(TODAY)}",
        "会場を追加 見本会館",
    ]


def test_a_stations_edits_are_shown_from_what_to_what(reader: PageClient, officer: Person, station: Station):
    long = "畑で野菜を育てて、みんなで料理して食べています。雨の日は集会所で手芸と将棋を楽しみます。"
    stations.edit_station(station=station, by=officer, kind=StationKind.FARM, summary=long)
    stations.edit_station(
        station=station, by=officer, summary=long.replace("将棋", "囲碁"), kind=station.kind
    )
    newest, first = on_station(reader, station)
    assert newest == (
        "内容を変更 どんなところか：…は集会所で手芸と将棋を楽しみます。 → …は集会所で手芸と囲碁を楽しみます。"
    )
    assert first.startswith("内容を変更 種類：固定型 → 農園型、どんなところか：— → 畑で野菜を")
    assert first.endswith("…") and long not in first


def test_the_days_of_beginning_and_end_are_shown(reader: PageClient, officer: Person, station: Station):
    station.opened_on = None
    stations.open_station(station=station, on=TODAY, by=officer)
    stations.close_station(station=station, on=TODAY, reason="土地を返すため", by=officer)
    end, beginning = on_station(reader, station)
    assert f"{said(TODAY)}まで 理由：土地を返すため" in end and f"{said(TODAY)}から" in beginning


def test_events_from_before_the_words_were_kept_still_show(
    reader: PageClient, officer: Person, station: Station
):
    """What services recorded before: names of changed fields, and ids only."""
    [venue] = station.venues
    committee, opening = station.committee, cast.opening(of=station)
    term = cast.give(cast.person(name="会計 計子"), Role.TREASURER, of=committee)
    for obj, act, detail in (
        (committee, CommitteeAct.EDIT, {"changed": ["phone", "address"]}),
        (committee, CommitteeAct.APPOINT, {"role": "treasurer", "term_id": term.id}),
        (station, StationAct.EDIT, {"changed": ["summary"]}),
        (station, StationAct.EDIT_VENUE, {"venue_id": venue.id, "changed": ["rent_yen", "latitude"]}),
        (station, StationAct.ADD_OPENING, {"opening_id": opening.id}),
        (station, StationAct.ADD_OPENING, {"opening_id": opening.id + 99}),
        (opening, OpeningAct.CANCEL, {}),
        (opening, OpeningAct.RESTORE, {}),
        (station, StationAct.OPEN, {}),
    ):
        audit.record(obj, act=act, by=officer, detail=detail)
    day = f"{said(TODAY)} 午前10時から正午まで 見本市民センター"
    assert on_station(reader, station) == [
        "活動を開始",
        f"中止の取消し {day}",
        f"中止 {day}",
        "臨時の開催日を追加",
        f"臨時の開催日を追加 {day}",
        "会場を変更 見本市民センター 1回の使用料",
        "内容を変更 どんなところか",
    ]
    assert on_committee(reader, station)[-2:] == ["役員を選任 会計 会計 計子", "連絡先を変更 電話番号、住所"]


# ---- cancellations --------------------------------------------------------------------------------------------------


def test_a_restored_opening_keeps_both_lines(reader: PageClient, officer: Person, station: Station):
    old, now = (cast.opening(of=station, on=TODAY - dt.timedelta(days=days)) for days in (200, 0))
    for opening, reason in ((old, "大雪のため"), (now, "台風のため")):
        calendar.cancel_opening(opening=opening, reason=reason, by=officer)
    calendar.restore_opening(opening=now, by=officer)
    calendar.hold_opening(opening=now, by=cast.person(Role.STATION_LEADER, of=station))
    assert on_station(reader, station) == [
        f"中止の取消し中止予定 {at_ten(now.on)}",
        f"中止予定中止 {at_ten(now.on)} 理由：台風のため",
        f"中止予定中止 {at_ten(old.on)} 理由：大雪のため",
    ]


def at_ten(on: dt.date) -> str:
    return f"{said(on)} 午前10時から正午まで 見本市民センター"


def test_a_restored_opening_that_is_removed_stays_in_its_stations_history(
    reader: PageClient, officer: Person, station: Station
):
    rule = calendar.add_rule(station=station, venue=station.venues[0], pattern=weekly(5), by=officer)
    opening = fetch_all(sa.select(Opening).order_by(Opening.on))[-1]
    opening_id, on = opening.id, opening.on
    calendar.cancel_opening(opening=opening, reason="台風のため", by=officer)
    calendar.restore_opening(opening=opening, by=officer)
    calendar.end_rule(rule=rule, on=TODAY, by=officer)
    assert db.session.get(Opening, opening_id) is None
    neighbour = cast.station(of=cast.committee("隣"))
    again = {"on": TODAY, "starts_at": dt.time(10), "ends_at": dt.time(12)}
    add(Opening(id=opening_id, station=neighbour, venue=cast.venue(of=neighbour), **again))
    shown = on_station(reader, station, of="中止")
    assert len(shown) == 2 and all(at_ten(on) in line for line in shown)
    assert on_station(reader, neighbour, of="中止") == []


def test_a_new_opening_does_not_show_the_history_of_one_that_was_removed(
    reader: PageClient, officer: Person, station: Station
):
    rule = calendar.add_rule(station=station, venue=station.venues[0], pattern=weekly(5), by=officer)
    opening = fetch_all(sa.select(Opening).order_by(Opening.id))[-1]
    removed_id = opening.id
    calendar.cancel_opening(opening=opening, reason="台風のため", by=officer)
    calendar.restore_opening(opening=opening, by=officer)
    calendar.end_rule(rule=rule, on=TODAY, by=officer)
    neighbour = cast.station(of=cast.committee("隣"))
    venue = cast.venue(of=neighbour)
    made = calendar.add_opening(station=neighbour, venue=venue, on=TODAY, by=officer, **AFTERNOON)
    assert "台風" not in reader.get(f"/attendance/openings/{made.id}").text
    assert audit.timeline(made) == []
    assert made.id > removed_id


def test_a_long_history_costs_no_more_statements(reader: PageClient, officer: Person, station: Station):
    def busy(days: range) -> None:
        for day in days:
            on = TODAY + dt.timedelta(days=day)
            venue = stations.add_venue(station=station, by=officer, name="見本会館", address="松戸市見本1-1")
            calendar.add_opening(station=station, venue=venue, on=on, by=officer, **AFTERNOON)
            pattern = weekly(day % 7)
            calendar.add_rule(station=station, venue=venue, pattern=pattern, by=officer)
            opening = cast.opening(of=station, on=on - dt.timedelta(days=400))
            audit.record(station, act=StationAct.ADD_OPENING, by=officer, detail={"opening_id": opening.id})
            calendar.cancel_opening(opening=opening, reason="雨のため", by=officer)
            stations.edit_venue(venue=venue, by=officer, rent_yen=day + 1)

    def cost(url: str) -> int:
        db.session.expire_all()
        with recorded(db.engine) as statements:
            reader.get(url)
        return len(statements)

    urls = (f"/stations/{station.id}/manage", f"/committees/{station.committee_id}")
    busy(range(1, 2))
    once = [cost(url) for url in urls]
    busy(range(2, 6))
    assert [cost(url) for url in urls] == once
    assert max(once) <= QUERY_BUDGET
