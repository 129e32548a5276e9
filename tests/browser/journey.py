"""The people of the journey: who they are, how they sign in, and what they do on a page."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Locator, Page, expect

from tests.support.demo_site import Site
from tests.support.visitor import Visitor, assert_clean, assert_fits

Fields = dict[str, str | list[str] | Path]
Words = str | re.Pattern[str]


class Examined:
    """What axe has found clean: a file for each width of a window, in a folder that the workers of a run share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def look(self, page: Page) -> bool:
        """Let axe look, unless the page is made of what was looked at before at a window as wide; whether it looked."""
        file = self._folder / str(page.viewport_size["width"] if page.viewport_size else 0)
        known = set(file.read_text().split()) if file.exists() else set()
        new = assert_clean(page, known)
        with file.open("a") as marks:
            marks.write("".join(f"{mark}\n" for mark in new))
        return bool(new)


class Album:
    """The pages a test came to. A page made of nothing new is not examined once more; ``folder``: for pictures."""

    def __init__(self, folder: Path | None, examined: Examined) -> None:
        self._folder = folder
        self._examined = examined
        self._pictures = 0

    def add(self, page: Page, name: str) -> None:
        """Nothing scrolls sideways; axe finds nothing; a picture is kept if somebody wants one."""
        assert_fits(page)
        if not self._examined.look(page) or self._folder is None:
            return
        path = re.sub(r"\W+", "-", urlsplit(page.url).path.strip("/"))
        self._pictures += 1
        page.screenshot(path=self._folder / f"{self._pictures:03}-{name}-{path}.png", full_page=True)


class Someone:
    """A person at a window of the site, who looks at every page they come to."""

    def __init__(self, visit: Visitor, name: str, album: Album) -> None:
        self.page = visit.page
        self._visit, self._name, self._album = visit, name, album

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def go(self, path: str) -> None:
        self._visit.open(path)
        self.look()

    def follow(self, words: Words) -> None:
        """Click the first link of the page's own part that has these words."""
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=words).first.click()
        self.look()

    def press(self, words: Words) -> None:
        """Press the first button with these words; the page it leads to, or the same one with errors, comes."""
        # Not a navigation: a form that is sent writes its mark into the history entry, which counts as one.
        with self.page.expect_event("load"):
            self.main.get_by_role("button", name=words).first.click()
        self.look()

    def download(self, words: str) -> bytes:
        """What a link brings that the browser does not show but keep."""
        address = self.main.get_by_role("link", name=words).first.get_attribute("href")
        answer = self._visit.context.request.get(self._visit.base_url + str(address))
        assert answer.ok
        return answer.body()

    def look(self) -> None:
        self._album.add(self.page, self._name)

    def sees(self, *words: str) -> None:
        """Each of these stands in the page's own part."""
        for each in words:
            expect(self.main).to_contain_text(each)

    def sees_heading(self, words: str) -> None:
        expect(self.page.locator("h1")).to_have_text(words)

    def sees_money(self, *amounts: str) -> None:
        """決定額・支払済・支出済・残額, as the strip shows them."""
        expect(self.main.locator("[data-strip] dd")).to_have_text(list(amounts))

    def fill(self, fields: Fields) -> None:
        """Fill in controls by their names: words, a choice's value, several boxes' labels, a file."""
        for name, value in fields.items():
            control = self.main.locator(f'[name="{name}"]')
            if isinstance(value, Path):
                control.set_input_files(value)
            elif isinstance(value, list):
                for words in value:
                    self.main.get_by_label(words).check()
            elif control.first.get_attribute("type") in {"radio", "checkbox"}:
                self.main.locator(f'[name="{name}"][value="{value}"]').check()
            elif control.evaluate("control => control.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)

    def number_in_address(self) -> int:
        """The id of the plan, grant, meeting … whose page this is."""
        return next(int(part) for part in urlsplit(self.page.url).path.split("/") if part.isdigit())


def of(words: str, what: str) -> re.Pattern[str]:
    """The name of a button or link of a list, which says for ears alone what it belongs to."""
    return re.compile(f"{re.escape(words)}.*{re.escape(what)}")


def on(name: str, day: dt.date) -> Fields:
    """The three boxes of a date."""
    return {f"{name}-year": str(day.year), f"{name}-month": str(day.month), f"{name}-day": str(day.day)}


def sign_in(someone: Someone, site: Site, login: str) -> Someone:
    """Name and password, and for officials the code of their authenticator app."""
    account = next(one for one in site.accounts if one["login"] == login)
    someone.go("/sign-in")
    someone.fill({"login": login, "password": str(account["password"])})
    someone.press("サインイン")
    if account["totp"]:
        someone.sees_heading("確認コードの入力")
        someone.fill({"code": pyotp.TOTP(account["totp"]).now()})
        someone.press("確認して入る")
    someone.sees_heading("ホーム")
    return someone


def sign_in_by_button(someone: Someone, role: str) -> Someone:
    """The demonstration's one click."""
    someone.go("/sign-in")
    someone.press(role)
    someone.sees_heading("ホーム")
    return someone


DRAFTER, CHAIR = "koganehara-drafter", "koganehara-chair"
TREASURER, AUDITOR = "koganehara-treasurer", "koganehara-auditor"
LEADER, VOLUNTEER, CASE_WORKER = "bench-leader", "bench-volunteer", "houkatsu-koganehara"
OFFICER, OTHER_OFFICER, CASHIER = "officer1", "officer2", "cashier1"
# These two come in by the demonstration's button with their role's name.
APPROVER, SECRETARIAT = "課長", "事務局（社協）"

COMMITTEE = "小金原地区実行委員会"
STATION = "小金原おしゃべりベンチ"
VENUE = "小金原仮想会館"


class Company:
    """Everybody who takes part; each has a window of their own and signs in when first needed."""

    def __init__(self, arrive: Callable[[str], Someone]) -> None:
        self._arrive = arrive
        self.here: dict[str, Someone] = {}

    def __getitem__(self, name: str) -> Someone:
        if name not in self.here:
            self.here[name] = self._arrive(name)
        return self.here[name]


def company(site: Site, visitor: Callable[..., Visitor], album: Album, size: tuple[int, int]) -> Company:
    """The people of ``site``, at windows of ``size`` CSS pixels; one album for all of them."""

    def arrive(name: str) -> Someone:
        someone = Someone(visitor(site, *size), f"{size[0]}-{name}", album)
        if name in {APPROVER, SECRETARIAT}:
            return sign_in_by_button(someone, name)
        return sign_in(someone, site, f"demo-{name}")

    return Company(arrive)
