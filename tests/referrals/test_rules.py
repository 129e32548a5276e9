from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from stations.core.messages import Conflict, RuleBroken
from stations.core.workflow import Workflow
from stations.referrals.consent_rules import (
    Conference,
    Consent,
    ConsentAnswer,
    ConsentMethod,
    Recipient,
    check_consent,
    check_gate,
    conference,
    consent_faults,
    may_disclose,
    valid,
)
from stations.referrals.rules import (
    AT_RECEIVER,
    Act,
    ObservationAct,
    ObservationStatus,
    Status,
    check_agreed_visit,
    check_observation_act,
    observation_act_fits,
)
from stations.referrals.services.notices import MEMO_NEWS, REFERRAL_NEWS
from stations.referrals.workflow import OBSERVATION, REFERRAL
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    draft|returned send sent
    sent accept accepted
    sent return returned
    accepted arrange arranging
    arranging agree_visit arranging
    arranging record_first_visit visited
    visited start joined
    joined settle settled
    joined|settled|suspended close closed
    accepted|arranging|visited fail failed
    accepted|arranging|visited|joined|settled suspend suspended
    suspended resume arranging
    draft|sent|returned|accepted|arranging|visited|joined|settled|suspended withdraw withdrawn
    sent|returned|accepted|arranging|suspended expire expired
""")
OBSERVATION_STEPS = steps("""
    draft|returned send sent
    sent acknowledge acknowledged
    sent return returned
    sent|acknowledged|in_progress redirect sent
    sent escalate sent
    sent alert_section sent
    acknowledged start in_progress
    acknowledged|in_progress close closed
    draft|sent|returned|acknowledged|in_progress withdraw withdrawn
""")
ENDS = {"closed", "failed", "withdrawn", "expired"}


@every_pair(Status, Act)
def test_every_act_in_every_state(status: Status, act: Act) -> None:
    check_step(REFERRAL.next_status, status, act, STEPS)


@every_pair(ObservationStatus, ObservationAct)
def test_every_act_on_a_memo_in_every_state(status: ObservationStatus, act: ObservationAct) -> None:
    check_step(OBSERVATION.next_status, status, act, OBSERVATION_STEPS)


def test_the_tables_as_a_whole() -> None:
    check_whole(Status, Act, STEPS, start="draft", ends=ENDS)
    check_whole(
        ObservationStatus, ObservationAct, OBSERVATION_STEPS, start="draft", ends={"closed", "withdrawn"}
    )


def test_consent_can_be_taken_back_while_anything_is_alive() -> None:
    assert {source for source, act in STEPS if act == "withdraw"} == set(Status) - ENDS


def test_reasons() -> None:
    assert {step.act for step in REFERRAL.steps if step.needs_reason} == {
        "return",
        "fail",
        "suspend",
        "withdraw",
        "close",
    }
    assert {step.act for step in OBSERVATION.steps if step.needs_reason} == {"return", "withdraw"}


def test_an_agreed_visit_says_what_was_agreed() -> None:
    check_agreed_visit("月曜の10時、入口で")
    with pytest.raises(RuleBroken) as caught:
        check_agreed_visit(" ")
    assert caught.value.field == "reason"


# Written by hand, from the programme's rules: A the agency, S the station, T 地域共生課; "-" the system alone.
SIDES = {"A": ("referral:make", "observation:answer"), "S": ("referral:answer", "observation:write")}
WHO = """
    send A, withdraw A, accept S, return S, arrange S, agree_visit AS, record_first_visit S, start S, settle S
    close AS, fail AS, suspend AS, resume A, expire -
    save A, record_consent A, withdraw_consent AS, record_follow_up AS, confirm_content AS
"""
WHO_OF_MEMOS = """
    send S, redirect S, withdraw S, acknowledge A, start A, close A, return A, escalate -, alert_section -
    save S, record_consent S, withdraw_consent AS, record_call AST, confirm_content AS
"""


@pytest.mark.parametrize(("workflow", "written", "of"), [(REFERRAL, WHO, 0), (OBSERVATION, WHO_OF_MEMOS, 1)])
def test_which_side_does_what(workflow: Workflow[Any], written: str, of: int) -> None:
    expected = {}
    for words in written.replace(",", "\n").split("\n"):
        if words.strip():
            act, sides = words.split()
            expected[act] = {SIDES[side][of] for side in sides if side in SIDES} | (
                {"observation:alerted"} if "T" in sides else set()
            )
    assert {str(step.act): {str(one) for one in step.permissions} for step in workflow.steps} == expected


@pytest.mark.parametrize(("workflow", "news"), [(REFERRAL, REFERRAL_NEWS), (OBSERVATION, MEMO_NEWS)])
def test_every_act_that_somebody_hears_of_has_its_words(
    workflow: Workflow[Any], news: dict[StrEnum, str]
) -> None:
    assert {step.act for step in workflow.steps if step.notifies} <= set(news)


GIVEN_ON, LAST_DAY = date(2026, 10, 1), date(2027, 3, 31)
GIVEN = Consent(
    answer=ConsentAnswer.GIVEN,
    scope=frozenset({Recipient.STATION}),
    method=ConsentMethod.WRITTEN,
    given_on=GIVEN_ON,
    expires_on=LAST_DAY,
)


def test_consent_holds_from_its_day_to_its_last() -> None:
    assert valid(GIVEN, GIVEN_ON)
    assert valid(GIVEN, LAST_DAY)
    assert not valid(GIVEN, date(2026, 9, 30))
    assert not valid(GIVEN, date(2027, 4, 1))
    assert not valid(replace(GIVEN, expires_on=None), GIVEN_ON), "a consent without an end holds on no day"


def test_withdrawn_consent_is_gone_from_that_day() -> None:
    withdrawn = replace(GIVEN, withdrawn_on=date(2026, 11, 1))
    assert valid(withdrawn, date(2026, 10, 31))
    assert not valid(withdrawn, date(2026, 11, 1))


@pytest.mark.parametrize(
    "consent",
    [
        None,
        replace(GIVEN, answer=ConsentAnswer.NOT_GIVEN),
        replace(GIVEN, answer=ConsentAnswer.UNCONFIRMED),
        replace(GIVEN, expires_on=date(2026, 10, 31)),
        replace(GIVEN, withdrawn_on=date(2026, 10, 2)),
        replace(GIVEN, given_on=None),
        replace(GIVEN, given_on=date(2026, 11, 24)),
        replace(GIVEN, scope=frozenset()),
    ],
)
def test_without_consent_only_the_desk_may_know(consent: Consent | None) -> None:
    today = date(2026, 11, 23)
    assert {recipient for recipient in Recipient if may_disclose(consent, recipient, today)} == {
        Recipient.MARUGOTO_DESK
    }
    check_gate(consent, Recipient.MARUGOTO_DESK, today)
    for shut in (Recipient.STATION, Recipient.AGENCY):
        with pytest.raises(RuleBroken, match="福祉まるごと相談窓口") as caught:
            check_gate(consent, shut, today)
        assert caught.value.field == "consent"


def test_consent_opens_only_what_it_covers() -> None:
    check_gate(GIVEN, Recipient.STATION, GIVEN_ON)
    assert not may_disclose(GIVEN, Recipient.AGENCY, GIVEN_ON)
    both = replace(GIVEN, scope=frozenset({Recipient.STATION, Recipient.AGENCY}), agencies=frozenset({7}))
    assert may_disclose(both, Recipient.AGENCY, GIVEN_ON, agency_id=7)


@pytest.mark.parametrize(
    ("scope", "named", "asked", "may_know"),
    [
        ({Recipient.AGENCY}, {7}, 7, True),
        ({Recipient.AGENCY}, {7, 9}, 9, True),
        ({Recipient.AGENCY}, {7}, 9, False),
        ({Recipient.AGENCY}, set(), 7, False),
        ({Recipient.AGENCY}, {7}, None, False),
        ({Recipient.STATION}, {7}, 7, False),
    ],
)
def test_only_an_agency_that_was_named_to_the_person_may_know(
    scope: set[Recipient], named: set[int], asked: int | None, may_know: bool
) -> None:
    consent = replace(GIVEN, scope=frozenset(scope), agencies=frozenset(named))
    assert may_disclose(consent, Recipient.AGENCY, GIVEN_ON, agency_id=asked) is may_know
    assert may_disclose(consent, Recipient.MARUGOTO_DESK, GIVEN_ON, agency_id=asked)


def test_which_conference() -> None:
    assert conference(GIVEN, GIVEN_ON) is Conference.SUPPORT_PLANNING
    assert conference(None, GIVEN_ON) is Conference.CONFIDENTIAL
    assert conference(replace(GIVEN, answer=ConsentAnswer.UNCONFIRMED), GIVEN_ON) is Conference.CONFIDENTIAL


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"method": None}, "method"),
        ({"given_on": None}, "given_on"),
        ({"given_on": date(2026, 10, 2)}, "given_on"),
        ({"scope": frozenset()}, "scope"),
        ({"expires_on": date(2026, 9, 30)}, "expires_on"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": date(2027, 10, 2)}, "expires_on"),
        ({"scope": frozenset({Recipient.AGENCY})}, "agencies"),
        ({"agencies": frozenset({7})}, "scope"),
    ],
)
def test_a_given_consent_is_complete(change: dict[str, object], field: str) -> None:
    check_consent(GIVEN, GIVEN_ON)
    check_consent(replace(GIVEN, expires_on=GIVEN_ON), GIVEN_ON)
    check_consent(replace(GIVEN, expires_on=date(2027, 10, 1)), GIVEN_ON)
    check_consent(Consent(answer=ConsentAnswer.NOT_GIVEN, scope=frozenset()), GIVEN_ON)
    with pytest.raises(RuleBroken) as caught:
        check_consent(replace(GIVEN, **change), GIVEN_ON)  # type: ignore[arg-type]  # fields of several types
    assert caught.value.field == field


def test_all_that_lacks_in_a_consent_is_said_at_once() -> None:
    empty = Consent(answer=ConsentAnswer.GIVEN, scope=frozenset())
    assert [one.field for one in consent_faults(empty, GIVEN_ON)] == [
        "scope",
        "method",
        "given_on",
        "expires_on",
    ]
    assert consent_faults(replace(empty, answer=ConsentAnswer.UNCONFIRMED), GIVEN_ON) == []


@pytest.mark.parametrize("status", sorted(AT_RECEIVER))
def test_what_the_consent_leaves_of_a_memo_with_its_receiver(status: ObservationStatus) -> None:
    acts = [act for act in ObservationAct if OBSERVATION.allows(status, act)]

    def open_acts(*, may_know: bool) -> set[str]:
        return {str(act) for act in acts if observation_act_fits(status, act, may_know=may_know)}

    # The system passes on what nobody acknowledged, whatever the consent says: the desk needs none.
    by_system = {"escalate", "alert_section"} if status == "sent" else set()
    assert open_acts(may_know=False) == {"redirect", "withdraw"} | by_system
    by_receiver = {
        "sent": {"acknowledge", "return"},
        "acknowledged": {"start", "close"},
        "in_progress": {"close"},
    }
    early = {"withdraw"} if status == "sent" else set()
    assert open_acts(may_know=True) == by_receiver[status] | early | by_system
    for act in acts:
        for may_know in (True, False):
            if str(act) in open_acts(may_know=may_know):
                check_observation_act(status, act, may_know=may_know)
            else:
                with pytest.raises(Conflict):
                    check_observation_act(status, act, may_know=may_know)
