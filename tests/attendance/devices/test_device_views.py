"""Pages of tablets: the list, the code, the tablet's own page, and the end of its enrolment."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from stations.attendance.devices.guard import COOKIE
from stations.attendance.devices.models import Device
from stations.attendance.devices.rules import DeviceStatus
from stations.attendance.devices.services import managing
from stations.core import clock, qr
from stations.core.access import Role
from stations.core.database import db, fetch_all
from tests.attendance.devices.conftest import Door
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.html_page import text_of
from tests.support.statements import recorded
from tests.support.tablet import enrolled

TYPED = {"name": "受付2", "pin": "1234", "pin_again": "1234"}


@pytest.fixture
def leader(client: PageClient, door: Door) -> PageClient:
    client.sign_in(door.leader)
    return client


@pytest.fixture
def tablet(app: Flask) -> PageClient:
    """A browser with nothing installed and nobody signed in."""
    return PageClient(app)


def show(leader: PageClient, door: Door) -> Page:
    page = leader.get(f"/attendance/stations/{door.station.id}/devices/new")
    return leader.submit(page, "登録番号を出す")


def code_on(page: Page) -> str:
    return text_of(page.one("p", class_="mt-enrol__code"))


def newest() -> Device:
    return db.session.scalars(sa.select(Device).order_by(Device.id.desc())).first()  # type: ignore[return-value]  # there is one


def test_a_leader_shows_a_code_and_a_tablet_is_enrolled_by_it(
    leader: PageClient, tablet: PageClient, door: Door
):
    shown = show(leader, door)
    code = code_on(shown)
    assert re.fullmatch("[0-9]{4} [0-9]{4}", code)
    page = tablet.submit(tablet.get("/tablet/enrol"), "この端末を登録する", {"code": code, **TYPED})
    assert page.url == "/tablet/enrolled" and page.link("数える画面をひらく") == "/tablet/"
    assert "「見本ステーション」の「受付2」" in page.text
    assert tablet.download("/api/v1/attendance/bootstrap").get_json()["device"]["name"] == "受付2"
    listed = leader.get(f"/attendance/stations/{door.station.id}/devices")
    assert [row[0] for row in listed.rows()[1:]] == ["受付2", "受付1"]


def test_the_code_stands_on_its_page_until_when_and_as_a_qr(client: PageClient, door: Door):
    with time_machine.travel(dt.datetime(2026, 11, 30, 5, 3, tzinfo=dt.UTC), tick=False):
        client.sign_in(door.leader)
        page = show(client, door)
    assert "午後2時13分まで使えます" in page.text
    drawn = [text_of(one) for one in page.all("svg", role="img")]
    assert drawn.count("タブレットで読み取るQRコード") == 1
    assert code_on(page).replace(" ", "") not in page.url


def test_what_the_qr_holds(leader: PageClient, door: Door, monkeypatch: pytest.MonkeyPatch):
    held: list[str] = []
    drawn = qr.svg

    def svg(text: str, title: str) -> object:
        held.append(text)
        return drawn(text, title)

    monkeypatch.setattr(qr, "svg", svg)
    code = code_on(show(leader, door)).replace(" ", "")
    base = leader.app.config["STATIONS"].base_url
    assert held == [f"{base}/tablet/enrol#{code}"]


def test_the_page_of_a_code_loaded_again_shows_no_code(leader: PageClient, door: Door):
    page = leader.get(f"/attendance/stations/{door.station.id}/devices/new")
    first = leader.submit(page, "登録番号を出す")
    again = leader.submit(page, "登録番号を出す")
    assert "もう処理が済んでいます" in again.text and not again.all("p", class_="mt-enrol__code")
    assert code_on(leader.submit(first, "新しい番号を出す")) != code_on(first)


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost_but_the_pin(tablet: PageClient):
    page = tablet.submit(
        tablet.get("/tablet/enrol"),
        "この端末を登録する",
        {"code": "１２３４　５６７８", "name": "入口の青いの", "pin": "12", "pin_again": "123"},
    )
    assert error_of(page, "pin") == "＊暗証番号は、4けたから8けたの数字にしてください。"
    assert error_of(page, "pin_again").startswith("＊2つの暗証番号が同じではありません")
    assert page.one("input", id="code").get("value") == "１２３４　５６７８"
    assert page.one("input", id="name").get("value") == "入口の青いの"
    assert not page.one("input", id="pin").get("value") and not page.one("input", id="pin_again").get("value")
    empty = tablet.submit(tablet.get("/tablet/enrol"), "この端末を登録する", {"code": ""})
    assert [error_of(empty, one) != "" for one in ("code", "name", "pin", "pin_again")] == [True] * 4


def error_of(page: Page, field: str) -> str:
    return text_of(page.one("div", id=f"{field}-error"))


def test_the_pin_may_be_typed_in_full_width(leader: PageClient, tablet: PageClient, door: Door):
    code = code_on(show(leader, door))
    typed = {"code": code, "name": "受付2", "pin": "１２３４", "pin_again": "1234"}
    assert tablet.submit(tablet.get("/tablet/enrol"), "この端末を登録する", typed).url == "/tablet/enrolled"


@pytest.mark.parametrize("kind", ["wrong", "used", "expired", "ended"])
def test_no_sentence_tells_why_a_code_does_not_work(
    leader: PageClient, tablet: PageClient, app: Flask, door: Door, kind: str
):
    with time_machine.travel(clock.now(), tick=False) as later:
        shown = show(leader, door)
        code = code_on(shown)
        if kind == "used":
            other = PageClient(app)
            other.submit(other.get("/tablet/enrol"), "この端末を登録する", {"code": code, **TYPED})
        if kind == "ended":
            leader.submit(shown, "新しい番号を出す")
        if kind == "expired":
            later.shift(601)
        sent = f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}" if kind == "wrong" else code
        page = tablet.submit(tablet.get("/tablet/enrol"), "この端末を登録する", {"code": sent, **TYPED})
    assert error_of(page, "code") == (
        "＊この登録番号は使えません。番号が違うか、期限が過ぎたか、もう使われています。新しい番号を出してもらってください。"
    )
    assert page.one("input", id="code").get("value") == sent
    assert COOKIE not in page.headers.get("Set-Cookie", "")


def test_who_guesses_waits_and_hears_how_long(tablet: PageClient, door: Door):
    page = tablet.get("/tablet/enrol")
    for n in range(10):
        page = tablet.submit(page, "この端末を登録する", {"code": f"0000000{n}", **TYPED})
        assert page.status == 200
    page = tablet.submit(page, "この端末を登録する", {"code": "00000010", **TYPED}, status=429)
    assert (
        error_of(page, "code") == "＊番号の間違いが続いたため、10分ほど待ってから、もう一度お試しください。"
    )
    assert page.headers["Retry-After"] == "600"


def test_a_tablet_enrolled_again_hears_first_what_it_is(leader: PageClient, tablet: PageClient, door: Door):
    tablet.http.set_cookie(COOKIE, door.token)
    page = tablet.get("/tablet/enrol")
    assert "「見本ステーション」の「受付1」として登録されています" in page.text
    tablet.submit(page, "この端末を登録する", {"code": code_on(show(leader, door)), **TYPED})
    assert "「受付2」として登録されています" in tablet.get("/tablet/enrolled").text
    old = leader.get(f"/attendance/devices/{door.device.id}")
    assert "取消し済み" in old.text and "再登録" in old.text


def test_a_leader_who_is_signed_in_on_the_tablet_enrols_it_too(leader: PageClient, door: Door):
    code = code_on(show(leader, door))
    page = leader.submit(leader.get("/tablet/enrol"), "この端末を登録する", {"code": code, **TYPED})
    assert page.url == "/tablet/enrolled" and "受付2" in page.text


def test_a_tablet_that_is_none_is_led_to_its_enrolment(tablet: PageClient):
    page = tablet.get("/tablet/enrolled")
    assert "登録されていません" in page.text and page.link("この端末を登録する") == "/tablet/enrol"


def test_the_list_tells_state_last_sending_queue_clock_and_version(leader: PageClient, door: Door):
    managing.note_synced(device=door.device, version="t1", unsent=7, clock_ahead=dt.timedelta(minutes=-40))
    door.device.last_synced_at = dt.datetime(2026, 11, 30, 5, 3, tzinfo=dt.UTC)
    row = leader.get("/attendance/devices").rows()[1]
    assert row[:3] == ["受付1", "見本ステーション", "登録中"]
    assert "14:03" in row[3] and row[4:] == ["7件", "約40分遅れています", "t1"]


def test_the_list_is_found_through(client: PageClient, door: Door):
    other = cast.station(cast.committee("別"), "別のステーション")
    enrolled(other, cast.person(Role.OFFICER), "会場")
    client.sign_in(cast.person(Role.OFFICER))
    assert [row[0] for row in client.get("/attendance/devices").rows()[1:]] == ["受付1", "会場"]
    assert [row[0] for row in client.get("/attendance/devices?q=別の").rows()[1:]] == ["会場"]
    managing.revoke(device=door.device, reason="なくした", by=door.leader)
    assert [row[0] for row in client.get("/attendance/devices?status=revoked").rows()[1:]] == ["受付1"]
    assert "条件に合うものはありません" in client.get("/attendance/devices?q=ない").text
    assert client.get("/attendance/devices?status=x").rows()[1:]


def test_a_tablet_is_renamed(leader: PageClient, door: Door):
    page = leader.get(f"/attendance/devices/{door.device.id}")
    page = leader.click(page, "変更")
    page = leader.submit(page, "名前を変える", name="")
    assert "端末の名前を入力してください" in page.text
    page = leader.submit(page, "名前を変える", name="入口")
    assert page.heading == "入口" and "端末の名前を変更" in page.text


def test_a_tablet_is_revoked_and_the_page_says_what_stays_on_it(leader: PageClient, door: Door):
    managing.note_synced(device=door.device, version="t1", unsent=7, clock_ahead=dt.timedelta())
    page = leader.click(leader.get(f"/attendance/devices/{door.device.id}"), "登録を取り消す")
    assert (
        "まだ送っていない入力が7件あり、端末に残ります" in page.text and "ファイルに書き出せます" in page.text
    )
    page = leader.submit(page, "登録を取り消す", reason="")
    assert "理由を入力してください" in page.text
    assert door.device.status is DeviceStatus.ENROLLED
    page = leader.submit(page, "登録を取り消す", reason="なくした")
    assert "登録を取り消しました" in page.text and "なくした" in page.text
    assert not page.has_link("登録を取り消す") and not page.has_link("変更")
    assert leader.get(f"/attendance/devices/{door.device.id}/revoke").url.endswith(str(door.device.id))
    assert door.tablet.get("/api/v1/attendance/bootstrap").status_code == 401


def test_an_act_on_a_tablet_that_somebody_has_revoked_meanwhile_is_a_conflict(leader: PageClient, door: Door):
    page = leader.get(f"/attendance/devices/{door.device.id}/revoke")
    managing.revoke(device=door.device, reason="なくした", by=cast.person(Role.OFFICER))
    assert (
        "もう取り消されています" in leader.submit(page, "登録を取り消す", reason="こわれた", status=409).text
    )


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.CHAIR, Role.APPROVER])
def test_others_see_no_page_of_tablets(client: PageClient, door: Door, role: Role):
    of = {Role.VOLUNTEER: door.station, Role.CHAIR: door.station.committee}.get(role)
    client.sign_in(cast.person(role, of=of))
    for url in ("", f"/{door.device.id}", f"/{door.device.id}/rename", f"/{door.device.id}/revoke"):
        assert client.open(f"/attendance/devices{url}").status_code in {403, 404}
    for url in ("devices", "devices/new"):
        assert client.open(f"/attendance/stations/{door.station.id}/{url}").status_code in {403, 404}
    assert not client.get(f"/attendance/stations/{door.station.id}").has_link("端末（タブレット）")


def test_another_stations_leader_does_not_learn_of_them(client: PageClient, door: Door):
    client.sign_in(cast.person(Role.STATION_LEADER, of=cast.station(door.station.committee, "別")))
    assert client.open(f"/attendance/devices/{door.device.id}").status_code == 404
    assert client.open(f"/attendance/stations/{door.station.id}/devices").status_code == 404
    assert "登録した端末はまだありません" in client.get("/attendance/devices").text


def test_a_leader_gets_there_from_the_records(leader: PageClient, door: Door):
    page = leader.click(leader.get("/attendance"), "端末（タブレット）")
    assert page.url == "/attendance/devices"
    assert leader.click(page, "端末を登録する").heading == "端末を登録する"
    station = leader.click(leader.get(f"/attendance/stations/{door.station.id}"), "端末（タブレット）")
    assert "登録番号を表示" in station.text and "端末を登録" in station.text


def test_the_list_costs_the_same_however_many_tablets(leader: PageClient, door: Door):
    def cost() -> int:
        with recorded(db.engine) as statements:
            leader.get("/attendance/devices")
        return len(statements)

    few = cost()
    for n in range(20):
        enrolled(door.station, door.leader, f"端末{n}")
    assert len(fetch_all(sa.select(Device))) == 21
    assert cost() <= few + 1 <= 15
