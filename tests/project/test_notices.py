"""No mail leads to a page that its receiver may not open."""

import re
from pathlib import Path

import pytest
from flask import Flask

from stations.core.access import Role
from stations.core.notices import link_to
from tests.referrals.cast import Town, town
from tests.support import cast

PACKAGE = Path(__file__).resolve().parents[2] / "stations"


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def test_a_link_is_only_for_who_may_open_it(app: Flask, here: Town) -> None:
    sheet, memo = here.sent(), here.memo()
    theirs = cast.person(Role.STATION_LEADER, of=cast.station(cast.committee(), "よそのステーション"))
    for endpoint, key, of, readers in (
        ("referrals.referral", "referral_id", sheet, (here.leader, here.worker)),
        ("referrals.observation", "observation_id", memo, (here.leader,)),
    ):
        for reader in readers:
            assert link_to(reader, endpoint, of, **{key: of.id}).endswith(f"/{of.id}")
        for stranger in (theirs, cast.person(), cast.person(Role.CASHIER)):
            assert link_to(stranger, endpoint, of, **{key: of.id}) == ""
    assert link_to(cast.person(Role.OFFICER), "grants.settings", year=2026).endswith(
        "/grants/settings?year=2026"
    )
    assert link_to(cast.person(), "grants.settings", year=2026) == ""


def test_every_notice_takes_its_link_from_there() -> None:
    """But for one-time links, which open to who has them."""
    builders = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if re.search(r"outbox\.queue\(", text := file.read_text())
        and re.search(r"\b(address_of|base_url)\b", text)
    }
    assert builders == {"people/services/links.py"}
