"""Rules of what a sheet holds, its number, and when the station loses sight of it."""

from datetime import date, timedelta

import pytest

from stations.core.messages import RuleBroken
from stations.referrals.consent_rules import (
    Consent,
    ConsentAnswer,
    ConsentMethod,
    Recipient,
    check_still_agreed,
)
from stations.referrals.rules import (
    Act,
    SheetAct,
    Status,
    check_first_visit,
    check_sheet,
    sheet_number,
)
from stations.referrals.visibility import CONCEALED
from stations.referrals.workflow import REFERRAL

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
WHOLE = {"alias": "はるさん", "wishes": "畑", "contact_name": "担当", "contact_phone": "047-000-0000"}


def given(withdrawn_on: date | None = None) -> Consent:
    return Consent(
        answer=ConsentAnswer.GIVEN,
        scope=frozenset({Recipient.STATION}),
        method=ConsentMethod.ORAL,
        given_on=TODAY,
        expires_on=TODAY + 30 * DAY,
        withdrawn_on=withdrawn_on,
    )


def test_a_sheet_names_the_first_field_that_lacks() -> None:
    check_sheet(**WHOLE)
    for field in WHOLE:
        with pytest.raises(RuleBroken) as broken:
            check_sheet(**(WHOLE | {field: " "}))
        assert broken.value.field == field


@pytest.mark.parametrize(
    ("year", "number", "memo", "text"),
    [
        (2026, 1, False, "R8-0001"),
        (2026, 12345, True, "R8-M12345"),
        (2019, 2, False, "R1-0002"),
        (2018, 3, False, "H30-0003"),
    ],
)
def test_numbers(year: int, number: int, memo: bool, text: str) -> None:
    assert sheet_number(year, number, memo=memo) == text


def test_a_first_visit_lies_between_sending_and_today() -> None:
    for on in (TODAY - DAY, TODAY):
        check_first_visit(on, TODAY - DAY, TODAY)
    for on in (TODAY - 2 * DAY, TODAY + DAY):
        with pytest.raises(RuleBroken) as broken:
            check_first_visit(on, TODAY - DAY, TODAY)
        assert broken.value.field == "first_visit_on"


def test_a_consent_that_is_taken_back_ends_from_its_day_on() -> None:
    for holding in (given(), given(TODAY + DAY)):
        check_still_agreed(holding, TODAY)
    for consent in (None, given(TODAY)):
        with pytest.raises(RuleBroken) as broken:
            check_still_agreed(consent, TODAY)
        assert broken.value.field == "consent"


def test_states_that_end_and_hide() -> None:
    assert REFERRAL.final == {Status.CLOSED, Status.FAILED, Status.WITHDRAWN, Status.EXPIRED}
    expiring = REFERRAL.sources(Act.EXPIRE)
    assert Status.VISITED not in expiring and Status.SENT in expiring and Status.DRAFT not in expiring
    # Nothing is written about how it goes where the station may not read.
    assert not REFERRAL.sources(SheetAct.RECORD_FOLLOW_UP) & CONCEALED
    # The station reads a sheet while it does something for the person, and at no other time.
    assert set(Status) - CONCEALED == {
        Status.DRAFT,  # hidden from it altogether
        Status.SENT,
        Status.ACCEPTED,
        Status.ARRANGING,
        Status.VISITED,
        Status.JOINED,
        Status.SETTLED,
    }
