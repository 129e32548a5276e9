"""The pages of attendance, read as a person without JavaScript reads them, and the queue's endpoint."""

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from stations.attendance import rules
from stations.attendance.device_events import DeviceReport
from stations.attendance.queries import counts
from stations.attendance.queries import waiting as attendance_tasks
from stations.attendance.services import counting, devices
from stations.attendance.services import day as attendance_day
from stations.committees.models import Opening, Station
from stations.committees.services import calendar
from stations.core import audit, clock
from stations.core.access import Role
from stations.core.audit import PersonalDataView
from stations.core.database import db
from stations.people.models import Person
from tests.support import cast
from tests.support.client import Page, PageClient, csrf_token
from tests.support.html_page import text_of
from tests.support.statements import recorded

BUDGET = 15


@pytest.fixture
def station(db_session: object) -> Station:
    return cast.station(cast.committee())


@pytest.fixture
def today(station: Station) -> Opening:
    return cast.opening(station, starts_at=cast.STARTED)


@pytest.fixture
def volunteer(station: Station) -> Person:
    return cast.person(Role.VOLUNTEER, of=station)


def visits(opening: Opening) -> int:
    return counts.totals(opening).visits


def test_a_day_without_javascript(client: PageClient, today: Opening, volunteer: Person) -> None:
    client.sign_in(volunteer)
    page = client.click(client.get("/attendance"), "来た人を数える")
    for act in ("plus:elementary", "plus:elementary", "plus:staff", "undo", "minus:elementary"):
        page = client.post(
            f"/attendance/openings/{today.id}/tap",
            token_from=page,
            act=act,
            event=page.one("input", name="event").get("value"),
        )
    assert visits(today) == 1
    page = client.click(page, "終了")
    page = client.submit(page, "この内容で確定する", {"elementary": "3", "weather": "晴れ"})
    assert "理由を入力してください" in page.text and visits(today) == 1
    page = client.submit(page, "この内容で確定する", {"reason": "数え間違い", "note": "にぎやか"})
    assert "確定" in page.text and visits(today) == 3
    page = client.submit(client.click(page, "記録を開き直す"), "開き直す", {"reason": "数え忘れ"})
    page = client.submit(page, "保存だけする", {"staff": "2", "reason": "数え忘れ"})
    assert counts.totals(today).staff == 2


def test_a_press_sent_twice_counts_once(client: PageClient, today: Opening, volunteer: Person) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/tally")
    for _ in range(2):
        client.post(
            f"/attendance/openings/{today.id}/tap",
            token_from=page,
            act="plus:teen",
            event=page.one("input", name="event").get("value"),
        )
    assert visits(today) == 1


def test_below_zero_says_so_on_the_page(client: PageClient, today: Opening, volunteer: Person) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/tally")
    page = client.post(f"/attendance/openings/{today.id}/tap", token_from=page, act="minus:teen", event="x")
    assert "0より少なくはできません" in page.text


def test_what_another_tablet_added_survives_the_typing(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/details")
    _count(today, volunteer)
    page = client.submit(page, "保存だけする", {"elementary": "2", "reason": "紙の記録から"})
    assert "別の端末の入力が届き、いま1です" in page.text, "the same child might be counted twice"
    assert visits(today) == 1
    client.submit(page, "保存だけする", {"elementary": "2", "teen": "1", "reason": "紙の記録から"})
    assert visits(today) == 3


def test_other_tiles_than_the_typed_ones_keep_what_came_meanwhile(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/details")
    _count(today, volunteer)
    client.submit(page, "保存だけする", {"teen": "2", "reason": "紙の記録から"})
    assert visits(today) == 3


@pytest.mark.parametrize("field", ["note", "incident"])
def test_words_of_danger_in_the_days_record_ask_for_a_call_first(
    client: PageClient, today: Opening, volunteer: Person, field: str
):
    """Nobody is notified of what stands there: it must not be saved as if it were dealt with."""
    client.sign_in(volunteer)
    address = f"/attendance/openings/{today.id}/details"
    page = client.submit(client.get(address), "保存だけする", {field: "帰りぎわに「もう死にたい」と話した"})
    assert {a.get("href") for a in page.all("a")} >= {"tel:119", "tel:110"}
    assert counts.record_of(today) is None, "nothing is kept before somebody said whom they called"
    page = client.submit(page, "保存だけする", called="15:30に119番。窓口にも電話した")
    saved = counts.record_of(today)
    assert saved is not None and "死にたい" in getattr(saved, field)
    assert "15:30に119番" in (audit.timeline(saved)[0].reason or "")
    # Once it was answered for, other changes do not ask again.
    page = client.submit(client.get(address), "保存だけする", weather="雨")
    assert counts.record_of(today).weather == "雨"  # type: ignore[union-attr]  # it is there


def test_two_who_write_about_one_day_both_keep_their_words(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    address = f"/attendance/openings/{today.id}/details"
    page = client.get(address)
    attendance_day.save_details(opening=today, weather="雨", note="", incident="転倒があった", by=volunteer)
    page = client.submit(page, "保存だけする", {"note": "にぎやか", "teen": "2", "reason": "紙の記録から"})
    assert "別の画面で、あなたが先に保存しました" in page.text and "転倒があった" in page.text
    assert page.one("textarea", name="note").text == "にぎやか"
    assert visits(today) == 0, "nothing of it is saved yet"
    client.submit(page, "保存だけする", {"incident": "転倒があった"})
    record = counts.record_of(today)
    assert record is not None and (record.note, record.incident) == ("にぎやか", "転倒があった")
    assert visits(today) == 2


def test_what_points_at_a_guest_is_asked_about_before_a_note_keeps_it(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/details")
    page = client.submit(page, "保存だけする", {"note": "見本 太郎さんから090-1234-5678"})
    record = counts.record_of(today)
    assert record is None or record.note == "", "nothing is kept before the answer"
    assert "見本 太郎さん" in page.text and "090-1234-5678" in page.text
    page = client.submit(page, "保存だけする", {"kept": "y"})
    assert "確定しました" not in page.text, "saving does not close the day"
    record = counts.record_of(today)
    assert record is not None and record.note == "見本 太郎さんから090-1234-5678"
    page = client.get(f"/attendance/openings/{today.id}/details")
    page = client.submit(page, "保存だけする", {"weather": "雨"})
    assert not page.all("input", name="kept"), "asked once, not at every saving"


def test_danger_is_shown_at_once_also_beside_a_name(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/details")
    page = client.submit(page, "保存だけする", {"note": "見本 太郎さんが「死にたい」と話した"})
    assert page.all("input", name="kept") and page.all("a", href="tel:119")


def test_a_day_that_is_counted_and_closed_is_said_to_be_finished(
    client: PageClient, station: Station, today: Opening
) -> None:
    leader = cast.person(Role.STATION_LEADER, of=station)
    client.sign_in(leader)
    assert "今日の記録は終わりました" not in client.get("/attendance").text
    _count(today, leader)
    attendance_day.close(opening=today, by=leader)
    page = client.get("/attendance")
    assert "今日の記録は終わりました。延べ1人でした。" in page.text
    assert "今日の開催はありません" not in page.text and not page.has_link("来た人を数える")
    assert client.click(page, "今日の記録を見る").url == f"/attendance/openings/{today.id}"
    client.sign_in(cast.person(Role.STATION_LEADER, of=cast.station(cast.committee("よそ"), "よそ")))
    assert "今日の開催はありません" in client.get("/attendance").text


def _count(opening: Opening, by: Person) -> None:
    """One child came."""
    counter, band = rules.tile("elementary")
    counting.tap(
        opening=opening,
        client_event_id=str(uuid.uuid4()),
        counter=counter,
        band=band,
        delta=1,
        tapped_at=clock.now(),
        by=by,
    )


def test_the_history_of_an_opening_says_who_did_what_and_why(
    client: PageClient, station: Station, today: Opening, volunteer: Person
) -> None:
    leader = cast.person(Role.STATION_LEADER, of=station, name="責任 花子")
    attendance_day.save_details(opening=today, weather="雨", note="", incident="", by=volunteer)
    attendance_day.close(opening=today, by=leader)
    attendance_day.reopen(opening=today, reason="数え忘れ", by=volunteer)
    client.sign_in(leader)
    lines = _history(client.get(f"/attendance/openings/{today.id}"))
    shown = (
        ("記録を開き直し", volunteer.name, "数え忘れ", "記録中"),
        ("開催済み", "責任 花子"),
        ("記録の確定", "責任 花子", "確定"),
        ("天気・メモの保存", volunteer.name),
    )
    for line, words in zip(lines, shown, strict=True):
        assert all(word in line for word in words), (line, words)


def test_a_date_called_off_says_who_did_it_and_why(client: PageClient, station: Station) -> None:
    coming = cast.opening(station, clock.today() + dt.timedelta(days=1))
    leader = cast.person(Role.STATION_LEADER, of=station, name="責任 花子")
    calendar.cancel_opening(opening=coming, reason="台風のため", by=leader)
    client.sign_in(leader)
    (line,) = _history(client.get(f"/attendance/openings/{coming.id}"))
    assert all(words in line for words in ("責任 花子", "台風のため", "中止"))


def test_the_older_part_of_a_long_history_is_folded(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    for nth in range(7):
        attendance_day.close(opening=today, by=volunteer)
        attendance_day.reopen(opening=today, reason=f"{nth}回目", by=volunteer)
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}")
    shown, older = page.all("ol", class_="mt-timeline")
    assert (len(shown), len(older)) == (12, 3), "seven times closed and opened again, held once"
    assert "6回目" in text_of(shown) and "0回目" not in text_of(shown)
    assert "0回目" in text_of(older) and volunteer.name in text_of(older)
    (fold,) = [one for one in page.ancestors(older) if one.tag == "details"]
    assert "それより前の3件を見る" in text_of(fold) and fold.get("open") is None
    assert not [one for one in page.ancestors(shown) if one.tag == "details"]


def _history(page: Page) -> list[str]:
    """The lines of the only timeline on a page, newest first."""
    return [text_of(line) for line in page.one("ol", class_="mt-timeline")]


def test_words_for_a_day_that_was_closed_meanwhile_are_given_back(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/details")
    attendance_day.close(opening=today, by=volunteer)
    page = client.submit(page, "保存だけする", {"incident": "転倒があった"}, status=409)
    assert "転倒があった" in page.text


def test_the_queue_is_answered_row_by_row(client: PageClient, today: Opening, volunteer: Person) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/tally")
    address, token = f"/attendance/openings/{today.id}/events", {"X-CSRFToken": csrf_token(page)}
    row = {"id": str(uuid.uuid4()), "at": clock.now().isoformat(), "key": "teen", "delta": 1}
    broken = {"id": str(uuid.uuid4()), "at": "now", "key": "teen", "delta": 1}
    undo = {"id": str(uuid.uuid4()), "at": clock.now().isoformat(), "undo": True, "undoes": row["id"]}

    def answer_to(*events: dict[str, object]) -> Any:
        return client.open(address, method="POST", json={"events": events}, headers=token).json

    answer = answer_to(row, row, broken)
    assert {one["verdict"] for one in answer["answers"]} == {"accepted", "duplicate", "refused"}
    assert answer["counts"]["teen"] == 1 and answer["last"][0]["id"] == row["id"]
    answer = answer_to(undo)
    assert answer["counts"]["teen"] == 0 and answer["last"] == []
    assert client.open(address, method="POST", json={"events": 3}, headers=token).status_code == 400
    client.sign_out()
    assert client.open(address, method="POST", json={"events": [row]}, headers=token).status_code in {
        400,
        401,
    }


def test_an_empty_queue_tells_the_counts_and_writes_nothing(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/tally")
    address, token = f"/attendance/openings/{today.id}/events", {"X-CSRFToken": csrf_token(page)}

    def ask() -> Any:
        return client.open(address, method="POST", json={"events": []}, headers=token).json

    answer = ask()
    assert (answer["answers"], answer["counts"]["teen"], answer["open"]) == ([], 0, True)
    assert counts.record_of(today) is None, "asking begins no record"
    attendance_day.close(opening=today, by=volunteer)
    assert ask()["open"] is False


def test_a_past_day_is_typed_from_paper(client: PageClient, station: Station, volunteer: Person) -> None:
    past = cast.opening(station, clock.today() - dt.timedelta(days=3))
    client.sign_in(volunteer)
    page = client.click(client.get("/attendance"), "記録をつける")
    page = client.submit(page, "この内容で確定する", {"age_65_plus": "１２", "reason": "紙の記録から"})
    assert "あとで入力" in page.text and visits(past) == 12


def test_who_sees_which_station(client: PageClient, today: Opening, station: Station) -> None:
    elsewhere = cast.station(cast.committee("よそ"), "よそのステーション")
    seen = {
        cast.person(Role.CHAIR, of=station.committee): (200, 403),
        cast.person(Role.OFFICER): (200, 403),
        cast.person(Role.STATION_LEADER, of=elsewhere): (404, 404),
        cast.person(Role.GENERAL_MEMBER): (404, 404),
    }
    for person, (read, write) in seen.items():
        client.sign_in(person)
        client.get(f"/attendance/stations/{station.id}", status=read)
        client.get(f"/attendance/openings/{today.id}", status=read)
        client.get(f"/attendance/openings/{today.id}/tally", status=write)
        client.get(f"/attendance/openings/{today.id}/details", status=write)


def test_what_cannot_be_counted_shows_its_totals(
    client: PageClient, station: Station, volunteer: Person
) -> None:
    tomorrow = cast.opening(station, clock.today() + dt.timedelta(days=1))
    client.sign_in(volunteer)
    for page in ("tally", "details"):
        assert "開催日になると" in client.get(f"/attendance/openings/{tomorrow.id}/{page}").text
    client.get(f"/attendance/openings/{tomorrow.id}/sheet")


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_few_questions_however_many_rows(client: PageClient, station: Station, volunteer: Person) -> None:
    for days in range(20):
        cast.opening(station, clock.today() - dt.timedelta(days=days))
    newest = cast.opening(station, clock.today() + dt.timedelta(days=-30))
    client.sign_in(volunteer)
    for path in (
        "/attendance",
        f"/attendance/stations/{station.id}",
        f"/attendance/openings/{newest.id}",
        f"/attendance/openings/{newest.id}/tally",
        f"/attendance/openings/{newest.id}/details",
    ):
        with recorded(db.engine) as statements:
            client.get(path)
        assert len(statements) <= BUDGET, (path, statements)


def test_touches_at_the_wrong_opening_are_moved_on_a_page(
    client: PageClient, station: Station, today: Opening, volunteer: Person
) -> None:
    right = cast.opening(station, starts_at=dt.time(0, 30))
    client.sign_in(volunteer)
    assert not client.get(f"/attendance/openings/{today.id}").has_link("正しい回へ移す")
    _count(today, volunteer)
    page = client.click(client.get(f"/attendance/openings/{today.id}"), "正しい回へ移す")
    page = client.submit(page, "選んだ回へ移す", {"reason": "押しまちがい"})
    assert "移す先の回を選んでください" in page.text
    page = client.submit(page, "選んだ回へ移す", {"to": str(right.id)})
    assert "1件の入力を、この回へ移しました" in page.text
    assert (visits(today), visits(right)) == (0, 1)


def test_who_closes_is_notified_of_another_tablet(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    devices.note_report(
        opening=today,
        report=DeviceReport(str(uuid.uuid4()), 3, False),
        settled=0,
        clock_ahead=dt.timedelta(days=2),
        by=volunteer,
    )
    client.sign_in(volunteer)
    page = client.get(f"/attendance/openings/{today.id}/details")
    assert f"{volunteer.name}さんの端末：未送信 3件" in page.text and "約2日進んでいます" in page.text
    page = client.submit(page, "この内容で確定する", {"note": "にぎやか"})
    assert "確かめてください" in page.text and page.one("textarea", name="note").text == "にぎやか"
    page = client.submit(page, "この内容で確定する", {"others_checked": "y"})
    assert "確定したあとに届いた入力があります" in page.text, "and it stays in sight"
    assert "約2日進んでいます" in client.get("/attendance").text
    client.sign_in(cast.person(Role.OFFICER))
    assert "さんの端末" not in client.get(f"/attendance/openings/{today.id}").text


def test_two_openings_of_one_day_are_distinguished_by_their_hours(
    client: PageClient, station: Station, volunteer: Person
) -> None:
    for day in (clock.today(), clock.today() - dt.timedelta(days=1)):
        for starts_at in (dt.time(0), dt.time(1)):
            cast.opening(station, day, starts_at=starts_at)
    labels = [str(task.label) for task in attendance_tasks.waiting_for(volunteer)]
    assert len(set(labels)) == len(labels) == 4
    client.sign_in(volunteer)
    for path in ("/attendance", f"/attendance/stations/{station.id}", "/home"):
        links = [
            link for link in client.get(path).all("a") if "/attendance/openings/" in link.get("href", "")
        ]
        by_name = {text_of(link): link.get("href") for link in links}
        addresses = {link.get("href") for link in links}
        assert len(addresses) >= 2 and len(by_name) >= len(addresses), (path, by_name)
    for page in ("", "/tally", "/details", "/sheet"):
        titles = {
            text_of(client.get(f"/attendance/openings/{opening.id}{page}").one("title"))
            for opening in station_openings(station)
            if opening.on == clock.today()
        }
        assert len(titles) == 2, page


def station_openings(station: Station) -> list[Opening]:
    return [row.opening for row in counts.openings_of(station, clock.fiscal_year(clock.today()))]


def test_who_reads_what_happened_at_an_opening_is_logged(
    client: PageClient, today: Opening, volunteer: Person
) -> None:
    client.sign_in(volunteer)
    looks = sa.select(sa.func.count(PersonalDataView.id))
    client.get(f"/attendance/openings/{today.id}")
    assert db.session.scalar(looks) == 0, "counts are of nobody"
    attendance_day.save_details(opening=today, weather="雨", note="", incident="転倒があった", by=volunteer)
    client.get(f"/attendance/openings/{today.id}")
    assert db.session.scalar(looks) == 1
