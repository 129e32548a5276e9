"""The whole year of one station as ten people do it, each at a browser of their own."""

from pathlib import Path

import pytest

from tests.browser import city_hall as city
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
def test_one_stations_whole_year(own_site: Site, visitor: VisitorMaker, album: Album, tmp_path: Path):
    everybody = company(own_site, visitor, album, (1280, 900))
    plan_id = plans.draft(everybody[DRAFTER])
    plans.submit(everybody[CHAIR], plan_id)
    plans.review(everybody, plan_id)
    plans.approve(everybody[SECRETARIAT], plan_id)
    grant_id = money.apply(everybody[CHAIR], plan_id)
    money.award(everybody, grant_id)
    money.ask_for_advance(everybody[TREASURER], grant_id)
    money.order(everybody, grant_id)
    city.order_on_a_bank_day(own_site, grant_id)
    money.pay(everybody, grant_id)
    at_the_station.open_today(everybody[DRAFTER])
    at_the_station.count_visits(everybody[VOLUNTEER])
    money.enter_receipts(everybody[TREASURER], grant_id, tmp_path)
    money.record_fees(everybody[TREASURER], grant_id)
    money.report(everybody, grant_id)
    money.settle(everybody, grant_id)
    money.see_even_books(everybody[TREASURER], grant_id)
    at_the_station.refer_somebody(everybody, own_site)
    at_the_station.observe_without_consent(everybody[LEADER])
    assert len(everybody.here) >= 10


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", [(375, 812), (1024, 768)], ids=["phone", "tablet"])
def test_the_committee_and_the_volunteer_at_their_own_windows(
    own_site: Site, visitor: VisitorMaker, album: Album, tmp_path: Path, size: tuple[int, int]
):
    """From the first word of the plan to the report that is handed in; the city's part is done behind the scenes."""
    everybody = company(own_site, visitor, album, size)
    plan_id = plans.draft(everybody[DRAFTER])
    plans.submit(everybody[CHAIR], plan_id)
    city.approve(own_site, plan_id)
    grant_id = money.apply(everybody[CHAIR], plan_id)
    city.award(own_site, grant_id)
    money.ask_for_advance(everybody[TREASURER], grant_id)
    city.pay(own_site, grant_id)
    at_the_station.open_today(everybody[DRAFTER])
    at_the_station.count_visits(everybody[VOLUNTEER])
    money.enter_receipts(everybody[TREASURER], grant_id, tmp_path)
    money.record_fees(everybody[TREASURER], grant_id)
    money.report(everybody, grant_id)
