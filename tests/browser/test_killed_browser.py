"""A browser that is killed right after a touch: what it acknowledged is on the disk."""

import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.door import Door, plus
from tests.support.session import session_cookie
from tests.support.visitor import CHROMIUM, CHROMIUM_ARGUMENTS

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

# Seconds from the last acknowledged touch to the kill. localStorage lost everything up to about six.
ALL_DELAYS = (0.2, 0.4, 0.6, 0.8, 1, 1.3, 1.6, 2, 2.3, 2.6, 3, 3.3, 3.6, 4, 4.5, 5, 5.5, 6, 6.5, 7)
FEW_DELAYS = (0.2, 1.5)
TOUCHES = 6
KEPT = """import('/static/js/tally-store.js')
    .then(({ openStore }) => openStore()).then((store) => store.all()).then((rows) => rows.length)"""


@dataclass
class Tablet:
    """A browser whose profile is on the disk."""

    browser: Browser
    door: Door
    profile: Path

    def launch(self) -> BrowserContext:
        context = self.browser.browser_type.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=CHROMIUM_ARGUMENTS,
            viewport={"width": 1024, "height": 768},
            locale="ja-JP",
        )
        name, value = session_cookie(self.door.app, self.door.volunteer)
        context.add_cookies([{"name": name, "value": value, "url": self.door.site.url}])
        return context

    def count_offline(self) -> int:
        """Touch tiles without a network; the number that stands on the page then, which is what was acknowledged."""
        context = self.launch()
        page = context.pages[0]
        with page.expect_response("**/events"):
            page.goto(self.door.site.url + self.door.path)
        context.set_offline(True)
        for _ in range(TOUCHES):
            plus(page, "teen")
        total = page.locator("[data-tally-total]")
        total.filter(has_text=str(TOUCHES)).wait_for()
        return int(total.inner_text())

    def kill(self) -> None:
        """SIGKILL to every process of this profile, and to no other."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # ended meanwhile
                if f"--user-data-dir={self.profile}".encode() in (process / "cmdline").read_bytes().split(
                    b"\0"
                ):
                    os.kill(int(process.name), signal.SIGKILL)

    def stored(self) -> int:
        """What a new browser finds on the disk, before it could send anything."""
        context = self.launch()
        try:
            page = context.pages[0]
            page.route("**/events", lambda route: route.abort())
            page.goto(self.door.site.url + self.door.path)
            return int(page.evaluate(KEPT))
        finally:
            context.close()


def test_what_was_acknowledged_outlives_a_killed_browser(
    browser: Browser, door: Door, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    delays = ALL_DELAYS if pytestconfig.getoption("--all-kills") else FEW_DELAYS
    tablets = {delay: Tablet(browser, door, tmp_path / f"profile-{delay}") for delay in delays}
    acknowledged = {}
    timers = []
    for delay, tablet in tablets.items():
        acknowledged[delay] = tablet.count_offline()
        timers.append(threading.Timer(delay, tablet.kill))
        timers[-1].start()
    for timer in timers:
        timer.join()
    stored = {delay: tablet.stored() for delay, tablet in tablets.items()}
    print("acknowledged", acknowledged, "stored", stored)
    assert stored == acknowledged == dict.fromkeys(delays, TOUCHES)
