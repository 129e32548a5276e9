"""Rules of agencies, without an application."""

from datetime import date

import pytest

from stations.core.messages import RuleBroken
from stations.referrals.agencies import AgencyAct, check_desk_stays_open, require_reason

DAY = date(2026, 11, 24)


@pytest.mark.parametrize("act", list(AgencyAct))
def test_only_who_is_the_desk_needs_a_reason(act: AgencyAct) -> None:
    require_reason(act, "組織の見直し")
    if act in {AgencyAct.APPOINT_DESK, AgencyAct.RELIEVE_DESK}:
        with pytest.raises(RuleBroken, match="理由"):
            require_reason(act, " ")
    else:
        require_reason(act, "")


def test_the_desk_is_not_closed() -> None:
    check_desk_stays_open(is_desk=False, closed_on=DAY)
    check_desk_stays_open(is_desk=True, closed_on=None)
    with pytest.raises(RuleBroken) as broken:
        check_desk_stays_open(is_desk=True, closed_on=DAY)
    assert broken.value.field == "closed_on"
