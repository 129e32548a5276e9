"""Rules of agencies, without an application."""

from datetime import date

import pytest

from stations.core.messages import RuleBroken
from stations.referrals.agencies import check_desk_stays_open

DAY = date(2026, 11, 24)


def test_the_desk_is_not_closed() -> None:
    check_desk_stays_open(is_desk=False, closed_on=DAY)
    check_desk_stays_open(is_desk=True, closed_on=None)
    with pytest.raises(RuleBroken) as broken:
        check_desk_stays_open(is_desk=True, closed_on=DAY)
    assert broken.value.field == "closed_on"
