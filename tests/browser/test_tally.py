"""Counting on a tablet whose Wi-Fi comes and goes: shown at once, sent once, nothing lost."""

import json
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Dialog, Page, Route, expect

from stations.attendance.models import AttendanceEvent
from stations.attendance.queries import bands, tablets
from stations.attendance.services import day
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from tests.attendance.ages import decided
from tests.browser.conftest import VisitorMaker
from tests.browser.door import TILE, Door, plus
from tests.support import cast
from tests.support.visitor import assert_clean, assert_fits

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

OFFLINE = ["Failed to load resource"]


def kept(page: Page) -> list[dict[str, Any]]:
    """What the device still holds."""
    rows: list[dict[str, Any]] = page.evaluate(
        """async () => {
            const { openStore } = await import("/static/js/tally-store.js");
            return (await openStore()).all();
        }"""
    )
    return rows


def chip(page: Page, text: str) -> None:
    expect(page.locator("[data-sync]")).to_contain_text(text)


def sent(page: Page, total: int) -> None:
    """The touch is acknowledged, and then sent."""
    expect(page.locator("[data-tally-total]")).to_have_text(str(total))
    chip(page, "送信済み")


def test_touches_without_wifi_are_kept_and_sent_once(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    plus(page, "elementary")
    sent(page, 1)
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
    assert kept(page) == []


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


def test_what_comes_after_the_closing_waits_and_is_shown_everywhere(
    door: Door, visitor: VisitorMaker
) -> None:
    late = visitor(door.site, 1024, 768)
    late.expected += OFFLINE
    page = door.opened(late)
    late.context.set_offline(True)
    plus(page, "age_65_plus")
    chip(page, "未送信 1件")
    day.close(opening=door.opening, by=door.volunteer)
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
    day.reopen(opening=door.opening, reason="数え忘れ", by=door.volunteer)
    db.session.commit()
    again(page)
    expect(page.locator("[data-tally-unsent]")).to_contain_text("すべて送りました")
    assert door.visits() == 1


def test_a_closed_record_takes_no_touch_and_opens_again_by_itself(door: Door, visitor: VisitorMaker) -> None:
    page = door.opened(visitor(door.site, 1024, 768))
    chip(page, "送信済み")
    day.close(opening=door.opening, by=door.volunteer)
    db.session.commit()
    ask(page)
    chip(page, "確定しています")
    plus(page, "teen")
    expect(page.locator("[data-tally-total]")).to_have_text("0")
    assert kept(page) == []
    day.reopen(opening=door.opening, reason="数え忘れ", by=door.volunteer)
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
    sent(other, 1)
    ask(one)
    expect(one.locator("[data-tally-total]")).to_have_text("1")


def test_nobody_is_thrown_off_the_page_without_wifi(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    tile = page.locator(TILE.format("preschool"))
    place = "(tile) => tile.getBoundingClientRect().top + scrollY"
    before = tile.evaluate(place)
    tablet.context.set_offline(True)
    plus(page, "preschool")
    page.get_by_role("link", name="終了").click()
    dialog = page.get_by_role("dialog", name="いまは、ほかの画面へ移れません")
    expect(dialog.get_by_role("button")).to_be_focused()
    dialog.get_by_role("button").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-sync-note]")).to_contain_text("いま、つながりません。数えつづけられます。")
    assert tile.evaluate(place) == before, "the tiles stay under the finger"
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


def test_a_touch_is_its_authors_though_another_volunteer_sends_it(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    chip(page, "送信済み")
    tablet.context.set_offline(True)
    plus(page, "teen")
    chip(page, "未送信 1件")
    second = cast.person(Role.VOLUNTEER, of=door.opening.station)
    db.session.commit()
    tablet.context.clear_cookies()
    Door(door.app, door.site, door.opening, second).sign_in(tablet)
    tablet.context.set_offline(False)
    page.goto(door.site.url + door.path)
    chip(page, "送信済み")
    plus(page, "teen")
    sent(page, 2)
    db.session.rollback()
    stored = db.session.execute(
        sa.select(AttendanceEvent.by_id, AttendanceEvent.sent_by_id, AttendanceEvent.author_unsure).order_by(
            AttendanceEvent.id
        )
    ).all()
    db.session.rollback()
    assert [tuple(row) for row in stored] == [
        (door.volunteer.id, second.id, False),
        (second.id, None, False),
    ]


def old_touch(tap_id: str, at: str) -> str:
    return json.dumps({"id": tap_id, "at": at, "key": "teen", "delta": 1, "order": "1-000000"})


def test_touches_that_an_earlier_version_kept_are_taken_over(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    chip(page, "送信済み")
    page.route("**/events", lambda route: route.abort())
    for n in range(3):
        page.evaluate(
            "([key, text]) => localStorage.setItem(key, text)",
            [
                f"mt-tally:{door.opening.id}:1-{n:06}:x{n}",
                old_touch(str(uuid.uuid4()), clock.now().isoformat()),
            ],
        )
    page.evaluate("localStorage.setItem('mt-tally:7:1:broken', '{')")
    page.reload()
    chip(page, "未送信 3件")
    assert len(kept(page)) == 3
    left = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('mt-tally'))")
    assert left == ["mt-tally:7:1:broken"], "what cannot be read stays"
    page.unroute("**/events")
    again(page)
    chip(page, "送信済み")
    assert door.visits() == 3


FULL = """
    const add = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = function () { throw new DOMException("full", "QuotaExceededError"); };
"""
PRIVATE = "Object.defineProperty(window, 'indexedDB', { value: undefined });"


@pytest.mark.parametrize("broken", [FULL, PRIVATE], ids=["full", "private"])
def test_a_device_that_cannot_store_sends_directly(door: Door, visitor: VisitorMaker, broken: str) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    tablet.context.add_init_script(broken)
    page = door.opened(tablet)
    note = page.locator("[data-sync-note]")
    if broken == PRIVATE:
        expect(note).to_contain_text("この画面では、入力を端末に残せません")
    for _ in range(3):
        plus(page, "teen")
    expect(page.locator("[data-tally-total]")).to_have_text("3")
    assert door.visits() == 3
    tablet.context.set_offline(True)
    plus(page, "teen")
    expect(note).to_contain_text("送れるまで数に入りません")
    expect(page.locator("[data-tally-total]")).to_have_text("3")
    plus(page, "teen")
    expect(note).to_contain_text("紙に書きとめてください")
    tablet.context.set_offline(False)
    again(page)
    expect(page.locator("[data-tally-total]")).to_have_text("4")
    assert door.visits() == 4
    assert_clean(page)


def test_dropping_a_refused_touch_is_asked_first(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1024, 768)
    page = door.opened(tablet)
    chip(page, "送信済み")

    def refuse(route: Route) -> None:
        rows = (route.request.post_data_json or {}).get("events", [])
        answers = [{"id": one["id"], "verdict": "refused", "problem": "見本の理由"} for one in rows]
        route.fulfill(json={"answers": answers, "counts": {}, "last": [], "open": True})

    page.route("**/events", refuse)
    plus(page, "teen")
    drop = page.locator("[data-drop]")
    drop.click()
    assert_clean(page)
    page.get_by_role("button", name="消さない").click()
    assert len(kept(page)) == 1
    drop.click()
    page.keyboard.press("Escape")
    assert len(kept(page)) == 1
    drop.click()
    page.get_by_role("dialog").get_by_role("button", name="数えずに消す").click()
    expect(drop).to_have_count(0)
    assert kept(page) == []


def test_signing_out_speaks_of_unsent_touches(door: Door, visitor: VisitorMaker) -> None:
    tablet = visitor(door.site, 1280, 800)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    page.route("**/events", lambda route: route.abort())
    plus(page, "teen")
    chip(page, "未送信 1件")
    page.goto(door.site.url + "/account")
    sign_out = page.locator(".mt-header__user").get_by_role("button", name="サインアウト")
    sign_out.click()
    expect(page.get_by_role("dialog")).to_contain_text("1件残っています")
    assert_clean(page)
    page.get_by_role("button", name="サインアウトしない").click()
    sign_out.click()
    page.get_by_role("button", name="このままサインアウトする").click()
    expect(page.locator("h1")).to_contain_text("サインイン")
    assert len(kept(page)) == 1
    page.unroute("**/events")
    door.sign_in(tablet)
    with page.expect_response("**/events"):
        page.goto(door.site.url + "/attendance")
    expect(page.locator("[data-tally-left]")).to_be_hidden()
    assert (kept(page), door.visits()) == ([], 1)


def test_the_closer_hears_of_another_tablet(door: Door, visitor: VisitorMaker) -> None:
    tablet, pc = visitor(door.site, 1024, 768), visitor(door.site, 1280, 800)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    tablet.context.set_offline(True)
    plus(page, "teen")
    plus(page, "teen")
    chip(page, "未送信 2件")
    day.close(opening=door.opening, by=door.volunteer)
    db.session.commit()
    with page.expect_response("**/events"):
        tablet.context.set_offline(False)
        again(page)
    chip(page, "未送信 2件")
    door.sign_in(pc)
    home = pc.open("/home")
    expect(home.get_by_role("main")).to_contain_text("まだ数えられていない2件")
    day.reopen(opening=door.opening, reason="届いたため", by=door.volunteer)
    db.session.commit()
    again(page)
    chip(page, "送信済み")
    assert door.visits() == 2
    page.get_by_role("link", name="終了").click()
    expect(page.locator("h1")).to_have_text("この回の記録")
    db.session.rollback()
    assert [one.gone for one in tablets.devices_of(door.opening)] == [True]
    db.session.rollback()


@pytest.mark.parametrize("size", [(1024, 768), (1280, 800), (768, 1024), (375, 812)])
def test_the_tiles_fit_the_tablet(door: Door, visitor: VisitorMaker, size: tuple[int, int]) -> None:
    tablet = visitor(door.site, *size)
    page = door.opened(tablet)
    assert_fits(page)
    assert_clean(page)
    tiles = page.locator("[data-tally]")
    assert tiles.count() == 12
    if size[0] > 768:
        box = page.locator(TILE.format("unknown")).bounding_box()
        assert box is not None and box["y"] + box["height"] <= size[1], "all who came, without scrolling"


def test_a_year_with_bands_of_its_own_is_counted_by_them_with_keys_alone(
    door: Door, visitor: VisitorMaker
) -> None:
    decided(clock.fiscal_year(clock.today()))
    db.session.commit()
    page = door.opened(visitor(door.site, 1024, 768))
    codes = [band.code for band in bands.bands_of(clock.fiscal_year(clock.today()))]
    db.session.rollback()
    tiles = page.locator("[data-tally]")
    labels = page.locator(".mt-tile__label")
    expect(labels).to_have_text(
        [
            "65歳以上",
            "子ども",
            "18–64歳",
            "年代不明",
            "初めての方",
            "スタッフ",
            "ボランティア",
            "相談",
            "つなぎ",
        ]
    )
    for code in codes:
        box = page.locator(TILE.format(code)).bounding_box()
        assert box is not None and box["y"] + box["height"] <= 768, f"{code} is on the first screen"
    page.locator(TILE.format(codes[0]) + " .mt-tile__plus").focus()
    for code in codes[:3]:
        held = page.evaluate("document.activeElement.value")
        assert held == f"plus:{code}", "the keys go through the bands in their order"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")  # to its −1
        size = page.evaluate(
            "(({width, height}) => [width, height])(document.activeElement.getBoundingClientRect())"
        )
        assert min(size) >= 44
        page.keyboard.press("Tab")
    plus(page, "unknown")
    plus(page, "staff")
    sent(page, 4)
    assert door.counted().by_band == dict.fromkeys(codes, 1)
    expect(page.locator("[data-last-entries] li").nth(2)).to_contain_text("18–64歳")
    expect(tiles).to_have_count(9)
    for width, height in ((320, 640), (768, 1024), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert_fits(page)
        assert_clean(page)


def test_a_touch_for_a_band_that_went_away_waits_with_its_reason(door: Door, visitor: VisitorMaker) -> None:
    """The page was opened before the year's bands were decided: what the tablet holds is told of, and not lost."""
    tablet = visitor(door.site, 1024, 768)
    tablet.expected += OFFLINE
    page = door.opened(tablet)
    tablet.context.set_offline(True)
    plus(page, "teen")
    plus(page, "age_65_plus")
    chip(page, "未送信 2件")
    decided(clock.fiscal_year(clock.today()))
    db.session.commit()
    tablet.context.set_offline(False)
    again(page)
    chip(page, "送れないデータがあります")
    row = page.locator("[data-sync-refused] li")
    expect(row).to_contain_text("中高生 +1 — この年度にはない年代です。")
    expect(page.locator("[data-tally-total]")).to_have_text("1")
    assert door.counted().by_band == {"age_65_plus": 1}
    page.reload()
    expect(row).to_contain_text("この年度にない年代 +1 — この年度にはない年代です。")
    expect(page.locator("[data-tally-total]")).to_have_text("1")
    assert_clean(page)
    assert len(kept(page)) == 1, "somebody decides what becomes of it"
    row.get_by_role("button", name="数えずに消す").click()
    page.locator("[data-drop-dialog]").get_by_role("button", name="数えずに消す").click()
    chip(page, "送信済み")
    assert kept(page) == []
