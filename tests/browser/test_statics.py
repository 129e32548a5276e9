"""What a first visit asks for is little, and a second one nothing; the bundles are what their sources are."""

import io

import pytest
from playwright.sync_api import Page, Response
from pypdf import PdfReader

from stations.core import statics
from stations.core.access import Role
from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.browser.door import Door
from tests.support import cast
from tests.support.session import session_cookie
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

FOR_GOOD = "public, max-age=31536000, immutable"
FETCHED = """performance.getEntriesByType("resource")
    .filter((one) => one.name.includes("/static/") && one.transferSize).map((one) => one.name)"""
# Each rule with the media it holds for, also of imported sheets.
RULES = """async (address) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
    const loaded = new Promise((resolve, reject) => Object.assign(link, { onload: resolve, onerror: reject }));
    document.head.append(link);
    await loaded;
    const rules = (sheet, media) => [...sheet.cssRules].flatMap((rule) => {
        if (rule.styleSheet) return rules(rule.styleSheet, [...media, ...(rule.media.length ? [rule.media.mediaText] : [])]);
        if (rule instanceof CSSMediaRule) return rules(rule, [...media, rule.conditionText]);
        return [`${media.join(" and ")} ${rule.cssText}`];
    });
    return rules(link.sheet, []);
}"""


def sign_in(door: Door, someone: Visitor, role: Role) -> None:
    station = door.opening.station
    person = cast.person(role, of=station if role is Role.VOLUNTEER else station.committee)
    db.session.commit()
    name, value = session_cookie(door.app, person)
    someone.context.add_cookies([{"name": name, "value": value, "url": door.site.url}])


@pytest.mark.parametrize(
    ("role", "path", "own"),
    [
        (None, "/", []),
        (None, "/sign-in", ["accounts.css"]),
        (None, "/nowhere", []),
        (Role.CHAIR, "/home", []),
        (Role.DRAFTER, "/plans/new", []),
        (Role.VOLUNTEER, "the tablet's page", ["tally.js"]),
    ],
)
def test_a_first_visit_asks_for_a_few_files(
    door: Door, visitor: VisitorMaker, role: Role | None, path: str, own: list[str]
) -> None:
    someone = visitor(door.site)
    someone.expected.append("404")
    if role:
        sign_in(door, someone, role)
    answers: list[Response] = []
    someone.page.on("response", lambda answer: answers.append(answer))
    page = someone.open(path if path.startswith("/") else door.path)
    page.wait_for_load_state("networkidle")
    files = [answer for answer in answers if "/static/" in answer.url]
    assert sorted(plain(answer.url) for answer in files) == sorted(["site.css", "main.js", *own])
    for answer in files:
        assert (answer.status, answer.headers["cache-control"]) == (200, FOR_GOOD)
        assert answer.headers["content-encoding"] == "gzip"
    others = {answer.url for answer in answers if answer not in files}
    assert len(others) <= 2, "the page itself, and what the tablet asks the server"


def plain(url: str) -> str:
    """A built file's name without what tells its content."""
    stem, _digest, kind = url.rsplit("/", 1)[-1].split(".")
    return f"{stem}.{kind}"


def test_later_pages_ask_for_none_of_them_again(door: Door, visitor: VisitorMaker) -> None:
    someone = visitor(door.site)
    assert fetched(someone, "/") == ["main.js", "site.css"]
    sign_in(door, someone, Role.VOLUNTEER)
    assert fetched(someone, "/home") == ["tally-left.js"]
    assert fetched(someone, door.path) == ["tally.js"]
    assert fetched(someone, "/home") == []


def fetched(someone: Visitor, path: str) -> list[str]:
    """What came over the network for a page, beside the page."""
    return sorted(plain(url) for url in someone.open(path).evaluate(FETCHED))


def rules_of(page: Page, path: str) -> list[str]:
    rules: list[str] = page.evaluate(RULES, f"/static/{path}")
    return rules


def test_the_browser_reads_the_same_rules_in_sources_and_bundle(door: Door, visitor: VisitorMaker) -> None:
    page = visitor(door.site).open("/")
    built = statics.build()
    for sheet in ("css/site.css", "css/accounts.css", "css/receipts.css"):
        rules = rules_of(page, built[sheet])
        assert rules and rules == rules_of(page, sheet)
        assert any(rule.startswith("print @page") for rule in rules) == (sheet == "css/site.css")


def test_paper_is_a4(door: Door, visitor: VisitorMaker) -> None:
    page = visitor(door.site).open("/")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages[0].mediabox
    assert (round(float(paper.width)), round(float(paper.height))) == pytest.approx((595, 842), abs=1)


def test_a_page_of_an_earlier_version_is_left_though_its_script_is_gone(
    door: Door, visitor: VisitorMaker
) -> None:
    tablet = visitor(door.site, 1024, 768)
    tablet.expected.append("404")
    page = door.opened(tablet)
    page.route("**/tally.*.js", lambda route: route.fulfill(status=404))
    page.get_by_role("link", name="終了").click()
    page.locator("h1", has_text="この回の記録").wait_for()
