"""The whole year of one station as ten people do it, each at a browser of their own."""

from pathlib import Path

import pytest

from tests.browser import money_steps as money
from tests.browser import plan_steps as plans
from tests.browser import station_steps as at_the_station
from tests.browser.conftest import VisitorMaker
from tests.browser.journey import (
    CHAIR,
    DRAFTER,
    LEADER,
    SECRETARIAT,
    TREASURER,
    VOLUNTEER,
    Album,
    company,
)
from tests.support.demo_site import Site


@pytest.mark.timeout(600)
@pytest.mark.parametrize("window", [(1280, 900), (375, 812), (1024, 768)], ids=["desk", "phone", "tablet"])
def test_one_stations_whole_year(
    own_site: Site, visitor: VisitorMaker, album: Album, tmp_path: Path, window: tuple[int, int]
):
    """``window``: of the committee and the station's people; officials and agencies sit at a desk."""
    everybody = company(own_site, visitor, album, window)
    plan_id = plans.draft(everybody[DRAFTER])
    plans.submit(everybody[CHAIR], plan_id)
    plans.review(everybody, plan_id)
    plans.approve(everybody[SECRETARIAT], plan_id)
    grant_id = money.award(everybody, plan_id)
    money.pay_in_advance(everybody, grant_id)
    at_the_station.open_today(everybody[DRAFTER])
    at_the_station.count_visits(everybody[VOLUNTEER])
    money.enter_receipts(everybody[TREASURER], grant_id, tmp_path)
    money.record_fees(everybody[TREASURER], grant_id)
    money.report(everybody, grant_id)
    money.settle(everybody, grant_id)
    money.see_even_books(everybody[TREASURER], grant_id)
    at_the_station.refer_somebody(everybody)
    at_the_station.observe_without_consent(everybody[LEADER])
    assert len(everybody.here) >= 10
