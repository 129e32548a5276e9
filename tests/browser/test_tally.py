"""Counting on a tablet whose Wi-Fi comes and goes: shown at once, sent once, nothing lost."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from stations.attendance import queries, services
from stations.attendance.rules import Totals
from stations.committees.models import Opening
from stations.core.access import Role
from stations.core.database import db
from stations.people.models import Person
from tests.browser.conftest import VisitorMaker
from tests.support import cast
from tests.support.demo_site import Site
from tests.support.session import session_cookie
from tests.support.visitor import Visitor, assert_clean, assert_fits

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

TILE = '[data-tally="{}"]'
OFFLINE = ["Failed to load resource"]


@dataclass
class Door:
    """A station's tablet on the day: the running site, the opening, and who counts."""

    app: Flask
    site: Site
    opening: Opening
    volunteer: Person

    @property
    def path(self) -> str:
        return f"/attendance/openings/{self.opening.id}/tally"

    def counted(self) -> Totals:
        """What the server has; the test's own session must not keep SQLite's lock afterwards."""
        db.session.rollback()
        totals = queries.totals(self.opening)
        db.session.rollback()
        return totals

    def visits(self) -> int:
        return self.counted().visits

    def sign_in(self, tablet: Visitor) -> None:
        name, value = session_cookie(self.app, self.volunteer)
        tablet.context.add_cookies([{"name": name, "value": value, "url": self.site.url}])

    def opened(self, tablet: Visitor) -> Page:
        self.sign_in(tablet)
        return tablet.open(self.path)


@pytest.fixture
def door(app: Flask, db_session: Session) -> Iterator[Door]:
    """The test's own application, served by threads of this process."""
    station = cast.station(cast.committee())
    opening, volunteer = cast.opening(station, starts_at=cast.BEGUN), cast.person(Role.VOLUNTEER, of=station)
    db_session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    site = Site(f"http://127.0.0.1:{server.server_port}", [], {}, 0)
    try:
        yield Door(app, site, opening, volunteer)
    finally:
        server.shutdown()
        thread.join()


def plus(page: Page, key: str) -> None:
    page.locator(TILE.format(key) + " .mt-tile__plus").click(
        force=True
    )  # people press what is said to be off, too


def chip(page: Page, text: str) -> None:
    expect(page.locator("[data-sync]")).to_contain_text(text)


def test_touches_without_wifi_are_kept_and_sent_once(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    plus(page, "elementary")
    chip(page, "送信済み")
    tablet.context.set_offline(True)
    for _ in range(3):
        plus(page, "elementary")
    page.get_by_role("button", name="1つ取り消す").click()
    plus(page, "staff")
    expect(page.locator("[data-tally-total]")).to_have_text("3")
    chip(page, "未送信 5件")
    assert door.visits() == 1
    tablet.context.set_offline(False)
    page.reload()
    chip(page, "送信済み")
    expect(page.locator("[data-tally-total]")).to_have_text("3")
    assert (door.counted().visits, door.counted().staff) == (3, 1)
    assert page.evaluate("localStorage.length") == 0


def test_an_answer_that_got_lost_is_not_counted_twice(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1280, 800)
    tablet.expected += OFFLINE
    page = door.opened(tablet)

    def lose(route, request):
        route.fetch()  # the server counts it …
        route.abort()  # … and the tablet never hears so

    page.route("**/events", lose, times=1)
    with page.expect_event("requestfailed"):
        plus(page, "teen")
    chip(page, "未送信 1件")
    assert door.visits() == 1
    page.get_by_role("button", name="今すぐ送信").click()
    chip(page, "送信済み")
    expect(page.locator("[data-tally-total]")).to_have_text("1")
    assert door.visits() == 1


def test_a_sign_out_in_between_keeps_the_touches(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    tablet.context.clear_cookies()
    plus(page, "teen")
    expect(page.locator("[data-sync-note]")).to_contain_text("サインアウトしています")
    chip(page, "未送信 1件")
    door.sign_in(tablet)
    page.goto(door.site.url + door.path)
    chip(page, "送信済み")
    assert door.visits() == 1


def again(page: Page) -> None:
    """As if the network had come back: what waits is sent, without waiting half a minute for it."""
    page.evaluate("window.dispatchEvent(new Event('online'))")


def test_what_comes_after_the_closing_waits_and_is_told_everywhere(door: Door, visitor: VisitorMaker) -> None:
    late = visitor(door.site, 1024, 768)
    late.expected += OFFLINE
    page = door.opened(late)
    late.context.set_offline(True)
    plus(page, "age_65_plus")
    chip(page, "未送信 1件")
    services.close(opening=door.opening, by=door.volunteer)
    db.session.commit()
    late.context.set_offline(False)
    again(page)
    expect(page.locator("[data-sync-note]")).to_contain_text("確定しました")
    plus(page, "age_65_plus")
    chip(page, "未送信 1件")
    assert_clean(page)
    page.goto(door.site.url + "/attendance")
    page.get_by_role("link", name="未送信 1件").click()
    expect(page.locator("[data-tally-unsent]")).to_contain_text("確定しているため、まだ数えられていません")
    assert_clean(page)
    services.reopen(opening=door.opening, reason="数え忘れ", by=door.volunteer)
    db.session.commit()
    again(page)
    expect(page.locator("[data-tally-unsent]")).to_contain_text("すべて送りました")
    assert door.visits() == 1


def test_a_closed_record_takes_no_touch_and_opens_again_by_itself(door: Door, visitor: VisitorMaker) -> None:
    page = door.opened(visitor(door.site, 1024, 768))
    chip(page, "送信済み")
    services.close(opening=door.opening, by=door.volunteer)
    db.session.commit()
    ask(page)
    chip(page, "確定しています")
    plus(page, "teen")
    expect(page.locator("[data-tally-total]")).to_have_text("0")
    assert page.evaluate("localStorage.length") == 0
    services.reopen(opening=door.opening, reason="数え忘れ", by=door.volunteer)
    db.session.commit()
    ask(page)
    chip(page, "送信済み")
    plus(page, "teen")
    expect(page.locator("[data-tally-total]")).to_have_text("1")


def ask(page: Page) -> None:
    """As if somebody came back to the page: it asks for the counts, without waiting for its turn."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_two_tablets_read_the_same_totals(door: Door, visitor: VisitorMaker) -> None:
    one, other = door.opened(visitor(door.site, 1024, 768)), door.opened(visitor(door.site, 1280, 800))
    chip(one, "送信済み")
    plus(other, "teen")
    chip(other, "送信済み")
    ask(one)
    expect(one.locator("[data-tally-total]")).to_have_text("1")


def test_nobody_is_thrown_off_the_page_without_wifi(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    tile = page.locator(TILE.format("preschool"))
    before = tile.bounding_box()
    tablet.context.set_offline(True)
    plus(page, "preschool")
    page.get_by_role("link", name="終了").click()
    expect(page.locator("[data-sync-note]")).to_contain_text("いま、つながりません。数えつづけられます。")
    assert tile.bounding_box() == before, "the tiles stay under the finger"
    plus(page, "preschool")
    expect(page.locator("[data-tally-total]")).to_have_text("2")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("location.reload()")
    expect(page.locator("[data-tally-total]")).to_have_text("2")
    assert asked == ["beforeunload"]
    tablet.context.set_offline(False)
    page.get_by_role("link", name="終了").click()
    expect(page.locator("h1")).to_have_text("この回の記録")
    expect(page.locator("[data-tally-unsent]")).to_contain_text("すべて送りました")
    assert door.visits() == 2


def test_the_end_of_the_day_waits_for_the_queue(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    page.route("**/events", lambda route: route.abort())
    plus(page, "preschool")
    chip(page, "未送信 1件")
    page.get_by_role("link", name="終了").click()
    expect(page.locator("[data-tally-unsent]")).to_contain_text("未送信 1件")
    page.get_by_role("button", name="この内容で確定する").click()
    expect(page.locator("h1")).to_have_text("この回の記録")
    page.unroute("**/events")
    page.get_by_role("button", name="この内容で確定する").click()
    expect(page.locator("[data-tally-unsent]")).to_contain_text("すべて送りました")
    page.get_by_role("link", name="このページを開き直す").click()
    expect(page.locator("#preschool")).to_have_value("1")
    page.get_by_role("button", name="この内容で確定する").click()
    expect(page.locator("h1")).to_contain_text("の記録")
    assert door.visits() == 1


@pytest.mark.parametrize("size", [(1024, 768), (1280, 800), (768, 1024), (375, 812)])
def test_the_tiles_fit_the_tablet(door: Door, visitor: VisitorMaker, size: tuple[int, int]) -> None:
    tablet = visitor(door.site, *size)
    page = door.opened(tablet)
    assert_fits(page)
    assert_clean(page)
    tiles = page.locator("[data-tally]")
    assert tiles.count() == 12
    if size[0] > 768:
        box = tiles.nth(5).bounding_box()
        assert box is not None and box["y"] + box["height"] <= size[1], "six tiles without scrolling"
