"""The tablet's own page: enrolled once, it counts with and without a network, and every touch arrives exactly once."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from stations.attendance.band_rules import STANDARD
from stations.attendance.devices.guard import COOKIE
from stations.attendance.devices.models import Device
from stations.attendance.devices.services import enrolling, managing
from stations.attendance.queries import counts
from stations.attendance.tablet import shell
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from tests.attendance.ages import decided
from tests.browser.conftest import Hurried, VisitorMaker
from tests.browser.door import Door
from tests.browser.enter import assert_enter_is_harmless
from tests.browser.sizes import assert_letters_are_large, assert_no_half_is_empty
from tests.support import cast
from tests.support.demo_site import Site
from tests.support.tablet import PIN, enrolled
from tests.support.visitor import CHROMIUM, CHROMIUM_ARGUMENTS, Visitor, assert_clean, assert_fits

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

OFFLINE = ["Failed to load resource"]
SIZES = [(1024, 768), (768, 1024), (375, 667), (1280, 800)]
EVENTS = "**/api/v1/attendance/events"
NEWEST = """() => navigator.serviceWorker.ready.then(({ active }) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage("newest", [port2]);
}))"""
TILE = '[data-tile="{}"] {}'


@dataclass
class Power:
    """The test's own application, whose server is switched off and on at the same address."""

    app: Flask
    door: Door = field(init=False)
    port: int = 0
    _server: BaseWSGIServer | None = None
    _thread: threading.Thread | None = None

    def on(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=Hurried)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def off(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = None


def enrol(door: Door, context: BrowserContext, name: str = "受付1") -> Device:
    leader = cast.person(Role.STATION_LEADER, of=door.opening.station)
    device, token = enrolled(door.opening.station, leader, name)
    db.session.commit()
    context.add_cookies([{"name": COOKIE, "value": token, "url": door.site.url, "httpOnly": True}])
    return device


def count_here(page: Page, door: Door) -> None:
    page.locator(f'[data-opening="{door.opening.id}"]').click()
    page.get_by_role("button", name="ほかの人").click()
    expect(page.locator("[data-total]")).to_be_visible()


def ready(page: Page) -> None:
    """The service worker has all it needs to start without a network."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.keys().then((names) => names.length >= 2)")


def counting(
    door: Door, visitor: VisitorMaker, name: str = "受付1", size: tuple[int, int] = (1024, 768)
) -> Visitor:
    """A tablet at the door of the opening."""
    tablet = visitor(door.site, *size)
    tablet.expected += OFFLINE
    enrol(door, tablet.context, name)
    count_here(tablet.open("/tablet/"), door)
    return tablet


def plus(page: Page, tile: str, times: int = 1) -> None:
    for _ in range(times):
        page.locator(TILE.format(tile, ".ta-tile__plus")).click()


def total(page: Page, number: int) -> None:
    expect(page.locator("[data-total]")).to_have_text(str(number))


def chip(page: Page, text: str) -> None:
    expect(page.locator("[data-chip]")).to_contain_text(text)


def send_now(page: Page) -> None:
    page.locator("[data-chip]").click()
    page.get_by_role("button", name="今すぐ送信").click()


def enter_pin(page: Page) -> None:
    page.locator("#pin").fill(PIN)
    page.get_by_role("button", name="決定").click()


def test_enrolled_by_a_code_it_counts(door: Door, visitor: VisitorMaker) -> None:
    leader = cast.person(Role.STATION_LEADER, of=door.opening.station)
    code, _shown = enrolling.show_code(station=door.opening.station, by=leader)
    cast.person(Role.VOLUNTEER, of=door.opening.station, name="小金 太郎")
    db.session.commit()
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE  # before it is enrolled, it is told so
    page = tablet.open("/tablet/")
    expect(page.get_by_role("heading")).to_have_text("この端末は、まだ使えません")
    assert_clean(page)
    assert_no_half_is_empty(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert_fits(page)
    assert_letters_are_large(page)
    assert_enter_is_harmless(page)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.get_by_role("link", name="この端末を登録する").click()
    for name, words in {"code": code, "name": "受付1", "pin": PIN, "pin_again": PIN}.items():
        page.locator(f"[name={name}]").fill(words)
    page.get_by_role("button", name="この端末を登録する").click()
    page.get_by_role("link", name="数える画面をひらく").click()
    page.locator(f'[data-opening="{door.opening.id}"]').click()
    assert_clean(page)
    page.get_by_role("button", name="小金").click()
    plus(page, "teen", 2)
    page.locator(TILE.format("teen", ".ta-tile__minus")).click()
    plus(page, "staff")
    page.get_by_role("button", name="1つ取り消す").click()
    plus(page, "elementary")
    total(page, 2)
    chip(page, "送信済み")
    assert (door.counted().by_band, door.counted().staff) == ({"teen": 1, "elementary": 1}, 0)
    page.locator("[data-chip]").click()
    expect(page.get_by_role("dialog")).to_contain_text("送信 7件＝保存 7件")
    assert_clean(page)
    page.get_by_role("button", name="閉じる").click()
    page.get_by_role("button", name="困ったこと・事故").click()
    page.locator("#note").fill("見本のころんだ話")
    page.get_by_role("button", name="記録する", exact=True).click()
    chip(page, "送信済み")


@pytest.mark.parametrize("size", SIZES)
def test_all_who_come_are_on_one_screen(door: Door, visitor: VisitorMaker, size: tuple[int, int]) -> None:
    page = counting(door, visitor, size=size).page
    assert_fits(page)
    undo = page.get_by_role("button", name="1つ取り消す").bounding_box()
    assert undo is not None and undo["height"] >= 56
    for tile in [one.code for one in STANDARD]:
        whole = page.locator(TILE.format(tile, "")).bounding_box()
        less = page.locator(TILE.format(tile, ".ta-tile__minus")).bounding_box()
        apart = page.locator(TILE.format(tile, ".ta-tile__gap")).bounding_box()
        assert whole and less and apart
        assert whole["y"] >= 0 and whole["y"] + whole["height"] <= undo["y"], f"{tile} is on the first screen"
        assert (less["width"], less["height"]) == (64, 64)
        assert less["x"] - apart["x"] >= 16 and less["y"] - apart["y"] >= 16, "around −1 nothing counts"
        if size[0] >= 768:
            assert whole["width"] >= 240 and whole["height"] >= 170
    assert_clean(page)
    page.locator(TILE.format("teen", ".ta-tile__plus")).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("[data-said]")).to_have_text("18–39歳 1")
    total(page, 2)
    page.get_by_label("ことば").select_option("zh")
    expect(page.locator(TILE.format("teen", ".ta-tile__label"))).to_have_text("初中生・高中生")
    assert_fits(page)


@pytest.fixture
def power(app: Flask, db_session: Session) -> Iterator[Power]:
    """A server that can be switched off and on."""
    opening = cast.opening(cast.station(cast.committee()), starts_at=cast.STARTED)
    volunteer = cast.person(Role.VOLUNTEER, of=opening.station)
    db_session.commit()
    switch = Power(app)
    switch.on()
    switch.door = Door(app, Site(f"http://127.0.0.1:{switch.port}", [], {}, 0), opening, volunteer)
    yield switch
    switch.off()


def test_without_a_server_and_through_a_restart_nothing_is_lost_or_counted_twice(
    browser: Browser, power: Power, tmp_path: Path
) -> None:
    door = power.door

    def start() -> tuple[BrowserContext, Page]:
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS, locale="ja-JP"
        )
        return context, context.pages[0]

    context, page = start()
    enrol(door, context)
    page.goto(door.site.url + "/tablet/")
    page.locator(f'[data-opening="{door.opening.id}"]').wait_for()
    ready(page)
    power.off()
    page.goto(door.site.url + "/tablet/")
    count_here(page, door)
    plus(page, "teen", 5)
    chip(page, "未送信 6件")
    page.reload()
    total(page, 5)
    plus(page, "teen", 2)
    page.get_by_role("button", name="1つ取り消す").click()
    total(page, 6)
    context.close()
    context, page = start()
    page.goto(door.site.url + "/tablet/")
    total(page, 6)
    plus(page, "elementary")
    total(page, 7)
    power.on()
    send_now(page)
    chip(page, "送信済み")
    total(page, 7)
    assert door.counted().by_band == {"teen": 6, "elementary": 1}
    page.reload()
    total(page, 7)
    context.close()


def test_two_tablets_see_each_other(door: Door, visitor: VisitorMaker) -> None:
    one, other = counting(door, visitor, "受付1").page, counting(door, visitor, "受付2").page
    one.context.set_offline(True)
    plus(one, "teen", 2)
    plus(other, "teen", 3)
    chip(other, "送信済み")
    total(one, 2)
    one.context.set_offline(False)
    send_now(one)
    total(one, 5)
    send_now(other)
    total(other, 5)
    one.get_by_role("button", name="1つ取り消す").click()
    total(one, 4)
    for _ in range(100):  # the chip said 「送信済み」 before the undo, too
        if door.visits() == 4:
            break
        one.wait_for_timeout(100)
    send_now(other)
    total(other, 4)


def test_whatever_the_server_answers_everything_stays_and_arrives_once(
    door: Door, visitor: VisitorMaker
) -> None:
    page = counting(door, visitor).page
    chip(page, "送信済み")

    def lost(route: Route) -> None:
        route.fetch()  # the server has it …
        route.abort()  # … and the tablet never hears so

    answers: list[Any] = [
        lost,
        lambda route: route.fulfill(status=500, body="<h1>oops</h1>"),
        lambda route: route.fulfill(status=200, body='{"verdicts": [{"row": 0,'),
        lambda route: route.fulfill(status=200, body="<html>Wi-Fi</html>"),
        lambda route: route.fulfill(status=413, body=""),
        lambda route: route.abort(),
    ]
    for made, answer in enumerate(answers, 1):
        page.route(EVENTS, answer)
        with page.expect_event("requestfailed" if answer in (lost, answers[-1]) else "requestfinished"):
            plus(page, "teen")
        total(page, made)
        chip(page, "未送信 1件")
        page.unroute(EVENTS)
        send_now(page)
        chip(page, "送信済み")
        total(page, made)
        assert door.visits() == made
    page.route(EVENTS, lambda route: route.fulfill(status=429, headers={"Retry-After": "2"}, body="{}"))
    plus(page, "teen")
    chip(page, "未送信 1件")
    page.unroute(EVENTS)
    send_now(page)
    chip(page, "未送信 1件")
    page.wait_for_timeout(2_100)
    send_now(page)
    chip(page, "送信済み")
    assert door.visits() == len(answers) + 1


def test_a_touch_that_cannot_be_stored_is_not_acknowledged(door: Door, visitor: VisitorMaker) -> None:
    page = counting(door, visitor).page
    page.evaluate("""() => {
        window.kept = IDBObjectStore.prototype.add;
        IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
    }""")
    plus(page, "teen")
    expect(page.get_by_role("alert")).to_contain_text("紙に書いてください")
    total(page, 0)
    assert_clean(page)
    page.evaluate("() => { IDBObjectStore.prototype.add = window.kept; }")
    plus(page, "teen")
    total(page, 1)
    expect(page.locator("[data-warning]")).to_be_hidden()
    chip(page, "送信済み")
    assert door.visits() == 1


def test_a_browser_that_keeps_nothing_says_so_before_counting(door: Door, visitor: VisitorMaker) -> None:
    for broken in (
        "Object.defineProperty(window, 'indexedDB', { value: undefined });",
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    ):
        tablet = visitor(door.site, 375, 667)
        enrol(door, tablet.context)
        tablet.context.add_init_script(broken)
        page = tablet.open("/tablet/")
        expect(page.get_by_role("heading")).to_have_text("この画面では数えられません")
        assert_clean(page)


def test_a_revoked_tablet_keeps_its_queue_and_sends_it_once_it_is_enrolled_again(
    door: Door, visitor: VisitorMaker
) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    device = enrol(door, tablet.context)
    page = tablet.open("/tablet/")
    count_here(page, door)
    chip(page, "送信済み")
    tablet.context.set_offline(True)
    plus(page, "teen", 2)
    chip(page, "未送信 2件")
    leader = cast.person(Role.STATION_LEADER, of=door.opening.station)
    managing.revoke(device=device, reason="見本", by=leader)
    db.session.commit()
    tablet.context.set_offline(False)  # the page notices, and sends
    expect(page.get_by_role("heading")).to_have_text("この端末の登録は取り消されました")
    expect(page.locator(".ta-note")).to_contain_text("2件")
    assert_clean(page)
    page.reload()
    page.get_by_role("button", name="ファイルに書き出す").click()
    with page.expect_download() as saved:
        enter_pin(page)
    file = json.loads(Path(saved.value.path()).read_text())
    assert [one["tile"] for one in file["unsent"]] == ["teen", "teen"]
    enrol(door, tablet.context, "受付2")
    page.get_by_role("button", name="もう一度たしかめる").click()
    chip(page, "送信済み")
    total(page, 2)
    assert door.visits() == 2


def test_what_is_refused_waits_with_its_reason(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 768, 1024)
    enrol(door, tablet.context)
    page = tablet.open("/tablet/")
    page.locator(f'[data-opening="{door.opening.id}"]').wait_for()
    decided(clock.fiscal_year(clock.today()))  # the year's bands change: the tablet does not know yet
    db.session.commit()
    count_here(page, door)
    plus(page, "teen")
    plus(page, "staff")
    chip(page, "送れないデータがあります")
    page.locator("[data-chip]").click()
    page.get_by_role("button", name="送れないデータを見る").click()
    expect(page.locator(".ta-problems li")).to_contain_text("この年度にはない年代")
    assert_clean(page)
    assert door.counted().staff == 1


def test_the_end_of_the_day(door: Door, visitor: VisitorMaker) -> None:
    page = counting(door, visitor).page
    plus(page, "teen", 3)
    page.get_by_role("button", name="終了").click()
    page.locator("#pin").fill("9999")
    page.get_by_role("button", name="決定").click()
    expect(page.get_by_text("暗証番号が違います")).to_be_visible()
    assert_clean(page)
    enter_pin(page)
    page.get_by_role("button", name="中高生の人数を直す").click()
    page.locator("#number").fill("４")
    page.get_by_role("button", name="直す", exact=True).last.click()
    expect(page.get_by_text("理由を入力してください")).to_be_visible()
    page.locator("#reason").fill("押し忘れ")
    page.get_by_role("button", name="直す", exact=True).last.click()
    expect(page.locator("[data-sum]")).to_have_text("4")
    assert_clean(page)
    page.locator("[data-close]").click()
    page.get_by_role("button", name="確定する").click()
    expect(page.get_by_text("確定しました。")).to_be_visible()
    expect(page.get_by_text("すべて送りました")).to_be_visible()
    assert door.visits() == 4
    record = counts.record_of(door.opening)
    assert record is not None and record.closed_at is not None
    db.session.rollback()


def test_old_touches_are_taken_over(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    page = tablet.open("/")
    page.evaluate(
        """async (opening) => {
            const { openStore } = await import("/static/js/tally-store.js");
            const store = await openStore();
            const touch = { at: "2026-11-30T01:00:00.000Z", opening, delta: 1 };
            await store.add({ ...touch, id: crypto.randomUUID(), key: "teen" });
            const taken = crypto.randomUUID();
            await store.add({ ...touch, id: taken, key: "staff" });
            await store.add({ ...touch, id: crypto.randomUUID(), undo: true, undoes: taken, key: "staff", delta: -1 });
            await store.add({ ...touch, id: crypto.randomUUID(), key: "teen", opening: "999999" });
        }""",
        str(door.opening.id),
    )
    enrol(door, tablet.context)
    tablet.open("/tablet/")
    chip(page, "送信済み")
    count_here(page, door)
    total(page, 1)
    assert (door.counted().by_band, door.counted().staff) == ({"teen": 1}, 0)
    left = page.evaluate(
        """async () => {
            const { openStore } = await import("/static/js/tally-store.js");
            return (await (await openStore()).all()).map(({ opening }) => opening);
        }"""
    )
    assert left == ["999999"], "another station's stay where they are"


def test_a_new_version_is_taken_between_openings(
    door: Door, visitor: VisitorMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = counting(door, visitor).page
    ready(page)
    old = page.locator("[data-tablet]").get_attribute("data-version")
    monkeypatch.setattr(shell, "version", lambda: "abcdef012345")
    page.evaluate("navigator.serviceWorker.getRegistration('/tablet/').then((one) => one.update())")
    page.wait_for_function(f"({NEWEST})().then((version) => version === 'abcdef012345')")
    plus(page, "teen")
    page.reload()
    total(page, 1)
    expect(page.locator("[data-tablet]")).to_have_attribute("data-version", str(old))
    page.get_by_role("button", name="ほかの回を選ぶ").click()
    expect(page.get_by_text("新しい版があります")).to_be_visible()
    assert_clean(page)
    page.get_by_role("button", name="新しくする").click()
    expect(page.locator("[data-tablet]")).to_have_attribute("data-version", "abcdef012345")
    page.locator(f'[data-opening="{door.opening.id}"]').wait_for()


def test_a_clock_that_is_two_days_wrong_is_said_and_counts_all_the_same(
    door: Door, visitor: VisitorMaker
) -> None:
    tablet = visitor(door.site, 1280, 800)
    tablet.expected += OFFLINE
    enrol(door, tablet.context)
    tablet.context.add_init_script(
        "const real = Date.now; Date = class extends Date { constructor(...all) { all.length ? super(...all) : super(real() + 172_800_000); } static now() { return real() + 172_800_000; } };"
    )
    page = tablet.open("/tablet/")
    count_here(page, door)
    plus(page, "teen")
    chip(page, "送信済み")
    page.locator("[data-chip]").click()
    expect(page.get_by_role("dialog")).to_contain_text("時計が合っていません")
    assert door.visits() == 1
