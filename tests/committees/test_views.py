"""Pages of committees and stations, role by role."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from stations.committees.models import CalendarRule, Opening, Station, Venue
from stations.core import clock
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import db
from stations.people.models import RoleAssignment
from tests.committees import cast as here
from tests.support import cast
from tests.support.client import PageClient
from tests.support.html_page import text_of
from tests.support.statements import recorded
from tests.support.two_writers import check_both_are_kept, saved_first

TODAY = clock.today()
QUERY_BUDGET = 15


@pytest.fixture
def city(db_session: Session) -> here.City:
    return here.city()


def date_in(name: str, on: dt.date) -> dict[str, str]:
    return {f"{name}-year": str(on.year), f"{name}-month": str(on.month), f"{name}-day": str(on.day)}


def test_the_city_sees_all_districts_within_the_query_budget(client: PageClient, city: here.City):
    client.sign_in(city.officer)
    page = client.get("/districts")
    assert "小金地区" in page.text and "馬橋西地区" in page.text
    for url in (
        "/districts",
        f"/committees/{city.committees[0].id}",
        f"/committees/{city.committees[0].id}/officers",
        f"/stations/{city.stations[0].id}/manage",
        f"/stations/{city.stations[0].id}/venues",
        f"/stations/{city.stations[0].id}/calendar",
    ):
        with recorded(db.engine) as statements:
            client.get(url)
        assert len(statements) <= QUERY_BUDGET, (url, len(statements))


def test_a_committee_sees_its_own_and_not_somebody_elses(client: PageClient, city: here.City):
    own, other = city.stations[0], city.stations[1]
    chair = cast.person(Role.CHAIR, of=own.committee)
    client.sign_in(chair)
    page = client.get("/districts")
    assert own.name in page.text and other.name not in page.text
    assert client.click(page, own.committee.name).status == 200
    for path in (
        f"/committees/{other.committee_id}",
        f"/committees/{other.committee_id}/officers",
        f"/committees/{other.committee_id}/stations/new",
        f"/stations/{other.id}/manage",
        f"/stations/{other.id}/edit",
        f"/stations/{other.id}/calendar",
        f"/stations/{other.id}/rules/new",
        f"/venues/{other.venues[0].id}/edit",
        f"/openings/{here.next_opening(other).id}/cancel",
    ):
        client.get(path, status=404)
    client.get(f"/committees/{own.committee_id}/officers/appoint", status=403)


def test_a_volunteer_reads_the_calendar_and_changes_nothing(client: PageClient, city: here.City):
    own = city.stations[0]
    client.sign_in(cast.person(Role.VOLUNTEER, of=own))
    page = client.get("/districts")
    assert own.name in page.text and not page.has_link(own.committee.name)
    page = client.get(f"/stations/{own.id}/calendar")
    assert not page.has_link("中止する") and not page.has_link("きまりを追加")
    client.get(f"/openings/{here.next_opening(own).id}/cancel", status=404)
    client.get(f"/committees/{own.committee_id}", status=404)


def test_nobody_gets_in_without_signing_in(client: PageClient, city: here.City):
    for path in (
        "/districts",
        f"/committees/{city.committees[0].id}",
        f"/stations/{city.stations[0].id}/manage",
    ):
        response = client.open(path, follow_redirects=False)
        assert response.status_code in {302, 303, 401}


def test_seeing_the_names_of_officers_is_logged(client: PageClient, city: here.City, db_session: Session):
    committee = city.committees[0]
    cast.person(Role.TREASURER, of=committee, name="会計 計子")
    client.sign_in(cast.person(Role.CHAIR, of=committee, name="代表 表子"))
    page = client.get(f"/committees/{committee.id}")
    assert "会計 計子" in page.text and "代表 表子" in page.text
    assert db_session.scalar(sa.select(sa.func.count()).select_from(PersonalDataView)) == 1


def test_a_station_is_registered_with_its_venue_and_opened(client: PageClient, city: here.City):
    committee = city.committees[0]
    client.sign_in(cast.person(Role.CHAIR, of=committee))
    page = client.get(f"/committees/{committee.id}/stations/new")
    page = client.submit(page, "登録して会場へ進む", {"name": "", "phone": "１２３"})
    assert "ステーションの名前を入力してください。" in page.text and "種類を選んでください。" in page.text
    assert "電話番号は" in page.text and page.title.startswith("エラー")
    page = client.submit(
        page, "登録して会場へ進む", {"name": "見本の畑", "kind": "farm", "phone": "０４７ー０００ー００３４"}
    )
    page = client.submit(page, "登録する", {"name": "", "address": ""})
    assert "会場の住所を入力してください。" in page.text
    page = client.submit(
        page,
        "登録する",
        {
            "name": "見本農園",
            "address": "松戸市見本４−５",
            "postal_code": "２７１００００",
            "rent_yen": "1，200",
        },
    )
    assert "1,200円" in page.text and "〒271-0000" in page.text
    made = db.session.scalars(sa.select(Station).where(Station.name == "見本の畑")).one()
    assert (made.phone, made.opened_on) == ("047-000-0034", None)
    page = client.get(f"/stations/{made.id}/manage")
    assert "まだ市民の方には表示されていません" in page.text
    page = client.click(page, "活動を始める日を決める")
    page = client.submit(page, "この日から始める")
    assert "開設中" in page.text


def test_a_station_changes_and_ends(client: PageClient, city: here.City):
    station = city.stations[0]
    client.sign_in(city.officer)
    page = client.click(client.get(f"/stations/{station.id}/manage"), "内容を変える")
    page = client.submit(page, "変更する", fee="お茶代100円")
    assert "お茶代100円" in page.text
    page = client.click(page, "活動を終える")
    page = client.submit(page, "この日で終える", {**date_in("on", TODAY), "reason": ""})
    assert "理由を入力してください。" in page.text
    page = client.submit(page, "この日で終える", reason="会場がなくなるため")
    assert "会場がなくなるため" in page.text
    days = db.session.scalars(sa.select(Opening.on).where(Opening.station_id == station.id)).all()
    assert max(days) <= TODAY


def test_a_venue_asked_for_by_another_page_leads_back_to_it(client: PageClient, city: here.City):
    station = city.stations[0]
    client.sign_in(cast.person(Role.CHAIR, of=station.committee))
    facts = {"name": "見本会館", "address": "松戸市見本4-5"}
    page = client.get(f"/stations/{station.id}/venues/new?back=/account")
    assert client.submit(page, "登録する", facts).url == "/account"
    page = client.get(f"/stations/{station.id}/venues/new?back=//evil.example")
    assert (
        client.submit(page, "登録する", facts | {"name": "別の会館"}).url == f"/stations/{station.id}/venues"
    )


def test_a_venue_changes(client: PageClient, city: here.City):
    venue = city.stations[0].venues[0]
    client.sign_in(city.officer)
    page = client.click(client.get(f"/stations/{venue.station_id}/venues"), "変える")
    page = client.submit(page, "変更する", date_in("closed_on", TODAY - dt.timedelta(days=1)))
    assert "使用終了" in page.text
    assert db.session.get(Venue, venue.id).closed_on == TODAY - dt.timedelta(days=1)  # type: ignore[union-attr]  # it is there


def test_an_address_that_no_letter_can_print_is_refused_beside_its_field(client: PageClient, city: here.City):
    """It stands on every letter to the committee, and in its plans."""
    client.sign_in(city.officer)
    committee, venue = city.stations[0].committee, city.stations[0].venues[0]
    for path, owner in (
        (f"/committees/{committee.id}/edit", committee),
        (f"/venues/{venue.id}/edit", venue),
    ):
        page = client.submit(client.get(path), "変更する", address="松戸市見本町1-2 \ue000荘")
        assert "印刷できない文字があります" in page.text
        db.session.expire_all()
        assert "\ue000" not in owner.address


def test_a_rule_is_typed_as_one_says_it(client: PageClient, city: here.City):
    station = city.stations[0]
    second = here.place(of=station, by=city.officer, number=2)
    client.sign_in(cast.person(Role.STATION_LEADER, of=station))
    page = client.click(client.get(f"/stations/{station.id}/calendar"), "開催のきまりを追加する")
    page = client.submit(
        page,
        "追加して開催予定を作る",
        {
            "frequency": "monthly_weekday",
            "starts_at": "昼",
            "ends_at": "正午",
            "venue_id": second.id,
        },
    )
    for shown in ("曜日を選んでください。", "第何週かを1つ以上選んでください。", "時刻は「10:00」"):
        assert shown in page.text, "everything that is missing is shown at once"
    assert page.one("input", id="starts_at").get("value") == "昼"
    page = client.submit(
        page, "追加して開催予定を作る", {"weekday": "5", "nths": ["2"], "starts_at": "１３時"}
    )
    assert "終わりの時刻は" in page.text
    year = TODAY.year + 1
    page = client.submit(
        page,
        "追加して開催予定を作る",
        {
            "nths": ["2", "4"],
            "starts_at": "１３時",
            "ends_at": "午後3時半",
            **date_in("from_on", dt.date(year, 1, 1)),
            **date_in("until_on", dt.date(year, 3, 31)),
        },
    )
    assert "毎月第2・第4土曜 13:00–15:30" in page.text
    laid = db.session.scalars(
        sa.select(Opening.on).where(Opening.venue_id == second.id).order_by(Opening.on)
    ).all()
    assert len(laid) == 6 and {day.weekday() for day in laid} == {5}


def test_a_rule_ends(client: PageClient, city: here.City):
    station = city.stations[0]
    client.sign_in(city.officer)
    page = client.click(client.get(f"/stations/{station.id}/calendar"), "終える")
    page = client.submit(page, "この日で終える", date_in("on", TODAY))
    assert "開催のきまりを終えました。" in page.text
    rule = db.session.scalars(sa.select(CalendarRule).where(CalendarRule.station_id == station.id)).one()
    assert rule.last_on == TODAY


def test_one_date_is_cancelled_and_restored(client: PageClient, city: here.City):
    station = city.stations[0]
    opening = here.next_opening(station)
    client.sign_in(cast.person(Role.STATION_LEADER, of=station))
    page = client.get(f"/openings/{opening.id}/cancel")
    page = client.submit(page, "中止する", reason=" ")
    assert "理由を入力してください。" in page.text
    page = client.submit(page, "中止する", reason="台風のため")
    assert "台風のため" in page.text
    client.get(f"/openings/{opening.id}/cancel", status=409)
    page = client.submit(page, "中止を取り消す")
    assert "台風のため" not in page.text
    client.post(f"/openings/{opening.id}/restore", token_from=page, status=409)


def test_an_extra_date_is_added_once(client: PageClient, city: here.City):
    station = city.stations[0]
    client.sign_in(cast.person(Role.DRAFTER, of=station.committee))
    day = TODAY + dt.timedelta(days=3)
    for said in ("臨時の開催日を追加しました。", "すでに開催の予定があります。"):
        page = client.get(f"/stations/{station.id}/openings/new")
        page = client.submit(
            page, "追加する", {**date_in("on", day), "starts_at": "18時", "ends_at": "20:00"}
        )
        assert said in page.text


def test_hours_that_are_taken_are_named_beside_the_time(client: PageClient, city: here.City):
    station = city.stations[0]
    opening = here.next_opening(station)
    client.sign_in(cast.person(Role.DRAFTER, of=station.committee))
    page = client.get(f"/stations/{station.id}/openings/new")
    taken = {**date_in("on", opening.on), "starts_at": "11時", "ends_at": "13時"}
    page = client.submit(page, "追加する", taken)
    assert "この日の10:00から12:00まで、すでに別の開催があります" in text_of(page.one(id="starts_at-error"))
    cancel = client.get(f"/openings/{opening.id}/cancel")
    calendar = client.submit(cancel, "中止する", reason="台風のため")
    assert "臨時の開催日を追加しました。" in client.submit(page, "追加する").text
    page = client.submit(calendar, "中止を取り消す")
    assert "この日の11:00から13:00まで別の開催があるため、中止を取り消せません。" in page.text


def test_a_past_day_nobody_had_planned_is_added_to_be_recorded(client: PageClient, city: here.City):
    station = city.stations[0]
    client.sign_in(cast.person(Role.STATION_LEADER, of=station))
    hours = {"starts_at": "18時", "ends_at": "20:00"}
    page = client.get(f"/stations/{station.id}/openings/new")
    before = date_in("on", cast.LONG_AGO - dt.timedelta(days=1))
    page = client.submit(page, "追加する", {**before, **hours})
    assert "活動を始めた日より後の日" in page.text
    page = client.submit(page, "追加する", date_in("on", TODAY - dt.timedelta(days=1)))
    assert "続けて、この回の記録をつけてください。" in page.text
    assert "記録がまだ" in page.text and page.has_link("記録をつける")


def test_officers_are_appointed_and_their_term_ended(client: PageClient, city: here.City):
    committee = city.committees[0]
    cast.person(name="会計 計子", login="kaikei")
    client.sign_in(city.officer)
    url = f"/committees/{committee.id}/officers/appoint"
    page = client.submit(
        client.get(url), "選任する", {"login": "nobody", "role": "treasurer", **date_in("from_on", TODAY)}
    )
    assert "このログイン名の利用者は見つかりません" in page.text
    page = client.submit(page, "選任する", login="kaikei")
    assert "会計 計子" in page.text
    page = client.submit(
        client.get(url),
        "選任する",
        {"login": "kaikei", "role": "committee_auditor", **date_in("from_on", TODAY)},
    )
    assert "会計と監査は、同じ人が兼ねることはできません。" in page.text
    page = client.click(client.get(f"/committees/{committee.id}/officers"), "任期を終える")
    page = client.submit(page, "任期を終える", date_in("to_on", TODAY))
    term = db.session.scalars(
        sa.select(RoleAssignment).where(RoleAssignment.committee_id == committee.id)
    ).one()
    assert term.to_on == TODAY


def test_the_contact_of_a_committee_changes(client: PageClient, city: here.City):
    committee = city.committees[0]
    client.sign_in(city.officer)
    page = client.click(client.get(f"/committees/{committee.id}"), "連絡先を変える")
    page = client.submit(page, "変更する", phone="047-000-0099", address="松戸市見本9-9")
    assert "047-000-0099" in page.text


def test_another_committee_cannot_press_the_buttons(app: Flask, client: PageClient, city: here.City):
    opening = here.next_opening(city.stations[1])
    client.sign_in(cast.person(Role.CHAIR, of=city.committees[0]))
    token = client.get("/districts")
    client.post(f"/openings/{opening.id}/cancel", token_from=token, status=404, reason="いたずら")
    client.post(f"/openings/{opening.id}/restore", token_from=token, status=404)
    client.post(f"/stations/{opening.station_id}/close", token_from=token, status=404, reason="いたずら")


def test_the_fifteen_districts_come_by_command(app: Flask, db_session: Session):
    from stations.committees.cli import commands

    runner = app.test_cli_runner()
    assert runner.invoke(commands, ["load-districts"]).output == "15 new\n"
    assert runner.invoke(commands, ["load-districts"]).output == "0 new\n"


@pytest.mark.parametrize(
    ("of", "first", "second"),
    [
        ("committee", {"phone": "047-000-0077"}, {"address": "松戸市見本9-9"}),
        ("station", {"summary": "畑で野菜を育てます。"}, {"summary": "畑と食堂です。", "kind": "farm"}),
        ("venue", {"directions": "北口から3分です。"}, {"name": "見本会館", "rent_yen": "1500"}),
    ],
)
def test_two_who_change_one_thing_both_keep_their_words(
    app: Flask, city: here.City, of: str, first: dict[str, str], second: dict[str, str]
):
    station = city.stations[0]
    rows = {"committee": station.committee, "station": station, "venue": station.venues[0]}
    writers = (city.officer, cast.person(Role.OFFICER))
    check_both_are_kept(app, writers, f"/{of}s/{rows[of].id}/edit", "変更する", first, second, rows[of])


def test_what_was_saved_first_is_said_in_words(app: Flask, city: here.City):
    venue = city.stations[0].venues[0]
    first = {"rent_yen": "2000", **date_in("closed_on", dt.date(2027, 3, 31))}
    one, other = PageClient(app), PageClient(app)
    one.sign_in(city.officer)
    other.sign_in(city.officer)
    early, late = (client.get(f"/venues/{venue.id}/edit") for client in (one, other))
    one.submit(early, "変更する", first)
    page = other.submit(late, "変更する", {"rent_yen": "3000"})
    assert "2,000円" in saved_first(page) and "令和9年3月31日" in saved_first(page)
