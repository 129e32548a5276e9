"""A form of a sheet or memo that moved on: the same answer whether it is filled in or not."""

import datetime as dt
from collections.abc import Callable

import pytest

from stations.core import clock
from stations.referrals.consent_rules import Recipient
from stations.referrals.rules import Outcome
from stations.referrals.services import consents, observations, referrals
from tests.referrals.cast import ALIAS, Town, consent, town
from tests.support.client import PageClient


@pytest.fixture
def here(db_session: object) -> Town:
    return town()


def draft_then_sent(here: Town) -> tuple[str, Callable[[], object]]:
    sheet = here.referral()
    return f"/referrals/{sheet.id}", lambda: referrals.send(referral=sheet, by=here.worker)


def sent_then_withdrawn(here: Town) -> tuple[str, Callable[[], object]]:
    sheet = here.arranging()
    return f"/referrals/{sheet.id}", lambda: referrals.withdraw(referral=sheet, reason="不要", by=here.worker)


SHEETS = [
    (draft_then_sent, ["/edit/station", "/edit/person", "/edit/wishes", "/check"]),
    (sent_then_withdrawn, ["/consent", "/acts/fail", "/acts/suspend", "/acts/agree_visit", "/acts/withdraw"]),
]


@pytest.mark.parametrize(("moving", "pages"), SHEETS)
def test_an_empty_form_of_a_sheet_that_moved_on_is_not_drawn(
    client: PageClient,
    here: Town,
    moving: Callable[[Town], tuple[str, Callable[[], object]]],
    pages: list[str],
) -> None:
    client.sign_in(here.worker)
    home = client.get("/referrals")
    own, move = moving(here)
    move()
    for page in pages:
        answer = client.post(own + page, token_from=home, status=409)
        assert ALIAS not in answer.text, page
        assert client.get(own + page).url == own, page


def test_how_it_goes_is_not_asked_twice_nor_after_the_end(client: PageClient, here: Town) -> None:
    sheet = here.visited()
    first, second = sheet.follow_ups
    client.sign_in(here.worker)
    home = client.get("/referrals")
    own = f"/referrals/{sheet.id}"
    assert here.worker.id  # read again after the page
    first.due_on, second.due_on = clock.today(), clock.today() + dt.timedelta(days=1)
    referrals.record_follow_up(
        referral=sheet, follow_up_id=first.id, outcome=Outcome.CONTINUING, note="", by=here.worker
    )
    client.post(f"{own}/follow-ups/{first.id}", token_from=home, status=409)
    client.post(f"{own}/follow-ups/{second.id}", token_from=home, status=200)
    referrals.fail(referral=sheet, reason="都合", by=here.worker)
    client.post(f"{own}/follow-ups/{second.id}", token_from=home, status=409)


def test_an_empty_form_of_a_memo_that_moved_on_is_not_drawn(client: PageClient, here: Town) -> None:
    memo = here.memo(consent())
    client.sign_in(here.leader)
    home = client.get("/observations")
    own = f"/observations/{memo.id}"
    client.post(f"{own}/edit", token_from=home, status=200)
    observations.send_observation(observation=memo, by=here.leader)
    for page in ("/edit", "/receiver"):
        client.post(own + page, token_from=home, status=409)
        assert client.get(own + page).url == own
    observations.withdraw_observation(observation=memo, reason="書き直す", by=here.leader)
    for page in ("/consent", "/telephone", "/acts/withdraw"):
        client.post(own + page, token_from=home, status=409)
        assert client.get(own + page).url == own


def test_a_memo_without_consent_is_not_answered_by_an_empty_form_either(
    client: PageClient, here: Town
) -> None:
    memo = here.memo(consent(Recipient.AGENCY, to=here.agency), to=here.agency)
    observations.send_observation(observation=memo, by=here.leader)
    client.sign_in(here.worker)
    home = client.get("/observations")
    consents.withdraw_consent(subject=memo, by=here.leader)
    client.post(f"/observations/{memo.id}/acts/return", token_from=home, status=409)
